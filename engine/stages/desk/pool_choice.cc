// Trying one pool: its members by strategy, sticky and off-hours rules, overflow.
#include "engine/stages/desk/placing.h"

namespace pm {
namespace {

const RepRow* RowOf(Desk& desk, std::string_view rep) {
  return desk.step.rows.Find<RepRow>({desk.hash, rep});
}

// FindRep of a rep whose row is at hand: a pool has many members, and few that events described.
KnownRep FindMember(Desk& desk, std::string_view id, const RepRow* row) {
  const bool described = row != nullptr && row->attributes.has_value();
  return described || !IsLive(desk) ? FindRep(desk, id) : KnownRep(desk.step.rules.FindRep(id));
}

std::string WhyOut(Placing& p, const RosterRep& rep, const RepRow* row, const Pool& pool) {
  const bool live = IsLive(p.desk);
  if (live ? !IsActive(rep, row, p.desk.step.now) : !IsActive(p.desk, rep)) return "inactive";
  const bool away =
      live ? IsAwayByEvent(row, p.desk.step.now) || IsOnLeave(p.desk, rep) : IsAway(p.desk, rep.id);
  if (away) return "away";
  if (std::ranges::find(p.row.past_reps, rep.id) != p.row.past_reps.end()) return "had_it_before";
  const std::string cap = CapReached(rep, row, &pool, p.desk.step.now);
  return cap.empty() ? cap : "cap " + cap;
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
  } else if (!pool.HasMember(id)) {
    why = "not_a_member";
  }
  if (why.empty() && p.desk.step.rules.DeskOfRep(id) != p.desk.name) why = "of another desk";
  if (why.empty()) why = rep.has_value() ? WhyOut(p, *rep, RowOf(p.desk, id), pool) : "unknown_rep";
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
  p.row.passed_over.reserve(
      std::min(p.row.passed_over.size() + eligible.size(), Placing::kMostPassedOver));
  for (const std::string& rep : eligible) {
    if (rep != pick.rep) p.PassOver(rep, weighted ? "not_their_turn" : "more_open_leads");
  }
  std::string via = weighted ? "rotation" : "least_loaded";
  via += suffix;
  if (pick.tie) via += ", tie by hash";
  AssignFromPool(p, pool, pick.rep, std::move(via));
}

std::string OffHoursUntil(Instant open) {
  return open == kNever ? "off_hours" : fmt::format("off_hours until {}", FormatInstant(open));
}

// Others are in their hours. Members mostly share a calendar with those beside them.
void PassOverAsleep(Placing& p, const std::vector<Asleep>& later) {
  const Calendar* hours = nullptr;
  std::string why;
  for (const Asleep& member : later) {
    if (p.row.passed_over.size() >= Placing::kMostPassedOver) return;
    if (member.hours != hours) {
      hours = member.hours;
      why = OffHoursUntil(hours->NextOpen(p.desk.step.now));
    }
    p.PassOver(member.rep, why);
  }
}

// Nobody is in their hours, but somebody will be.
Try OffHoursOf(Placing& p, const Pool& pool, const std::vector<Asleep>& later) {
  const Instant soonest = SoonestOpening(p.desk, later);
  const bool assigns = pool.off_hours == OffHours::kAssign;
  std::vector<std::string> first;
  for (const Asleep& member : later) {
    const Instant open = member.hours->NextOpen(p.desk.step.now);
    if (open == soonest && open != kNever) first.push_back(member.rep);
    if (assigns && open == soonest && open != kNever) continue;
    p.PassOver(member.rep, OffHoursUntil(open));
  }
  if (first.empty() || pool.off_hours == OffHours::kOverflow) return Try::kNobody;
  if (assigns) {
    AssignByTurn(p, pool, first, ", opens soonest");
    return Try::kPlaced;
  }
  HoldForHours(p.desk, p.row, pool, soonest);
  PublishQueued(p, "off_hours");
  return Try::kPlaced;
}

// Its own desk looks into it.
Try TryElsewhere(Placing& p, const Pool& pool) {
  const bool last_resort = pool.name == p.desk.step.rules.routing.otherwise.to.name;
  if (std::ranges::find(p.tried, pool.name) != p.tried.end()) return Try::kNobody;
  if (!CanCross(p.desk, last_resort)) {
    p.PassOver(pool.name, "too_many_desks");
    return Try::kNobody;
  }
  p.onward = {{.kind = TargetKind::kPool, .target = pool.name}};
  return Try::kElsewhere;
}

}  // namespace

bool Tried(Placing& p, std::string name) {
  if (std::ranges::find(p.tried, name) != p.tried.end()) return true;
  p.tried.push_back(std::move(name));
  return false;
}

Eligibility Sift(Placing& p, const Pool& pool) {
  Eligibility eligible;
  eligible.now.reserve(pool.members.size());
  // Members mostly share a few calendars, each of which is looked for and looked at once.
  constexpr size_t kMostLookedAt = 8;
  struct LookedAt {
    RosterRep whose;
    const Calendar* hours;
    bool open;
  };
  std::vector<LookedAt> looked_at;
  const auto asleep_by = [&](const RosterRep& rep) -> const Calendar* {
    for (const auto& [other, hours, open] : looked_at) {
      if (other.hours == rep.hours && other.zone == rep.zone && other.holidays == rep.holidays &&
          other.leave == rep.leave)
        return open ? nullptr : hours;
    }
    const Calendar& hours = HoursOf(p.desk, rep);
    const bool open = hours.IsOpen(p.desk.step.now);
    if (looked_at.size() < kMostLookedAt) {
      looked_at.push_back(
          {RosterRep{
               .zone = rep.zone, .hours = rep.hours, .holidays = rep.holidays, .leave = rep.leave},
           &hours, open});
    }
    return open ? nullptr : &hours;
  };
  for (const PoolMember& member : pool.members) {
    const RepRow* row = RowOf(p.desk, member.rep);
    const KnownRep rep = FindMember(p.desk, member.rep, row);
    const std::string why = rep.has_value() ? WhyOut(p, *rep, row, pool) : "unknown_rep";
    if (!why.empty()) {
      p.PassOver(member.rep, why);
    } else if (const Calendar* hours = asleep_by(*rep); hours != nullptr) {
      eligible.later.push_back({member.rep, hours});
    } else {
      eligible.now.push_back(member.rep);
    }
  }
  return eligible;
}

Instant SoonestOpening(const Desk& desk, const std::vector<Asleep>& later) {
  Instant soonest = kNever;
  for (const Asleep& member : later) {
    soonest = std::min(soonest, member.hours->NextOpen(desk.step.now));
  }
  return soonest;
}

Try TryPool(Placing& p, const std::string& name) {
  const Pool* pool = p.desk.step.rules.FindPool(name);
  if (pool == nullptr) {
    p.PassOver(name, "no_such_pool");
    return Try::kNobody;
  }
  if (pool->desk != p.desk.name) return TryElsewhere(p, *pool);
  if (Tried(p, name)) return Try::kNobody;
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
  if (!eligible.now.empty()) {
    PassOverAsleep(p, eligible.later);
    AssignByTurn(p, *pool, eligible.now, "");
    return Try::kPlaced;
  }
  if (OffHoursOf(p, *pool, eligible.later) == Try::kPlaced) return Try::kPlaced;
  for (auto next = pool->overflow.begin(); next != pool->overflow.end(); ++next) {
    p.PassOver(name, fmt::format("overflows to {}", *next));
    const Try came_to = TryPool(p, *next);
    if (came_to == Try::kNobody) continue;
    std::for_each(next + 1, pool->overflow.end(), [&](const std::string& behind) {
      p.onward.push_back({.kind = TargetKind::kPool, .target = behind});
    });
    return came_to;
  }
  return Try::kNobody;
}

bool CouldTake(Placing& p, const std::string& name) {
  const Pool* pool = p.desk.step.rules.FindPool(name);
  if (pool == nullptr || Tried(p, name)) return false;
  if (pool->strategy == PoolStrategy::kQueue) return true;
  if (pool->desk == p.desk.name) {  // of another desk's members nothing is known here
    const Eligibility eligible = Sift(p, *pool);
    const bool waits =
        pool->off_hours != OffHours::kOverflow && SoonestOpening(p.desk, eligible.later) != kNever;
    if (!eligible.now.empty() || waits || !StickyRep(p, *pool).empty()) return true;
  }
  return std::ranges::any_of(pool->overflow,
                             [&](const std::string& next) { return CouldTake(p, next); });
}

}  // namespace pm
