// Caps that can never bite. Whenever one is full, another is as well: said only where one counts
// within the time of the other on every day of every zone; that both count what they do does not
// matter then, and neither does who got a lead past a cap. Or, as a note, another lets too few
// through in all the time that it counts, so that only what is handed on past caps, as of a rep who
// leaves, can fill it; not said of a rep's own caps, which leads by name pass every day.
#include <fmt/format.h>

#include "rules/cap_text.h"
#include "rules/compile/checks/prover.h"

namespace pm {
namespace {

// When clocks go back a civil day, week or month has an hour more.
constexpr Duration kLongestDay = Hours(25), kLongestWeek = Days(7) + Hours(1),
                   kLongestMonth = Days(31) + Hours(1);

// What `inner` counts `outer` counts as well, whenever both are asked.
bool CountsWithin(const Cap& inner, const Cap& outer) {
  if (inner.kind == outer.kind) return inner.window <= outer.window;
  if (inner.kind == Cap::Kind::kPerDay) {
    return outer.kind == Cap::Kind::kPerWeek || outer.kind == Cap::Kind::kPerMonth ||
           (outer.kind == Cap::Kind::kRolling && outer.window >= kLongestDay);
  }
  if (outer.kind != Cap::Kind::kRolling) return false;
  if (inner.kind == Cap::Kind::kPerWeek) return outer.window >= kLongestWeek;
  return inner.kind == Cap::Kind::kPerMonth && outer.window >= kLongestMonth;
}

// The cap that is full whenever the one at `at` is; null: none is for certain. Of two that say the
// same it is the first.
const Cap* FullBefore(const std::vector<Cap>& caps, size_t at) {
  const Cap& cap = caps[at];
  for (size_t i = 0; i < caps.size(); ++i) {
    const Cap& other = caps[i];
    if (i == at || other.limit > cap.limit || !CountsWithin(cap, other)) continue;
    const bool same = other.limit == cap.limit && CountsWithin(other, cap);
    if (!same || i < at) return &other;
  }
  return nullptr;
}

// The least time that so many months in a row take, an hour for the clocks left out.
Duration ShortestMonths(int64_t count) {
  constexpr int64_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int64_t shortest = INT64_MAX;
  for (size_t first = 0; first < 12; ++first) {
    int64_t days = 0;
    for (int64_t i = 0; i < count; ++i) days += kDays[(first + static_cast<size_t>(i)) % 12];
    shortest = std::min(shortest, days);
  }
  return Days(shortest);
}

Duration ShortestUnits(Cap::Kind kind, int64_t count) {
  if (kind == Cap::Kind::kPerMonth) return ShortestMonths(count);
  return Days(kind == Cap::Kind::kPerWeek ? 7 * count : count);
}

Duration LongestTime(const Cap& cap) {
  if (cap.kind == Cap::Kind::kPerDay) return kLongestDay;
  if (cap.kind == Cap::Kind::kPerWeek) return kLongestWeek;
  return cap.kind == Cap::Kind::kPerMonth ? kLongestMonth : cap.window;
}

// How often `inner` may be filled anew within the time of `outer`, at most.
int64_t MostTimesIn(const Cap& inner, const Cap& outer) {
  if (inner.kind == Cap::Kind::kRolling) {
    return (LongestTime(outer).ms + inner.window.ms - 1) / inner.window.ms;
  }
  if (outer.kind == Cap::Kind::kPerDay) return 1;
  if (outer.kind == Cap::Kind::kPerWeek) return inner.kind == Cap::Kind::kPerDay ? 7 : 2;
  if (outer.kind == Cap::Kind::kPerMonth && inner.kind == Cap::Kind::kPerDay) return 31;
  const Duration time = outer.kind == Cap::Kind::kPerMonth ? Days(31) : outer.window + Hours(1);
  int64_t whole = 0;  // with one more at each end
  while (ShortestUnits(inner.kind, whole + 1) < time) ++whole;
  return whole + 2;
}

// The cap beside which the one at `at` is never full, as it lets fewer through; how many.
std::optional<std::pair<const Cap*, int64_t>> LetsFewer(const std::vector<Cap>& caps, size_t at) {
  std::optional<std::pair<const Cap*, int64_t>> least;
  for (const Cap& other : caps) {
    const bool counts_open = other.kind == Cap::Kind::kOpen || caps[at].kind == Cap::Kind::kOpen;
    if (&other == &caps[at] || counts_open) continue;
    const int64_t times = MostTimesIn(other, caps[at]);
    if (other.limit > (caps[at].limit - 1) / times) continue;
    const int64_t most = other.limit * times;
    if (!least || most < least->second) least = {&other, most};
  }
  return least;
}

void Tell(Prover& prover, const SourcePlace& place, const Cap& cap, std::string_view why) {
  prover.context().out.Warning(kUnreachableScoreCode, place,
                               fmt::format("'{}' can never be reached: {}", CapText(cap), why),
                               "leave it out");
}

// Who may get leads of the pool within its caps: its members, and who stands in for them. Nothing
// when the roster does not have them all.
std::vector<const RosterRep*> TakersOf(const RuleBook& book, const Pool& pool) {
  std::vector<const RosterRep*> takers;
  const auto add = [&](const std::string& id) {
    const auto rep = std::ranges::find(book.roster, id, &RosterRep::id);
    if (rep == book.roster.end()) return false;
    takers.push_back(&*rep);
    return true;
  };
  for (const PoolMember& member : pool.members) {
    if (!add(member.rep)) return {};
    const std::string& backup = takers.back()->backup;
    if (!backup.empty() && !add(backup)) return {};
  }
  return takers;
}

void ProvePool(Prover& prover, const Pool& pool, const PoolDoc& doc) {
  const RuleBook& book = *prover.context().builder.operator->();
  const std::vector<const RosterRep*> takers =
      doc.caps.empty() ? std::vector<const RosterRep*>() : TakersOf(book, pool);
  for (size_t i = 0; i < doc.caps.size(); ++i) {
    const Located<Cap>& cap = doc.caps[i];
    if (const Cap* other = FullBefore(pool.caps, i)) {
      Tell(prover, cap.place, cap.value, fmt::format("'{}' always comes first", CapText(*other)));
      continue;
    }
    const bool each = std::ranges::all_of(takers, [&](const RosterRep* rep) {
      return std::ranges::any_of(rep->caps, [&](const Cap& own) {
        return own.limit < cap.value.limit && CountsWithin(cap.value, own);
      });
    });
    if (!takers.empty() && each) {
      Tell(prover, cap.place, cap.value,
           fmt::format("by the roster everybody has a lower cap of their own, as '{}' for '{}'",
                       CapsText(takers.front()->caps), takers.front()->id));
    } else if (const auto fewer = LetsFewer(pool.caps, i)) {
      prover.Tell(CheckKind::kUnreachableScore, Gravity::kNote, cap.place,
                  fmt::format("'{}' is full only with leads that are handed on past '{}', which "
                              "lets at most {} through in that time",
                              CapText(cap.value), CapText(*fewer->first), fewer->second),
                  "leave it out, or lower it");
    }
  }
}

void ProveRoster(Prover& prover, const RosterRep& rep) {
  const Source* source = prover.context().sources.Find(rep.origin.file);
  if (source == nullptr) return;
  for (size_t i = 0; i < rep.caps.size(); ++i) {
    const Cap* other = FullBefore(rep.caps, i);
    if (other == nullptr) continue;
    Tell(prover, PlaceAt(*source, source->LineStart(rep.origin.line)), rep.caps[i],
         fmt::format("'{}' of '{}' always comes first", CapText(*other), rep.id));
  }
}

}  // namespace

void ProveCaps(Prover& prover) {
  const RuleBook& book = *prover.context().builder.operator->();
  for (const TeamDoc& team : prover.context().draft.teams) {
    for (const auto& [name, doc] : team.pools) {
      const auto pool = std::ranges::find(book.pools, name.value, &Pool::name);
      if (pool != book.pools.end()) ProvePool(prover, *pool, doc);
    }
  }
  for (const RosterRep& rep : book.roster) ProveRoster(prover, rep);
}

}  // namespace pm
