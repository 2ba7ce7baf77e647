#include "base/text/utf8.h"
#include "base/text/yaml.h"

namespace pm {
namespace {

using Kind = YamlNode::Kind;
using Style = YamlNode::Style;

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

size_t SpacesAt(std::string_view text, size_t at) {
  size_t count = 0;
  while (at + count < text.size() && IsSpace(text[at + count])) ++count;
  return count;
}

// Source bytes of the escape sequence at the front of `source` inside double quotes.
size_t EscapeBytes(std::string_view source) {
  if (source.size() < 2) return 1;
  switch (source[1]) {
    case 'x':
      return 4;
    case 'u':
      return 6;
    case 'U':
      return 10;
    default:
      return 2;
  }
}

// Bytes of the UTF-8 character at the front.
size_t CharacterBytes(std::string_view text) {
  size_t bytes = 1;
  while (bytes < text.size() && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) ++bytes;
  return bytes;
}

// Walks a scalar's text and its spelling in the file side by side. A run of white space in one
// stands for a run in the other, since folding only ever turns one such run into another.
class SpellingWalk {
 public:
  SpellingWalk(const YamlNode& node, size_t source_offset)
      : text_(node.text), style_(node.style), source_(node.source->text()), at_(source_offset) {}

  size_t SourceOffsetOf(size_t text_offset) {
    size_t done = 0;
    while (done < text_offset && at_ < source_.size()) {
      const std::string_view rest = source_.substr(at_);
      if (style_ == Style::kDoubleQuoted && rest[0] == '\\') {
        done += StepEscape(rest, done);
      } else if (IsSpace(text_[done])) {
        const size_t spaces = SpacesAt(text_, done);
        if (done + spaces > text_offset) return at_;
        done += spaces;
        at_ += SpacesAt(source_, at_);
      } else {
        at_ += style_ == Style::kSingleQuoted && rest.starts_with("''") ? 2 : 1;
        ++done;
      }
    }
    return at_;
  }

 private:
  // Bytes of text that the escape at the front of `rest` stands for.
  size_t StepEscape(std::string_view rest, size_t done) {
    const bool folded_line = rest.size() > 1 && (rest[1] == '\n' || rest[1] == '\r');
    if (folded_line) {
      at_ += 1 + SpacesAt(rest, 1);
      return 0;
    }
    at_ += EscapeBytes(rest);
    return CharacterBytes(text_.substr(done));
  }

  std::string_view text_;
  Style style_;
  std::string_view source_;
  size_t at_;
};

size_t Indentation(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

// The first line of a block scalar that has more than spaces; its indentation is the block's,
// unless the header says otherwise, in which case a caret may stand a few columns to the left.
int32_t FirstContentLine(const Source& source, int32_t header) {
  int32_t line = header + 1;
  while (line < source.line_count() && Indentation(source.Line(line)) == source.Line(line).size()) {
    ++line;
  }
  return line;
}

size_t LiteralOffset(const YamlNode& node, size_t text_offset) {
  const Source& source = *node.source;
  const int32_t header = source.PositionAt(node.offset).line;
  const size_t indent = Indentation(source.Line(FirstContentLine(source, header)));
  const std::string_view before = std::string_view(node.text).substr(0, text_offset);
  const auto newlines = static_cast<int32_t>(std::ranges::count(before, '\n'));
  const size_t line_start = before.rfind('\n') + 1;  // npos wraps to 0
  const int32_t line = std::min(header + 1 + newlines, source.line_count());
  const size_t here = std::min(indent, source.Line(line).size());
  return source.LineStart(line) + here + (text_offset - line_start);
}

size_t FoldedOffset(const YamlNode& node, size_t text_offset) {
  const Source& source = *node.source;
  const int32_t line = FirstContentLine(source, source.PositionAt(node.offset).line);
  const size_t start = source.LineStart(line) + Indentation(source.Line(line));
  const size_t blank = SpacesAt(node.text, 0);
  if (text_offset < blank) return start;
  YamlNode rest = node;
  rest.text = node.text.substr(blank);
  return SpellingWalk(rest, start).SourceOffsetOf(text_offset - blank);
}

}  // namespace

SourcePlace PlaceIn(const YamlNode& scalar, size_t text_offset, size_t bytes) {
  text_offset = std::min(text_offset, scalar.text.size());
  switch (scalar.style) {
    case Style::kLiteral:
      return PlaceAt(*scalar.source, LiteralOffset(scalar, text_offset), bytes);
    case Style::kFolded:
      return PlaceAt(*scalar.source, FoldedOffset(scalar, text_offset), bytes);
    case Style::kPlain:
    case Style::kSingleQuoted:
    case Style::kDoubleQuoted:
      break;
  }
  const size_t start = scalar.offset + (scalar.quoted() ? 1 : 0);
  return PlaceAt(*scalar.source, SpellingWalk(scalar, start).SourceOffsetOf(text_offset), bytes);
}

SourcePlace PlaceOf(const YamlNode& node) {
  if (node.source == nullptr) return {};
  if (node.kind != Kind::kScalar) return PlaceAt(*node.source, node.offset);
  if (node.style == Style::kLiteral || node.style == Style::kFolded) {
    return PlaceAt(*node.source, node.offset);
  }
  const size_t start = node.offset + (node.quoted() ? 1 : 0);
  const size_t end = SpellingWalk(node, start).SourceOffsetOf(node.text.size());
  return PlaceAt(*node.source, node.offset, end - node.offset + (node.quoted() ? 1 : 0));
}

}  // namespace pm
