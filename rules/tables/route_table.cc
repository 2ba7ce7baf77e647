#include "rules/tables/route_table.h"

#include <fmt/format.h>

namespace pm {
namespace {

std::string KeyOf(const Value& value) {
  if (value.type == Type::kText) return std::string(value.text);
  std::string key;
  AppendBigEndian(&key, static_cast<uint64_t>(value.number));
  return key;
}

std::vector<std::string> KeysOf(const TableCell& cell) {
  if (cell.kind == TableCell::Kind::kTexts) return cell.texts;
  std::vector<std::string> keys;
  for (const Interval& one : cell.numbers) keys.push_back(KeyOf(Value::Int(one.begin)));
  return keys;
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

uint32_t NextFrom(const std::vector<uint32_t>& rising, size_t from) {
  const auto it = std::ranges::lower_bound(rising, static_cast<uint32_t>(from));
  return it == rising.end() ? UINT32_MAX : *it;
}

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
  BuildIndex();
}

void RouteTable::BuildIndex() {
  size_t most = 0;
  for (size_t column = 0; column < inputs_.size(); ++column) {
    const auto hashable = static_cast<size_t>(std::ranges::count_if(
        rows_, [&](const Row& row) { return row.cells[column].enumerable(); }));
    if (hashable > most) {
      most = hashable;
      indexed_column_ = column;
    }
  }
  for (uint32_t i = 0; i < rows_.size(); ++i) {
    if (indexed_column_ == SIZE_MAX || !rows_[i].cells[indexed_column_].enumerable()) {
      rest_.push_back(i);
      continue;
    }
    for (std::string& key : KeysOf(rows_[i].cells[indexed_column_])) {
      by_value_[std::move(key)].push_back(i);
    }
  }
}

bool RouteTable::Matches(const Row& row, Facts facts) const {
  for (size_t i = 0; i < inputs_.size(); ++i) {
    if (!row.cells[i].Matches(facts[inputs_[i].slot])) return false;
  }
  return true;
}

const std::vector<uint32_t>* RouteTable::Indexed(const Value& value) const {
  if (value.missing()) return nullptr;
  const auto found = by_value_.find(KeyOf(value));
  return found == by_value_.end() ? nullptr : &found->second;
}

size_t RouteTable::FirstMatch(Facts facts, size_t from) const {
  static const std::vector<uint32_t> kNone;
  if (indexed_column_ == SIZE_MAX || facts[inputs_[indexed_column_].slot].type == Type::kTextList) {
    while (from < rows_.size() && !Matches(rows_[from], facts)) ++from;
    return from;
  }
  const std::vector<uint32_t>* hashed = Indexed(facts[inputs_[indexed_column_].slot]);
  if (hashed == nullptr) hashed = &kNone;
  while (from < rows_.size()) {
    const uint32_t next = std::min(NextFrom(*hashed, from), NextFrom(rest_, from));
    if (next == UINT32_MAX) break;
    if (Matches(rows_[next], facts)) return next;
    from = next + 1;
  }
  return rows_.size();
}

bool RouteTable::Clash(size_t row, size_t other) const {
  if (hit_ == HitPolicy::kMostSpecific) return CompareSpecific(rows_[row], rows_[other]) == 0;
  return hit_ == HitPolicy::kUnique;
}

std::optional<std::pair<size_t, size_t>> RouteTable::FindOverlap(size_t budget,
                                                                 bool* proved) const {
  OverlapSearch search(*this, budget);
  bool go_on = true;
  for (uint32_t row = 0; go_on && row < rows_.size(); ++row) {
    if (std::ranges::binary_search(rest_, row)) {
      go_on = search.TryAllBefore(row);
      continue;
    }
    go_on = search.Try(row, rest_);
    for (const std::string& key : KeysOf(rows_[row].cells[indexed_column_])) {
      if (go_on) go_on = search.Try(row, by_value_.at(key));
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
