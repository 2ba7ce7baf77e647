#include "rules/prove/row_condition.h"

#include "rules/condition_node.h"

namespace pm {
namespace {

using Node = std::shared_ptr<ConditionNode>;

Node TestOf(const RouteTable::Column& column, Type type, TestOp op) {
  auto node = std::make_shared<ConditionNode>();
  node->kind = NodeKind::kTest;
  node->op = op;
  node->on_missing = OnMissing::kNoMatch;
  node->field = column.field;
  node->slot = column.slot;
  node->type = type;
  node->text = column.name;
  return node;
}

Node TextsOf(const RouteTable::Column& column, Type type, const TableCell& cell) {
  Node node = TestOf(column, type, cell.negated ? TestOp::kNotIn : TestOp::kIn);
  for (const std::string& text : cell.texts) {
    node->operands.push_back({ValueKind::kString, 0, text});
  }
  return node;
}

Node NumbersOf(const RouteTable::Column& column, Type type, const TableCell& cell) {
  auto any = std::make_shared<ConditionNode>();
  any->kind = NodeKind::kAny;
  for (const Interval& one : cell.numbers) {
    Node node = TestOf(column, type, TestOp::kBetween);
    // Intervals that are open upwards end at INT64_MAX.
    const int64_t last = one.end == INT64_MAX ? one.end : one.end - 1;
    node->operands = {{KindOf(type), one.begin, {}}, {KindOf(type), last, {}}};
    any->children.push_back(std::move(node));
  }
  return any;
}

}  // namespace

Condition RowCondition(const RouteTable& table, size_t row, const FieldTable& fields) {
  auto all = std::make_shared<ConditionNode>();
  all->kind = NodeKind::kAll;
  for (size_t i = 0; i < table.inputs().size(); ++i) {
    const RouteTable::Column& column = table.inputs()[i];
    const TableCell& cell = table.rows()[row].cells[i];
    const FieldDecl* field = fields.Find(column.field);
    if (cell.kind == TableCell::Kind::kAny || field == nullptr) continue;
    all->children.push_back(cell.kind == TableCell::Kind::kTexts
                                ? TextsOf(column, field->type, cell)
                                : NumbersOf(column, field->type, cell));
  }
  return Condition(std::move(all));
}

}  // namespace pm
