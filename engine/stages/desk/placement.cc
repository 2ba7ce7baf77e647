// Where a lead goes, and at last a queue, so that a lead always lands. Everybody passed over is
// named with the reason.
#include "engine/stages/desk/placing.h"

namespace pm {
namespace {

// The number asked for, or the next one that this desk has not used.
uint32_t FreeSeq(const RouteRequest& request, const AssignmentRow* existing, const GoneRow* gone) {
  if (existing != nullptr) return std::max(request.seq, existing->seq + 1);
  if (gone == nullptr) return request.seq;
  // What comes back from another desk goes on with its number.
  const bool comes_back = !gone->desk.empty() && gone->round == request.card.round;
  return comes_back ? request.seq : std::max(request.seq, gone->seq + 1);
}

AssignmentRow NewRow(const Desk& desk, const RouteRequest& request) {
  AssignmentRow row;
  row.card = request.card;
  row.decision = request.decision;
  row.root = desk.step.root;
  row.mode = static_cast<uint8_t>(desk.step.mode);
  row.reason = request.reason;
  row.routed_at = request.routed_at;
  row.passed_over = request.passed_over;
  return row;
}

// The pool as it is here, whoever takes it: the lead's last rep was one of a pool of this desk.
bool IsOfThisDesk(const Desk& desk, const Pool* pool) {
  return pool != nullptr && pool->desk == desk.name;
}

// The rest of a pool's overflow is of the route that led there.
void AddRoute(Placing& p) {
  for (Candidate& c : p.onward) {
    if (c.route.empty()) c = PoolBehind(p.row, std::move(c.target), "pool");
  }
}

// What is left of the way stays with the lead, for TryFurther.
void KeepRest(Placing& p) {
  std::vector<Candidate>& rest = p.row.rest = std::move(p.onward);
  // FallBack asks that pool last anyway, whichever it is by then.
  const Route& otherwise = p.desk.step.rules.routing.otherwise;
  const bool ends = !rest.empty() && rest.back().route == otherwise.name &&
                    rest.back().target == otherwise.to.name;
  if (ends) rest.pop_back();
  for (Candidate& c : rest) {  // it keeps what it was placed with
    c.sla.clear();
    c.sla_hash = {};
    c.cadence.clear();
    c.cadence_hash = {};
    c.priority.clear();
  }
}

}  // namespace

void PublishQueued(Placing& p, std::string_view reason) {
  AssignmentOutput out = OutputOf(p.desk, p.row);
  out.actor = p.actor;
  out.reason = reason;
  p.desk.step.Publish("assignment.queued", ToText(p.row.card.lead), std::move(out));
  TellAccount(p.desk, p.row, reason);
}

void RaisePlacementAlert(Desk& desk, const AssignmentRow& row, std::string code, std::string what,
                         std::string what_to_do) {
  AlertOutput alert;
  alert.lead = OutLeadOf(row.card);
  alert.severity = "warning";
  alert.code = std::move(code);
  alert.what = std::move(what);
  alert.what_to_do = std::move(what_to_do);
  desk.step.Publish("alert.raised", ToText(row.card.lead), std::move(alert));
}

Try FallBack(Placing& p) {
  const Route& otherwise = p.desk.step.rules.routing.otherwise;
  const std::string& name = otherwise.to.name;
  p.row.route = otherwise.name;
  p.row.origin = otherwise.origin.Text();
  if (const Try came_to = TryPool(p, name); came_to != Try::kNobody) return came_to;
  const Pool* pool = p.desk.step.rules.FindPool(name);
  const bool elsewhere = pool != nullptr && pool->desk != p.desk.name;
  if (elsewhere && CanCross(p.desk, true)) {
    p.onward = {PoolBehind(p.row, name, "otherwise")};
    return Try::kElsewhere;
  }
  Pool unknown;
  unknown.name = name;
  Enqueue(p.desk, p.row, pool != nullptr ? *pool : unknown);
  PublishQueued(p, "nobody_eligible");
  if (elsewhere) {  // the chain is too long: the next tick begins another
    LookAtWaiting(p.desk, name);
    return Try::kPlaced;
  }
  RaisePlacementAlert(p.desk, p.row, "nobody_eligible",
                      fmt::format("nobody could take lead {}; it waits in the queue of pool {}",
                                  ToText(p.row.card.lead), name),
                      "Look at who was passed over and why; free capacity or claim it.");
  return Try::kPlaced;
}

void Land(Placing& p, Try came_to, bool by_ladder) {
  const LeadId lead = p.row.card.lead;
  if (came_to == Try::kNobody) came_to = FallBack(p);
  AddRoute(p);
  if (came_to == Try::kElsewhere) return Cross(p, false, by_ladder);
  KeepRest(p);
  PublishDecision(p.desk, p.row);
  if (by_ladder) SlaTakenByLadder(p.desk, lead);
}

void PublishDecision(Desk& desk, AssignmentRow& row) {
  DecisionOutput decision;
  decision.decision_id = row.decision;
  decision.lead = OutLeadOf(row.card);
  decision.stage = "desk";
  decision.kind = "assignment";
  decision.facts = {FieldBlock(row.card.fields), &desk.step.rules.fields()};
  decision.winner = row.rep.empty() ? row.pool : row.rep;
  decision.winner_origin = row.origin;
  decision.passed_over.swap(row.passed_over);  // lent until it is published: there are many
  decision.reason = row.via;
  const auto add_policy = [&](const std::string& name, ContentHash hash) {
    if (name.empty()) return;
    std::string& policy = decision.policies.emplace_back(name);
    policy += '@';
    policy += IdText(hash).view();
  };
  add_policy(row.sla, row.sla_hash);
  add_policy(row.cadence, row.cadence_hash);
  desk.step.Publish("decision.made", ToText(row.card.lead), decision);
  row.passed_over.swap(decision.passed_over);
}

bool MakeWay(Desk& desk, const RouteRequest& request, uint32_t* seq) {
  if (FollowLead(desk, request)) return false;
  const DeskLeadKey key = desk.KeyOf(request.card.lead);
  const uint32_t round = request.card.round;
  const AssignmentRow* existing = desk.step.rows.Find<AssignmentRow>(key);
  const GoneRow* gone = desk.step.rows.Find<GoneRow>(key);
  const bool overtaken =
      existing != nullptr ? existing->card.round > round : gone != nullptr && gone->round > round;
  if (overtaken) return false;
  if (existing != nullptr && existing->card.round == round && existing->seq >= request.seq) {
    return false;
  }
  *seq = FreeSeq(request, existing, gone);
  if (gone != nullptr) desk.step.rows.Erase<GoneRow>(key);
  if (existing != nullptr) {
    Close(desk, request.card.lead, "assignment.withdrawn", kRoutedAnew, false);
  }
  return true;
}

bool OnRouteRequest(Desk& desk, const RouteRequest& request) {
  uint32_t seq = 0;
  if (!MakeWay(desk, request, &seq)) return false;
  TakeEnrolment(desk, request);
  AssignmentRow& row = desk.step.rows.Edit<AssignmentRow>(desk.KeyOf(request.card.lead));
  const std::optional<MovedLead>& moved = request.moved;
  row = moved ? Unpack(desk, request) : NewRow(desk, request);
  row.card.round = request.card.round;
  row.seq = seq;
  const OutActor actor =
      moved ? OutActor{moved->actor_type, moved->actor_id} : OutActor{"rule", ""};
  const std::string_view type = moved ? std::string_view(moved->output_type) : "assignment.routed";
  Placing p{desk, row, type, actor, request.tried, {}};
  if (moved && moved->by_name && FindRep(desk, request.candidates.front().target)) {
    const Candidate& chosen = request.candidates.front();
    row.rest.assign(request.candidates.begin() + 1, request.candidates.end());
    Assign(desk, row, chosen.target, chosen.via, p.output_type, actor);
    PublishDecision(desk, row);
  } else {
    Land(p, TryWay(p, request.candidates), moved && moved->by_ladder);
  }
  return true;
}

bool PlaceAnew(Desk& desk, LeadId lead, const Replacement& why) {
  AssignmentRow& row = desk.step.rows.Edit<AssignmentRow>(desk.KeyOf(lead));
  row.passed_over.clear();
  if (why.keep_if_nobody) {
    // Would anybody take it? Only then is it taken away.
    const Pool* pool = desk.step.rules.FindPool(row.pool);
    if (!IsOfThisDesk(desk, pool)) return false;
    AssignmentRow trial = row;
    trial.past_reps.push_back(trial.rep);
    Placing probe{desk, trial, why.type, why.actor, {}, {}};
    const Eligibility eligible = Sift(probe, *pool);
    const bool later = pool->off_hours == OffHours::kAssign && !eligible.later.empty();
    if (eligible.now.empty() && !later) {
      row.passed_over = trial.passed_over;
      return false;
    }
  }
  Dequeue(desk, row);
  Unassign(desk, row, why.refund);
  ++row.seq;
  row.reason = why.reason;
  if (why.by_ladder) ++row.reassignments;
  Placing p{desk, row, why.type, why.actor, {}, {}};
  Try came_to = Try::kNobody;
  if (!why.to_queue) came_to = TryFurther(p);
  Land(p, came_to, why.by_ladder);
  return true;
}

void GiveTo(Desk& desk, LeadId lead, const std::string& rep, const Replacement& why) {
  AssignmentRow& row = desk.step.rows.Edit<AssignmentRow>(desk.KeyOf(lead));
  const Candidate chosen{.route = row.route,
                         .origin = row.origin,
                         .kind = TargetKind::kRep,
                         .target = rep,
                         .via = why.reason};
  const bool elsewhere = !OtherDesk(desk, chosen).empty();
  if (elsewhere && !CanCross(desk, false)) {
    PlaceAnew(desk, lead, why);
    return;
  }
  Dequeue(desk, row);
  Unassign(desk, row, why.refund);
  ++row.seq;
  row.reason = why.reason;
  row.passed_over.clear();
  // Whoever stands in for a member of the pool has a lead of that pool; whom a person chose has
  // not, and the pool is only where it goes when that rep is gone.
  if (!row.pool.empty() && (why.by_name || elsewhere)) {
    row.rest.insert(row.rest.begin(), PoolBehind(row, std::exchange(row.pool, {}), "pool"));
  }
  Placing p{desk, row, why.type, why.actor, {}, {}};
  if (elsewhere) {
    p.onward = std::exchange(row.rest, {});
    p.onward.insert(p.onward.begin(), chosen);
    return Cross(p, why.by_name, why.by_ladder);
  }
  Assign(desk, row, rep, why.reason, why.type, why.actor);
  PublishDecision(desk, row);
}

void PlaceWaiting(Desk& desk, AssignmentRow& row) {
  // Another queue takes it with the time since when it waits.
  const Instant since = row.place == Place::kQueued ? row.queued_at : kNever;
  ++row.seq;  // it was told of as waiting
  Dequeue(desk, row);
  row.queued_at = since;
  row.passed_over.clear();
  const OutActor actor{"system", ""};
  Placing p{desk, row, "assignment.routed", actor, {}, {}};
  Land(p, TryFurther(p));
}

void OnAssignmentDue(Desk& desk, LeadId lead) {
  AssignmentRow& row = desk.step.rows.Edit<AssignmentRow>(desk.KeyOf(lead));
  desk.step.root = row.root;
  desk.step.mode = static_cast<Mode>(row.mode);
  if (row.place == Place::kHeldForHours) return PlaceWaiting(desk, row);
  row.due = kNever;
  const OutActor actor{"system", ""};
  if (row.rep.empty()) return;
  // A claim that its rep has not worked goes back to its queue; whoever touched it before has not.
  const Pool* pool = desk.step.rules.FindPool(row.pool);
  if (pool == nullptr) return;
  SetStage(row, StageAt(Place::kQueued));
  AssignmentOutput out = OutputOf(desk, row);
  out.reason = "claim_not_worked";
  desk.step.Publish("assignment.expired", ToText(lead), std::move(out));
  Unassign(desk, row, true);
  row.past_reps.clear();  // whoever let it lapse may claim it again
  ++row.seq;
  Placing p{desk, row, "assignment.routed", actor, {}, {}};
  if (!IsOfThisDesk(desk, pool)) return Land(p, TryFurther(p));
  Enqueue(desk, row, *pool);
  PublishQueued(p, "claim_not_worked");
}

}  // namespace pm
