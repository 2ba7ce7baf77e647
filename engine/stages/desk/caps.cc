// Caps: how many leads a rep may have open, or be given in a time. Civil days, weeks (from Monday)
// and months are the rep's; rolling windows are plain lengths.
#include "base/time/zone.h"
#include "engine/stages/desk/desk.h"
#include "rules/cap_text.h"

namespace pm {
namespace {

// The longest that a cap's window can be, whatever the rep's zone does meanwhile.
Duration WidthOf(const Cap& cap) {
  switch (cap.kind) {
    case Cap::Kind::kOpen:
      return {};
    case Cap::Kind::kPerDay:
      return Days(2);
    case Cap::Kind::kPerWeek:
      return Days(8);
    case Cap::Kind::kPerMonth:
      return Days(32);
    case Cap::Kind::kRolling:
      return cap.window;
  }
  return {};
}

Instant WindowStart(const Cap& cap, const Zone& zone, Instant now) {
  LocalDate date = zone.DateAt(now);
  switch (cap.kind) {
    case Cap::Kind::kOpen:
      return now;
    case Cap::Kind::kPerDay:
      break;
    case Cap::Kind::kPerWeek:
      date = AddDays(date, -static_cast<int64_t>(WeekdayOf(date)));
      break;
    case Cap::Kind::kPerMonth:
      date.day = 1;
      break;
    case Cap::Kind::kRolling:
      return now - cap.window + Milliseconds(1);
  }
  return zone.ToInstant(LocalDateTime{date, {}});
}

// 0: given by name, not by a pool.
uint64_t PoolHash(std::string_view pool) { return pool.empty() ? 0 : Hash64(pool); }

const Zone& ZoneOf(const RosterRep& rep) {
  const Result<const Zone*> zone = FindZone(rep.zone);
  return zone.has_value() ? **zone : Utc();
}

int64_t OpenOf(const RepRow& row, uint64_t pool) {
  const auto it = std::ranges::find(row.open_by_pool, pool, &OpenInPool::pool);
  return it == row.open_by_pool.end() ? 0 : it->open;
}

// Whether the leads of `row` that count towards the cap fill it; `pool` 0: over all pools.
bool IsReached(const Cap& cap, const RepRow& row, uint64_t pool, const RosterRep& rep,
               Instant now) {
  if (cap.kind == Cap::Kind::kOpen) {
    if (pool == 0) return row.open >= cap.limit;
    return OpenOf(row, pool) >= cap.limit;
  }
  // Most have been given less than that in all, and need no calendar.
  if (std::cmp_less(row.given.size(), cap.limit)) return false;
  const Instant start = WindowStart(cap, ZoneOf(rep), now);
  // The newest are at the end, and mostly these fill it.
  int64_t left = cap.limit;
  for (auto g = row.given.rbegin(); g != row.given.rend() && left > 0; ++g)
    left -= g->at >= start && (pool == 0 || g->pool == pool) ? 1 : 0;
  return left == 0;
}

// How far back any cap of this rep looks; zero: none counts in time. `from`: a pool that the rep
// may be in.
Duration LongestWindow(Desk& desk, const std::string& rep_id, std::string_view from) {
  const auto widest = [](const std::vector<Cap>& caps) {
    Duration width;
    for (const Cap& cap : caps) width = std::max(width, WidthOf(cap));
    return width;
  };
  Duration longest;
  if (const KnownRep rep = FindRep(desk, rep_id)) longest = widest(rep->caps);
  const auto consider = [&](const Pool& pool) {
    const Duration width = widest(pool.caps);
    // Members are looked through only where that could change anything.
    if (width > longest && pool.HasMember(rep_id)) longest = width;
  };
  // Mostly no other pool has caps that look back further, so that their members are not looked
  // through.
  if (const Pool* pool = desk.step.rules.FindPool(from)) consider(*pool);
  for (const Pool& pool : desk.step.rules.pools) consider(pool);
  return longest;
}

}  // namespace

std::string CapReached(const RosterRep& rep, const RepRow* row, const Pool* pool, Instant now) {
  if (row == nullptr) return {};
  for (const Cap& cap : rep.caps) {
    if (IsReached(cap, *row, 0, rep, now)) return CapText(cap);
  }
  if (pool == nullptr) return {};
  const uint64_t pool_hash = Hash64(pool->name);
  for (const Cap& cap : pool->caps) {
    if (IsReached(cap, *row, pool_hash, rep, now)) return CapText(cap);
  }
  return {};
}

std::string CapReached(Desk& desk, const RosterRep& rep, const Pool* pool) {
  return CapReached(rep, desk.step.rows.Find<RepRow>({desk.hash, rep.id}), pool, desk.step.now);
}

int64_t OpenFrom(const RepRow* row, std::string_view pool) {
  return row == nullptr ? 0 : OpenOf(*row, PoolHash(pool));
}

void CountGiven(Desk& desk, const std::string& rep, std::string_view pool, LeadId lead) {
  const Duration window = LongestWindow(desk, rep, pool);
  RepRow& row = desk.step.rows.Edit<RepRow>({desk.hash, rep});
  std::erase_if(row.given, [&](const Given& g) { return g.at <= desk.step.now - window; });
  if (window > Duration{}) row.given.push_back({desk.step.now, PoolHash(pool), lead});
}

void TakeBackGiven(Desk& desk, const std::string& rep, LeadId lead) {
  RepRow& row = desk.step.rows.Edit<RepRow>({desk.hash, rep});
  const auto last = std::find_if(row.given.rbegin(), row.given.rend(),
                                 [&](const Given& g) { return g.lead == lead; });
  if (last != row.given.rend()) row.given.erase(std::next(last).base());
}

void CountOpen(Desk& desk, AssignmentRow& row, bool open) {
  if (row.counts_open == open) return;
  row.counts_open = open;
  RepRow& rep = desk.step.rows.Edit<RepRow>({desk.hash, row.rep});
  rep.open += open ? 1 : -1;
  PM_CHECK(rep.open >= 0);
  if (row.pool.empty()) return;
  const uint64_t pool = PoolHash(row.pool);
  auto it = std::ranges::find(rep.open_by_pool, pool, &OpenInPool::pool);
  if (it == rep.open_by_pool.end()) it = rep.open_by_pool.insert(it, {pool, 0});
  it->open += open ? 1 : -1;
  PM_CHECK(it->open >= 0);
  if (it->open == 0) rep.open_by_pool.erase(it);
}

bool WaitsOnProspect(const LeadCard& card) {
  return FieldBlock(card.fields).Text(Field("lead.status")) == "waiting_on_prospect";
}

}  // namespace pm
