// The optional extension: values that may be absent.
#include "rules/cel/evaluation.h"
#include "rules/cel/functions.h"

namespace pm::cel {
namespace {

using Args = std::span<const Value>;

bool IsZero(const Value& value) {
  switch (value.kind) {
    case ValueKind::kNull:
      return true;
    case ValueKind::kBool:
      return !value.boolean();
    case ValueKind::kInt:
    case ValueKind::kUint:
      return value.natural == 0;
    case ValueKind::kDouble:
      return value.real == 0;
    case ValueKind::kString:
    case ValueKind::kBytes:
    case ValueKind::kList:
    case ValueKind::kMap:
      return value.size == 0;
    case ValueKind::kDuration:
    case ValueKind::kTimestamp:
      return value.integer == 0 && value.size == 0;
    case ValueKind::kOptional:
      return value.items == nullptr;
    case ValueKind::kType:
    case ValueKind::kMessage:
    case ValueKind::kDecimal:
    case ValueKind::kUnknown:
    case ValueKind::kError:
      break;
  }
  return false;
}

Value None(Evaluation&, Args) { return Value::Optional(nullptr); }
Value Of(Evaluation& evaluation, Args args) { return evaluation.NewOptional(args[0]); }
Value OfNonZero(Evaluation& evaluation, Args args) {
  return IsZero(args[0]) ? Value::Optional(nullptr) : evaluation.NewOptional(args[0]);
}
Value HasValue(Evaluation&, Args args) { return Value::Bool(args[0].items != nullptr); }
Value ValueOf(Evaluation& evaluation, Args args) {
  if (args[0].items != nullptr) return *args[0].items;
  return evaluation.Fail(ErrorKind::kArgument, "the optional has no value");
}
Value Or(Evaluation&, Args args) { return args[0].items != nullptr ? args[0] : args[1]; }
Value OrValue(Evaluation&, Args args) {
  return args[0].items != nullptr ? *args[0].items : args[1];
}

Value First(Evaluation&, Args args) {
  return Value::Optional(args[0].size > 0 ? args[0].items : nullptr);
}
Value Last(Evaluation&, Args args) {
  return Value::Optional(args[0].size > 0 ? &args[0].items[args[0].size - 1] : nullptr);
}
Value Unwrap(Evaluation& evaluation, Args args) {
  Value* items = evaluation.NewItems(args[0].size);
  if (items == nullptr) return evaluation.NoRoom();
  size_t size = 0;
  for (const Value& item : args[0].list()) {
    if (item.kind != ValueKind::kOptional) {
      return evaluation.Fail(ErrorKind::kNoOverload, DebugText(item) + " is no optional");
    }
    if (item.items != nullptr) items[size++] = *item.items;
  }
  return Value::List({items, size});
}

constexpr FunctionRow kRows[] = {
    {"optional.none", "() -> optional_type(A)", None},
    {"optional.of", "(A) -> optional_type(A)", Of, Work::kConstant, Growth::kFirst},
    {"optional.ofNonZeroValue", "(A) -> optional_type(A)", OfNonZero, Work::kConstant,
     Growth::kFirst},
    {"hasValue", "optional_type(A).() -> bool", HasValue},
    {"value", "optional_type(A).() -> A", ValueOf, Work::kConstant, Growth::kFirst},
    {"or", "optional_type(A).(optional_type(A)) -> optional_type(A)", Or, Work::kConstant,
     Growth::kSum},
    {"orValue", "optional_type(A).(A) -> A", OrValue, Work::kConstant, Growth::kSum},
    {"first", "list(A).() -> optional_type(A)", First, Work::kConstant, Growth::kFirst},
    {"last", "list(A).() -> optional_type(A)", Last, Work::kConstant, Growth::kFirst},
    {"unwrapOpt", "list(optional_type(A)).() -> list(A)", Unwrap, Work::kLinear, Growth::kFirst},
    {"optional.unwrap", "(list(optional_type(A))) -> list(A)", Unwrap, Work::kLinear,
     Growth::kFirst},
};

}  // namespace

std::span<const FunctionRow> OptionalFunctions() { return kRows; }

}  // namespace pm::cel
