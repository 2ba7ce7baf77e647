#include "base/text/source.h"

#include <algorithm>

#include "base/text/utf8.h"

namespace pm {
namespace {

constexpr size_t kBlockBytes = 256;

}  // namespace

Source::Source(std::string path, std::string text, Hider hider)
    : path_(std::move(path)), text_(std::move(text)) {
  if (text_.starts_with("\xEF\xBB\xBF")) text_.erase(0, 3);
  if (hider != nullptr) hidden_ = hider(text_);
  line_starts_.push_back(0);
  for (size_t at = text_.find('\n'); at != std::string::npos; at = text_.find('\n', at + 1)) {
    line_starts_.push_back(at + 1);
  }
  size_t count = 0;
  for (size_t at = 0; at < text_.size(); at += kBlockBytes) {
    code_points_.push_back(count);
    count += CodePoints(this->text().substr(at, kBlockBytes));
  }
  code_points_.push_back(count);
}

Position Source::PositionAt(size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto next = std::ranges::upper_bound(line_starts_, offset);
  const size_t column = CodePointsBefore(offset) - CodePointsBefore(*std::prev(next));
  return {static_cast<int32_t>(next - line_starts_.begin()), static_cast<int32_t>(column + 1)};
}

size_t Source::OffsetOf(Position position) const {
  const auto before = static_cast<size_t>(std::max(position.column, 1) - 1);
  const size_t points = CodePointsBefore(LineStart(position.line)) + before;
  if (points >= code_points_.back()) return text_.size();
  const auto next = std::ranges::upper_bound(code_points_, points);
  const auto block = static_cast<size_t>(next - code_points_.begin()) - 1;
  size_t at = block * kBlockBytes;
  for (size_t left = points - code_points_[block]; at < text_.size(); ++at) {
    const bool starts = (static_cast<unsigned char>(text_[at]) & 0xC0) != 0x80;
    if (starts && left-- == 0) break;
  }
  return at;
}

std::string_view Source::Line(int32_t line) const {
  if (line < 1 || line > line_count()) return {};
  const size_t start = LineStart(line);
  std::string_view found = text().substr(start, LineStart(line + 1) - start);
  if (found.ends_with('\n')) found.remove_suffix(1);
  if (found.ends_with('\r')) found.remove_suffix(1);
  return found;
}

size_t Source::LineStart(int32_t line) const {
  if (line < 1 || line > line_count()) return text_.size();
  return line_starts_[static_cast<size_t>(line - 1)];
}

std::string_view Source::ShownLine(int32_t line) const {
  const std::string_view whole = Line(line);
  const size_t start = LineStart(line), end = start + whole.size();
  const auto hidden = std::ranges::find_if(
      hidden_, [&](const SourceStretch& one) { return one.end > start && one.begin < end; });
  if (hidden == hidden_.end()) return whole;
  return whole.substr(0, std::max(hidden->begin, start) - start);
}

bool Source::IsHidden(Position position) const {
  const size_t at = OffsetOf(position);
  return position.line > 0 && std::ranges::any_of(hidden_, [&](const SourceStretch& one) {
           return one.begin <= at && at <= one.end;
         });
}

size_t Source::CodePointsBefore(size_t offset) const {
  const size_t block = std::min(offset / kBlockBytes, code_points_.size() - 1);
  const size_t start = block * kBlockBytes;
  if (start >= text_.size()) return code_points_.back();
  return code_points_[block] + CodePoints(text().substr(start, offset - start));
}

SourcePlace PlaceAt(const Source& source, size_t offset, size_t bytes) {
  std::string_view stretch = source.text().substr(std::min(offset, source.text().size()), bytes);
  stretch = stretch.substr(0, stretch.find_first_of("\r\n"));
  const size_t length = std::max<size_t>(CodePoints(stretch), 1);
  return {&source, source.PositionAt(offset), static_cast<int32_t>(length)};
}

}  // namespace pm
