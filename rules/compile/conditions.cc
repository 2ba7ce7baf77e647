#include "rules/compile/conditions.h"

#include <fmt/format.h>

#include "rules/compile/conditions/expression_names.h"
#include "rules/compile/conditions/syntax.h"

namespace pm {
namespace {

// Keeps the text of the pass that is asked for, under the place and the owner of the condition.
class Recorder {
 public:
  Recorder(CompileContext& context, const YamlNode& node, const ConditionOwner& owner)
      : context_(context), node_(node), owner_(owner) {}
  void After(ConditionPass pass, const ConditionSyntax& syntax) const {
    if (Wanted(pass)) Append(DumpSyntax(syntax, pass, context_.builder.fields()));
  }
  void AfterPlan(const Condition& condition) const {
    if (Wanted(ConditionPass::kPlan)) Append(DumpCondition(condition, context_.builder.fields()));
  }

 private:
  bool Wanted(ConditionPass pass) const {
    return context_.dump != nullptr && context_.dump->pass == pass;
  }
  void Append(const std::string& text) const {
    const SourcePlace place = PlaceOf(node_);
    context_.dump->text += fmt::format("{}:{}:{}{}\n{}", place.source->path(), place.position.line,
                                       place.position.column, OwnerText(), text);
  }

  std::string OwnerText() const {
    if (owner_.kind.empty()) return {};
    const std::string name = owner_.name.empty() ? "" : fmt::format(" '{}'", owner_.name);
    return fmt::format(" {}{}, {}", owner_.kind, name, owner_.key);
  }

  CompileContext& context_;
  const YamlNode& node_;
  const ConditionOwner& owner_;
};

void AppendLists(const ConditionNode& node, std::string* out) {
  const auto append = [&](const TextList& list) {
    *out += fmt::format("{}={};", list.name, fmt::join(list.items, ","));
  };
  if (node.list) append(*node.list);
  for (const ProgramInput& input : node.inputs) {
    if (input.list) append(*input.list->list);
  }
  for (const auto& child : node.children) AppendLists(*child, out);
}

}  // namespace

Condition CompileCondition(CompileContext& context, const YamlNode& node, FactScope scope,
                           const ConditionOwner& owner) {
  if (node.source == nullptr) return {};
  const Recorder recorder(context, node, owner);
  const size_t errors = context.out.errors_met();
  ConditionSyntax syntax = ParseCondition(node, context.out);
  recorder.After(ConditionPass::kParse, syntax);
  ResolveNames(context, scope, &syntax);
  recorder.After(ConditionPass::kResolve, syntax);
  CheckTypes(context, owner, &syntax);
  recorder.After(ConditionPass::kCheck, syntax);
  Normalise(context, &syntax);
  recorder.After(ConditionPass::kNormalise, syntax);
  CheckGradesAndStages(context, syntax);
  CheckSignal(context, owner.signal, syntax);
  CheckRegions(context, syntax);
  if (context.out.errors_met() != errors) return {};
  Condition condition = PlanCondition(context, syntax);
  const bool earlier_scores = scope == FactScope::kRepeat || scope == FactScope::kCard;
  context.conditions.push_back({condition, PlaceOf(node), earlier_scores, ConsequenceOf(owner)});
  recorder.AfterPlan(condition);
  return condition;
}

std::string ListsOf(const Condition& condition) {
  std::string text;
  if (!condition.always()) AppendLists(*condition.shared_root(), &text);
  return text;
}

}  // namespace pm
