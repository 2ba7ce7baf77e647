#include <fmt/format.h>

#include "base/time/zone_names.h"
#include "rules/cap_text.h"
#include "rules/compile/passes.h"
#include "rules/in_words.h"

namespace pm {
namespace {

constexpr int kEither = 204, kTwice = 222, kNeverTakes = 224, kTwoDesks = 225, kBeyondCap = 229;

std::vector<PoolMember> MembersOf(CompileContext& context, const PoolDoc& doc) {
  std::vector<PoolMember> members;
  std::set<std::string> seen;
  for (const MemberOrName& one : doc.members.value) {
    const MemberDoc& member = one.member;
    if (member.rep.place.source == nullptr) continue;  // told
    if (!seen.insert(member.rep.value).second) {
      context.out.Error(kTwice, member.rep.place,
                        fmt::format("rep '{}' is in the pool twice", member.rep.value),
                        "give one entry a weight");
      continue;
    }
    context.names.Expect(NameKind::kRep, member.rep, context.out);
    members.push_back({member.rep.value, member.weight});
  }
  return members;
}

std::vector<Cap> CompileCaps(const PoolDoc& doc) {
  std::vector<Cap> caps;
  for (const Located<Cap>& cap : doc.caps) {
    if (cap.value.limit > 0) caps.push_back(cap.value);  // else it could not be read
  }
  return caps;
}

std::vector<QueueOrder> CompileOrder(CompileContext& context, const PoolDoc& doc) {
  std::vector<QueueOrder> order;
  for (const Located<QueueOrder>& by : doc.order) {
    if (std::ranges::find(order, by.value) != order.end()) {
      context.out.Error(kTwice, by.place,
                        fmt::format("'{}' stands in `order` twice", WordOf(by.value)),
                        "the first counts; leave out the other");
      continue;
    }
    order.push_back(by.value);
  }
  return order;
}

void CompileClaim(CompileContext& context, const ClaimDoc& doc, Pool* pool) {
  if (doc.at_most) {
    const int64_t at_most = doc.at_most->value.open;
    pool->claim_at_most_open = at_most;
    for (const Cap& cap : pool->caps) {
      if (cap.kind != Cap::Kind::kOpen || cap.limit > at_most) continue;
      context.out.Warning(kBeyondCap, doc.at_most->place,
                          fmt::format("'{} open' can never be reached: the cap '{}' of the queue "
                                      "always comes first",
                                      at_most, CapText(cap)),
                          "leave out one of the two");
      break;
    }
  }
  if (!doc.return_after) return;
  pool->claim_return_after = doc.return_after->value;
  RefuseNoTime(context, *doc.return_after,
               "after no time at all a claimed lead would be back in the queue at once",
               "say how long a rep has for a touch, or leave out `return_after`: then it stays "
               "with the rep");
}

void CheckKeys(CompileContext& context, const PoolDoc& doc, const Located<std::string>& name) {
  if (doc.strategy != PoolStrategy::kQueue) {
    if (!doc.order.empty() || doc.claim) {
      context.out.Error(kEither, doc.place, "`order` and `claim` go with `strategy: queue`");
    } else if (doc.members.value.empty()) {
      context.out.Error(
          kNeverTakes, name.place,
          fmt::format("pool '{}' has no members, so it can never take a lead", name.value),
          "give it members, or make it a `queue`");
    }
    if (doc.off_hours.value == OffHours::kOverflow && doc.overflow.empty()) {
      context.out.Error(kEither, doc.off_hours.place,
                        "`off_hours: overflow` needs pools to overflow into",
                        "give it `overflow`, or write `off_hours: assign` or `hold`");
    }
    return;
  }
  if (doc.sticky || doc.off_hours.value == OffHours::kOverflow) {
    context.out.Error(kEither, doc.sticky ? doc.sticky->place : doc.off_hours.place,
                      "reps claim from a queue: `sticky` and `off_hours` have no meaning there");
  }
  if (!doc.overflow.empty()) {
    context.out.Error(kEither, doc.overflow.front().place,
                      "a queue takes every lead that comes to it: `overflow` has no meaning there",
                      "leave it out");
  }
}

void CompilePool(CompileContext& context, const Located<std::string>& name, const PoolDoc& doc) {
  if (doc.whole) CheckKeys(context, doc, name);
  Pool pool;
  pool.name = name.value;
  pool.desk = doc.desk.value;
  pool.strategy = doc.strategy;
  pool.caps = CompileCaps(doc);
  pool.off_hours = doc.off_hours.value;
  pool.keep_when_away = doc.on_away == OnAway::kKeep;
  if (doc.sticky) {
    pool.sticky = true;
    pool.sticky_for = doc.sticky->for_time.value;
    RefuseNoTime(context, doc.sticky->for_time,
                 "after no time at all the rep of an account would be forgotten",
                 "say for how long leads of one account go to one rep, or leave out `sticky`");
    pool.sticky_backup = doc.sticky->if_away == StickyAway::kBackup;
  }
  for (const auto& other : doc.overflow) {
    if (doc.strategy == PoolStrategy::kQueue) {
      context.names.Expect(NameKind::kPool, other, context.out);
    } else if (other.value == name.value) {
      context.out.Error(kNeverTakes, other.place, "a pool cannot overflow into itself");
    } else if (std::ranges::find(pool.overflow, other.value) != pool.overflow.end()) {
      context.out.Error(kTwice, other.place,
                        fmt::format("'{}' stands in `overflow` twice", other.value),
                        "the first counts; leave out the other");
    } else if (context.names.Expect(NameKind::kPool, other, context.out)) {
      pool.overflow.push_back(other.value);
    }
  }
  if (doc.whole && !doc.order.empty()) pool.order = CompileOrder(context, doc);
  if (doc.whole && doc.claim) CompileClaim(context, *doc.claim, &pool);
  if (doc.hours && context.names.Expect(NameKind::kCalendar, *doc.hours, context.out)) {
    pool.hours = doc.hours->value;
  }
  pool.zone = doc.zone.value;
  if (const auto zone = FindZone(pool.zone); !zone) {
    context.out.Report(zone.error(), doc.zone.place,
                       context.WantsHints() ? HintOfZone(pool.zone) : "");
  }
  pool.origin = OriginOf(name.place);
  context.builder->pools.push_back(std::move(pool));
}

void CheckDesks(CompileContext& context) {
  std::map<std::string_view, std::pair<std::string_view, std::string_view>>
      desk_of;  // rep: desk, pool
  for (const TeamDoc& team : context.draft.teams) {
    for (const auto& [name, pool] : team.pools) {
      for (const MemberOrName& one : pool.members.value) {
        const Located<std::string>& rep = one.member.rep;
        if (rep.place.source == nullptr) continue;
        const auto [first, is_new] = desk_of.emplace(
            rep.value, std::pair(std::string_view(pool.desk.value), std::string_view(name.value)));
        if (is_new || first->second.first == pool.desk.value) continue;
        context.out.Error(
            kTwoDesks, rep.place,
            fmt::format("rep '{}' is at desk '{}' here, but at desk '{}' in pool '{}'", rep.value,
                        pool.desk.value, first->second.first, first->second.second));
      }
    }
  }
}

}  // namespace

void DeclareNames(CompileContext& context) {
  const bool pools = std::ranges::any_of(context.draft.teams,
                                         [](const TeamDoc& team) { return !team.pools.empty(); });
  if (!pools && context.wrong_kinds.contains("team")) {
    context.names.ForgiveUnknown(NameKind::kPool);
  }
  for (const TeamDoc& team : context.draft.teams) {
    for (const auto& [name, pool] : team.pools) {
      context.names.Declare(NameKind::kPool, name, context.out);
    }
  }
  for (const SlasDoc& doc : context.draft.slas) {
    for (const auto& [name, policy] : doc.policies) {
      context.names.Declare(NameKind::kSla, name, context.out);
    }
  }
  for (const auto& [cadence, tree] : context.draft.cadences) {
    if (cadence.name.value.empty()) {
      context.names.ForgiveUnknown(NameKind::kCadence);  // it may be any
    } else {
      context.names.Declare(NameKind::kCadence, cadence.name, context.out);
    }
  }
}

void CompilePools(CompileContext& context) {
  for (const TeamDoc& team : context.draft.teams) {
    for (const auto& [name, pool] : team.pools) CompilePool(context, name, pool);
  }
}

void CompileMembers(CompileContext& context) {
  auto pool = context.builder->pools.begin();
  for (const TeamDoc& team : context.draft.teams) {
    for (const auto& [name, doc] : team.pools) (pool++)->members = MembersOf(context, doc);
  }
  CheckDesks(context);
}

}  // namespace pm
