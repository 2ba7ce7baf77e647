// The functions and operators of the language, in one table: the checker takes the types from it,
// the evaluator the code, the cost bound what each may take.
#pragma once
#include <cstdint>
#include <deque>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rules/cel/types.h"
#include "rules/cel/value.h"

namespace pm::cel {

class Evaluation;

// Arguments are values, never errors or unknown, and of kinds that the overload accepts.
using Function = Value (*)(Evaluation& evaluation, std::span<const Value> args);

// The work of a call in the units of cost.h, by the sizes of the arguments and the result.
enum class Work : uint8_t {
  kConstant,
  kLinear,   // all sizes together
  kProduct,  // each item of one against each of the other: `in`, `contains`
  kPattern,  // a regular expression: the text times the pattern
};

// How large a result can be.
enum class Growth : uint8_t {
  kConstant,  // a number, a truth value, a short text
  kFirst,     // as its first argument
  kParts,     // as its first argument, in pieces
  kSum,       // as all arguments together
  kProduct,   // the first argument times another: replace, join
  kFormat,    // as format() may write
};

struct FunctionRow {
  std::string_view name;       // `size`, `math.abs`, `_+_`
  std::string_view signature;  // `string.(int) -> string`, `(A, list(A)) -> bool`
  Function function;
  Work work = Work::kConstant;
  Growth growth = Growth::kConstant;
};

struct Overload {
  std::string_view name;
  std::string_view signature;
  bool member = false;
  bool any_count = false;           // math.greatest and math.least
  std::vector<const Type*> params;  // the receiver first
  const Type* result = nullptr;
  std::vector<uint32_t> accepts;  // for each argument a bit a ValueKind
  Function function = nullptr;    // null: declared only, cannot be evaluated
  Work work = Work::kConstant;
  Growth growth = Growth::kConstant;
};

// A set of overloads by name. Immutable after it was filled; any thread may read.
class FunctionTable {
 public:
  FunctionTable() = default;
  FunctionTable(const FunctionTable&) = delete;
  FunctionTable& operator=(const FunctionTable&) = delete;

  // Errors: PM0253 a signature that cannot be read. The row's texts must outlive the table.
  Result<void> Add(const FunctionRow& row);
  std::span<const Overload* const> Find(std::string_view name) const;
  std::vector<std::string_view> Names() const;  // each once, in order of the alphabet

 private:
  Types types_;
  std::deque<Overload> overloads_;
  std::unordered_map<std::string_view, std::vector<const Overload*>> by_name_;
};

// CEL's own and the extensions we have.
const FunctionTable& StandardFunctions();

// Takes any number of numbers, or one list of them: checked and called apart.
inline constexpr std::string_view kGreatest = "math.greatest", kLeast = "math.least";

// The groups, each in its file.
std::span<const FunctionRow> OperatorFunctions();
std::span<const FunctionRow> ConversionFunctions();
std::span<const FunctionRow> StringFunctions();
std::span<const FunctionRow> TimeFunctions();
std::span<const FunctionRow> MathFunctions();
std::span<const FunctionRow> OptionalFunctions();

}  // namespace pm::cel
