#include "rules/tables/row_clashes.h"

#include <algorithm>

namespace pm {

RowClashes::RowClashes(const RouteTable& table, size_t budget) : table_(table) {
  complete_ = table.hit() == HitPolicy::kFirst;
  if (complete_) return;
  std::vector<bool> clashes(table.rows().size());
  table.FindOverlap(budget, &complete_, [&](RouteTable::RowPair pair) {
    clashes[pair.first] = clashes[pair.second] = true;
    return false;
  });
  for (size_t row = 0; row < clashes.size(); ++row) {
    if (clashes[row]) rows_.push_back(row);
  }
}

std::vector<size_t> RowClashes::Beside(size_t row) const {
  std::vector<size_t> beside;
  for (const size_t other : rows_) {
    if (other == row || !table_.Overlap(row, other)) continue;
    if (other < row || table_.Clash(row, other)) beside.push_back(other);
  }
  return beside;
}

}  // namespace pm
