#include <fmt/format.h>

#include "rules/compile/checks/judgement.h"
#include "rules/compile/checks/prover.h"
#include "rules/compile/passes.h"

namespace pm {
namespace {

constexpr int kNeverTakes = 224, kUnused = 234;

void CheckOverflow(CompileContext& context) {
  for (const TeamDoc& team : context.draft.teams) {
    for (const auto& [name, pool] : team.pools) {
      if (pool.overflow.empty()) continue;
      const Located<std::string>& last = pool.overflow.back();
      const auto found = std::ranges::find(context.builder->pools, last.value, &Pool::name);
      if (found == context.builder->pools.end() || found->strategy == PoolStrategy::kQueue)
        continue;
      context.out.Warning(
          kNeverTakes, last.place,
          fmt::format("the last overflow of '{}' is no queue, so it may be full too", name.value),
          "end with a pool of `strategy: queue`");
    }
  }
}

}  // namespace

void CheckBook(CompileContext& context) {
  CheckOverflow(context);
  if (!context.proofs) return;
  Prover prover(context);
  ProveConditions(prover);
  ProveScreening(prover);
  ProveScoring(prover);
  ProveRoutes(prover);
  ProveCadences(prover);
  context.judgement->ReportAcceptances(context.out);
}

void WarnUnusedFiles(CompileContext& context) {
  for (const Source& source : context.sources.all()) {
    const std::string& path = source.path();
    const bool data = path.ends_with(".csv") || path.ends_with(".ics");
    if (!data || context.used_files.contains(path)) continue;
    context.out.Warning(kUnused, PlaceOfFile(source), "no rule uses this file");
  }
}

}  // namespace pm
