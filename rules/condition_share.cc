#include "rules/condition_share.h"

#include <re2/re2.h>

namespace pm {
namespace {

template <class T>
void AppendBytes(const T& value, std::string* name) {
  name->append(reinterpret_cast<const char*>(&value), sizeof(value));
}

void AppendAddress(const void* at, std::string* name) {
  AppendBytes(reinterpret_cast<uintptr_t>(at), name);
}

void AppendText(std::string_view text, std::string* name) {
  AppendBytes(text.size(), name);
  name->append(text);
}

// The same for equal nodes whose children are shared already.
std::string NameOf(const ConditionNode& node) {
  std::string name;
  AppendBytes(node.kind, &name);
  for (const auto& child : node.children) AppendAddress(child.get(), &name);
  if (node.kind != NodeKind::kTest) return name;
  AppendBytes(node.op, &name);
  AppendBytes(node.on_missing, &name);
  AppendBytes(node.field.number, &name);
  AppendBytes(node.type, &name);
  AppendBytes(node.slot, &name);
  AppendAddress(node.list.get(), &name);
  AppendText(node.pattern == nullptr ? "" : node.pattern->pattern(), &name);
  AppendText(node.text, &name);
  for (const Operand& operand : node.operands) {
    AppendBytes(operand.kind, &name);
    AppendBytes(operand.number, &name);
    AppendText(operand.text, &name);
  }
  return name;
}

}  // namespace

Condition ConditionSharing::Share(const Condition& condition) {
  return condition.always() ? Condition() : Condition(ShareNode(condition.shared_root()));
}

std::shared_ptr<const ConditionNode> ConditionSharing::ShareNode(
    const std::shared_ptr<const ConditionNode>& node) {
  if (node->kind == NodeKind::kProgram) return node;
  std::shared_ptr<const ConditionNode> own = node;
  if (!node->children.empty()) {
    auto copy = std::make_shared<ConditionNode>();
    copy->kind = node->kind;
    for (const auto& child : node->children) copy->children.push_back(ShareNode(child));
    own = std::move(copy);
  }
  return known_.emplace(NameOf(*own), own).first->second;
}

}  // namespace pm
