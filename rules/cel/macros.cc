#include "rules/cel/macros.h"

#include <fmt/format.h>

#include <array>

namespace pm::cel {
namespace {

struct Declared {
  std::string_view name;
  Macro macro;
  size_t variables;
  size_t bodies;  // arguments after the variables
  std::string_view form;
};
constexpr Declared kMacros[] = {
    {"all", Macro::kAll, 1, 1, "list.all(x, condition)"},
    {"all", Macro::kAll, 2, 1, "list.all(i, x, condition)"},
    {"exists", Macro::kExists, 1, 1, "list.exists(x, condition)"},
    {"exists", Macro::kExists, 2, 1, "list.exists(i, x, condition)"},
    {"exists_one", Macro::kExistsOne, 1, 1, "list.exists_one(x, condition)"},
    {"exists_one", Macro::kExistsOne, 2, 1, "list.exists_one(i, x, condition)"},
    {"existsOne", Macro::kExistsOne, 1, 1, "list.existsOne(x, condition)"},
    {"existsOne", Macro::kExistsOne, 2, 1, "list.existsOne(i, x, condition)"},
    {"map", Macro::kMap, 1, 1, "list.map(x, value)"},
    {"map", Macro::kMap, 1, 2, "list.map(x, condition, value)"},
    {"filter", Macro::kFilter, 1, 1, "list.filter(x, condition)"},
    {"transformList", Macro::kTransformList, 2, 1, "list.transformList(i, x, value)"},
    {"transformList", Macro::kTransformList, 2, 2, "list.transformList(i, x, condition, value)"},
    {"transformMap", Macro::kTransformMap, 2, 1, "map.transformMap(k, v, value)"},
    {"transformMap", Macro::kTransformMap, 2, 2, "map.transformMap(k, v, condition, value)"},
    {"transformMapEntry", Macro::kTransformMapEntry, 2, 1, "map.transformMapEntry(k, v, {k: v})"},
    {"transformMapEntry", Macro::kTransformMapEntry, 2, 2,
     "map.transformMapEntry(k, v, condition, {k: v})"},
    {"optMap", Macro::kOptMap, 1, 1, "optional.optMap(x, value)"},
    {"optFlatMap", Macro::kOptFlatMap, 1, 1, "optional.optFlatMap(x, optional)"}};

class Expansion {
 public:
  Expansion(Ast* ast, Problems* problems) : ast_(*ast), problems_(*problems) {}

  void Run() {
    for (ExprId id = 0; id < ast_.size(); ++id) {
      Expr& expr = ast_.at(id);
      if (expr.kind != ExprKind::kCall) continue;
      if (!expr.member) {
        if (expr.name == "has" && expr.args.size() == 1) Has(expr);
      } else if (expr.name == "bind" && expr.args.size() == 4 && IsNamespace(expr.args[0], "cel")) {
        Bind(expr);
      } else {
        Member(expr);
      }
    }
  }

 private:
  bool IsNamespace(ExprId id, std::string_view name) const {
    const Expr& expr = ast_.at(id);
    return expr.kind == ExprKind::kIdent && expr.name == name;
  }

  void Has(Expr& call) {
    const Expr& select = ast_.at(call.args[0]);
    if (select.kind != ExprKind::kSelect || select.optional || select.test_only) {
      problems_.Add(kWrongMacro, call.at, 3, "has() asks for a field: has(lead.title)");
      return;
    }
    Expr test = select;
    test.test_only = true;
    test.begin = call.begin;
    test.end = call.end;
    test.height = call.height;
    call = std::move(test);
  }

  void Bind(Expr& call) {
    if (!TakeVariable(call, call.args[1], 0, "cel.bind(name, value, expression)")) return;
    call.args = {call.args[2], call.args[3]};
    call.kind = ExprKind::kMacro;
    call.macro = Macro::kBind;
  }

  void Member(Expr& call) {
    for (const Declared& macro : kMacros) {
      if (macro.name != call.name || 1 + macro.variables + macro.bodies != call.args.size())
        continue;
      for (size_t i = 0; i < macro.variables; ++i) {
        if (!TakeVariable(call, call.args[1 + i], i, macro.form)) return;
      }
      if (macro.variables == 2 && call.variables[0] == call.variables[1]) {
        problems_.Add(kWrongMacro, call.at, static_cast<uint32_t>(call.name.size()),
                      "the two variables have the same name");
        return;
      }
      call.args.erase(call.args.begin() + 1,
                      call.args.begin() + 1 + static_cast<ptrdiff_t>(macro.variables));
      call.kind = ExprKind::kMacro;
      call.macro = macro.macro;
      return;
    }
  }

  bool TakeVariable(Expr& call, ExprId id, size_t index, std::string_view form) {
    const Expr& name = ast_.at(id);
    if (name.kind != ExprKind::kIdent || name.rooted) {
      problems_.Add(kWrongMacro, name.begin, name.end - name.begin,
                    "a new name for the variable belongs here", fmt::format("write {}", form));
      return false;
    }
    call.variables[index] = name.name;
    return true;
  }

  Ast& ast_;
  Problems& problems_;
};

}  // namespace

void ExpandMacros(Ast* ast, Problems* problems) { Expansion(ast, problems).Run(); }

std::span<const std::string_view> MacroNames() {
  static const auto names = [] {
    std::array<std::string_view, std::size(kMacros)> result;
    for (size_t i = 0; i < result.size(); ++i) result[i] = kMacros[i].name;
    return result;
  }();
  return names;
}

}  // namespace pm::cel
