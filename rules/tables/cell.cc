#include "rules/tables/cell.h"

#include <fmt/format.h>

#include "rules/literal.h"

namespace pm {
namespace {

constexpr int kBadCell = 230;

bool IsText(Type type) { return type == Type::kText || type == Type::kTextList; }

bool HasNumber(const Intervals& numbers, int64_t number) {
  const auto after = std::ranges::upper_bound(numbers, number, {}, &Interval::begin);
  return after != numbers.begin() && number < std::prev(after)->end;
}

bool HasText(const std::vector<std::string>& texts, std::string_view text) {
  return std::binary_search(texts.begin(), texts.end(), text, std::less<>());
}

// What a number of the type may be, so that `not(...)` is a set like any other.
Intervals AllNumbers(Type type) {
  return {type == Type::kBool ? Interval{0, 2} : Interval{INT64_MIN, INT64_MAX}};
}

// `a` has a text that is in `b`, or with `b` negated, that is not. A list may hold any other texts
// beside it, so two that are not negated always meet.
bool TextsMeet(const TableCell& a, const TableCell& b) {
  if (a.of_list && !b.negated) return true;
  return std::ranges::any_of(a.texts,
                             [&](const auto& text) { return HasText(b.texts, text) != b.negated; });
}

class CellReader {
 public:
  CellReader(const FieldDecl& field, std::string_view text) : field_(field), text_(text) {}

  std::vector<std::string> TakeWritten() { return std::move(written_); }

  std::expected<TableCell, CellError> Read() {
    SkipSpaces();
    if (at_ == text_.size() || text_.substr(at_) == "-") return cell_;
    cell_.kind = IsText(field_.type) ? TableCell::Kind::kTexts : TableCell::Kind::kNumbers;
    cell_.of_list = field_.type == Type::kTextList;
    const bool negated = text_.substr(at_).starts_with("not(");
    if (negated) at_ += 4;
    cell_.negated = negated && IsText(field_.type);
    if (!ReadTests(negated)) return std::unexpected(error_);
    std::ranges::sort(cell_.texts);
    const auto doubles = std::ranges::unique(cell_.texts);
    cell_.texts.erase(doubles.begin(), doubles.end());
    cell_.numbers = Normalised(std::move(cell_.numbers));
    if (negated && !cell_.negated) {
      cell_.numbers = Difference(AllNumbers(field_.type), cell_.numbers);
    }
    return cell_;
  }

 private:
  bool ReadTests(bool bracketed) {
    while (true) {
      SkipSpaces();
      if (!ReadTest(bracketed)) return false;
      SkipSpaces();
      if (bracketed && Peek() == ')') {
        ++at_;
        SkipSpaces();
        return at_ == text_.size() || Bad("something after the closing bracket");
      }
      if (at_ == text_.size()) return !bracketed || Bad("`not(` without its closing bracket");
      if (Peek() != ',') return Bad("expected a comma between tests");
      ++at_;
    }
  }

  bool ReadTest(bool bracketed) {
    const char first = Peek();
    if (first == '"') return ReadQuoted();
    if (!IsText(field_.type)) {
      if (first == '[' || first == '(' || first == ']') return ReadRange();
      if (first == '<' || first == '>') return ReadComparison();
    }
    if (IsText(field_.type) && !IsPlain()) return false;
    const size_t end = std::min(text_.find_first_of(bracketed ? ",)" : ",", at_), text_.size());
    return ReadValue(text_.substr(at_, end - at_), end);
  }

  // What stands without quotes and looks like a test of conditions would be taken as a text.
  bool IsPlain() {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("lists.")) {
      return Bad("a cell cannot name a list: write its texts, or test the list in `when`");
    }
    for (const std::string_view word : {"starts_with", "startsWith", "ends_with", "endsWith",
                                        "contains", "matches", "in", "has"}) {
      if (rest.starts_with(word) && rest.substr(word.size()).starts_with('(')) {
        return Bad("a cell of texts takes texts and not(...); quote it if this is the text");
      }
    }
    for (const std::string_view sign : {"==", "!=", "<=", ">=", "<", ">", "="}) {
      if (rest.starts_with(sign)) {
        return Bad("a cell of texts takes texts and not(...); quote it if this is the text");
      }
    }
    return true;
  }

  bool ReadQuoted() {
    const size_t close = text_.find('"', at_ + 1);
    if (close == std::string_view::npos) return Bad("a quote that is not closed");
    return ReadValue(text_.substr(at_ + 1, close - at_ - 1), close + 1);
  }

  bool ReadValue(std::string_view text, size_t end) {
    while (text.ends_with(' ')) text.remove_suffix(1);
    if (text.empty()) return Bad("a test without a value");
    if (IsCutNumber(text)) {
      return Bad(
          fmt::format("'{}' is cut by its comma: write the number without it, or two "
                      "numbers with a blank between",
                      text_.substr(0, end)));
    }
    const auto operand = ReadLiteral(field_, text);
    if (!operand) return Bad(operand.error().text);
    at_ = end;
    written_.emplace_back(text);
    if (IsText(field_.type)) {
      cell_.texts.push_back(operand->text);
    } else {
      AddNumbers(operand->number, operand->number);
    }
    return true;
  }

  // `000` of `1,000`.
  bool IsCutNumber(std::string_view text) const {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return !IsText(field_.type) && text.size() == 3 && std::ranges::all_of(text, is_digit) &&
           at_ >= 2 && text_[at_ - 1] == ',' && is_digit(text_[at_ - 2]);
  }

  bool ReadComparison() {
    const bool below = Peek() == '<';
    const bool equal = text_.substr(at_ + 1).starts_with('=');
    at_ += equal ? 2 : 1;
    SkipSpaces();
    int64_t bound = 0;
    if (!ReadBound(",)", &bound)) return false;
    if (below) {
      AddNumbers(INT64_MIN, equal ? bound : bound - 1);
    } else {
      AddNumbers(equal ? bound : bound + 1, INT64_MAX);
    }
    return true;
  }

  // `[1..10)`, also `]1..10[` as DMN has it.
  bool ReadRange() {
    const size_t start = at_;
    const bool with_first = Peek() == '[';
    ++at_;
    int64_t first = 0;
    int64_t last = 0;
    const size_t dots = text_.find("..", at_);
    if (dots == std::string_view::npos) return Bad("a range is written [1..10]");
    if (!ReadBoundUntil(dots, &first)) return false;
    at_ = dots + 2;
    const size_t close = text_.find_first_of("])[", at_);
    if (close == std::string_view::npos) return Bad("a range without its closing bracket");
    if (!ReadBoundUntil(close, &last)) return false;
    const bool with_last = text_[close] == ']';
    at_ = close + 1;
    first += with_first ? 0 : 1;
    last -= with_last ? 0 : 1;
    if (last < first) {
      at_ = start;
      return Bad("a range with nothing in it");
    }
    AddNumbers(first, last);
    return true;
  }

  bool ReadBound(std::string_view ends, int64_t* out) {
    const size_t end = std::min(text_.find_first_of(ends, at_), text_.size());
    if (!ReadBoundUntil(end, out)) return false;
    at_ = end;
    return true;
  }

  bool ReadBoundUntil(size_t end, int64_t* out) {
    SkipSpaces();
    std::string_view text = text_.substr(at_, end - at_);
    while (text.ends_with(' ')) text.remove_suffix(1);
    const auto operand = ReadLiteral(field_, text);
    if (!operand) return Bad(operand.error().text);
    if (operand->number == INT64_MIN || operand->number >= INT64_MAX - 1) {
      return Bad("the bound is too large");
    }
    *out = operand->number;
    return true;
  }

  void AddNumbers(int64_t first, int64_t last) {
    cell_.numbers.push_back({first, last == INT64_MAX ? last : last + 1});
  }
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void SkipSpaces() {
    while (Peek() == ' ') ++at_;
  }
  bool Bad(std::string why) {
    error_ = {{kBadCell, std::move(why)}, at_};
    return false;
  }

  const FieldDecl& field_;
  const std::string_view text_;
  size_t at_ = 0;
  TableCell cell_;
  std::vector<std::string> written_;
  CellError error_;
};

}  // namespace

bool TableCell::Matches(const Value& value) const {
  if (kind == Kind::kAny) return true;
  if (value.missing()) return false;
  if (kind == Kind::kNumbers) return HasNumber(numbers, value.number);
  if (value.type != Type::kTextList) return HasText(texts, value.text) != negated;
  const bool any = std::ranges::any_of(ListItems(value.text),
                                       [&](std::string_view item) { return HasText(texts, item); });
  return any != negated;
}

bool TableCell::Overlaps(const TableCell& other) const {
  if (kind == Kind::kAny || other.kind == Kind::kAny) return true;
  if (kind == Kind::kNumbers) return !Intersection(numbers, other.numbers).empty();
  if (negated && other.negated) return true;
  return negated ? TextsMeet(other, *this) : TextsMeet(*this, other);
}

uint64_t TableCell::Breadth() const {
  if (kind == Kind::kAny) return UINT64_MAX;
  if (kind == Kind::kTexts) return negated ? UINT64_MAX - 1 - texts.size() : texts.size();
  uint64_t count = 0;
  for (const Interval& one : numbers) {
    count += static_cast<uint64_t>(one.end) - static_cast<uint64_t>(one.begin);
  }
  return std::min(count, UINT64_MAX - 1);
}

bool TableCell::enumerable() const {
  if (kind == Kind::kAny || negated || of_list) return false;
  return kind == Kind::kTexts || std::ranges::all_of(numbers, [](const Interval& interval) {
           return interval.end - 1 == interval.begin;
         });
}

std::expected<TableCell, CellError> ReadCell(const FieldDecl& field, std::string_view text) {
  return CellReader(field, text).Read();
}

std::string HintOfCell(const FieldDecl& field, std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(" ;/|"), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (!ReadLiteral(field, word)) return {};
    words.push_back(word);
  }
  if (words.size() < 2) return {};
  return fmt::format("several stand with commas between them, the cell in quotes: \"{}\"",
                     fmt::join(words, ","));
}

std::vector<std::string> WrittenValues(const FieldDecl& field, std::string_view text) {
  CellReader reader(field, text);
  return reader.Read() ? reader.TakeWritten() : std::vector<std::string>();
}

}  // namespace pm
