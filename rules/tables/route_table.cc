#include "rules/tables/route_table.h"

#include <fmt/format.h>

#include <unordered_map>

namespace pm {
namespace {

std::vector<TupleIndex::Key> KeysOf(const TableCell& cell) {
  std::vector<TupleIndex::Key> keys;
  if (!cell.enumerable()) return keys;
  for (const std::string& text : cell.texts) keys.push_back(TupleIndex::KeyOf(text));
  for (const Interval& one : cell.numbers) keys.push_back(TupleIndex::KeyOf(one.begin));
  return keys;
}

TupleIndex MakeIndex(size_t columns, const std::vector<RouteTable::Row>& rows) {
  columns = std::min(columns, TupleIndex::kMaxColumns);
  std::vector<TupleIndex::Rule> rules;
  for (const RouteTable::Row& row : rows) {
    TupleIndex::Rule& rule = rules.emplace_back();
    for (size_t i = 0; i < columns; ++i) rule.push_back(KeysOf(row.cells[i]));
  }
  return {columns, rules};
}

bool RowsOverlap(const RouteTable::Row& a, const RouteTable::Row& b) {
  for (size_t i = 0; i < a.cells.size(); ++i) {
    if (!a.cells[i].Overlaps(b.cells[i])) return false;
  }
  return true;
}

// Negative when `a` is more specific.
int CompareSpecific(const RouteTable::Row& a, const RouteTable::Row& b) {
  const auto open = [](const RouteTable::Row& row) {
    return std::ranges::count(row.cells, TableCell::Kind::kAny, &TableCell::kind);
  };
  if (open(a) != open(b)) return open(a) < open(b) ? -1 : 1;
  for (size_t i = 0; i < a.cells.size(); ++i) {
    const uint64_t left = a.cells[i].Breadth();
    const uint64_t right = b.cells[i].Breadth();
    if (left != right) return left < right ? -1 : 1;
  }
  return 0;
}

// Rows by the values they ask for in the column where most ask for single ones: those of different
// values cannot overlap.
struct RowsByValue {
  explicit RowsByValue(const RouteTable& table) {
    int64_t most = 0;
    for (size_t i = 0; i < table.inputs().size(); ++i) {
      const int64_t single = std::ranges::count_if(
          table.rows(), [&](const RouteTable::Row& row) { return row.cells[i].enumerable(); });
      if (single > most) most = single, column = i;
    }
    for (uint32_t row = 0; row < table.rows().size(); ++row) {
      const TableCell& cell = table.rows()[row].cells[column];
      if (!cell.enumerable()) rest.push_back(row);
      for (const TupleIndex::Key key : KeysOf(cell)) rows[key].push_back(row);
    }
  }
  size_t column = 0;
  std::unordered_map<TupleIndex::Key, std::vector<uint32_t>> rows;  // rising
  std::vector<uint32_t> rest;                                       // rising
};

// Pairs a row with those of `others` that come before it.
class OverlapSearch {
 public:
  OverlapSearch(const RouteTable& table, size_t budget) : table_(table), budget_(budget) {}

  // False when the search is over.
  bool Try(uint32_t row, const std::vector<uint32_t>& others) {
    return std::ranges::all_of(others,
                               [&](uint32_t other) { return other >= row || Pair(row, other); });
  }
  bool TryAllBefore(uint32_t row) {
    for (uint32_t other = 0; other < row; ++other) {
      if (!Pair(row, other)) return false;
    }
    return true;
  }
  bool exhausted() const { return budget_ == 0; }
  std::optional<std::pair<size_t, size_t>> found() const { return found_; }

 private:
  bool Pair(uint32_t row, uint32_t other) {
    if (budget_ == 0) return false;
    --budget_;
    const bool overlap = RowsOverlap(table_.rows()[other], table_.rows()[row]);
    if (!overlap || !table_.Clash(other, row)) return true;
    found_ = {other, row};
    return false;
  }

  const RouteTable& table_;
  size_t budget_;
  std::optional<std::pair<size_t, size_t>> found_;
};

}  // namespace

RouteTable::RouteTable(std::string file, std::vector<Column> inputs,
                       std::vector<std::string> outputs, std::vector<Row> rows, HitPolicy hit)
    : file_(std::move(file)),
      inputs_(std::move(inputs)),
      outputs_(std::move(outputs)),
      rows_(std::move(rows)),
      hit_(hit) {
  if (hit_ == HitPolicy::kMostSpecific) {
    std::ranges::stable_sort(rows_,
                             [](const Row& a, const Row& b) { return CompareSpecific(a, b) < 0; });
  }
  index_ = MakeIndex(inputs_.size(), rows_);
}

bool RouteTable::Matches(const Row& row, Facts facts) const {
  for (size_t i = 0; i < inputs_.size(); ++i) {
    if (!row.cells[i].Matches(facts[inputs_[i].slot])) return false;
  }
  return true;
}

size_t RouteTable::FirstMatch(Facts facts, size_t from) const {
  std::array<std::optional<TupleIndex::Key>, TupleIndex::kMaxColumns> keys;
  const size_t columns = std::min(inputs_.size(), keys.size());
  for (size_t i = 0; i < columns; ++i) {
    const Value& value = facts[inputs_[i].slot];
    if (!value.missing() && value.type != Type::kTextList) keys[i] = TupleIndex::KeyOf(value);
  }
  TupleIndex::Cursor candidates = index_.Find({keys.data(), columns});
  uint32_t row = candidates.Next(static_cast<uint32_t>(from));
  while (row < rows_.size() && !Matches(rows_[row], facts)) row = candidates.Next(row + 1);
  return std::min<size_t>(row, rows_.size());
}

std::string RouteTable::PlanText() const {
  std::string text;
  for (const TupleIndex::ShapeStatistics& shape : index_.Statistics()) {
    std::vector<std::string_view> names;
    for (const size_t column : shape.columns) names.push_back(inputs_[column].name);
    text += names.empty() ? fmt::format("{} rows looked at always: they ask for no single value\n",
                                        shape.rules)
                          : fmt::format("{} rows by {}: {} keys\n", shape.rules,
                                        fmt::join(names, ", "), shape.keys);
  }
  return text + fmt::format("{} bytes of index for {} rows\n", index_.bytes(), rows_.size());
}

bool RouteTable::Clash(size_t row, size_t other) const {
  if (hit_ == HitPolicy::kMostSpecific) return CompareSpecific(rows_[row], rows_[other]) == 0;
  return hit_ == HitPolicy::kUnique;
}

std::optional<std::pair<size_t, size_t>> RouteTable::FindOverlap(size_t budget,
                                                                 bool* proved) const {
  OverlapSearch search(*this, budget);
  const RowsByValue by_value(*this);
  bool go_on = true;
  for (uint32_t row = 0; go_on && row < rows_.size(); ++row) {
    if (std::ranges::binary_search(by_value.rest, row)) {
      go_on = search.TryAllBefore(row);
      continue;
    }
    go_on = search.Try(row, by_value.rest);
    for (const TupleIndex::Key key : KeysOf(rows_[row].cells[by_value.column])) {
      if (go_on) go_on = search.Try(row, by_value.rows.at(key));
    }
  }
  *proved = !search.exhausted() || search.found().has_value();
  return search.found();
}

std::optional<RouteTableHit> LookUp(const RouteTable& table, Facts facts, std::string* why_not) {
  const auto none = [&](std::string why) {
    if (why_not != nullptr) *why_not = std::move(why);
    return std::nullopt;
  };
  const size_t row = table.FirstMatch(facts);
  if (row == table.rows().size()) return none(fmt::format("no row of {} matches", table.file()));
  const RouteTable::Row& hit = table.rows()[row];
  if (table.hit() != HitPolicy::kFirst) {
    const size_t other = table.FirstMatch(facts, row + 1);
    if (other < table.rows().size() && table.Clash(row, other)) {
      return none(fmt::format(
          "lines {} and {} of {} both match {}", hit.line, table.rows()[other].line, table.file(),
          table.hit() == HitPolicy::kUnique ? "(hit: unique)" : "and are equally specific"));
    }
  }
  RouteTableHit answer{.row = hit.line, .cells = {}};
  for (size_t i = 0; i < table.outputs().size(); ++i) {
    answer.cells.emplace_back(table.outputs()[i], hit.outputs[i]);
  }
  return answer;
}

}  // namespace pm
