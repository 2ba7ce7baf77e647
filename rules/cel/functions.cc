#include "rules/cel/functions.h"

#include <algorithm>

#include "rules/cel/problem.h"

namespace pm::cel {
namespace {

constexpr uint32_t BitOf(ValueKind kind) { return 1u << static_cast<unsigned>(kind); }

uint32_t AcceptedBy(const Type& type) {
  switch (type.kind) {
    case TypeKind::kNull:
      return BitOf(ValueKind::kNull);
    case TypeKind::kBool:
      return BitOf(ValueKind::kBool);
    case TypeKind::kInt:
      return BitOf(ValueKind::kInt);
    case TypeKind::kUint:
      return BitOf(ValueKind::kUint);
    case TypeKind::kDouble:
      return BitOf(ValueKind::kDouble);
    case TypeKind::kString:
      return BitOf(ValueKind::kString);
    case TypeKind::kBytes:
      return BitOf(ValueKind::kBytes);
    case TypeKind::kTimestamp:
      return BitOf(ValueKind::kTimestamp);
    case TypeKind::kDuration:
      return BitOf(ValueKind::kDuration);
    case TypeKind::kList:
      return BitOf(ValueKind::kList);
    case TypeKind::kMap:
      return BitOf(ValueKind::kMap);
    case TypeKind::kOptional:
      return BitOf(ValueKind::kOptional);
    case TypeKind::kType:
      return BitOf(ValueKind::kType);
    case TypeKind::kOpaque:
      return 0;
    case TypeKind::kDyn:
    case TypeKind::kParam:
      break;
  }
  return ~(BitOf(ValueKind::kUnknown) | BitOf(ValueKind::kError));
}

// Takes `a, map(b, c)` apart at the commas that stand in no bracket.
std::vector<std::string_view> SplitParams(std::string_view text) {
  std::vector<std::string_view> parts;
  int depth = 0;
  size_t begin = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')') --depth;
    if (text[i] != ',' || depth > 0) continue;
    parts.push_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  if (begin < text.size()) parts.push_back(text.substr(begin));
  return parts;
}

}  // namespace

Result<void> FunctionTable::Add(const FunctionRow& row) {
  const size_t arrow = row.signature.find(" -> ");
  const std::string_view front = row.signature.substr(0, arrow);
  const size_t dot = front.find(".(");
  const bool member = dot != std::string_view::npos;
  const size_t open = member ? dot + 1 : 0;
  if (arrow == std::string_view::npos || open >= front.size() || front[open] != '(' ||
      front.back() != ')') {
    return Fail(kWrongType, "this is no signature: " + std::string(row.signature));
  }
  Overload overload{.name = row.name, .signature = row.signature, .member = member};
  std::vector<std::string_view> params =
      SplitParams(front.substr(open + 1, front.size() - open - 2));
  if (member) params.insert(params.begin(), front.substr(0, dot));
  for (const std::string_view param : params) {
    PM_TRY(const Type* type, types_.Parse(param));
    overload.params.push_back(type);
    overload.accepts.push_back(AcceptedBy(*type));
    // A dyn index may be any number that is whole.
    if (row.name.starts_with("_[") && type->kind == TypeKind::kInt) {
      overload.accepts.back() |= BitOf(ValueKind::kUint) | BitOf(ValueKind::kDouble);
    }
  }
  PM_TRY(overload.result, types_.Parse(row.signature.substr(arrow + 4)));
  overload.any_count = row.name == kGreatest || row.name == kLeast;
  overload.function = row.function;
  overload.work = row.work;
  overload.growth = row.growth;
  by_name_[row.name].push_back(&overloads_.emplace_back(std::move(overload)));
  return {};
}

std::span<const Overload* const> FunctionTable::Find(std::string_view name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return {};
  return found->second;
}

std::vector<std::string_view> FunctionTable::Names() const {
  std::vector<std::string_view> names;
  for (const auto& [name, overloads] : by_name_) names.push_back(name);
  std::ranges::sort(names);
  return names;
}

const FunctionTable& StandardFunctions() {
  static const FunctionTable& table = [] -> const FunctionTable& {
    static FunctionTable filled;
    for (const auto group : {OperatorFunctions(), ConversionFunctions(), StringFunctions(),
                             TimeFunctions(), MathFunctions(), OptionalFunctions()}) {
      for (const FunctionRow& row : group) PM_CHECK(filled.Add(row).has_value());
    }
    return filled;
  }();
  return table;
}

}  // namespace pm::cel
