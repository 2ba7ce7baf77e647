// Where a lead goes: candidates in rule order, a pool's members by strategy, overflow, and at last
// a queue, so that a lead always lands. Everybody passed over is named with the reason.
#include "engine/stages/desk/desk.h"

namespace pm {
namespace {

constexpr size_t kMostPassedOver = 60;

// What trying one pool or rep came to.
enum class Try : uint8_t { kPlaced, kNobody };

struct Placing {
  Desk& desk;
  AssignmentRow& row;
  std::string_view output_type;
  const OutActor& actor;
  std::vector<std::string> tried_pools;  // against circles of overflow

  void PassOver(std::string_view who, std::string_view reason) {
    if (row.passed_over.size() < kMostPassedOver) {
      row.passed_over.push_back(fmt::format("{}: {}", who, reason));
    }
  }
};

struct Eligibility {
  std::vector<std::string> now;    // may take it at once
  std::vector<std::string> later;  // only their hours stand in the way
};

std::string WhyOut(Placing& p, const RosterRep& rep, const Pool& pool) {
  const RepRow* row = p.desk.step.rows.Find<RepRow>({p.desk.hash, rep.id});
  if (!IsActive(rep, row, p.desk.step.now)) return "inactive";
  if (IsAway(row, p.desk.step.now)) return "away";
  if (std::ranges::find(p.row.past_reps, rep.id) != p.row.past_reps.end()) return "had_it_before";
  const std::string cap = CapReached(rep, row, &pool, p.desk.step.now);
  return cap.empty() ? cap : "cap " + cap;
}

Eligibility Sift(Placing& p, const Pool& pool) {
  Eligibility eligible;
  for (const PoolMember& member : pool.members) {
    const KnownRep rep = FindRep(p.desk, member.rep);
    const std::string why = rep.has_value() ? WhyOut(p, *rep, pool) : "unknown_rep";
    if (!why.empty()) {
      p.PassOver(member.rep, why);
    } else if (HoursOf(p.desk, *rep).IsOpen(p.desk.step.now)) {
      eligible.now.push_back(member.rep);
    } else {
      eligible.later.push_back(member.rep);
    }
  }
  return eligible;
}

// The rep an account is bound to in this pool, or the backup; empty when none can take it. Caps and
// hours hold for them as for everybody.
std::string StickyRep(Placing& p, const Pool& pool) {
  if (!pool.sticky || p.row.card.account_key.empty()) return {};
  const StickyRow* sticky = p.desk.step.rows.Find<StickyRow>(
      {p.desk.hash, Hash64(pool.name), Hash64(p.row.card.account_key)});
  if (sticky == nullptr || sticky->until <= p.desk.step.now) return {};
  std::string id = sticky->rep;
  KnownRep rep = FindRep(p.desk, id);
  std::string why;
  if (rep && IsAway(p.desk, id) && pool.sticky_backup) {
    p.PassOver(id, "away, backup asked");
    id = rep->backup;
    rep = FindRep(p.desk, id);
  } else if (std::ranges::find(pool.members, id, &PoolMember::rep) == pool.members.end()) {
    why = "not_a_member";
  }
  if (why.empty()) why = rep.has_value() ? WhyOut(p, *rep, pool) : "unknown_rep";
  const bool asleep = why.empty() && !HoursOf(p.desk, *rep).IsOpen(p.desk.step.now);
  if (asleep && pool.off_hours != OffHours::kAssign) why = "off_hours";
  if (why.empty()) return id;
  p.PassOver(id, "sticky, but " + why);
  return {};
}

void AssignFromPool(Placing& p, const Pool& pool, const std::string& rep, std::string via) {
  p.row.pool = pool.name;
  p.row.rotation_paid = pool.strategy == PoolStrategy::kWeighted;
  Assign(p.desk, p.row, rep, std::move(via), p.output_type, p.actor);
}

// Gives it to `rep` for a reason other than its turn; the rotation still counts it.
void AssignOutOfTurn(Placing& p, const Pool& pool, const std::vector<std::string>& sharing,
                     const std::string& rep, std::string via) {
  if (pool.strategy == PoolStrategy::kWeighted) {
    PayFor(p.desk.step.rows.Edit<PoolRow>({p.desk.hash, pool.name}), pool, sharing, rep);
  }
  AssignFromPool(p, pool, rep, std::move(via));
}

void AssignByTurn(Placing& p, const Pool& pool, const std::vector<std::string>& eligible,
                  std::string_view suffix) {
  PoolRow& row = p.desk.step.rows.Edit<PoolRow>({p.desk.hash, pool.name});
  const bool weighted = pool.strategy == PoolStrategy::kWeighted;
  const Pick pick = weighted ? PickWeighted(row, pool, eligible, p.desk.step.cause)
                             : PickLeastLoaded(p.desk, row, pool, eligible);
  if (!weighted) ++row.picks;
  for (const std::string& rep : eligible) {
    if (rep != pick.rep) p.PassOver(rep, weighted ? "not_their_turn" : "more_open_leads");
  }
  AssignFromPool(p, pool, pick.rep,
                 fmt::format("{}{}{}", weighted ? "rotation" : "least_loaded", suffix,
                             pick.tie ? ", tie by hash" : ""));
}

// Nobody is in their hours, but somebody will be.
Try OffHoursOf(Placing& p, const Pool& pool, const std::vector<std::string>& later) {
  Instant soonest = kNever;
  std::vector<std::string> first;
  for (const std::string& id : later) {
    const Instant open = HoursOf(p.desk, *FindRep(p.desk, id)).NextOpen(p.desk.step.now);
    if (open < soonest) first.clear();
    soonest = std::min(soonest, open);
    if (open == soonest && open != kNever) first.push_back(id);
  }
  const bool assigns = pool.off_hours == OffHours::kAssign;
  for (const std::string& id : later) {
    if (assigns && std::ranges::find(first, id) != first.end()) continue;
    const Instant open = HoursOf(p.desk, *FindRep(p.desk, id)).NextOpen(p.desk.step.now);
    p.PassOver(id, fmt::format("off_hours until {}", FormatInstant(open)));
  }
  if (first.empty() || pool.off_hours == OffHours::kOverflow) return Try::kNobody;
  if (assigns) {
    AssignByTurn(p, pool, first, ", opens soonest");
    return Try::kPlaced;
  }
  p.row.pool = pool.name;
  SetPlace(p.row, Place::kHeldForHours);
  p.row.via = "off_hours";
  SlaRouted(p.desk, p.row);
  p.row.due = soonest;
  TellAccount(p.desk, p.row, "off_hours");
  return Try::kPlaced;
}

void PublishQueued(Placing& p, std::string_view reason) {
  AssignmentOutput out = OutputOf(p.desk, p.row);
  out.actor = p.actor;
  out.reason = reason;
  p.desk.step.Publish("assignment.queued", ToText(p.row.card.lead), std::move(out));
  TellAccount(p.desk, p.row, reason);
}

Try TryPool(Placing& p, const std::string& name) {
  const Pool* pool = p.desk.step.rules.FindPool(name);
  if (pool == nullptr) {
    p.PassOver(name, "no_such_pool");
    return Try::kNobody;
  }
  if (std::ranges::find(p.tried_pools, name) != p.tried_pools.end()) return Try::kNobody;
  p.tried_pools.push_back(name);
  if (pool->strategy == PoolStrategy::kQueue) {
    Enqueue(p.desk, p.row, *pool);
    PublishQueued(p, p.row.reason);
    return Try::kPlaced;
  }
  const Eligibility eligible = Sift(p, *pool);
  if (const std::string rep = StickyRep(p, *pool); !rep.empty()) {
    AssignOutOfTurn(p, *pool, eligible.now, rep, "sticky");
    return Try::kPlaced;
  }
  const auto can = [&](const std::string& rep) {
    return std::ranges::find(eligible.now, rep) != eligible.now.end();
  };
  if (!p.row.prefer_rep.empty() && can(p.row.prefer_rep)) {
    AssignOutOfTurn(p, *pool, eligible.now, p.row.prefer_rep, "previous_rep");
    return Try::kPlaced;
  }
  if (!eligible.now.empty()) {
    AssignByTurn(p, *pool, eligible.now, "");
    return Try::kPlaced;
  }
  if (OffHoursOf(p, *pool, eligible.later) == Try::kPlaced) return Try::kPlaced;
  for (const std::string& next : pool->overflow) {
    p.PassOver(name, fmt::format("overflows to {}", next));
    if (TryPool(p, next) == Try::kPlaced) return Try::kPlaced;
  }
  return Try::kNobody;
}

Try TryRep(Placing& p, const Candidate& candidate) {
  const std::string id = ResolveRep(p.desk, candidate.target);
  const KnownRep rep = id.empty() ? KnownRep() : FindRep(p.desk, id);
  std::string take;
  std::string via = candidate.via;
  if (!rep) {
    p.PassOver(candidate.target, "unknown_rep");
  } else if (!IsActive(p.desk, *rep)) {
    p.PassOver(id, "inactive");
  } else if (!IsAway(p.desk, id) || candidate.wait_if_away) {
    take = id;
  } else {
    p.PassOver(id, "away");
    const KnownRep backup = rep->backup.empty() ? KnownRep() : FindRep(p.desk, rep->backup);
    if (backup && IsActive(p.desk, *backup) && !IsAway(p.desk, backup->id)) {
      take = backup->id;
      via += ", backup";
    }
  }
  if (take.empty() || std::ranges::find(p.row.past_reps, take) != p.row.past_reps.end()) {
    return Try::kNobody;
  }
  p.row.pool.clear();
  Assign(p.desk, p.row, take, via, p.output_type, p.actor);
  return Try::kPlaced;
}

void Raise(Desk& desk, const AssignmentRow& row, std::string code, std::string what,
           std::string what_to_do) {
  AlertOutput alert;
  alert.lead = OutLeadOf(row.card);
  alert.severity = "warning";
  alert.code = std::move(code);
  alert.what = std::move(what);
  alert.what_to_do = std::move(what_to_do);
  desk.step.Publish("alert.raised", ToText(row.card.lead), std::move(alert));
}

// The pool of last resort takes it into a queue, whatever its strategy.
void FallBack(Placing& p) {
  const std::string& name = p.desk.step.rules.routing.otherwise.to.name;
  if (TryPool(p, name) == Try::kPlaced) return;
  const Pool* pool = p.desk.step.rules.FindPool(name);
  Pool unknown;
  unknown.name = name;
  Enqueue(p.desk, p.row, pool != nullptr ? *pool : unknown);
  PublishQueued(p, "nobody_eligible");
  Raise(p.desk, p.row, "nobody_eligible",
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
  if (c.kind == TargetKind::kRep) {
    const std::string other(desk.step.rules.DeskOfRep(c.target));
    return other == desk.name ? "" : other;
  }
  const Pool* pool = desk.step.rules.FindPool(c.target);
  return pool == nullptr || pool->desk == desk.name ? "" : pool->desk;
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
  row.prefer_rep = request.prefer_rep;
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
    bool placed = c.kind == TargetKind::kRep ? TryRep(p, c) == Try::kPlaced
                                             : TryPool(p, c.target) == Try::kPlaced;
    if (!placed && !c.else_pool.empty()) placed = TryPool(p, c.else_pool) == Try::kPlaced;
    if (placed) return PublishDecision(desk, row);
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
  if (pool.empty() || why.to_queue || TryPool(p, pool) == Try::kNobody) FallBack(p);
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
  row.pool.clear();
  Assign(desk, row, rep, why.reason, why.type, why.actor);
  PublishDecision(desk, row);
}

void OnAssignmentDue(Desk& desk, LeadId lead) {
  AssignmentRow& row = desk.step.rows.Edit<AssignmentRow>(desk.KeyOf(lead));
  desk.step.root = row.root;
  desk.step.mode = static_cast<Mode>(row.mode);
  row.due = kNever;
  const OutActor actor{"system", ""};
  if (row.place == Place::kHeldForHours) {
    row.passed_over.clear();
    Placing p{desk, row, "assignment.routed", actor, {}};
    if (TryPool(p, row.pool) == Try::kNobody) FallBack(p);
    return PublishDecision(desk, row);
  }
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
