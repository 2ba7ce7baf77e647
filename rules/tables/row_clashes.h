// The rows of a table that leave leads without an answer: two of them match, and the table's policy
// says of neither that it counts. Immutable; any thread.
#pragma once
#include <vector>

#include "rules/tables/route_table.h"

namespace pm {

class RowClashes {
 public:
  // Of more pairs of rows than this none are compared.
  static constexpr size_t kBudget = 20'000'000;
  explicit RowClashes(const RouteTable& table, size_t budget = kBudget);

  bool none() const { return rows_.empty(); }
  // All pairs were compared.
  bool complete() const { return complete_; }
  // Where `row` matches and none of these does, the table has an answer, which is the row or one
  // before it: rows that clash with it, and those before it that clash with another. Rising.
  std::vector<size_t> Beside(size_t row) const;

 private:
  const RouteTable& table_;
  std::vector<size_t> rows_;  // that clash with another; rising
  bool complete_ = false;
};

}  // namespace pm
