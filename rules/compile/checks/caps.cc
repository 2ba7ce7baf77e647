// Caps that can never bite: whenever one is full, another is as well. Said only where one counts
// within the time of the other on every day of every zone; that both count what they do does not
// matter then, and neither does who got a lead past a cap.
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
    if (takers.empty() || !each) continue;
    Tell(prover, cap.place, cap.value,
         fmt::format("by the roster everybody has a lower cap of their own, as '{}' for '{}'",
                     CapsText(takers.front()->caps), takers.front()->id));
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
