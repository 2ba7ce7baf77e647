// Where a lead goes: candidates in rule order, a pool's members by strategy, overflow, and at last
// a queue, so that a lead always lands. Everybody passed over is named with the reason.
#include "engine/stages/desk/placing.h"

namespace pm {
namespace {

Try TryRep(Placing& p, const Candidate& candidate) {
  const bool by_ae = candidate.kind == TargetKind::kSdrOf;
  const std::string id =
      by_ae ? SdrOf(p.desk, candidate.target) : ResolveRep(p.desk, candidate.target);
  const KnownRep rep = id.empty() ? KnownRep() : FindRep(p.desk, id);
  std::string take;
  std::string via = candidate.via;
  if (!rep) {
    p.PassOver(candidate.target, by_ae ? "no_sdr" : "unknown_rep");
  } else if (!IsActive(p.desk, *rep)) {
    p.PassOver(id, "inactive");
  } else if (!IsAway(p.desk, id)) {
    take = id;
  } else {
    p.PassOver(id, "away");
    const KnownRep backup = rep->backup.empty() ? KnownRep() : FindRep(p.desk, rep->backup);
    if (backup && IsActive(p.desk, *backup) && !IsAway(p.desk, backup->id)) {
      take = backup->id;
      via += ", backup";
    } else if (candidate.wait_if_away) {
      take = id;
    }
  }
  if (take.empty() || std::ranges::find(p.row.past_reps, take) != p.row.past_reps.end()) {
    return Try::kNobody;
  }
  p.row.pool.clear();
  Assign(p.desk, p.row, take, via, p.output_type, p.actor);
  return Try::kPlaced;
}

// What is left of the way of a lead that goes to a rep by name.
std::vector<Candidate> RestBehind(std::span<const Candidate> candidates) {
  std::vector<Candidate> rest;
  if (const Candidate& taken = candidates.front(); !taken.else_pool.empty()) {
    Candidate& instead = rest.emplace_back(taken);
    instead.kind = TargetKind::kPool;
    instead.target = std::exchange(instead.else_pool, {});
    instead.via = "else";
  }
  rest.insert(rest.end(), candidates.begin() + 1, candidates.end());
  return rest;
}

// The first of the candidates.
Try TryCandidate(Placing& p, std::span<const Candidate> candidates) {
  const Candidate& c = candidates.front();
  if (c.kind == TargetKind::kPool) {
    if (TryPool(p, c.target) == Try::kPlaced) return Try::kPlaced;
  } else if (TryRep(p, c) == Try::kPlaced) {
    p.row.rest = RestBehind(candidates);
    return Try::kPlaced;
  }
  return c.else_pool.empty() ? Try::kNobody : TryPool(p, c.else_pool);
}

void TakePolicies(AssignmentRow& row, const Candidate& c) {
  row.route = c.route;
  row.origin = c.origin;
  row.priority = c.priority;
  row.sla = c.sla;
  row.sla_hash = c.sla_hash;
  row.cadence = c.cadence;
  row.cadence_hash = c.cadence_hash;
}

// The desk of a candidate's pool, when that is another one.
std::string OtherDesk(Desk& desk, const Candidate& c) {
  if (c.kind != TargetKind::kPool) {
    const std::string rep = c.kind == TargetKind::kSdrOf ? SdrOf(desk, c.target) : c.target;
    const std::string other(desk.step.rules.DeskOfRep(rep));
    return other == desk.name || rep.empty() ? "" : other;
  }
  const Pool* pool = desk.step.rules.FindPool(c.target);
  return pool == nullptr || pool->desk == desk.name ? "" : pool->desk;
}

// On by the routes behind the one that named a rep, as they were when the lead was routed; SLA and
// cadence run on as they are.
Try TryRest(Placing& p) {
  const std::vector<Candidate> rest = std::exchange(p.row.rest, {});
  for (size_t i = 0; i < rest.size(); ++i) {
    if (!OtherDesk(p.desk, rest[i]).empty()) continue;
    p.row.route = rest[i].route;
    p.row.origin = rest[i].origin;
    if (TryCandidate(p, std::span(rest).subspan(i)) == Try::kNobody) continue;
    return Try::kPlaced;
  }
  return Try::kNobody;
}

// The number asked for, or the next one that this desk has not used.
uint32_t FreeSeq(Desk& desk, const RouteRequest& request) {
  const DeskLeadKey key = desk.KeyOf(request.card.lead);
  const UsedSeqRow* used = desk.step.rows.Find<UsedSeqRow>(key);
  if (used == nullptr) return request.seq;
  const uint32_t seq = std::max(request.seq, used->seq + 1);
  desk.step.rows.Erase<UsedSeqRow>(key);
  return seq;
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

void FallBack(Placing& p) {
  const std::string& name = p.desk.step.rules.routing.otherwise.to.name;
  if (TryPool(p, name) == Try::kPlaced) return;
  const Pool* pool = p.desk.step.rules.FindPool(name);
  Pool unknown;
  unknown.name = name;
  Enqueue(p.desk, p.row, pool != nullptr ? *pool : unknown);
  PublishQueued(p, "nobody_eligible");
  RaisePlacementAlert(p.desk, p.row, "nobody_eligible",
                      fmt::format("nobody could take lead {}; it waits in the queue of pool {}",
                                  ToText(p.row.card.lead), name),
                      "Look at who was passed over and why; free capacity or claim it.");
}

void PublishDecision(Desk& desk, const AssignmentRow& row) {
  DecisionOutput decision;
  decision.decision_id = row.decision;
  decision.lead = OutLeadOf(row.card);
  decision.stage = "desk";
  decision.kind = "assignment";
  decision.facts = NameFields(FieldBlock(row.card.fields), desk.step.rules.fields());
  decision.winner = row.rep.empty() ? row.pool : row.rep;
  decision.winner_origin = row.origin;
  decision.passed_over = row.passed_over;
  decision.reason = row.via;
  if (!row.sla.empty())
    decision.policies.push_back(fmt::format("{}@{}", row.sla, ToText(row.sla_hash)));
  if (!row.cadence.empty()) {
    decision.policies.push_back(fmt::format("{}@{}", row.cadence, ToText(row.cadence_hash)));
  }
  desk.step.Publish("decision.made", ToText(row.card.lead), std::move(decision));
}

void OnRouteRequest(Desk& desk, const RouteRequest& request) {
  const DeskLeadKey key = desk.KeyOf(request.card.lead);
  const AssignmentRow* existing = desk.step.rows.Find<AssignmentRow>(key);
  if (existing != nullptr && existing->seq >= request.seq) return;
  if (existing != nullptr) Close(desk, request.card.lead, "", "routed_anew", false);
  AssignmentRow& row = desk.step.rows.Edit<AssignmentRow>(key);
  row = AssignmentRow{};
  row.card = request.card;
  row.decision = request.decision;
  row.root = desk.step.root;
  row.mode = static_cast<uint8_t>(desk.step.mode);
  row.seq = FreeSeq(desk, request);
  row.reason = request.reason;
  row.routed_at = request.routed_at;
  const OutActor rule{"rule", ""};
  Placing p{desk, row, "assignment.routed", rule, {}};
  for (size_t i = 0; i < request.candidates.size(); ++i) {
    const Candidate& c = request.candidates[i];
    if (const std::string other = OtherDesk(desk, c); !other.empty()) {
      RouteRequest rest = request;
      rest.seq = row.seq;
      rest.candidates.erase(rest.candidates.begin(),
                            rest.candidates.begin() + static_cast<std::ptrdiff_t>(i));
      desk.step.rows.Erase<AssignmentRow>(key);
      return desk.step.Send(Stage::kDesk, other, MessageType::kRouteRequest, rest);
    }
    TakePolicies(row, c);
    if (TryCandidate(p, std::span(request.candidates).subspan(i)) == Try::kPlaced) {
      return PublishDecision(desk, row);
    }
    p.PassOver(c.route, "falls through");
  }
  FallBack(p);
  PublishDecision(desk, row);
}

bool PlaceAnew(Desk& desk, LeadId lead, const Replacement& why) {
  AssignmentRow& row = desk.step.rows.Edit<AssignmentRow>(desk.KeyOf(lead));
  row.passed_over.clear();
  if (why.keep_if_nobody) {
    // Would anybody take it? Only then is it taken away.
    const Pool* pool = desk.step.rules.FindPool(row.pool);
    if (pool == nullptr) return false;
    AssignmentRow trial = row;
    trial.past_reps.push_back(trial.rep);
    Placing probe{desk, trial, why.type, why.actor, {}};
    const Eligibility eligible = Sift(probe, *pool);
    const bool later = pool->off_hours == OffHours::kAssign && !eligible.later.empty();
    if (eligible.now.empty() && !later) {
      row.passed_over = trial.passed_over;
      return false;
    }
  }
  const std::string pool = row.pool;
  Dequeue(desk, row);
  Unassign(desk, row, why.refund);
  ++row.seq;
  row.reason = why.reason;
  Placing p{desk, row, why.type, why.actor, {}};
  if (why.to_queue || (pool.empty() ? TryRest(p) : TryPool(p, pool)) == Try::kNobody) FallBack(p);
  PublishDecision(desk, row);
  return true;
}

void GiveTo(Desk& desk, LeadId lead, const std::string& rep, const Replacement& why) {
  AssignmentRow& row = desk.step.rows.Edit<AssignmentRow>(desk.KeyOf(lead));
  Dequeue(desk, row);
  Unassign(desk, row, why.refund);
  ++row.seq;
  row.reason = why.reason;
  row.passed_over.clear();
  if (!row.pool.empty()) {
    row.rest = {Candidate{
        .route = row.route, .origin = row.origin, .kind = TargetKind::kPool, .target = row.pool}};
  }
  row.pool.clear();
  Assign(desk, row, rep, why.reason, why.type, why.actor);
  PublishDecision(desk, row);
}

void PlaceWaiting(Desk& desk, AssignmentRow& row) {
  const std::string pool = row.pool;
  if (row.place == Place::kQueued) ++row.seq;
  Dequeue(desk, row);
  row.passed_over.clear();
  const OutActor actor{"system", ""};
  Placing p{desk, row, "assignment.routed", actor, {}};
  if (TryPool(p, pool) == Try::kNobody) FallBack(p);
  PublishDecision(desk, row);
}

void OnAssignmentDue(Desk& desk, LeadId lead) {
  AssignmentRow& row = desk.step.rows.Edit<AssignmentRow>(desk.KeyOf(lead));
  desk.step.root = row.root;
  desk.step.mode = static_cast<Mode>(row.mode);
  if (row.place == Place::kHeldForHours) return PlaceWaiting(desk, row);
  row.due = kNever;
  const OutActor actor{"system", ""};
  if (row.rep.empty() || row.touched_at != kNever) return;
  // A claim that was not worked goes back to its queue.
  const Pool* pool = desk.step.rules.FindPool(row.pool);
  if (pool == nullptr) return;
  Unassign(desk, row, true);
  row.past_reps.clear();  // whoever let it lapse may claim it again
  ++row.seq;
  AssignmentOutput out = OutputOf(desk, row);
  out.reason = "claim_not_worked";
  desk.step.Publish("assignment.expired", ToText(lead), std::move(out));
  Placing p{desk, row, "assignment.routed", actor, {}};
  Enqueue(desk, row, *pool);
  PublishQueued(p, "claim_not_worked");
}

}  // namespace pm
