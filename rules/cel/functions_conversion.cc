// Conversions between types: without loss of range, or they fail.
#include <charconv>
#include <cmath>
#include <string>

#include "base/text/utf8.h"
#include "rules/cel/evaluation.h"
#include "rules/cel/functions.h"
#include "rules/cel/literal_text.h"
#include "rules/cel/moment.h"

namespace pm::cel {
namespace {

using Args = std::span<const Value>;

// Their whole range is open: what rounds to an end of it is out.
constexpr double kTwoTo63 = 9223372036854775808.0, kTwoTo64 = 18446744073709551616.0;

Value Same(Evaluation&, Args args) { return args[0]; }

Value OutOfRange(Evaluation& evaluation, Args args, std::string_view type) {
  return evaluation.Fail(ErrorKind::kRange,
                         DebugText(args[0]) + " is out of the range of " + std::string(type));
}
Value Unreadable(Evaluation& evaluation, Args args, std::string_view type) {
  return evaluation.Fail(ErrorKind::kArgument,
                         Quoted(args[0].text()) + " is no " + std::string(type));
}

template <class T>
std::optional<T> ReadWhole(std::string_view text) {
  if (text.starts_with('+') && text.size() > 1 && text[1] != '-') text.remove_prefix(1);
  T number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

Value IntOfUint(Evaluation& evaluation, Args args) {
  if (args[0].natural > INT64_MAX) return OutOfRange(evaluation, args, "int");
  return Value::Int(static_cast<int64_t>(args[0].natural));
}
Value IntOfDouble(Evaluation& evaluation, Args args) {
  const double value = args[0].real;
  const bool fits = value > -kTwoTo63 && value < kTwoTo63;  // not for NaN
  if (!fits) return OutOfRange(evaluation, args, "int");
  return Value::Int(static_cast<int64_t>(value));
}
Value IntOfString(Evaluation& evaluation, Args args) {
  const auto number = ReadWhole<int64_t>(args[0].text());
  return number.has_value() ? Value::Int(*number) : Unreadable(evaluation, args, "int");
}
Value IntOfTimestamp(Evaluation&, Args args) { return Value::Int(args[0].integer); }

Value UintOfInt(Evaluation& evaluation, Args args) {
  if (args[0].integer < 0) return OutOfRange(evaluation, args, "uint");
  return Value::Uint(static_cast<uint64_t>(args[0].integer));
}
Value UintOfDouble(Evaluation& evaluation, Args args) {
  const double value = args[0].real;
  const bool fits = value >= 0 && value < kTwoTo64;  // not for NaN
  if (!fits) return OutOfRange(evaluation, args, "uint");
  return Value::Uint(static_cast<uint64_t>(value));
}
Value UintOfString(Evaluation& evaluation, Args args) {
  const auto number = ReadWhole<uint64_t>(args[0].text());
  return number.has_value() ? Value::Uint(*number) : Unreadable(evaluation, args, "uint");
}

Value DoubleOfInt(Evaluation&, Args args) {
  return Value::Double(static_cast<double>(args[0].integer));
}
Value DoubleOfUint(Evaluation&, Args args) {
  return Value::Double(static_cast<double>(args[0].natural));
}
Value DoubleOfString(Evaluation& evaluation, Args args) {
  const auto number = DecodeDouble(args[0].text());
  return number.has_value() ? Value::Double(*number) : Unreadable(evaluation, args, "double");
}

Value BoolOfString(Evaluation& evaluation, Args args) {
  const std::string_view text = args[0].text();
  for (const std::string_view yes : {"true", "True", "TRUE", "t", "T", "1"}) {
    if (text == yes) return Value::Bool(true);
  }
  for (const std::string_view no : {"false", "False", "FALSE", "f", "F", "0"}) {
    if (text == no) return Value::Bool(false);
  }
  return Unreadable(evaluation, args, "bool");
}

Value StringOfBool(Evaluation&, Args args) {
  return Value::String(args[0].boolean() ? "true" : "false");
}
Value StringOfInt(Evaluation& evaluation, Args args) {
  return evaluation.NewString(std::to_string(args[0].integer));
}
Value StringOfUint(Evaluation& evaluation, Args args) {
  return evaluation.NewString(std::to_string(args[0].natural));
}
Value StringOfDouble(Evaluation& evaluation, Args args) {
  return evaluation.NewString(DoubleText(args[0].real));
}
Value StringOfBytes(Evaluation& evaluation, Args args) {
  const std::string_view bytes = args[0].text();
  if (ValidUtf8Prefix(bytes) < bytes.size()) {
    return evaluation.Fail(ErrorKind::kArgument, "these bytes are not UTF-8");
  }
  return Value::String(bytes);
}
Value StringOfTimestamp(Evaluation& evaluation, Args args) {
  return evaluation.NewString(TimestampText(args[0]));
}
Value StringOfDuration(Evaluation& evaluation, Args args) {
  return evaluation.NewString(DurationText(args[0]));
}
Value BytesOfString(Evaluation&, Args args) { return Value::Bytes(args[0].text()); }

Value TimestampOfInt(Evaluation& evaluation, Args args) {
  const auto timestamp = MakeTimestamp(args[0].integer, 0);
  return timestamp.has_value() ? *timestamp : OutOfRange(evaluation, args, "timestamp");
}
Value TimestampOfString(Evaluation& evaluation, Args args) {
  const auto timestamp = ParseTimestamp(args[0].text());
  return timestamp.has_value() ? *timestamp : Unreadable(evaluation, args, "timestamp");
}
Value DurationOfString(Evaluation& evaluation, Args args) {
  const auto duration = ParseDurationText(args[0].text());
  return duration.has_value() ? *duration : Unreadable(evaluation, args, "duration");
}

Value TypeOf(Evaluation&, Args args) { return Value::Type(TypeName(args[0].kind)); }

constexpr FunctionRow kRows[] = {
    {"int", "(int) -> int", Same},
    {"int", "(uint) -> int", IntOfUint},
    {"int", "(double) -> int", IntOfDouble},
    {"int", "(string) -> int", IntOfString, Work::kLinear},
    {"int", "(timestamp) -> int", IntOfTimestamp},
    {"uint", "(uint) -> uint", Same},
    {"uint", "(int) -> uint", UintOfInt},
    {"uint", "(double) -> uint", UintOfDouble},
    {"uint", "(string) -> uint", UintOfString, Work::kLinear},
    {"double", "(double) -> double", Same},
    {"double", "(int) -> double", DoubleOfInt},
    {"double", "(uint) -> double", DoubleOfUint},
    {"double", "(string) -> double", DoubleOfString, Work::kLinear},
    {"bool", "(bool) -> bool", Same},
    {"bool", "(string) -> bool", BoolOfString},
    {"string", "(string) -> string", Same, Work::kConstant, Growth::kFirst},
    {"string", "(bool) -> string", StringOfBool},
    {"string", "(int) -> string", StringOfInt},
    {"string", "(uint) -> string", StringOfUint},
    {"string", "(double) -> string", StringOfDouble},
    {"string", "(bytes) -> string", StringOfBytes, Work::kLinear, Growth::kFirst},
    {"string", "(timestamp) -> string", StringOfTimestamp},
    {"string", "(duration) -> string", StringOfDuration},
    {"bytes", "(bytes) -> bytes", Same, Work::kConstant, Growth::kFirst},
    {"bytes", "(string) -> bytes", BytesOfString, Work::kLinear, Growth::kFirst},
    {"timestamp", "(timestamp) -> timestamp", Same},
    {"timestamp", "(int) -> timestamp", TimestampOfInt},
    {"timestamp", "(string) -> timestamp", TimestampOfString, Work::kLinear},
    {"duration", "(duration) -> duration", Same},
    {"duration", "(string) -> duration", DurationOfString, Work::kLinear},
    {"dyn", "(A) -> dyn", Same, Work::kConstant, Growth::kFirst},
    {"type", "(A) -> type(A)", TypeOf},
};

}  // namespace

std::span<const FunctionRow> ConversionFunctions() { return kRows; }

}  // namespace pm::cel
