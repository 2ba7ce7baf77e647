// A decision table of a route: rows of cells over fields, and output columns. An index keeps large
// tables fast. Immutable; any thread.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/book.h"
#include "rules/index/rule_index.h"
#include "rules/tables/cell.h"

namespace pm {

// Which row counts when several match.
enum class HitPolicy : uint8_t {
  kUnique,        // none: that is a fault of the table
  kFirst,         // the first in the file
  kMostSpecific,  // the one that asks most (below); none when several ask the same
};

// A row is more specific than another when it fills more cells; with as many, when its cell matches
// fewer values in the first column, in the order of `match`, where they differ in that. So a row
// that matches only part of what another matches always comes before it.
class RouteTable {
 public:
  struct Column {
    std::string name;
    FieldNumber field;
    uint32_t slot = 0;
    Type type = Type::kMissing;  // of the field; a value of another type is missing
  };
  struct Row {
    uint32_t line = 0;                 // in the CSV file
    std::vector<TableCell> cells;      // by input column
    std::vector<std::string> outputs;  // empty: the cell names nobody
  };

  RouteTable(std::string file, std::vector<Column> inputs, std::vector<std::string> outputs,
             std::vector<Row> rows, HitPolicy hit);

  const std::string& file() const { return file_; }
  const std::vector<Column>& inputs() const { return inputs_; }
  const std::vector<std::string>& outputs() const { return outputs_; }
  // In the order they are tried: that of the file, with kMostSpecific the most specific first.
  const std::vector<Row>& rows() const { return rows_; }
  HitPolicy hit() const { return hit_; }

  // The first row that matches, from `from` on; rows().size() when there is none.
  size_t FirstMatch(Facts facts, size_t from = 0) const;
  // The first row that matches, and the next where that matches, too, and the policy then has no
  // answer; rows().size() where there is none.
  struct Matches {
    size_t row = 0, clashing = 0;
  };
  Matches Find(Facts facts) const;
  // How it is searched: `12 by lead.country and account.industry: 14 keys, ...`, a line a shape.
  std::string PlanText() const;
  // Their cells leave room for a lead that both match.
  bool Overlap(size_t row, size_t other) const;
  // The policy has no answer when both rows match.
  bool Clash(size_t row, size_t other) const;
  using RowPair = std::pair<size_t, size_t>;  // the one that is tried first comes first
  // Two rows that clash and whose cells all overlap, and of which `counts` (null: of all) is true;
  // nothing when there are none, or when more than `budget` pairs would have to be compared (then
  // *proved is false).
  std::optional<RowPair> FindOverlap(size_t budget, bool* proved,
                                     const std::function<bool(RowPair)>& counts = nullptr) const;

 private:
  bool IsMatch(const Row& row, Facts facts) const;

  std::string file_;
  std::vector<Column> inputs_;
  std::vector<std::string> outputs_;
  std::vector<Row> rows_;
  HitPolicy hit_;
  RuleIndex index_;
};

// The target is in a column of the route's table, and the row has none there: the lead goes to
// `else`, or on to the next route.
bool NamesNobody(const Route& route, const RouteTable::Row& row);

}  // namespace pm
