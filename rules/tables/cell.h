// One input cell of a decision table: a DMN unary test, read by the type of its column's field.
//   -                 anything, also a missing value (so does an empty cell)
//   acme, "a","b"     one of these
//   5  >= 5  [1..10)  numbers, times and durations; several with commas between
//   not("x")          anything but these; a missing value does not match
// Immutable; any thread.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time/intervals.h"
#include "model/field_block.h"

namespace pm {

struct TableCell {
  enum class Kind : uint8_t { kAny, kTexts, kNumbers };
  Kind kind = Kind::kAny;
  bool of_list = false;            // the column's field holds several texts at once
  bool negated = false;            // of texts only
  std::vector<std::string> texts;  // sorted, each once
  Intervals numbers;               // normal

  bool Matches(const Value& value) const;
  // Some value matches both; exact. Both must be of one column.
  bool Overlaps(const TableCell& other) const;
  // How many values match: the fewer, the more the cell asks. `-` is UINT64_MAX, `not(...)` of
  // texts comes right before it.
  uint64_t Breadth() const;
  // It stands for single texts or numbers, so that it can be hashed. Cells of list columns do not:
  // a list may match several.
  bool enumerable() const;
};

struct CellError {
  Error error;
  size_t offset = 0;  // bytes into the cell
};

// PM0230: not a unary test, or a value that the field cannot hold.
std::expected<TableCell, CellError> ReadCell(const FieldDecl& field, std::string_view text);
// How a cell that cannot be read was probably meant: `DE AT` is several. Empty: who knows.
std::string HintOfCell(const FieldDecl& field, std::string_view text);
// The values of a cell as they are written, but for their quotes; of one that can be read.
std::vector<std::string> WrittenValues(const FieldDecl& field, std::string_view text);

}  // namespace pm
