#include "rules/cel/checker.h"

#include <fmt/format.h>

#include <algorithm>

#include "rules/cel/call_problem.h"
#include "rules/cel/inference.h"

namespace pm::cel {
namespace {

bool IsNumber(TypeKind kind) {
  return kind == TypeKind::kInt || kind == TypeKind::kUint || kind == TypeKind::kDouble;
}
bool IsOpen(TypeKind kind) { return kind == TypeKind::kDyn || kind == TypeKind::kParam; }

class Checker {
 public:
  Checker(const Ast& ast, const Resolution& resolution, const Declarations& declarations,
          Problems* problems)
      : ast_(ast),
        resolution_(resolution),
        declarations_(declarations),
        problems_(*problems),
        infer_(result_.types.get()) {
    result_.type_of.resize(ast.size(), Simple(TypeKind::kDyn));
    result_.overloads.resize(ast.size());
    locals_.resize(resolution.locals, Simple(TypeKind::kDyn));
  }

  Checked Run() {
    Visit(ast_.root());
    for (const Type*& type : result_.type_of) type = infer_.Resolve(type, true);
    return std::move(result_);
  }

 private:
  const Type* Visit(ExprId id) { return result_.type_of[id] = TypeOf(id); }

  const Type* TypeOf(ExprId id) {
    const Expr& expr = ast_.at(id);
    switch (expr.kind) {
      case ExprKind::kLiteral:
        return LiteralType(expr.literal.kind);
      case ExprKind::kIdent:
      case ExprKind::kSelect:
        return NameType(id);
      case ExprKind::kCall:
        return CallType(id);
      case ExprKind::kList:
        return ListType(expr);
      case ExprKind::kMap:
        return MapType(expr);
      case ExprKind::kOptionalEntry:
        return EntryType(expr);
      case ExprKind::kMacro:
        return MacroType(id);
    }
    return Dyn();
  }

  static const Type* Dyn() { return Simple(TypeKind::kDyn); }
  const Type* Make(TypeKind kind, const Type* arg) { return result_.types->Make(kind, {arg}); }
  const Type* HeadOf(ExprId id) { return infer_.Head(Visit(id)); }
  std::string TextOf(const Type* type) { return TypeText(*infer_.Resolve(type, true)); }
  void Wrong(const Expr& where, std::string message, std::string hint = {}) {
    problems_.Add(kWrongType, where.begin, where.end - where.begin, std::move(message),
                  std::move(hint));
  }

  static const Type* LiteralType(ValueKind kind) {
    if (kind == ValueKind::kNull) return Simple(TypeKind::kNull);
    if (kind == ValueKind::kBool) return Simple(TypeKind::kBool);
    if (kind == ValueKind::kInt) return Simple(TypeKind::kInt);
    if (kind == ValueKind::kUint) return Simple(TypeKind::kUint);
    if (kind == ValueKind::kDouble) return Simple(TypeKind::kDouble);
    return Simple(kind == ValueKind::kBytes ? TypeKind::kBytes : TypeKind::kString);
  }

  const Type* NameType(ExprId id) {
    const Reference& reference = resolution_.references[id];
    switch (reference.kind) {
      case ReferenceKind::kVariable:
        return declarations_.variables()[reference.index].type;
      case ReferenceKind::kPresence:
        return Simple(TypeKind::kBool);
      case ReferenceKind::kOptional:
        return Make(TypeKind::kOptional, declarations_.variables()[reference.index].type);
      case ReferenceKind::kLocal:
        return locals_[reference.index];
      case ReferenceKind::kType:
        return TypeOfType(reference.type_name);
      case ReferenceKind::kUnknown:
        return Dyn();
      case ReferenceKind::kNone:
        break;
    }
    const Expr& expr = ast_.at(id);
    const Type* operand = HeadOf(expr.args[0]);
    const bool unwrap = operand->kind == TypeKind::kOptional;
    const Type* field = FieldType(expr, unwrap ? infer_.Head(operand->args[0]) : operand);
    if (expr.test_only) return Simple(TypeKind::kBool);
    return unwrap || expr.optional ? Make(TypeKind::kOptional, field) : field;
  }

  const Type* FieldType(const Expr& select, const Type* operand) {
    if (IsOpen(operand->kind)) return Dyn();
    if (operand->kind == TypeKind::kMap) {
      if (infer_.Assignable(operand->args[0], Simple(TypeKind::kString))) return operand->args[1];
      Wrong(select, fmt::format("the keys of this map are {}, not texts", TextOf(operand->args[0])),
            "write map[key]");
      return Dyn();
    }
    problems_.Add(kWrongType, select.at, static_cast<uint32_t>(select.name.size()),
                  fmt::format("{} has no field '{}'", TextOf(operand), select.name));
    return Dyn();
  }

  const Type* TypeOfType(std::string_view name) {
    const auto parsed = result_.types->Parse(name);
    return parsed.has_value() ? Make(TypeKind::kType, *parsed) : Simple(TypeKind::kType);
  }

  const Type* ListType(const Expr& list) {
    const Type* item = nullptr;
    for (const ExprId arg : list.args) {
      const Type* type = Visit(arg);
      item = item == nullptr ? type : infer_.Join(item, type);
    }
    return Make(TypeKind::kList, item == nullptr ? infer_.Fresh() : item);
  }

  const Type* MapType(const Expr& map) {
    const Type* key = nullptr;
    const Type* value = nullptr;
    for (size_t i = 0; i < map.args.size(); i += 2) {
      const Type* key_type = CheckKey(map.args[i]);
      const Type* value_type = Visit(map.args[i + 1]);
      key = key == nullptr ? key_type : infer_.Join(key, key_type);
      value = value == nullptr ? value_type : infer_.Join(value, value_type);
    }
    if (key == nullptr) key = infer_.Fresh(), value = infer_.Fresh();
    return result_.types->Make(TypeKind::kMap, {key, value});
  }

  const Type* CheckKey(ExprId id) {
    const Type* type = HeadOf(id);
    const bool fits = IsOpen(type->kind) || type->kind == TypeKind::kBool ||
                      type->kind == TypeKind::kInt || type->kind == TypeKind::kUint ||
                      type->kind == TypeKind::kString;
    if (!fits) {
      Wrong(ast_.at(id), fmt::format("a map has no keys of type {}", TextOf(type)),
            "keys are int, uint, bool or string");
    }
    return type;
  }

  // What is in the optional.
  const Type* EntryType(const Expr& entry) {
    const Type* type = HeadOf(entry.args[0]);
    if (type->kind == TypeKind::kOptional) return type->args[0];
    if (!IsOpen(type->kind)) {
      Wrong(ast_.at(entry.args[0]), fmt::format("'?' wants an optional, not {}", TextOf(type)));
    }
    return Dyn();
  }

  const Type* CallType(ExprId id) {
    const Expr& call = ast_.at(id);
    std::vector<const Type*> args;
    for (const ExprId arg : call.args) args.push_back(Visit(arg));
    if (call.name == op::kAnd || call.name == op::kOr || call.name == op::kNot) {
      return LogicalType(call, args);
    }
    if (call.name == op::kConditional) return ConditionalType(call, args);
    if (!call.member && (call.name == kGreatest || call.name == kLeast)) {
      result_.overloads[id] = declarations_.FindFunction(call.name);
      return ExtremeType(call, args);
    }
    const Type* result = nullptr;
    for (const Overload* overload : declarations_.FindFunction(call.name)) {
      if (overload->member != call.member || overload->params.size() != args.size()) continue;
      Inference::Names names;
      std::vector<const Type*> params;
      for (const Type* param : overload->params)
        params.push_back(infer_.Instantiate(param, &names));
      if (!infer_.Assignable(params, args)) continue;
      const Type* one = infer_.Resolve(infer_.Instantiate(overload->result, &names));
      result_.overloads[id].push_back(overload);
      result = result == nullptr || SameType(*result, *one) ? one : Dyn();
    }
    if (result != nullptr) return result;
    if (problems_.full()) return Dyn();
    std::vector<const Type*> shown;
    for (const Type* arg : args) shown.push_back(infer_.Resolve(arg, true));
    ReportCall(ast_, call, shown, declarations_, &problems_);
    return Dyn();
  }

  const Type* LogicalType(const Expr& call, const std::vector<const Type*>& args) {
    for (size_t i = 0; i < args.size(); ++i) {
      if (infer_.Assignable(Simple(TypeKind::kBool), args[i])) continue;
      Wrong(ast_.at(call.args[i]),
            fmt::format("'{}' takes conditions, this is {}", OperatorText(call.name),
                        TextOf(args[i])),
            LogicalHint(call, i, infer_.Head(args[i])->kind));
    }
    return Simple(TypeKind::kBool);
  }

  std::string LogicalHint(const Expr& call, size_t index, TypeKind kind) const {
    std::string meant = ComparisonMeant(ast_, call, index);
    return meant.empty() ? TruthHint(kind) : meant;
  }

  // There is no truthiness.
  static std::string TruthHint(TypeKind kind) {
    if (kind == TypeKind::kString || kind == TypeKind::kList || kind == TypeKind::kMap) {
      return "to ask whether it is empty, write size(...) > 0";
    }
    return IsNumber(kind) ? "compare it with something" : "";
  }

  const Type* ConditionalType(const Expr& call, const std::vector<const Type*>& args) {
    if (!infer_.Assignable(Simple(TypeKind::kBool), args[0])) {
      Wrong(ast_.at(call.args[0]),
            fmt::format("'?' takes a condition, this is {}", TextOf(args[0])),
            TruthHint(infer_.Head(args[0])->kind));
    }
    const Type* result = infer_.Fresh();
    if (infer_.Assignable(std::vector{result, result}, {args[1], args[2]})) {
      return infer_.Resolve(result);
    }
    Wrong(call,
          fmt::format("the two sides of ':' have different types, {} and {}", TextOf(args[1]),
                      TextOf(args[2])),
          "make them the same, or write dyn(...)");
    return Dyn();
  }

  // The type all numbers have, or dyn.
  const Type* ExtremeType(const Expr& call, std::vector<const Type*> args) {
    if (args.size() == 1 && infer_.Head(args[0])->kind == TypeKind::kList) {
      args[0] = infer_.Head(args[0])->args[0];
    }
    const Type* result = nullptr;
    for (const Type* arg : args) {
      const Type* type = infer_.Head(arg);
      if (!IsNumber(type->kind) && !IsOpen(type->kind)) {
        Wrong(call, fmt::format("{} takes numbers, not {}", call.name, TextOf(type)));
        return Dyn();
      }
      result = result == nullptr || SameType(*result, *type) ? type : Dyn();
    }
    if (result == nullptr) Wrong(call, fmt::format("{} wants at least one number", call.name));
    return result == nullptr ? Dyn() : result;
  }

  const Type* MacroType(ExprId id) {
    const Expr& macro = ast_.at(id);
    const Type* range = HeadOf(macro.args[0]);
    const uint32_t first = resolution_.macro_locals[id];
    if (macro.macro == Macro::kBind) {
      locals_[first] = range;
      return Visit(macro.args[1]);
    }
    if (macro.macro == Macro::kOptMap || macro.macro == Macro::kOptFlatMap) {
      return OptMapType(macro, range, first);
    }
    BindRange(macro, range, first);
    if (macro.args.size() == 3) CheckCondition(macro, macro.args[1]);
    return FoldType(macro, range, first);
  }

  const Type* OptMapType(const Expr& macro, const Type* target, uint32_t first) {
    const bool optional = target->kind == TypeKind::kOptional;
    if (!optional && !IsOpen(target->kind)) {
      Wrong(ast_.at(macro.args[0]),
            fmt::format("{} wants an optional, not {}", macro.name, TextOf(target)));
    }
    locals_[first] = optional ? target->args[0] : Dyn();
    const Type* body = HeadOf(macro.args[1]);
    if (macro.macro == Macro::kOptMap) return Make(TypeKind::kOptional, body);
    if (body->kind != TypeKind::kOptional && !IsOpen(body->kind)) {
      Wrong(ast_.at(macro.args[1]),
            fmt::format("optFlatMap wants an optional here, not {}", TextOf(body)), "use optMap");
    }
    return body;
  }

  void BindRange(const Expr& macro, const Type* range, uint32_t first) {
    const bool two = !macro.variables[1].empty();
    const Type* one = Dyn();
    const Type* other = Dyn();
    if (range->kind == TypeKind::kList) {
      one = two ? Simple(TypeKind::kInt) : range->args[0];
      other = range->args[0];
    } else if (range->kind == TypeKind::kMap) {
      one = range->args[0];
      other = range->args[1];
    } else if (!IsOpen(range->kind)) {
      Wrong(ast_.at(macro.args[0]),
            fmt::format("{} goes through lists and maps, not {}", macro.name, TextOf(range)));
    }
    locals_[first] = one;
    if (two) locals_[first + 1] = other;
  }

  void CheckCondition(const Expr& macro, ExprId id) {
    const Type* type = Visit(id);
    if (infer_.Assignable(Simple(TypeKind::kBool), type)) return;
    Wrong(ast_.at(id), fmt::format("{} wants a condition here, not {}", macro.name, TextOf(type)),
          TruthHint(infer_.Head(type)->kind));
  }

  const Type* FoldType(const Expr& macro, const Type* range, uint32_t first) {
    const ExprId body = macro.args.back();
    switch (macro.macro) {
      case Macro::kAll:
      case Macro::kExists:
      case Macro::kExistsOne:
        CheckCondition(macro, body);
        return Simple(TypeKind::kBool);
      case Macro::kFilter:
        CheckCondition(macro, body);
        return Make(TypeKind::kList, locals_[first]);
      case Macro::kMap:
      case Macro::kTransformList:
        return Make(TypeKind::kList, Visit(body));
      case Macro::kTransformMap: {
        const Type* key = range->kind == TypeKind::kList ? Simple(TypeKind::kInt) : locals_[first];
        return result_.types->Make(TypeKind::kMap, {key, Visit(body)});
      }
      case Macro::kTransformMapEntry: {
        const Type* entry = HeadOf(body);
        if (entry->kind != TypeKind::kMap && !IsOpen(entry->kind)) {
          Wrong(ast_.at(body),
                fmt::format("{} wants a map of one entry here, not {}", macro.name, TextOf(entry)));
        }
        return entry;
      }
      case Macro::kNone:
      case Macro::kBind:
      case Macro::kOptMap:
      case Macro::kOptFlatMap:
        break;
    }
    return Dyn();
  }

  const Ast& ast_;
  const Resolution& resolution_;
  const Declarations& declarations_;
  Problems& problems_;
  Checked result_;
  Inference infer_;
  std::vector<const Type*> locals_;
};

}  // namespace

Checked CheckTypes(const Ast& ast, const Resolution& resolution, const Declarations& declarations,
                   Problems* problems) {
  return Checker(ast, resolution, declarations, problems).Run();
}

void CheckResult(const Ast& ast, const Checked& checked, std::string_view wanted,
                 Problems* problems) {
  const Type& type = *checked.type_of[ast.root()];
  if (wanted.empty() || type.kind == TypeKind::kDyn || TypeText(type) == wanted) return;
  const Expr& root = ast.at(ast.root());
  problems->Add(kWrongType, root.begin, root.end - root.begin,
                fmt::format("a {} is wanted, this is {}", wanted, TypeText(type)));
}

Checked SkipTypes(const Ast& ast, const Declarations& declarations) {
  Checked result;
  result.type_of.resize(ast.size(), Simple(TypeKind::kDyn));
  result.overloads.resize(ast.size());
  for (ExprId id = 0; id < ast.size(); ++id) {
    const Expr& call = ast.at(id);
    if (call.kind != ExprKind::kCall) continue;
    for (const Overload* overload : declarations.FindFunction(call.name)) {
      if (overload->member == call.member &&
          (overload->any_count || overload->params.size() == call.args.size())) {
        result.overloads[id].push_back(overload);
      }
    }
  }
  return result;
}

}  // namespace pm::cel
