#include "rules/rule_points.h"

#include "rules/condition_make.h"
#include "rules/condition_node.h"

namespace pm {
namespace {

Condition InBand(const ScoringRule& rule, size_t band, const FieldDecl& field, uint32_t slot) {
  const bool last = band + 1 == rule.bands.size();
  auto node = std::make_shared<ConditionNode>();
  node->kind = NodeKind::kTest;
  node->op = last ? TestOp::kGte : TestOp::kBetween;
  node->on_missing = OnMissing::kNoMatch;
  node->field = *rule.banded_field;
  node->slot = slot;
  node->type = field.type;
  node->operands.push_back({KindOf(field.type), rule.bands[band].from, {}});
  if (!last) node->operands.push_back({KindOf(field.type), rule.bands[band + 1].from - 1, {}});
  node->text = std::string(field.name);
  return Condition(std::move(node));
}

}  // namespace

int64_t PointsOf(const ScoringRule& rule, Facts facts, const Slots& slots) {
  if (!rule.banded_field) return rule.points;
  const uint32_t slot = slots.Of(*rule.banded_field);
  if (slot == UINT32_MAX || facts[slot].missing()) return 0;
  int64_t points = 0;
  for (const Band& band : rule.bands) {
    if (facts[slot].number >= band.from) points = band.points;
  }
  return points;
}

PointsWays WaysOf(const ScoringRule& rule, const Condition& when, const FieldTable& fields,
                  const Slots& slots) {
  PointsWays ways;
  if (!rule.banded_field) {
    if (rule.points != 0) ways.push_back({when, rule.points});
    return ways;
  }
  const FieldDecl* field = fields.Find(*rule.banded_field);
  const uint32_t slot = slots.Of(*rule.banded_field);
  if (field == nullptr || slot == UINT32_MAX) return ways;
  for (size_t band = 0; band < rule.bands.size(); ++band) {
    if (rule.bands[band].points == 0) continue;
    const Condition parts[] = {when, InBand(rule, band, *field, slot)};
    ways.push_back({AllOf(parts), rule.bands[band].points});
  }
  return ways;
}

}  // namespace pm
