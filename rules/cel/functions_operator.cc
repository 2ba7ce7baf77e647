// Arithmetic, comparison and membership. Whole numbers never wrap around: what does not fit fails.
#include <algorithm>
#include <limits>

#include "base/text/utf8.h"
#include "rules/cel/evaluation.h"
#include "rules/cel/functions.h"
#include "rules/cel/moment.h"
#include "rules/cel/work.h"

namespace pm::cel {
namespace {

using Args = std::span<const Value>;

Value Overflow(Evaluation& evaluation) {
  return evaluation.Fail(ErrorKind::kOverflow, "the result does not fit into 64 bits");
}

template <bool (*kOperation)(int64_t, int64_t, int64_t*)>
Value Ints(Evaluation& evaluation, Args args) {
  int64_t result = 0;
  if (kOperation(args[0].integer, args[1].integer, &result)) return Overflow(evaluation);
  return Value::Int(result);
}
template <bool (*kOperation)(uint64_t, uint64_t, uint64_t*)>
Value Uints(Evaluation& evaluation, Args args) {
  uint64_t result = 0;
  if (kOperation(args[0].natural, args[1].natural, &result)) return Overflow(evaluation);
  return Value::Uint(result);
}
template <class T>
bool Add(T a, T b, T* result) {
  return __builtin_add_overflow(a, b, result);
}
template <class T>
bool Subtract(T a, T b, T* result) {
  return __builtin_sub_overflow(a, b, result);
}
template <class T>
bool Multiply(T a, T b, T* result) {
  return __builtin_mul_overflow(a, b, result);
}

Value DivideInts(Evaluation& evaluation, Args args) {
  const int64_t a = args[0].integer, b = args[1].integer;
  if (b == 0) return evaluation.Fail(ErrorKind::kDivideByZero, "division by zero");
  if (a == std::numeric_limits<int64_t>::min() && b == -1) return Overflow(evaluation);
  return Value::Int(a / b);
}
Value ModuloInts(Evaluation& evaluation, Args args) {
  const int64_t a = args[0].integer, b = args[1].integer;
  if (b == 0) return evaluation.Fail(ErrorKind::kDivideByZero, "modulus by zero");
  if (a == std::numeric_limits<int64_t>::min() && b == -1) return Overflow(evaluation);
  return Value::Int(a % b);
}
Value DivideUints(Evaluation& evaluation, Args args) {
  if (args[1].natural == 0) return evaluation.Fail(ErrorKind::kDivideByZero, "division by zero");
  return Value::Uint(args[0].natural / args[1].natural);
}
Value ModuloUints(Evaluation& evaluation, Args args) {
  if (args[1].natural == 0) return evaluation.Fail(ErrorKind::kDivideByZero, "modulus by zero");
  return Value::Uint(args[0].natural % args[1].natural);
}
Value NegateInt(Evaluation& evaluation, Args args) {
  if (args[0].integer == std::numeric_limits<int64_t>::min()) return Overflow(evaluation);
  return Value::Int(-args[0].integer);
}

Value AddDoubles(Evaluation&, Args args) { return Value::Double(args[0].real + args[1].real); }
Value SubtractDoubles(Evaluation&, Args args) { return Value::Double(args[0].real - args[1].real); }
Value MultiplyDoubles(Evaluation&, Args args) { return Value::Double(args[0].real * args[1].real); }
Value DivideDoubles(Evaluation&, Args args) { return Value::Double(args[0].real / args[1].real); }
Value NegateDouble(Evaluation&, Args args) { return Value::Double(-args[0].real); }

// Texts and bytes alike.
Value AddTexts(Evaluation& evaluation, Args args) {
  const size_t size = args[0].text().size() + args[1].text().size();
  char* text = evaluation.NewText(size);
  if (text == nullptr) return evaluation.NoRoom();
  std::copy_n(args[0].bytes, args[0].size, text);
  std::copy_n(args[1].bytes, args[1].size, text + args[0].size);
  const std::string_view joined(text, size);
  return args[0].kind == ValueKind::kString ? Value::String(joined) : Value::Bytes(joined);
}
Value AddLists(Evaluation& evaluation, Args args) {
  const size_t size = args[0].list().size() + args[1].list().size();
  Value* items = evaluation.NewItems(size);
  if (items == nullptr) return evaluation.NoRoom();
  std::ranges::copy(args[0].list(), items);
  std::ranges::copy(args[1].list(), items + args[0].size);
  return Value::List({items, size});
}

Value EqualTo(Evaluation& evaluation, Args args) {
  uint64_t steps = 0;
  const bool equal = Equal(args[0], args[1], &steps);
  evaluation.Spend(UnitsOf(steps - 1));
  return Value::Bool(equal);
}
Value NotEqualTo(Evaluation& evaluation, Args args) {
  return Value::Bool(!EqualTo(evaluation, args).boolean());
}

template <bool (*kHolds)(Order)>
Value Ordered(Evaluation&, Args args) {
  return Value::Bool(kHolds(Compare(args[0], args[1])));
}
bool IsLess(Order order) { return order == Order::kLess; }
bool IsGreater(Order order) { return order == Order::kGreater; }
bool IsAtMost(Order order) { return order == Order::kLess || order == Order::kEqual; }
bool IsAtLeast(Order order) { return order == Order::kGreater || order == Order::kEqual; }

Value InList(Evaluation& evaluation, Args args) {
  uint64_t steps = 0;
  bool found = false;
  for (const Value& item : args[1].list()) found = found || Equal(args[0], item, &steps);
  evaluation.Spend(UnitsOf(steps));
  return Value::Bool(found);
}
Value InMap(Evaluation&, Args args) { return Value::Bool(Find(*args[1].map, args[0]) != nullptr); }

Value NoSuchKey(Evaluation& evaluation, const Value& key) {
  return evaluation.Fail(ErrorKind::kNoSuchKey, "no such key: " + DebugText(key));
}
// Null when there is none; an error when the index is no whole number.
const Value* ItemAt(Args args) {
  const auto index = AsIndex(args[1]);
  const bool within = index.has_value() && *index >= 0 && *index < int64_t{args[0].size};
  return within ? &args[0].items[*index] : nullptr;
}
Value IndexList(Evaluation& evaluation, Args args) {
  if (const Value* item = ItemAt(args)) return *item;
  return evaluation.Fail(ErrorKind::kRange, "the list has no item " + DebugText(args[1]));
}
Value IndexMap(Evaluation& evaluation, Args args) {
  if (const Value* value = Find(*args[0].map, args[1])) return *value;
  return NoSuchKey(evaluation, args[1]);
}

// What stands under an index, as an optional.
Value OptionalIndex(Evaluation& evaluation, Args args) {
  const Value& of = args[0];
  if (of.kind == ValueKind::kOptional) {
    if (of.items == nullptr) return Value::Optional(nullptr);
    const Value inner[] = {*of.items, args[1]};
    return OptionalIndex(evaluation, inner);
  }
  const Value* found = nullptr;
  if (of.kind == ValueKind::kMap) {
    found = Find(*of.map, args[1]);
  } else if (of.kind == ValueKind::kList && args[1].is_number()) {
    found = ItemAt(args);
  } else {
    return evaluation.Fail(ErrorKind::kNoOverload, "this has no index " + DebugText(args[1]));
  }
  return Value::Optional(found);
}

// In characters, bytes, items or entries.
Value SizeOf(Evaluation&, Args args) {
  if (args[0].kind != ValueKind::kString) return Value::Int(args[0].size);
  return Value::Int(static_cast<int64_t>(CodePoints(args[0].text())));
}

constexpr FunctionRow kRows[] = {
    {"_+_", "(int, int) -> int", Ints<Add<int64_t>>},
    {"_+_", "(uint, uint) -> uint", Uints<Add<uint64_t>>},
    {"_+_", "(double, double) -> double", AddDoubles},
    {"_+_", "(string, string) -> string", AddTexts, Work::kLinear, Growth::kSum},
    {"_+_", "(bytes, bytes) -> bytes", AddTexts, Work::kLinear, Growth::kSum},
    {"_+_", "(list(A), list(A)) -> list(A)", AddLists, Work::kLinear, Growth::kSum},
    {"_+_", "(timestamp, duration) -> timestamp", AddToTimestamp},
    {"_+_", "(duration, timestamp) -> timestamp", AddToTimestamp},
    {"_+_", "(duration, duration) -> duration", AddDurations},
    {"_-_", "(int, int) -> int", Ints<Subtract<int64_t>>},
    {"_-_", "(uint, uint) -> uint", Uints<Subtract<uint64_t>>},
    {"_-_", "(double, double) -> double", SubtractDoubles},
    {"_-_", "(timestamp, timestamp) -> duration", SubtractTimes},
    {"_-_", "(timestamp, duration) -> timestamp", SubtractTimes},
    {"_-_", "(duration, duration) -> duration", SubtractTimes},
    {"_*_", "(int, int) -> int", Ints<Multiply<int64_t>>},
    {"_*_", "(uint, uint) -> uint", Uints<Multiply<uint64_t>>},
    {"_*_", "(double, double) -> double", MultiplyDoubles},
    {"_/_", "(int, int) -> int", DivideInts},
    {"_/_", "(uint, uint) -> uint", DivideUints},
    {"_/_", "(double, double) -> double", DivideDoubles},
    {"_%_", "(int, int) -> int", ModuloInts},
    {"_%_", "(uint, uint) -> uint", ModuloUints},
    {"-_", "(int) -> int", NegateInt},
    {"-_", "(double) -> double", NegateDouble},
    {"_==_", "(A, A) -> bool", EqualTo, Work::kLinear},
    {"_!=_", "(A, A) -> bool", NotEqualTo, Work::kLinear},
    {"@in", "(A, list(A)) -> bool", InList, Work::kProduct},
    {"@in", "(A, map(A, B)) -> bool", InMap, Work::kLinear},
    {"_[_]", "(list(A), int) -> A", IndexList, Work::kConstant, Growth::kFirst},
    {"_[_]", "(map(A, B), A) -> B", IndexMap, Work::kLinear, Growth::kFirst},
    {"_[_]", "(optional_type(list(A)), int) -> optional_type(A)", OptionalIndex, Work::kConstant,
     Growth::kFirst},
    {"_[_]", "(optional_type(map(A, B)), A) -> optional_type(B)", OptionalIndex, Work::kLinear,
     Growth::kFirst},
    {"_[?_]", "(list(A), int) -> optional_type(A)", OptionalIndex, Work::kConstant, Growth::kFirst},
    {"_[?_]", "(map(A, B), A) -> optional_type(B)", OptionalIndex, Work::kLinear, Growth::kFirst},
    {"_[?_]", "(optional_type(list(A)), int) -> optional_type(A)", OptionalIndex, Work::kConstant,
     Growth::kFirst},
    {"_[?_]", "(optional_type(map(A, B)), A) -> optional_type(B)", OptionalIndex, Work::kLinear,
     Growth::kFirst},
    {"size", "(string) -> int", SizeOf, Work::kLinear},
    {"size", "(bytes) -> int", SizeOf},
    {"size", "(list(A)) -> int", SizeOf},
    {"size", "(map(A, B)) -> int", SizeOf},
    {"size", "string.() -> int", SizeOf, Work::kLinear},
    {"size", "bytes.() -> int", SizeOf},
    {"size", "list(A).() -> int", SizeOf},
    {"size", "map(A, B).() -> int", SizeOf},
#define PM_ORDER(a, b)                                                        \
  {"_<_", "(" a ", " b ") -> bool", Ordered<IsLess>, Work::kLinear},          \
      {"_<=_", "(" a ", " b ") -> bool", Ordered<IsAtMost>, Work::kLinear},   \
      {"_>_", "(" a ", " b ") -> bool", Ordered<IsGreater>, Work::kLinear}, { \
    "_>=_", "(" a ", " b ") -> bool", Ordered<IsAtLeast>, Work::kLinear       \
  }
    PM_ORDER("bool", "bool"),
    PM_ORDER("int", "int"),
    PM_ORDER("uint", "uint"),
    PM_ORDER("double", "double"),
    PM_ORDER("string", "string"),
    PM_ORDER("bytes", "bytes"),
    PM_ORDER("timestamp", "timestamp"),
    PM_ORDER("duration", "duration"),
    PM_ORDER("int", "uint"),
    PM_ORDER("int", "double"),
    PM_ORDER("uint", "int"),
    PM_ORDER("uint", "double"),
    PM_ORDER("double", "int"),
    PM_ORDER("double", "uint"),
#undef PM_ORDER
};

}  // namespace

std::span<const FunctionRow> OperatorFunctions() { return kRows; }

}  // namespace pm::cel
