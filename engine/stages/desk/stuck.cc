// A lead whose placing broke an invariant: it waits in a queue, so that it is somewhere.
#include "engine/stages/desk/placing.h"

namespace pm {

void PlaceStuck(Desk& desk, const RouteRequest& request) {
  const DeskLeadKey key = desk.KeyOf(request.card.lead);
  uint32_t seq = 0;
  if (!MakeWay(desk, request, &seq)) return;
  AssignmentRow& row = desk.step.rows.Edit<AssignmentRow>(key);
  row = AssignmentRow{};
  row.card = request.card;
  row.decision = request.decision;
  row.root = desk.step.root;
  row.mode = static_cast<uint8_t>(desk.step.mode);
  row.seq = seq;
  row.routed_at = request.routed_at;
  row.reason = "stuck";
  // No SLA, no cadence, no rep: whatever broke may be among them.
  const std::string& name = desk.step.rules.routing.otherwise.to.name;
  const Pool* known = desk.step.rules.FindPool(name);
  if (known != nullptr && known->desk != desk.name && CanCross(desk, true)) {
    RouteRequest there = request;
    there.candidates = {PoolBehind(row, name, "otherwise")};
    there.moved.reset();
    there.handed_over = true;
    there.seq = seq;
    desk.step.rows.Edit<GoneRow>(key) = {seq, known->desk, desk.step.now + GoneRow::kKept,
                                         request.card.round};
    desk.step.rows.Erase<AssignmentRow>(key);
    return desk.step.Send(Stage::kDesk, known->desk, MessageType::kRouteRequest, there);
  }
  Pool unknown;
  unknown.name = name;
  Enqueue(desk, row, known != nullptr ? *known : unknown);
  row.via = "stuck";
  AssignmentOutput out = OutputOf(desk, row);
  out.actor = {"system", ""};
  out.reason = row.reason;
  desk.step.Publish("assignment.queued", ToText(row.card.lead), std::move(out));
  AlertOutput alert;
  alert.lead = OutLeadOf(row.card);
  alert.severity = "critical";
  alert.code = "stuck_lead";
  alert.what = fmt::format(
      "lead {} could not be placed by a fault of ours; it waits in the queue of "
      "pool {} without SLA or cadence",
      ToText(row.card.lead), name);
  alert.what_to_do = "Claim it or reroute it. Report the fault with the dead letter of this event.";
  desk.step.Publish("alert.raised", ToText(row.card.lead), std::move(alert));
  TellAccount(desk, row, row.reason);
}

}  // namespace pm
