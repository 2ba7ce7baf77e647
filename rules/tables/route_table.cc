#include "rules/tables/route_table.h"

#include <fmt/format.h>

#include <unordered_map>

namespace pm {
namespace {

// What a cell asks of a fact of that column; nothing asked: nullopt.
std::optional<index::Need> NeedOf(const RouteTable::Column& column, const TableCell& cell) {
  if (cell.kind == TableCell::Kind::kAny) return std::nullopt;
  index::Need need;
  need.column = {.slot = column.slot, .type = column.type};
  if (cell.of_list && !cell.negated) need.column.part = index::Part::kItem;
  need.present = cell.negated;
  if (!cell.negated) {
    for (const std::string& text : cell.texts) need.keys.push_back(index::KeyOf(text));
    std::ranges::sort(need.keys);
  }
  for (const Interval& one : cell.numbers) need.ranges.push_back({one.begin, one.end - 1});
  return need;
}

RuleIndex MakeIndex(const std::vector<RouteTable::Column>& columns,
                    const std::vector<RouteTable::Row>& rows) {
  if (rows.size() < RuleIndex::kScanBelow) return {};
  std::vector<index::RuleNeeds> needs;
  needs.reserve(rows.size());
  for (const RouteTable::Row& row : rows) {
    index::Box box;
    bool possible = true;
    for (size_t i = 0; i < columns.size(); ++i) {
      auto need = NeedOf(columns[i], row.cells[i]);
      if (need) possible = AddNeed(*std::move(need), &box) && possible;
    }
    index::RuleNeeds& of_row = needs.emplace_back();
    if (possible) of_row.boxes.push_back(std::move(box));
  }
  return RuleIndex(needs);
}

// The single values a cell stands for, for the search of overlaps.
std::vector<index::Key> KeysOf(const TableCell& cell) {
  std::vector<index::Key> keys;
  if (!cell.enumerable()) return keys;
  for (const std::string& text : cell.texts) keys.push_back(index::KeyOf(text));
  for (const Interval& one : cell.numbers) keys.push_back(index::KeyOf(one.begin));
  return keys;
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
      for (const index::Key key : KeysOf(cell)) rows[key].push_back(row);
    }
  }
  size_t column = 0;
  std::unordered_map<index::Key, std::vector<uint32_t>> rows;  // rising
  std::vector<uint32_t> rest;                                  // rising
};

// Pairs a row with those of `others` that come before it.
class OverlapSearch {
 public:
  OverlapSearch(const RouteTable& table, size_t budget,
                const std::function<bool(RouteTable::RowPair)>& counts)
      : table_(table), counts_(counts), budget_(budget) {}

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
  std::optional<RouteTable::RowPair> found() const { return found_; }

 private:
  bool Pair(uint32_t row, uint32_t other) {
    if (budget_ == 0) return false;
    --budget_;
    const bool overlap = table_.Overlap(other, row);
    if (!overlap || !table_.Clash(other, row)) return true;
    if (counts_ && !counts_({other, row})) return true;
    found_ = {other, row};
    return false;
  }

  const RouteTable& table_;
  const std::function<bool(RouteTable::RowPair)>& counts_;
  size_t budget_;
  std::optional<RouteTable::RowPair> found_;
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
  index_ = MakeIndex(inputs_, rows_);
}

bool RouteTable::IsMatch(const Row& row, Facts facts) const {
  static constexpr Value kMissing;
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const Value& value = facts[inputs_[i].slot];
    if (!row.cells[i].Matches(value.type == inputs_[i].type ? value : kMissing)) return false;
  }
  return true;
}

size_t RouteTable::FirstMatch(Facts facts, size_t from) const {
  RuleIndex::Cursor candidates = index_.Find(facts);
  uint32_t row = candidates.Next(static_cast<uint32_t>(from));
  while (row < rows_.size() && !IsMatch(rows_[row], facts)) row = candidates.Next(row + 1);
  return std::min<size_t>(row, rows_.size());
}

std::string RouteTable::PlanText() const {
  const auto field = [&](uint32_t slot) {
    return std::ranges::find(inputs_, slot, &Column::slot)->name;
  };
  const auto line = [&](uint32_t row) { return fmt::format("line {}", rows_[row].line); };
  return index_.PlanText(rows_.size(), {.field = field, .rule = line, .rules = "rows"});
}

RouteTable::Matches RouteTable::Find(Facts facts) const {
  Matches found{FirstMatch(facts), rows_.size()};
  if (found.row == rows_.size() || hit_ == HitPolicy::kFirst) return found;
  const size_t next = FirstMatch(facts, found.row + 1);
  if (next < rows_.size() && Clash(found.row, next)) found.clashing = next;
  return found;
}

bool RouteTable::Overlap(size_t row, size_t other) const {
  const Row &a = rows_[row], &b = rows_[other];
  for (size_t i = 0; i < a.cells.size(); ++i) {
    if (!a.cells[i].Overlaps(b.cells[i])) return false;
  }
  return true;
}

bool RouteTable::Clash(size_t row, size_t other) const {
  if (hit_ == HitPolicy::kMostSpecific) return CompareSpecific(rows_[row], rows_[other]) == 0;
  return hit_ == HitPolicy::kUnique;
}

std::optional<RouteTable::RowPair> RouteTable::FindOverlap(
    size_t budget, bool* proved, const std::function<bool(RowPair)>& counts) const {
  OverlapSearch search(*this, budget, counts);
  const RowsByValue by_value(*this);
  bool go_on = true;
  for (uint32_t row = 0; go_on && row < rows_.size(); ++row) {
    if (std::ranges::binary_search(by_value.rest, row)) {
      go_on = search.TryAllBefore(row);
      continue;
    }
    go_on = search.Try(row, by_value.rest);
    for (const index::Key key : KeysOf(rows_[row].cells[by_value.column])) {
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
  const auto [row, clashing] = table.Find(facts);
  if (row == table.rows().size()) return none(fmt::format("no row of {} matches", table.file()));
  const RouteTable::Row& hit = table.rows()[row];
  if (clashing < table.rows().size()) {
    return none(fmt::format(
        "{0}:{1} and {0}:{2} both match {3}", table.file(), hit.line, table.rows()[clashing].line,
        table.hit() == HitPolicy::kUnique ? "(hit: unique)" : "and are equally specific"));
  }
  RouteTableHit answer{.row = hit.line, .cells = {}};
  for (size_t i = 0; i < table.outputs().size(); ++i) {
    answer.cells.emplace_back(table.outputs()[i], hit.outputs[i]);
  }
  return answer;
}

bool NamesNobody(const Route& route, const RouteTable::Row& row) {
  const TargetFrom from = route.to.from;
  if (from != TargetFrom::kPoolColumn && from != TargetFrom::kRepColumn) return false;
  const std::vector<std::string>& outputs = route.table->outputs();
  const auto column = std::ranges::find(outputs, route.to.name);
  return column == outputs.end() ||
         row.outputs[static_cast<size_t>(column - outputs.begin())].empty();
}

}  // namespace pm
