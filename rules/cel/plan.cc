#include "rules/cel/plan.h"

#include <algorithm>
#include <set>

#include "rules/cel/call_problem.h"

namespace pm::cel {
namespace {

// What folding constants may take of each expression.
constexpr EvalLimits kConstantLimits = {.cost = 100'000, .memory_bytes = 1 << 20};

// In the order of Relation.
constexpr std::string_view kRelations[] = {op::kEqual,     op::kNotEqual, op::kLess,
                                           op::kLessEqual, op::kGreater,  op::kGreaterEqual};

}  // namespace

class Planner {
 public:
  Planner(const Ast& ast, const Resolution& resolution, const Checked& checked,
          bool report_constants, Problems* problems)
      : ast_(ast),
        resolution_(resolution),
        checked_(checked),
        report_constants_(report_constants),
        problems_(*problems) {
    plan_.constants_ = std::make_unique<Evaluation>(kConstantLimits);
    plan_.constants_->Begin({}, resolution.locals);
    plan_.locals_ = resolution.locals;
  }

  Plan Run() {
    plan_.root_ = Build(ast_.root());
    plan_.variables_.assign(variables_.begin(), variables_.end());
    return std::move(plan_);
  }

 private:
  PlanNode& Add(PlanOp op, const Expr& expr) {
    PlanNode& node = plan_.nodes_.emplace_back();
    node.op = op;
    node.at = expr.at;
    return node;
  }
  std::string_view Keep(std::string_view text) { return plan_.texts_.emplace_back(text); }

  const PlanNode* Build(ExprId id) {
    const Expr& expr = ast_.at(id);
    switch (expr.kind) {
      case ExprKind::kLiteral:
        return Literal(expr);
      case ExprKind::kIdent:
      case ExprKind::kSelect:
        return Name(id);
      case ExprKind::kCall:
        return Call(id);
      case ExprKind::kList:
        return Folded(WithArgs(PlanOp::kList, expr));
      case ExprKind::kMap:
        return Folded(WithArgs(PlanOp::kMap, expr));
      case ExprKind::kOptionalEntry:
        return &WithArgs(PlanOp::kEntry, expr);
      case ExprKind::kMacro:
        break;
    }
    PlanNode& node = WithArgs(PlanOp::kMacro, expr);
    node.macro = expr.macro;
    node.two_variables = !expr.variables[1].empty();
    node.index = resolution_.macro_locals[id];
    return &node;
  }

  PlanNode& WithArgs(PlanOp op, const Expr& expr) {
    std::vector<const PlanNode*> args;
    for (const ExprId arg : expr.args) args.push_back(Build(arg));
    PlanNode& node = Add(op, expr);
    node.args = std::move(args);
    return node;
  }

  // The plan outlives the tree, so texts are copied.
  const PlanNode* Literal(const Expr& expr) {
    PlanNode& node = Add(PlanOp::kConstant, expr);
    node.value = expr.literal;
    if (expr.literal.kind == ValueKind::kString)
      node.value = Value::String(Keep(expr.literal.text()));
    if (expr.literal.kind == ValueKind::kBytes)
      node.value = Value::Bytes(Keep(expr.literal.text()));
    return &node;
  }

  const PlanNode* Name(ExprId id) {
    const Expr& expr = ast_.at(id);
    const Reference& reference = resolution_.references[id];
    switch (reference.kind) {
      case ReferenceKind::kVariable:
        return Indexed(PlanOp::kVariable, expr, reference.index);
      case ReferenceKind::kPresence:
        return Indexed(PlanOp::kPresence, expr, reference.index);
      case ReferenceKind::kOptional:
        return Indexed(PlanOp::kOptional, expr, reference.index);
      case ReferenceKind::kLocal:
        return Indexed(PlanOp::kLocal, expr, reference.index);
      case ReferenceKind::kType: {
        PlanNode& node = Add(PlanOp::kConstant, expr);
        node.value = Value::Type(reference.type_name);
        return &node;
      }
      case ReferenceKind::kUnknown: {
        PlanNode& node = Add(PlanOp::kUnbound, expr);
        node.value = Value::String(Keep(expr.name));
        return &node;
      }
      case ReferenceKind::kNone:
        break;
    }
    PlanNode& node = WithArgs(PlanOp::kSelect, expr);
    node.value = Value::String(Keep(expr.name));
    node.test_only = expr.test_only;
    node.optional = expr.optional;
    return Folded(node);
  }

  const PlanNode* Indexed(PlanOp op, const Expr& expr, uint32_t index) {
    PlanNode& node = Add(op, expr);
    node.index = index;
    if (op != PlanOp::kLocal) variables_.insert(index);
    return &node;
  }

  const PlanNode* Call(ExprId id) {
    const Expr& expr = ast_.at(id);
    PlanNode& node = WithArgs(CallOp(expr), expr);
    node.overloads = checked_.overloads[id];
    node.value = Value::String(Keep(expr.name));
    const auto* relation = std::ranges::find(kRelations, expr.name);
    if (relation != std::end(kRelations)) {
      node.op = PlanOp::kCompare;
      node.relation = static_cast<Relation>(relation - std::begin(kRelations));
    }
    if (expr.name == op::kIn) UseSet(node);
    if (expr.name == "matches" && expr.args.size() == 2) UsePattern(node);
    if (report_constants_) ReportFailing(node, expr);
    return Folded(node);
  }

  // A division by a constant or a zone that fails whatever else is in the call.
  void ReportFailing(const PlanNode& node, const Expr& call) {
    if (node.args.size() != 2 || node.args[0]->op == PlanOp::kConstant ||
        node.args[1]->op != PlanOp::kConstant) {
      return;
    }
    const bool divides = call.name == op::kDivide || call.name == op::kModulo;
    const bool of_zone = call.member && call.name.starts_with("get");
    const ValueKind kind = node.args[1]->value.kind;
    if (divides ? kind != ValueKind::kInt : !of_zone || kind != ValueKind::kString) return;
    PlanNode any;
    any.value = divides ? Value::Int(1) : Value::Timestamp(0, 0);
    PlanNode tried = node;
    tried.args[0] = &any;
    const Value value = EvaluateNode(tried, *plan_.constants_);
    if (!value.is_error() || plan_.constants_->stopped()) return;
    Report(divides ? node : *node.args[1], std::string(value.error->text));
  }

  static PlanOp CallOp(const Expr& call) {
    if (call.name == op::kAnd) return PlanOp::kAnd;
    if (call.name == op::kOr) return PlanOp::kOr;
    if (call.name == op::kNot) return PlanOp::kNot;
    if (call.name == op::kConditional) return PlanOp::kConditional;
    const bool or_else =
        call.member && call.args.size() == 2 && (call.name == "or" || call.name == "orValue");
    return or_else ? PlanOp::kOrElse : PlanOp::kCall;
  }

  // `x in ["a", "b"]` by a look-up.
  void UseSet(PlanNode& node) {
    const Value& list = node.args[1]->value;
    if (node.args[1]->op != PlanOp::kConstant || list.kind != ValueKind::kList) return;
    std::vector<MapEntry> keys;
    for (const Value& item : list.list()) {
      if (item.kind != ValueKind::kString) return;
      keys.push_back({item, Value::Bool(true)});
    }
    std::ranges::sort(keys, {}, [](const MapEntry& entry) { return entry.key.text(); });
    const auto last =
        std::ranges::unique(keys, {}, [](const MapEntry& entry) { return entry.key.text(); });
    keys.erase(last.begin(), last.end());
    auto* kept = plan_.constants_->NewArray<MapEntry>(keys.size());
    if (kept == nullptr) return;
    std::ranges::copy(keys, kept);
    const Value set = plan_.constants_->NewMap({kept, keys.size()});
    if (set.kind != ValueKind::kMap) return;
    node.op = PlanOp::kInSet;
    node.value = set;
    node.args.pop_back();
  }

  void UsePattern(PlanNode& node) {
    const PlanNode& text = *node.args[1];
    if (text.op != PlanOp::kConstant || text.value.kind != ValueKind::kString) return;
    auto pattern = Pattern::Compile(text.value.text());
    if (!pattern.has_value()) {
      if (report_constants_) Report(text, pattern.error().text);
      return;
    }
    plan_.patterns_.push_back(*std::move(pattern));
    node.op = PlanOp::kMatches;
    node.pattern = plan_.patterns_.back().get();
    node.args.pop_back();
  }

  // The same as a constant, if all it is made of is constant and it does not fail.
  const PlanNode* Folded(PlanNode& node) {
    const bool constant = std::ranges::all_of(
        node.args, [](const PlanNode* arg) { return arg->op == PlanOp::kConstant; });
    if (!constant || plan_.constants_->stopped()) return &node;
    const Value value = EvaluateNode(node, *plan_.constants_);
    if (value.is_value()) {
      node.op = PlanOp::kConstant;
      node.value = value;
      node.args.clear();
    } else if (report_constants_ && value.is_error() && !plan_.constants_->stopped()) {
      Report(node, std::string(value.error->text));
    }
    return &node;
  }

  void Report(const PlanNode& node, std::string message) {
    std::string hint = problems_.hints() ? HintOfConstant(message) : "";
    problems_.Add(kBadConstant, node.at, 1, std::move(message), std::move(hint));
  }

  const Ast& ast_;
  const Resolution& resolution_;
  const Checked& checked_;
  const bool report_constants_;
  Problems& problems_;
  Plan plan_;
  std::set<uint32_t> variables_;
};

Plan MakePlan(const Ast& ast, const Resolution& resolution, const Checked& checked,
              bool report_constants, Problems* problems) {
  return Planner(ast, resolution, checked, report_constants, problems).Run();
}

}  // namespace pm::cel
