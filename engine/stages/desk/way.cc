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
    if (Tried(p, "backup of " + rep.id)) return Try::kNobody;
    if (!CanCross(p.desk, false)) {
      p.PassOver(rep.backup, "too_many_desks");
      return Try::kNobody;
    }
    p.onward = {std::move(instead), candidate};
    return Try::kElsewhere;
  }
  const KnownRep backup = FindRep(p.desk, rep.backup);
  if (backup && IsActive(p.desk, *backup) && !IsAway(p.desk, backup->id)) *take = backup->id;
  return Try::kNobody;
}

Try TryRep(Placing& p, const Candidate& candidate) {
  if (!OtherDesk(p.desk, candidate).empty()) {
    if (!CanCross(p.desk, false)) {
      p.PassOver(candidate.target, "too_many_desks");
      return Try::kNobody;
    }
    p.onward = {candidate};
    return Try::kElsewhere;
  }
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
  if (take.empty()) return Try::kNobody;
  if (std::ranges::find(p.row.past_reps, take) != p.row.past_reps.end()) {
    p.PassOver(take, "had_it_before");
    return Try::kNobody;
  }
  p.row.pool.clear();
  Assign(p.desk, p.row, take, via, p.output_type, p.actor);
  return Try::kPlaced;
}

Try TryCandidate(Placing& p, const Candidate& c) {
  const bool by_name = c.kind != TargetKind::kPool;
  const Try came_to = by_name ? TryRep(p, c) : TryPool(p, c.target);
  if (c.else_pool.empty()) return came_to;
  if (came_to == Try::kNobody) return TryPool(p, c.else_pool);
  // A rep's candidate that goes on along has its `else` with it.
  const bool has_it = by_name && came_to == Try::kElsewhere;
  if (!has_it) p.onward.push_back({.kind = TargetKind::kPool, .target = c.else_pool});
  return came_to;
}

void TakePolicies(AssignmentRow& row, const Candidate& c) {
  row.priority = c.priority;
  row.sla = c.sla;
  row.sla_hash = c.sla_hash;
  row.cadence = c.cadence;
  row.cadence_hash = c.cadence_hash;
}

}  // namespace

Try TryWay(Placing& p, std::span<const Candidate> way) {
  const bool placed_before = p.row.place != Place::kNone;
  p.row.rest.clear();
  for (size_t i = 0; i < way.size(); ++i) {
    const Candidate& c = way[i];
    if (!placed_before) TakePolicies(p.row, c);
    p.row.route = c.route;
    p.row.origin = c.origin;
    const Try came_to = TryCandidate(p, c);
    if (came_to != Try::kNobody) {
      p.onward.insert(p.onward.end(), way.begin() + static_cast<std::ptrdiff_t>(i) + 1, way.end());
      return came_to;
    }
    if (i + 1 == way.size()) {
      p.PassOver(c.route, "nobody_eligible");
    } else if (way[i + 1].route != c.route) {
      p.PassOver(c.route, "falls through");
    }
  }
  return Try::kNobody;
}

Try TryFurther(Placing& p) {
  std::vector<Candidate> way = std::exchange(p.row.rest, {});
  if (!p.row.pool.empty()) way.insert(way.begin(), PoolBehind(p.row, p.row.pool, "pool"));
  return TryWay(p, way);
}

}  // namespace pm
