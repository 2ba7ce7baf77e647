#include <fmt/format.h>

#include <set>

#include "rules/compile/checks/destinations.h"
#include "rules/compile/checks/judgement.h"
#include "rules/compile/checks/prover.h"
#include "rules/compile/checks/takers.h"
#include "rules/compile/passes.h"

namespace pm {
namespace {

constexpr int kNeverTakes = 224, kUnused = 234;

void CheckOverflow(CompileContext& context) {
  for (const TeamDoc& team : context.draft.teams) {
    for (const auto& [name, pool] : team.pools) {
      if (pool.overflow.empty()) continue;
      const Located<std::string>& last = pool.overflow.back();
      const RuleBook& book = *context.builder.operator->();
      const bool known = std::ranges::find(book.pools, last.value, &Pool::name) != book.pools.end();
      if (!known || ComesToQueue(last.value, book)) continue;
      context.out.Warning(
          kNeverTakes, last.place,
          fmt::format("the last overflow of '{}' is no queue, so it may be full too", name.value),
          "end with a pool of `strategy: queue`");
    }
  }
}

// Where leads come to that nobody else takes: they wait there, each with an alert.
void CheckFallback(CompileContext& context) {
  const RuleBook& book = *context.builder.operator->();
  const Pool* pool = PoolNamed(book, book.routing.otherwise.to.name);
  if (pool == nullptr || !context.draft.routing) return;
  if (pool->strategy == PoolStrategy::kQueue || pool->caps.empty() || !pool->overflow.empty()) {
    return;
  }
  context.out.Warning(
      kNeverTakes, context.draft.routing->otherwise.place,
      fmt::format("what nobody else takes comes to pool '{}', which has caps and no overflow: when "
                  "all its members are full, leads wait there, with an alert each",
                  pool->name),
      "let its `overflow` end with a pool of `strategy: queue`");
}

// Without a roster reps come by events.
void CheckOpenQueues(CompileContext& context) {
  std::set<std::string_view> at_work;
  for (const auto& [rep, desk] : DesksOfReps(*context.builder.operator->())) at_work.insert(desk);
  if (at_work.empty()) return;
  for (const Pool& pool : context.builder->pools) {
    if (!pool.members.empty() || pool.strategy != PoolStrategy::kQueue) continue;
    if (at_work.contains(pool.desk)) continue;
    for (const TeamDoc& team : context.draft.teams) {
      for (const auto& [name, doc] : team.pools) {
        if (name.value != pool.name) continue;
        context.out.Error(kNeverTakes, name.place,
                          fmt::format("queue '{}' has no members, and no rep works at its desk "
                                      "'{}', so nobody can claim from it",
                                      pool.name, pool.desk),
                          "give it members, or put it at their desk");
      }
    }
  }
}

}  // namespace

void CheckBook(CompileContext& context) {
  const bool all_sound = context.draft.whole && context.wrong_kinds.empty();
  // Without their settings it is not known which findings are wanted.
  if (!context.Sound({"checks"})) return;
  if (context.Sound({"calendars", "team"})) {
    CheckOverflow(context);
    CheckOpenQueues(context);
    if (context.Sound({"routing"})) CheckFallback(context);
  }
  if (!context.proofs || !context.Sound({"fields", "lists", "identity"})) return;
  Prover prover(context);
  const bool judging = context.Sound({"screening", "scoring", "lifecycle"});
  const bool people = context.Sound({"calendars", "team"});
  const bool routing = context.Sound({"routing"});
  ProveConditions(prover);
  if (context.Sound({"screening"})) ProveScreening(prover);
  if (context.Sound({"scoring"})) ProveScoring(prover);
  if (context.Sound({"scoring", "lifecycle"})) ProveLifecycle(prover);
  if (judging && people && routing) ProveRoutes(prover);
  if (judging && people && routing && context.Sound({"cadence"})) ProveCadences(prover);
  if (people && routing) ProvePeople(prover);
  if (people) ProveCaps(prover);
  if (people && routing && context.Sound({"sla"})) ProvePoolHours(prover);
  if (all_sound) context.judgement->ReportAcceptances(context.out);
}

void WarnUnusedFiles(CompileContext& context) {
  if (!context.Sound({"calendars", "team", "routing"})) return;
  for (const Source& source : context.sources.all()) {
    const std::string& path = source.path();
    const bool data = path.ends_with(".csv") || path.ends_with(".ics");
    if (!data || context.used_files.contains(path)) continue;
    context.out.Warning(kUnused, PlaceOfFile(source), "no rule uses this file");
  }
}

}  // namespace pm
