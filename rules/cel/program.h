// The Common Expression Language: from text to something that can be evaluated. This header is the
// way in; the passes behind it, each with a dump (dump.h): parse, macros, resolve, check,
// guards, cost, plan.
//
// A binding that is Value::Missing() is unknown: what depends on it is unknown, save where `&&`,
// `||`, `all` or `exists` are decided without it. has(x) of such a variable is false.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/cel/declarations.h"
#include "rules/cel/evaluation.h"
#include "rules/cel/plan.h"
#include "rules/cel/problem.h"

namespace pm::cel {

struct CompileOptions {
  bool check = true;               // false: types and names are looked at when evaluated only
  std::string_view result_type;    // what the expression must be, such as `bool`; empty: anything
  uint64_t max_cost = UINT64_MAX;  // of the static bound; PM0256 above
  bool report_constants = false;   // parts that fail each time they are evaluated are PM0255
};

// Immutable; any number of threads may evaluate it at once, each with its own Evaluation.
class Program {
 public:
  Program(Plan plan, std::string type, uint64_t cost_bound)
      : plan_(std::move(plan)), type_(std::move(type)), cost_bound_(cost_bound) {}

  // `bindings` are the declared variables' values, by their numbers; only those of variables() are
  // looked at. What they point at must live as long as the result is used. The result is a value,
  // unknown (naming the variables that are missing) or an error; it lasts until the evaluation's
  // next use.
  Value Evaluate(std::span<const Value> bindings, Evaluation* evaluation) const;

  const Plan& plan() const { return plan_; }
  // The variables it reads, rising.
  const std::vector<uint32_t>& variables() const { return plan_.variables(); }
  const std::string& type() const { return type_; }
  uint64_t cost_bound() const { return cost_bound_; }

 private:
  Plan plan_;
  std::string type_;
  uint64_t cost_bound_;
};

// A program, or all that is wrong with the text: by place, of several at one place the first. The
// program does not need the text any more; of the declarations it needs those functions that were
// added to them (AddFunction), which must outlive it.
std::expected<Program, std::vector<Problem>> Compile(std::string_view text,
                                                     const Declarations& declarations,
                                                     const CompileOptions& options = {});

// A number with `decimals` digits behind the point as a whole number: how doubles leave this
// folder. Rounded to the nearest, halves to the even one; exact for int and uint. Nothing when it
// does not fit, is no number, infinite or NaN. `decimals` is at most 18.
std::optional<int64_t> ToFixedPoint(const Value& value, int decimals);

// The other way: `number` units of 10^-decimals as a double, the nearest to it.
Value FromFixedPoint(int64_t number, int decimals);

}  // namespace pm::cel
