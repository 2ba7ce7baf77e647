#include "base/text/diagnostic.h"

#include "base/text/json_writer.h"
#include "base/text/utf8.h"

namespace pm {
namespace {

constexpr size_t kShownColumns = 120;  // of a source line
constexpr size_t kColumnsBefore = 60;  // the caret, in a line that is cut

constexpr std::string_view kHidden = "[hidden]";  // for the rest of a line

constexpr std::string_view kRed = "\033[1;31m", kYellow = "\033[1;33m", kBold = "\033[1m",
                           kGreen = "\033[1;32m", kPlain = "\033[0m";

std::string_view SeverityName(Severity severity) {
  static constexpr std::string_view kNames[kSeverities] = {"error", "warning", "note"};
  return kNames[static_cast<size_t>(severity)];
}

// Bytes that the first `points` code points of `text` take.
size_t BytesOf(std::string_view text, size_t points) {
  size_t at = 0;
  for (; at < text.size(); ++at) {
    const bool starts = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (starts && points-- == 0) break;
  }
  return at;
}

// What is shown of a line, and how many code points of it are left out in front. Its time does not
// grow with the line: a thousand problems may be in one of many megabytes.
std::pair<std::string_view, size_t> Shown(const Source& source, Position at) {
  constexpr size_t kMostBytes = 4;  // of a code point
  const std::string_view line = source.ShownLine(at.line);
  const bool is_long = line.size() > kMostBytes * kShownColumns || CodePoints(line) > kShownColumns;
  if (!is_long) return {line, 0};
  const size_t column = static_cast<size_t>(std::max(at.column, 1)) - 1;
  const size_t cut = column > kColumnsBefore ? column - kColumnsBefore : 0;
  const size_t offset = source.OffsetOf({at.line, static_cast<int32_t>(cut + 1)});
  const std::string_view rest =
      line.substr(std::min(offset - source.LineStart(at.line), line.size()));
  return {rest.substr(0, BytesOf(rest, kShownColumns)), cut};
}

void AppendExcerpt(const SourcePlace& place, std::string_view caret_colour, std::string_view plain,
                   std::string* out) {
  const Source& source = *place.source;
  const std::string_view visible = source.ShownLine(place.position.line);
  const bool hides = visible.size() < source.Line(place.position.line).size();
  Position at = place.position;
  if (hides) at.column = std::min(at.column, static_cast<int32_t>(CodePoints(visible)) + 1);
  const auto [shown, cut] = Shown(source, at);
  const std::string line = Printable(shown) + std::string(hides ? kHidden : "");
  const size_t column = static_cast<size_t>(std::max(at.column, 1)) - 1 - cut;
  const size_t room = std::max(CodePoints(line), column + 1) - column;
  const size_t length = std::min(static_cast<size_t>(std::max(place.length, 1)), room);
  const std::string number = std::to_string(place.position.line);
  *out += fmt::format("  {} | {}\n  {:{}} | {:{}}{}^{:~<{}}{}\n", number, line, "", number.size(),
                      "", column, caret_colour, "", length - 1, plain);
}

void AppendText(const Diagnostic& d, bool colours, std::string* out) {
  const auto colour = [&](std::string_view c) { return colours ? c : std::string_view(); };
  const std::string_view tint = colour(d.severity == Severity::kError ? kRed : kYellow);
  if (d.place.source != nullptr) {
    *out += fmt::format("{}{}:", colour(kBold), Printable(d.place.source->path()));
    if (d.place.position.line > 0) {
      *out += fmt::format("{}:{}:", d.place.position.line, d.place.position.column);
    }
    *out += fmt::format("{} ", colour(kPlain));
  }
  *out += fmt::format("{}{} {}:{} {}\n", tint, SeverityName(d.severity), CodeName(d.code),
                      colour(kPlain), Printable(d.message));
  if (d.place.source != nullptr && d.place.position.line > 0) {
    AppendExcerpt(d.place, colour(kGreen), colour(kPlain), out);
  }
  if (!d.example.empty()) *out += fmt::format("  {}\n", Printable(d.example));
  if (!d.also.empty()) *out += fmt::format("  also at {}\n", Printable(FurtherPlaces(d)));
  if (!d.hint.empty()) *out += fmt::format("  hint: {}\n", Printable(d.hint));
}

void WritePlace(const SourcePlace& place, JsonWriter* json) {
  if (place.source != nullptr) json->Field("file", place.source->path());
  if (place.position.line <= 0) return;
  json->Field("line", place.position.line);
  json->Field("column", place.position.column);
  json->Field("length", place.length);
}

void WriteJson(const Diagnostic& d, JsonWriter* json) {
  json->BeginObject();
  json->Field("severity", SeverityName(d.severity));
  json->Field("code", CodeName(d.code));
  WritePlace(d.place, json);
  json->Field("message", d.message);
  if (!d.hint.empty()) json->Field("hint", d.hint);
  if (!d.example_json.empty()) {
    json->Key("example");
    json->Raw(d.example_json);
  }
  if (!d.also.empty()) {
    json->Key("also");
    json->BeginArray();
    for (const SourcePlace& place : d.also) {
      json->BeginObject();
      WritePlace(place, json);
      json->EndObject();
    }
    json->EndArray();
  }
  if (d.also_more > 0) json->Field("also_more", static_cast<int64_t>(d.also_more));
  json->EndObject();
}

}  // namespace

void Diagnostics::Error(int code, const SourcePlace& place, std::string message, std::string hint) {
  Add({Severity::kError, code, place, std::move(message), std::move(hint)});
}

void Diagnostics::Warning(int code, const SourcePlace& place, std::string message,
                          std::string hint) {
  Add({Severity::kWarning, code, place, std::move(message), std::move(hint)});
}

void Diagnostics::Report(const pm::Error& error, const SourcePlace& place, std::string hint) {
  Error(error.code, place, error.text, std::move(hint));
}

bool Diagnostics::Also(std::string_view cause, const SourcePlace& place) {
  const auto told = causes_.find(cause);
  if (told == causes_.end()) return false;
  Diagnostic& first = kept_[told->second];
  if (first.severity == Severity::kError) ++errors_met_;
  const auto same = [&](const SourcePlace& one) {
    return one.source == place.source && one.position == place.position;
  };
  if (same(first.place) || std::ranges::any_of(first.also, same)) return true;
  if (first.also.size() < kMaxAlso) {
    first.also.push_back(place);
  } else {
    ++first.also_more;
  }
  return true;
}

void Diagnostics::ErrorOf(std::string cause, int code, const SourcePlace& place,
                          std::string message, std::string hint) {
  if (Also(cause, place)) return;
  const size_t before = kept_.size();
  Error(code, place, std::move(message), std::move(hint));
  if (kept_.size() > before) causes_.emplace(std::move(cause), before);
}

void Diagnostics::Add(Diagnostic diagnostic) {
  if (!judge_ || judge_(&diagnostic)) Keep(std::move(diagnostic));
}

void Diagnostics::AddOf(std::string cause, Diagnostic diagnostic) {
  if ((judge_ && !judge_(&diagnostic)) || Also(cause, diagnostic.place)) return;
  const size_t before = kept_.size();
  Keep(std::move(diagnostic));
  if (kept_.size() > before) causes_.emplace(std::move(cause), before);
}

void Diagnostics::Keep(Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::kError) ++errors_met_;
  if (CountOf(diagnostic.severity) < kMaxKept && WasTold(diagnostic)) return;
  size_t& count = counts_[static_cast<size_t>(diagnostic.severity)];
  if (count++ < kMaxKept) kept_.push_back(std::move(diagnostic));
}

bool Diagnostics::WasTold(const Diagnostic& diagnostic) const {
  return std::ranges::any_of(kept_, [&](const Diagnostic& one) {
    return one.code == diagnostic.code && one.severity == diagnostic.severity &&
           one.place.source == diagnostic.place.source &&
           one.place.position == diagnostic.place.position && one.message == diagnostic.message;
  });
}

std::vector<Diagnostic> Diagnostics::Sorted() const {
  std::vector<Diagnostic> sorted = kept_;
  const auto key = [](const Diagnostic& d) {
    const std::string_view path =
        d.place.source == nullptr ? std::string_view() : d.place.source->path();
    return std::pair(path, d.place.position);
  };
  std::ranges::stable_sort(sorted, {}, key);
  return sorted;
}

std::string Diagnostics::Render(bool colours) const {
  std::string out;
  for (const Diagnostic& diagnostic : Sorted()) AppendText(diagnostic, colours, &out);
  if (left_out() > 0) out += fmt::format("and {} more\n", left_out());
  return out;
}

std::string Diagnostics::RenderJson() const {
  std::string out;
  JsonWriter json(&out);
  json.BeginArray();
  for (const Diagnostic& diagnostic : Sorted()) WriteJson(diagnostic, &json);
  if (left_out() > 0) {
    const Severity severity = error_count() > kMaxKept ? Severity::kError : Severity::kWarning;
    WriteJson({severity, 100, {}, fmt::format("and {} more", left_out()), {}}, &json);
  }
  json.EndArray();
  return out;
}

std::string FurtherPlaces(const Diagnostic& diagnostic, std::string_view folder) {
  std::string text;
  for (const SourcePlace& place : diagnostic.also) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{}{}:{}:{}", folder, place.source->path(), place.position.line,
                        place.position.column);
  }
  if (diagnostic.also_more > 0) text += fmt::format(" and {} more", diagnostic.also_more);
  return text;
}

std::string CodeName(int code) { return fmt::format("PM{:04}", code); }

}  // namespace pm
