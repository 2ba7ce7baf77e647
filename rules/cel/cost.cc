#include "rules/cel/cost.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "rules/cel/work.h"

namespace pm::cel {
namespace {

constexpr uint64_t kShortText = 64;       // string(1.5), string(timestamp)
constexpr uint64_t kFormattedItem = 350;  // what %f may write for one number

// What a value may hold: bytes or items of its own, and those of all that is in it as well.
struct Extent {
  uint64_t length = 0;
  uint64_t total = 0;
};
struct Bound {
  uint64_t cost = 0;
  Extent extent;
};

Extent Larger(const Extent& a, const Extent& b) {
  return {std::max(a.length, b.length), std::max(a.total, b.total)};
}
Extent Sum(const Extent& a, const Extent& b) {
  return {SaturatingAdd(a.length, b.length), SaturatingAdd(a.total, b.total)};
}

// Numbers, truth values and times hold nothing.
bool HoldsNothing(TypeKind kind) {
  return kind == TypeKind::kNull || kind == TypeKind::kBool || kind == TypeKind::kInt ||
         kind == TypeKind::kUint || kind == TypeKind::kDouble || kind == TypeKind::kTimestamp ||
         kind == TypeKind::kDuration;
}

class CostBound {
 public:
  CostBound(const Ast& ast, const Resolution& resolution, const Checked& checked,
            const Declarations& declarations, uint64_t most)
      : ast_(ast),
        resolution_(resolution),
        checked_(checked),
        declarations_(declarations),
        most_(most),
        locals_(resolution.locals) {}

  Bound Of(ExprId id) {
    Bound bound = Inner(id);
    bound.cost = SaturatingAdd(bound.cost, 1);
    if (bound.cost > most_ && !culprit_) culprit_ = id;
    if (HoldsNothing(checked_.type_of[id]->kind)) bound.extent = {};
    return bound;
  }
  // The innermost part that costs too much by itself; without one, none does.
  std::optional<ExprId> culprit() const { return culprit_; }

 private:
  Bound Inner(ExprId id) {
    const Expr& expr = ast_.at(id);
    switch (expr.kind) {
      case ExprKind::kLiteral:
        return {0, {SizeOfValue(expr.literal), SizeOfValue(expr.literal)}};
      case ExprKind::kIdent:
      case ExprKind::kSelect:
        return Name(id);
      case ExprKind::kCall:
        return Call(id);
      case ExprKind::kList:
      case ExprKind::kMap:
        return Aggregate(expr);
      case ExprKind::kOptionalEntry:
        return Of(expr.args[0]);
      case ExprKind::kMacro:
        break;
    }
    return MacroBound(id);
  }

  Bound Name(ExprId id) {
    const Reference& reference = resolution_.references[id];
    const bool optional = reference.kind == ReferenceKind::kOptional;
    if (reference.kind == ReferenceKind::kVariable || optional) {
      const Variable& variable = declarations_.variables()[reference.index];
      return {0, {std::min(variable.max_size, variable.max_items), variable.max_size}};
    }
    if (reference.kind == ReferenceKind::kLocal) return {0, locals_[reference.index]};
    if (reference.kind != ReferenceKind::kNone) return {};
    const Bound operand = Of(ast_.at(id).args[0]);
    return {operand.cost, {operand.extent.total, operand.extent.total}};
  }

  Bound Aggregate(const Expr& expr) {
    Bound bound;
    for (const ExprId arg : expr.args) {
      const Bound item = Of(arg);
      bound.cost = SaturatingAdd(bound.cost, item.cost);
      bound.extent.total = SaturatingAdd(bound.extent.total, SaturatingAdd(item.extent.total, 1));
    }
    const bool map = expr.kind == ExprKind::kMap;
    bound.extent.length = map ? expr.args.size() / 2 : expr.args.size();
    if (map) bound.cost = SaturatingAdd(bound.cost, bound.extent.length);
    return bound;
  }

  Bound Call(ExprId id) {
    const Expr& call = ast_.at(id);
    std::vector<Bound> args;
    for (const ExprId arg : call.args) args.push_back(Of(arg));
    Bound bound;
    if (call.name == op::kConditional) {
      bound.cost = SaturatingAdd(args[0].cost, std::max(args[1].cost, args[2].cost));
      bound.extent = Larger(args[1].extent, args[2].extent);
      return bound;
    }
    Extent others;
    for (size_t i = 0; i < args.size(); ++i) {
      bound.cost = SaturatingAdd(bound.cost, args[i].cost);
      if (i > 0) others = Sum(others, args[i].extent);
    }
    const Extent first = args.empty() ? Extent{} : args[0].extent;
    uint64_t most = 0;
    for (const Overload* overload : checked_.overloads[id]) {
      // Comparing goes into what is held, so it is twice what the values seem from outside.
      const uint64_t work = WorkOf(overload->work, first.total, others.total);
      most = std::max(most, overload->work == Work::kConstant ? 0 : SaturatingMultiply(work, 2));
      bound.extent = Larger(bound.extent, Result(*overload, first, others));
    }
    bound.cost = SaturatingAdd(bound.cost, most);
    return bound;
  }

  static Extent Result(const Overload& overload, const Extent& first, const Extent& others) {
    switch (overload.growth) {
      case Growth::kConstant:
        return {kShortText, kShortText};
      case Growth::kFirst:
        return {first.total, first.total};
      case Growth::kParts:
        return {SaturatingAdd(first.length, 1),
                SaturatingAdd(SaturatingMultiply(first.total, 2), 1)};
      case Growth::kSum:
        return Sum(first, others);
      case Growth::kProduct: {
        const uint64_t size =
            SaturatingMultiply(SaturatingAdd(first.total, 1), SaturatingAdd(others.total, 2));
        return {size, size};
      }
      case Growth::kFormat: {
        const uint64_t size =
            SaturatingAdd(first.total, SaturatingMultiply(others.total, kFormattedItem));
        return {size, size};
      }
    }
    return {};
  }

  Bound MacroBound(ExprId id) {
    const Expr& macro = ast_.at(id);
    const Bound range = Of(macro.args[0]);
    const uint32_t first = resolution_.macro_locals[id];
    const bool fold = macro.macro != Macro::kBind && macro.macro != Macro::kOptMap &&
                      macro.macro != Macro::kOptFlatMap;
    for (size_t i = 0; i < 2; ++i) {
      if (macro.variables[i].empty()) continue;
      const Extent item = {range.extent.total, range.extent.total};
      locals_[first + i] = fold ? item : range.extent;
    }
    uint64_t round = 2;  // the step itself, and the entry of a map
    Bound body;
    for (size_t i = 1; i < macro.args.size(); ++i) {
      body = Of(macro.args[i]);
      round = SaturatingAdd(round, body.cost);
    }
    if (!fold) return {SaturatingAdd(range.cost, round), body.extent};
    const uint64_t rounds = range.extent.length;
    Bound bound{SaturatingAdd(range.cost, SaturatingMultiply(rounds, round)), range.extent};
    if (macro.macro != Macro::kFilter) {
      const uint64_t item = SaturatingAdd(body.extent.total, 1);
      bound.extent.total = SaturatingAdd(range.extent.total, SaturatingMultiply(rounds, item));
    }
    return bound;
  }

  const Ast& ast_;
  const Resolution& resolution_;
  const Checked& checked_;
  const Declarations& declarations_;
  const uint64_t most_;
  std::optional<ExprId> culprit_;
  std::vector<Extent> locals_;
};

}  // namespace

uint64_t CheckCost(const Ast& ast, const Resolution& resolution, const Checked& checked,
                   const Declarations& declarations, uint64_t most, Problems* problems) {
  CostBound bound(ast, resolution, checked, declarations, most);
  const uint64_t cost = bound.Of(ast.root()).cost;
  if (!bound.culprit()) return cost;
  const Expr& culprit = ast.at(*bound.culprit());
  const std::string units = cost == UINT64_MAX ? "without bound" : fmt::format("{} units", cost);
  problems->Add(kTooCostly, culprit.begin, culprit.end - culprit.begin,
                fmt::format("the work may be {}, {} are allowed", units, most),
                "nest fewer macros, or state with `max` how long the fields may be");
  return cost;
}

}  // namespace pm::cel
