// Along the candidates of a lead in rule order: reps with their backups, pools, `else`.
#include "engine/stages/desk/placing.h"

namespace pm {
namespace {

// The backup of a rep who is away. One who belongs to another desk is asked there, once.
Try TryBackup(Placing& p, const Candidate& candidate, const RosterRep& rep, std::string* take) {
  if (rep.backup.empty()) return Try::kNobody;
  Candidate instead = candidate;
  instead.kind = TargetKind::kRep;
  instead.target = rep.backup;
  instead.via += ", backup";
  instead.else_pool.clear();
  instead.wait_if_away = false;
  if (!OtherDesk(p.desk, instead).empty()) {
    if (!CanCross(p.desk, false) || Tried(p, "backup of " + rep.id)) return Try::kNobody;
    p.onward = {std::move(instead), candidate};
    return Try::kElsewhere;
  }
  const KnownRep backup = FindRep(p.desk, rep.backup);
  if (backup && IsActive(p.desk, *backup) && !IsAway(p.desk, backup->id)) *take = backup->id;
  return Try::kNobody;
}

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
    if (TryBackup(p, candidate, *rep, &take) == Try::kElsewhere) return Try::kElsewhere;
    if (!take.empty()) {
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
  const bool by_name = c.kind != TargetKind::kPool;
  const Try came_to = by_name ? TryRep(p, c) : TryPool(p, c.target);
  if (came_to == Try::kPlaced && by_name) p.row.rest = RestBehind(candidates);
  if (c.else_pool.empty() || came_to == Try::kPlaced) return came_to;
  if (came_to == Try::kNobody) return TryPool(p, c.else_pool);
  // A rep's candidate that goes on along has its `else` with it.
  if (!by_name) p.onward.push_back({.kind = TargetKind::kPool, .target = c.else_pool});
  return came_to;
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

}  // namespace

Try TryWay(Placing& p, std::span<const Candidate> way) {
  const bool placed_before = p.row.place != Place::kNone;
  for (size_t i = 0; i < way.size(); ++i) {
    const Candidate& c = way[i];
    Try came_to = Try::kNobody;
    if (OtherDesk(p.desk, c).empty()) {
      if (!placed_before) TakePolicies(p.row, c);
      p.row.route = c.route;
      p.row.origin = c.origin;
      came_to = TryCandidate(p, way.subspan(i));
      for (Candidate& next : p.onward) {
        if (!next.route.empty()) continue;
        const Candidate pool = std::exchange(next, c);
        next.kind = pool.kind;
        next.target = pool.target;
        next.via = "overflow";
        next.else_pool.clear();
      }
    } else if (CanCross(p.desk, false)) {
      p.onward = {c};
      came_to = Try::kElsewhere;
    }
    if (came_to == Try::kElsewhere) {
      p.onward.insert(p.onward.end(), way.begin() + static_cast<std::ptrdiff_t>(i) + 1, way.end());
    }
    if (came_to != Try::kNobody) return came_to;
    if (i + 1 == way.size()) {
      p.PassOver(c.route, "nobody_eligible");
    } else if (way[i + 1].route != c.route) {
      p.PassOver(c.route, "falls through");
    }
  }
  return Try::kNobody;
}

Try TryRest(Placing& p) {
  const std::vector<Candidate> rest = std::exchange(p.row.rest, {});
  return TryWay(p, rest);
}

}  // namespace pm
