// What becomes of several values that are none: errors and unknowns put together in one answer that
// does not depend on their order, except for which of several errors is told.
#pragma once
#include "rules/cel/evaluation.h"
#include "rules/cel/value.h"

namespace pm::cel {

class Verdict {
 public:
  explicit Verdict(Evaluation* evaluation) : evaluation_(*evaluation) {}

  // An error or an unknown.
  void Add(const Value& value);
  // Where a bool was wanted: any other value counts as an error.
  void AddTruth(const Value& value);

  bool failed() const { return !worst_.is_value(); }
  // All unknowns together if there are any, else the first error, else `value`.
  Value Or(const Value& value) const { return failed() ? worst_ : value; }

 private:
  Evaluation& evaluation_;
  Value worst_;
};

// Where one bool was wanted: the error or unknown itself, or an error for another value.
Value NoTruth(const Value& value, Evaluation& evaluation);

}  // namespace pm::cel
