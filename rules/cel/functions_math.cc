// The math extension. Only what IEEE 754 rounds correctly, so that every machine agrees.
#include <cmath>
#include <limits>

#include "rules/cel/evaluation.h"
#include "rules/cel/functions.h"

namespace pm::cel {
namespace {

using Args = std::span<const Value>;

constexpr int64_t kBits = 64;

template <Order kWanted>
Value Extreme(Evaluation& evaluation, Args args) {
  const std::span<const Value> numbers =
      args.size() == 1 && args[0].kind == ValueKind::kList ? args[0].list() : args;
  if (numbers.empty()) return evaluation.Fail(ErrorKind::kArgument, "the list has no number");
  const Value* best = &numbers[0];
  for (const Value& number : numbers) {
    if (!number.is_number()) {
      return evaluation.Fail(ErrorKind::kNoOverload, DebugText(number) + " is no number");
    }
    if (Compare(number, *best) == kWanted) best = &number;
  }
  return *best;
}

template <double (*kFunction)(double)>
Value OfDouble(Evaluation&, Args args) {
  return Value::Double(kFunction(args[0].real));
}
double Ceil(double x) { return std::ceil(x); }
double Floor(double x) { return std::floor(x); }
double Round(double x) { return std::round(x); }  // halves away from zero
double Trunc(double x) { return std::trunc(x); }
double Absolute(double x) { return std::fabs(x); }
double Sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }
double Root(double x) { return std::sqrt(x); }

Value RootOfInt(Evaluation&, Args args) {
  return Value::Double(std::sqrt(static_cast<double>(args[0].integer)));
}
Value RootOfUint(Evaluation&, Args args) {
  return Value::Double(std::sqrt(static_cast<double>(args[0].natural)));
}
Value AbsoluteInt(Evaluation& evaluation, Args args) {
  if (args[0].integer == std::numeric_limits<int64_t>::min()) {
    return evaluation.Fail(ErrorKind::kOverflow, "the result does not fit into 64 bits");
  }
  return Value::Int(std::abs(args[0].integer));
}
Value Same(Evaluation&, Args args) { return args[0]; }
Value SignOfInt(Evaluation&, Args args) {
  return Value::Int(args[0].integer > 0 ? 1 : args[0].integer < 0 ? -1 : 0);
}
Value SignOfUint(Evaluation&, Args args) { return Value::Uint(args[0].natural > 0 ? 1 : 0); }

Value IsNaN(Evaluation&, Args args) { return Value::Bool(std::isnan(args[0].real)); }
Value IsInf(Evaluation&, Args args) { return Value::Bool(std::isinf(args[0].real)); }
Value IsFinite(Evaluation&, Args args) { return Value::Bool(std::isfinite(args[0].real)); }

// Of the bits as they are stored; ints and uints alike.
Value FromBits(const Value& like, uint64_t bits) {
  return like.kind == ValueKind::kInt ? Value::Int(static_cast<int64_t>(bits)) : Value::Uint(bits);
}
Value BitAnd(Evaluation&, Args args) {
  return FromBits(args[0], args[0].natural & args[1].natural);
}
Value BitOr(Evaluation&, Args args) { return FromBits(args[0], args[0].natural | args[1].natural); }
Value BitXor(Evaluation&, Args args) {
  return FromBits(args[0], args[0].natural ^ args[1].natural);
}
Value BitNot(Evaluation&, Args args) { return FromBits(args[0], ~args[0].natural); }

// Zeros come in from either side; ints are shifted as their bits.
template <bool kLeft>
Value Shift(Evaluation& evaluation, Args args) {
  const int64_t by = args[1].integer;
  if (by < 0) return evaluation.Fail(ErrorKind::kArgument, "a shift by a negative number");
  if (by >= kBits) return FromBits(args[0], 0);
  return FromBits(args[0], kLeft ? args[0].natural << by : args[0].natural >> by);
}

constexpr auto kGreatestOf = Extreme<Order::kGreater>;
constexpr auto kLeastOf = Extreme<Order::kLess>;

constexpr FunctionRow kRows[] = {
    {"math.greatest", "(dyn) -> dyn", kGreatestOf, Work::kLinear},
    {"math.least", "(dyn) -> dyn", kLeastOf, Work::kLinear},
    {"math.ceil", "(double) -> double", OfDouble<Ceil>},
    {"math.floor", "(double) -> double", OfDouble<Floor>},
    {"math.round", "(double) -> double", OfDouble<Round>},
    {"math.trunc", "(double) -> double", OfDouble<Trunc>},
    {"math.abs", "(double) -> double", OfDouble<Absolute>},
    {"math.abs", "(int) -> int", AbsoluteInt},
    {"math.abs", "(uint) -> uint", Same},
    {"math.sign", "(double) -> double", OfDouble<Sign>},
    {"math.sign", "(int) -> int", SignOfInt},
    {"math.sign", "(uint) -> uint", SignOfUint},
    {"math.sqrt", "(double) -> double", OfDouble<Root>},
    {"math.sqrt", "(int) -> double", RootOfInt},
    {"math.sqrt", "(uint) -> double", RootOfUint},
    {"math.isNaN", "(double) -> bool", IsNaN},
    {"math.isInf", "(double) -> bool", IsInf},
    {"math.isFinite", "(double) -> bool", IsFinite},
    {"math.bitAnd", "(int, int) -> int", BitAnd},
    {"math.bitAnd", "(uint, uint) -> uint", BitAnd},
    {"math.bitOr", "(int, int) -> int", BitOr},
    {"math.bitOr", "(uint, uint) -> uint", BitOr},
    {"math.bitXor", "(int, int) -> int", BitXor},
    {"math.bitXor", "(uint, uint) -> uint", BitXor},
    {"math.bitNot", "(int) -> int", BitNot},
    {"math.bitNot", "(uint) -> uint", BitNot},
    {"math.bitShiftLeft", "(int, int) -> int", Shift<true>},
    {"math.bitShiftLeft", "(uint, int) -> uint", Shift<true>},
    {"math.bitShiftRight", "(int, int) -> int", Shift<false>},
    {"math.bitShiftRight", "(uint, int) -> uint", Shift<false>},
};

}  // namespace

std::span<const FunctionRow> MathFunctions() { return kRows; }

}  // namespace pm::cel
