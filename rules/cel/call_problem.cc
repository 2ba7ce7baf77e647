#include "rules/cel/call_problem.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text/diagnostic.h"
#include "base/time/civil.h"
#include "base/time/text.h"
#include "base/time/zone_names.h"
#include "rules/cel/macros.h"
#include "rules/cel/unparse.h"

namespace pm::cel {
namespace {

struct Operator {
  std::string_view function, text;
};
constexpr Operator kOperators[] = {
    {op::kAnd, "&&"},          {op::kOr, "||"},        {op::kNot, "!"},
    {op::kNegate, "-"},        {op::kEqual, "=="},     {op::kNotEqual, "!="},
    {op::kLess, "<"},          {op::kLessEqual, "<="}, {op::kGreater, ">"},
    {op::kGreaterEqual, ">="}, {op::kAdd, "+"},        {op::kSubtract, "-"},
    {op::kMultiply, "*"},      {op::kDivide, "/"},     {op::kModulo, "%"},
    {op::kIn, "in"},           {op::kIndex, "[...]"},  {op::kOptionalIndex, "[?...]"},
    {op::kConditional, "?:"}};
constexpr size_t kMaxShown = 4;  // signatures in a hint

bool IsComparison(std::string_view function) {
  for (const std::string_view one :
       {op::kEqual, op::kNotEqual, op::kLess, op::kLessEqual, op::kGreater, op::kGreaterEqual}) {
    if (function == one) return true;
  }
  return false;
}
bool IsNumber(TypeKind kind) {
  return kind == TypeKind::kInt || kind == TypeKind::kUint || kind == TypeKind::kDouble;
}

std::string ArgsText(const std::vector<const Type*>& args) {
  std::string text;
  for (const Type* arg : args) text += (text.empty() ? "" : ", ") + TypeText(*arg);
  return text;
}

// The day or time that a text names, as a time; an example when it names none.
std::string TimeOf(std::string_view text) {
  if (ParseDate(text)) return fmt::format("{}T00:00:00Z", text);
  if (ParseInstant(text)) return std::string(text);
  return "2026-11-22T00:00:00Z";
}

// How the two could be brought together; `text`: what stands on the right, if it is a text.
std::string ConversionHint(const Type& left, const Type& right, std::string_view text) {
  if (IsNumber(left.kind) && IsNumber(right.kind)) {
    return fmt::format("convert one of them, such as {}(...)", TypeText(left));
  }
  if (left.kind == TypeKind::kTimestamp && right.kind == TypeKind::kString) {
    return fmt::format("write timestamp('{}')", TimeOf(text));
  }
  if (left.kind == TypeKind::kDuration && right.kind == TypeKind::kString) {
    return "write duration('90m')";
  }
  if (IsNumber(left.kind) && right.kind == TypeKind::kString) return "numbers stand without quotes";
  if (left.kind == TypeKind::kString && IsNumber(right.kind)) return "texts stand in quotes";
  if (right.kind == TypeKind::kList && left.kind != TypeKind::kList)
    return "for a list, write 'in'";
  if (right.kind == TypeKind::kNull) return "to ask whether a field is there, write has(...)";
  return "";
}

std::string OperatorHint(const Expr& call, const std::vector<const Type*>& args,
                         std::string_view text) {
  if (args.size() != 2) return "";
  if (call.name == op::kIn) {
    const TypeKind right = args[1]->kind;
    if (right == TypeKind::kString) return "for a part of a text, write text.contains(part)";
    if (right == TypeKind::kList || right == TypeKind::kMap) {
      return ConversionHint(*args[0], *args[1]->args[0], text);
    }
    return "a list is written [a, b]";
  }
  if (call.name == op::kAdd &&
      (args[0]->kind == TypeKind::kString) != (args[1]->kind == TypeKind::kString)) {
    return "to join texts, write string(...)";
  }
  return ConversionHint(*args[0], *args[1], text);
}

void ReportOperator(const Expr& call, const std::vector<const Type*>& args, std::string_view text,
                    Problems* problems) {
  const std::string_view sign = OperatorText(call.name);
  std::string message;
  if (IsComparison(call.name) && args.size() == 2) {
    message =
        fmt::format("'{}' cannot compare {} with {}", sign, TypeText(*args[0]), TypeText(*args[1]));
  } else if (call.name == op::kIn) {
    message = fmt::format("'in' cannot look for {} in {}", TypeText(*args[0]), TypeText(*args[1]));
  } else if (call.name == op::kIndex || call.name == op::kOptionalIndex) {
    message = fmt::format("{} has no index of type {}", TypeText(*args[0]), TypeText(*args[1]));
  } else {
    message = fmt::format("'{}' does not take {}", sign, ArgsText(args));
  }
  problems->Add(kWrongType, call.at,
                static_cast<uint32_t>(sign.find('.') == sign.npos ? sign.size() : 1),
                std::move(message), OperatorHint(call, args, text));
}

// Signatures of one style; `member` ones as they are called.
std::string Signatures(const std::vector<const Overload*>& overloads, std::string_view name) {
  std::string text;
  size_t shown = 0;
  for (const Overload* overload : overloads) {
    if (++shown > kMaxShown) return text + ", ...";
    const std::string_view signature = overload->signature;
    const std::string_view front = signature.substr(0, signature.find(" -> "));
    const size_t dot = overload->member ? front.find(".(") + 1 : 0;
    text += fmt::format("{}{}{}{}", text.empty() ? "" : ", ", front.substr(0, dot), name,
                        front.substr(dot));
  }
  return text;
}

std::string CountText(const Expr& call) {
  const size_t shown = call.args.size() - (call.member ? 1 : 0);
  return fmt::format("'{}' does not take {} argument{}", call.name, shown, shown == 1 ? "" : "s");
}

std::string HintOfFunction(std::string_view called, const Declarations& declarations) {
  if (std::string told = declarations.HintOf(called); !told.empty()) return told;
  std::vector<std::string_view> names = declarations.FunctionNames();
  names.insert(names.end(), MacroNames().begin(), MacroNames().end());
  names.insert(names.end(), {"has", "cel.bind"});
  std::erase_if(names, [](std::string_view name) { return OperatorText(name) != name; });
  return DidYouMean(called, names);
}

void ReportUnknown(const Expr& call, const Declarations& declarations, Problems* problems) {
  const bool macro = std::ranges::find(MacroNames(), call.name) != MacroNames().end();
  const auto length = static_cast<uint32_t>(call.name.size());
  if (macro) {
    problems->Add(kWrongMacro, call.at, length, CountText(call),
                  "write list.all(x, condition) or list.map(x, value)");
  } else {
    problems->Add(kUnknownName, call.at, length,
                  fmt::format("there is no function '{}'", call.name),
                  problems->hints() ? HintOfFunction(call.name, declarations) : "");
  }
}

// What a literal text says; empty for all else.
std::string_view TextOf(const Ast& ast, ExprId id) {
  const Expr& expr = ast.at(id);
  const bool text = expr.kind == ExprKind::kLiteral && expr.literal.kind == ValueKind::kString;
  return text ? expr.literal.text() : std::string_view();
}

}  // namespace

std::string HintOfConstant(std::string_view message) {
  if (message.ends_with(" is no duration"))
    return "it has hours, minutes and seconds: 24h, 90m, 30s";
  const size_t quote = message.find('\''), last = message.rfind('\'');
  const std::string_view text =
      quote == last ? std::string_view() : message.substr(quote + 1, last - quote - 1);
  if (message.ends_with(" is no timestamp"))
    return fmt::format("write timestamp('{}')", TimeOf(text));
  if (!message.starts_with("there is no zone")) return {};
  const std::string near = HintOfZone(text);
  return near.empty() ? "a zone has a name such as Europe/Berlin" : near;
}

std::string ComparisonMeant(const Ast& ast, const Expr& call, size_t index) {
  const auto is_value = [&](size_t i) { return ast.at(call.args[i]).kind == ExprKind::kLiteral; };
  size_t at = index;
  while (at > 0 && is_value(at)) --at;
  if (at == index || is_value(at)) return {};
  const Expr* before = &ast.at(call.args[at]);
  while (before->kind == ExprKind::kCall && before->name == call.name) {
    before = &ast.at(before->args.back());
  }
  const bool compares = before->kind == ExprKind::kCall &&
                        (before->name == op::kEqual || before->name == op::kNotEqual);
  if (!compares) return {};
  return fmt::format("each side compares by itself: write {} {} {}", Unparse(ast, before->args[0]),
                     OperatorText(before->name), Unparse(ast, call.args[index]));
}

std::string_view OperatorText(std::string_view function) {
  const auto* found = std::ranges::find(kOperators, function, &Operator::function);
  return found == std::end(kOperators) ? function : found->text;
}

void ReportCall(const Ast& ast, const Expr& call, const std::vector<const Type*>& args,
                const Declarations& declarations, Problems* problems) {
  if (OperatorText(call.name) != call.name) {
    return ReportOperator(call, args, TextOf(ast, call.args.back()), problems);
  }
  const std::vector<const Overload*> overloads = declarations.FindFunction(call.name);
  if (overloads.empty()) return ReportUnknown(call, declarations, problems);
  const bool styled = std::ranges::any_of(
      overloads, [&](const Overload* overload) { return overload->member == call.member; });
  const auto length = static_cast<uint32_t>(call.name.size());
  if (!styled) {
    problems->Add(kWrongType, call.at, length,
                  call.member ? fmt::format("'{}' is not called with a dot", call.name)
                              : fmt::format("'{}' is called with a dot", call.name),
                  "write " + Signatures(overloads, call.name));
    return;
  }
  const bool counted = std::ranges::any_of(overloads, [&](const Overload* overload) {
    return overload->member == call.member && overload->params.size() == args.size();
  });
  std::string message =
      counted ? fmt::format("'{}' does not take {}", call.name, ArgsText(args)) : CountText(call);
  problems->Add(kWrongType, call.at, length, std::move(message),
                "it takes " + Signatures(overloads, call.name));
}

}  // namespace pm::cel
