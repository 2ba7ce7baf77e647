#include <fmt/format.h>

#include "base/text/slips.h"
#include "base/text/yaml_slips.h"

namespace pm {
namespace {

// Whether the word that ends at `end` is a key without `:`.
bool HasColon(std::string_view text, size_t end) {
  const size_t next = text.find_first_not_of(" \r\n", end);
  return next != std::string_view::npos && text[next] == ':';
}

bool IsPlain(const YamlNode& node) {
  return node.kind == YamlNode::Kind::kScalar && node.style == YamlNode::Style::kPlain;
}

size_t EndOf(const YamlNode& scalar) { return scalar.offset + PlaceOf(scalar).length; }

// The word that stands there alone, where a comma may have cut it off: an item of a list, or a key
// of a map without a colon. Null: something else does.
const YamlNode* PieceIn(const YamlNode& item) { return IsPlain(item) ? &item : nullptr; }
const YamlNode* PieceIn(const YamlEntry& entry) {
  const YamlNode& key = entry.key;
  const bool alone = entry.value.kind == YamlNode::Kind::kNull && IsPlain(key) && !key.text.empty();
  return alone && !HasColon(key.source->text(), EndOf(key)) ? &key : nullptr;
}
YamlNode& ValueOf(YamlNode& item) { return item; }
YamlNode& ValueOf(YamlEntry& entry) { return entry.value; }

// The text from the scalar's begin to the end of the last piece, line breaks as blanks.
std::string Whole(const YamlNode& scalar, const YamlNode& last) {
  std::string text;
  for (const char c : scalar.source->text().substr(scalar.offset, EndOf(last) - scalar.offset)) {
    const bool blank = (c == ' ' || c == '\r' || c == '\n');
    if (!blank || !text.ends_with(' ')) text += blank ? ' ' : c;
  }
  return text;
}

// Tells that the scalar was cut, and what it is as a whole.
std::string Tell(const YamlNode& scalar, std::string whole, const YamlNode& first_piece,
                 Diagnostics& out) {
  const size_t comma = scalar.source->text().find(',', EndOf(scalar));
  const auto number = PlainNumber(whole);
  std::string message = "within braces a text without quotes ends at a comma";
  std::string hint(kQuoteWhole);
  if (number) {
    message = "a number has no commas";
    hint = fmt::format("write {}", *number);
  } else if (UnclosedParentheses(scalar.text) == 0) {
    hint = fmt::format("quote the whole, or give `{}` a value", first_piece.text);
  }
  out.Error(104, PlaceAt(*scalar.source, comma), std::move(message), std::move(hint));
  return number.value_or(std::move(whole));
}

// In a list a comma parts items, unless it stands in parentheses.
template <class Element>
void Mend(std::vector<Element>* elements, Diagnostics& out) {
  constexpr bool kMap = std::same_as<Element, YamlEntry>;
  size_t kept = 0;
  for (size_t i = 0, next = 0; i < elements->size(); i = next) {
    YamlNode& scalar = ValueOf((*elements)[i]);
    int open = IsPlain(scalar) ? UnclosedParentheses(scalar.text) : 0;
    const YamlNode* last = nullptr;
    for (next = i + 1; next < elements->size() && IsPlain(scalar) && (kMap || open > 0); ++next) {
      const YamlNode* piece = PieceIn((*elements)[next]);
      if (piece == nullptr) break;
      open += UnclosedParentheses(piece->text);
      last = piece;
    }
    if (last != nullptr && !scalar.text.empty()) {
      scalar.text = Tell(scalar, Whole(scalar, *last), *PieceIn((*elements)[i + 1]), out);
    } else {
      next = i + 1;
    }
    if (kept != i) (*elements)[kept] = std::move((*elements)[i]);
    ++kept;
  }
  elements->resize(kept);
}

}  // namespace

void MendCutTexts(YamlNode* collection, Diagnostics& out) {
  Mend(&collection->items, out);
  Mend(&collection->entries, out);
}

}  // namespace pm
