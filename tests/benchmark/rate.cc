// Durable event to assignment: the same prepared load through the engine and, as reads and writes,
// through the bare loop, in turns.
#include <filesystem>

#include "app/simulate/dry_run.h"
#include "engine/runtime/rocks/rocks_store.h"
#include "tests/benchmark/bare_rocks.h"
#include "tests/benchmark/figures.h"
#include "tests/benchmark/rules.h"

namespace pm::bench {

namespace {

struct Took {
  double wall = 0;
  double cpu = 0;
};

// Opening and closing count for neither side; what the background does until then counts.
Took RunEngine(const Plan& plan, const Script& script) {
  const std::string directory = plan.directory + "/engine";
  auto store = RocksStore::Open({.directory = directory});
  PM_CHECK(store.has_value());
  ManualClock clock(script.batches.front().now - kBatchSpan);
  Took took;
  {
    Embedded engine(**store, EngineSettings(), RealStages(), ProviderOf(plan.rules), clock,
                    plan.rules->version());
    const Stopwatch watch;
    for (const ScriptBatch& batch : script.batches) RunBatch(engine, clock, batch);
    took = {watch.wall(), watch.cpu()};
  }
  store->reset();
  std::filesystem::remove_all(directory);
  return took;
}

Took RunBare(const Plan& plan, const Script& script) {
  const std::string directory = plan.directory + "/bare";
  Took took;
  {
    BareRocks bare(directory);
    const Stopwatch watch;
    for (const CapturedCommit& commit : script.captured) bare.Replay(commit);
    took = {watch.wall(), watch.cpu()};
  }
  std::filesystem::remove_all(directory);
  return took;
}

double RunSimulate(const Plan& plan, const Script& script) {
  size_t outputs = 0;
  DryRun simulation(plan.rules, {[&](const Output&) { ++outputs; }, {}});
  const Stopwatch watch;
  for (const ScriptBatch& batch : script.batches) {
    for (const Submission& event : batch.events) simulation.Submit(event.body);
  }
  simulation.Flush();
  PM_CHECK(outputs > 0);
  return watch.cpu();
}

}  // namespace

void MeasureRate(const Plan& plan, Figures* figures) {
  const Script script = PrepareScript({.seed = plan.seed, .leads = plan.leads()}, plan.rules);
  std::vector<double> engine_wall, engine_cpu, cpu_ratio, wall_ratio, bare_wall, bare_cpu, simulate;
  for (int round = 0; round < plan.rounds(); ++round) {
    const Took bare = RunBare(plan, script);
    const Took engine = RunEngine(plan, script);
    engine_wall.push_back(engine.wall), engine_cpu.push_back(engine.cpu);
    bare_wall.push_back(bare.wall), bare_cpu.push_back(bare.cpu);
    cpu_ratio.push_back(bare.cpu / engine.cpu), wall_ratio.push_back(bare.wall / engine.wall);
    simulate.push_back(RunSimulate(plan, script));
  }
  const auto events = static_cast<double>(script.events);
  figures->Add({"event to assignment, per core", events / Median(engine_cpu), "events/cpu s",
                fmt::format("bare replay {:.0f}", events / Median(bare_cpu)), Median(cpu_ratio),
                0.5});
  figures->Add({"event to assignment, by the clock",
                events / Median(engine_wall),
                "events/s",
                fmt::format("bare replay {:.0f}", events / Median(bare_wall)),
                Median(wall_ratio),
                {}});
  figures->Add({"assignments, by the clock",
                static_cast<double>(script.assignments) / Median(engine_wall),
                "leads/s",
                "",
                {},
                {}});
  figures->Add({"simulate",
                events / Median(simulate),
                "events/cpu s",
                "embedded, per core",
                Median(engine_cpu) / Median(simulate),
                {}});
}

}  // namespace pm::bench
