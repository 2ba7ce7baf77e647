#include "rules/documents/sla.h"

namespace pm {
namespace {

constexpr int kEither = 204;

void CheckLadder(const std::vector<RungDoc>& rungs, const std::optional<MilestoneDoc>& milestone,
                 Diagnostics& out) {
  if (!rungs.empty() && !milestone) {
    out.Error(kEither, rungs.front().place, "a ladder without its milestone");
  }
}

}  // namespace

void RungDoc::Check(const YamlNode& node, Diagnostics& out) const {
  if (int{!notify.empty()} + int{!escalate.empty()} + int{reassign.has_value()} != 1) {
    out.Error(kEither, PlaceOf(node), "a rung does one of `notify`, `escalate` and `reassign`");
  }
}

void MilestonesDoc::Check(const YamlNode& node, Diagnostics& out) const {
  WarnLaterKey(node, "next_touch", "first_touch is measured", out);
  WarnLaterKey(node, "handoff_accept", "accept is measured", out);
}

void SlaDoc::Check(const YamlNode& node, Diagnostics& out) const {
  if (!milestones.assign && !milestones.accept && !milestones.first_touch) {
    out.Error(kEither, PlaceOf(node), "an SLA without a milestone measures nothing",
              "give it assign, accept or first_touch");
  }
  CheckLadder(ladder.assign, milestones.assign, out);
  CheckLadder(ladder.accept, milestones.accept, out);
  CheckLadder(ladder.first_touch, milestones.first_touch, out);
  CheckLadder(ladder.next_touch, milestones.next_touch, out);
  CheckLadder(ladder.handoff_accept, milestones.handoff_accept, out);
  const auto& from = milestones.assign ? milestones.assign->from : std::nullopt;
  if (from && from->value == FromDoc::kAssigned) {
    out.Error(kEither, from->place, "`assign` cannot count from `assigned`: it ends there");
  }
}

}  // namespace pm
