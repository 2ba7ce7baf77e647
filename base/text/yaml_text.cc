#include "base/text/yaml_text.h"

#include <fmt/format.h>

#include <optional>

#include "base/text/utf8.h"

namespace pm {
namespace {

// Cleans the line text[start, end), which holds its line feed.
class LineCleaner {
 public:
  LineCleaner(const Source& source, size_t start, std::span<char> line, Diagnostics& out)
      : source_(source), start_(start), line_(line), out_(out) {}

  void Clean() {
    CleanUtf8();
    CleanControls();
  }
  // Where the first tab of the indentation stands, if there is one.
  std::optional<size_t> FindTab() const {
    const std::string_view line(line_.data(), line_.size());
    const size_t indent = line.find_first_not_of(" \t");
    if (indent == line.npos || line[indent] == '\r' || line[indent] == '\n') return std::nullopt;
    const size_t tab = line.substr(0, indent).find('\t');
    return tab == line.npos ? std::nullopt : std::optional(start_ + tab);
  }

 private:
  // The same fault in many lines is one finding: mostly that of whatever saved the file.
  void Replace(size_t at, char with, int code, std::string_view message, std::string_view hint,
               bool* told) {
    if (!*told) {
      out_.ErrorOf(fmt::format("{}{}", source_.path(), message), code,
                   PlaceAt(source_, start_ + at), std::string(message), std::string(hint));
    }
    *told = true;
    line_[at] = with;
  }

  void CleanUtf8() {
    bool told = false;
    const std::string_view line(line_.data(), line_.size());
    for (size_t at = ValidUtf8Prefix(line); at < line.size();) {
      Replace(at, '_', 101, "not valid UTF-8", "save the file as UTF-8", &told);
      at += 1 + ValidUtf8Prefix(line.substr(at + 1));
    }
  }

  void CleanControls() {
    bool told = false;
    for (size_t i = 0; i < line_.size(); ++i) {
      const bool lone_return = line_[i] == '\r' && (i + 1 == line_.size() || line_[i + 1] != '\n');
      if (!IsForbiddenControl(line_[i]) && !lone_return) continue;
      const auto byte = static_cast<unsigned char>(line_[i]);
      Replace(i, '_', 102, fmt::format("control character 0x{:02x}", byte), "", &told);
    }
  }

  const Source& source_;
  const size_t start_;
  const std::span<char> line_;
  Diagnostics& out_;
};

bool BeginsDocument(std::string_view line) {
  return line.starts_with("---") && (line.size() == 3 || line.find_first_of(" \t\r\n") == 3);
}

}  // namespace

CleanText CleanYamlText(const Source& source, Diagnostics& diagnostics) {
  CleanText clean{std::string(source.text()), {}};
  for (int32_t line = 1; line <= source.line_count(); ++line) {
    const size_t start = source.LineStart(line);
    const std::span<char> bytes(clean.text.data() + start, source.LineStart(line + 1) - start);
    LineCleaner cleaner(source, start, bytes, diagnostics);
    cleaner.Clean();
    if (const auto tab = cleaner.FindTab()) clean.tabs.push_back(*tab);
  }
  return clean;
}

std::vector<std::pair<size_t, size_t>> DocumentStretches(std::string_view text) {
  std::vector<std::pair<size_t, size_t>> stretches;
  size_t begun = 0;
  for (size_t at = 0; at < text.size();) {
    if (at > begun && BeginsDocument(text.substr(at))) {
      stretches.emplace_back(begun, at);
      begun = at;
    }
    const size_t end = text.find('\n', at);
    at = end == std::string_view::npos ? text.size() : end + 1;
  }
  if (begun < text.size()) stretches.emplace_back(begun, text.size());
  return stretches;
}

bool ReportTabs(const Source& source, const CleanText& clean, size_t start, size_t end,
                Diagnostics& out) {
  const auto first = std::ranges::lower_bound(clean.tabs, start);
  const auto last = std::ranges::lower_bound(clean.tabs, end);
  if (first == last) return false;
  const auto more = last - first - 1;
  out.Error(103, PlaceAt(source, *first), "a tab in the indentation",
            more == 0 ? "indent with spaces"
                      : fmt::format("indent with spaces, here and in {} more line{}", more,
                                    more == 1 ? "" : "s"));
  return true;
}

YamlFeed::YamlFeed(std::string text, size_t most_ahead)
    : text_(std::move(text)), most_ahead_(most_ahead) {
  setg(text_.data(), text_.data(), text_.data() + Given());
}

void YamlFeed::Reached(size_t offset) { reached_ = std::max(reached_, offset); }

size_t YamlFeed::Given() const { return std::min(text_.size(), reached_ + most_ahead_); }

YamlFeed::int_type YamlFeed::underflow() {
  char* const end = text_.data() + Given();
  if (gptr() == end) {
    cut_off_ = Given() < text_.size();
    return traits_type::eof();
  }
  setg(eback(), gptr(), end);
  return traits_type::to_int_type(*gptr());
}

// What there is now, though it be less: more may be given once a value has been told of.
std::streamsize YamlFeed::xsgetn(char* to, std::streamsize most) {
  if (most <= 0 || underflow() == traits_type::eof()) return 0;
  const std::streamsize count = std::min<std::streamsize>(most, egptr() - gptr());
  std::copy_n(gptr(), count, to);
  setg(eback(), gptr() + count, egptr());
  return count;
}

}  // namespace pm
