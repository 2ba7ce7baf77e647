// A directory of many leads, each with its pending timers: size, start, memory, and timers firing
// against the bare replay of what that reads and writes.
#include <filesystem>

#include "engine/runtime/rocks/rocks_store.h"
#include "tests/benchmark/bare_rocks.h"
#include "tests/benchmark/directory.h"
#include "tests/benchmark/rules.h"

namespace pm::bench {

namespace {

constexpr double kMebibyte = 1 << 20;
constexpr double kTimerMemory = 64 * kMebibyte;  // DESIGN section 13
constexpr Duration kAhead = Minutes(20);         // timers are looked for at most this far

// Fires the timers of `store` second by second until there were `wanted`.
uint64_t FireTimers(const Plan& plan, Store& store, uint64_t wanted) {
  const Instant at = ReadTaskMeta(store).at;
  ManualClock clock(at);
  Embedded engine(store, EngineSettings(), RealStages(), ProviderOf(plan.rules), clock,
                  plan.rules->version());
  for (Instant now = at; now < at + kAhead && engine.status().counters.fired < wanted;
       now = now + Seconds(1))
    RunBatch(engine, clock, {now, {}});
  return engine.status().counters.fired;
}

struct Fired {
  double timers = 0;
  double engine_cpu = 0, engine_wall = 0, bare_cpu = 0, bare_wall = 0;
};

Fired MeasureFiring(const Plan& plan, const std::string& built, uint64_t wanted) {
  const std::string directory = plan.directory + "/firing";
  const auto fresh = [&] {
    std::filesystem::remove_all(directory);
    CopyDirectory(built, directory);
  };
  Fired fired;
  std::vector<CapturedCommit> captured;
  for (const bool record : {true, false}) {
    fresh();
    auto store = RocksStore::Open({.directory = directory});
    PM_CHECK(store.has_value());
    RecordingStore recording(**store);
    const Stopwatch watch;
    fired.timers = static_cast<double>(
        FireTimers(plan, record ? static_cast<Store&>(recording) : **store, wanted));
    fired.engine_cpu = watch.cpu(), fired.engine_wall = watch.wall();
    if (record) captured = recording.TakeCommits();
  }
  fresh();
  {
    BareRocks bare(directory);
    const Stopwatch watch;
    for (const CapturedCommit& commit : captured) bare.Replay(commit);
    fired.bare_cpu = watch.cpu(), fired.bare_wall = watch.wall();
  }
  std::filesystem::remove_all(directory);
  return fired;
}

void AddFiring(const Fired& fired, double pending, Figures* figures) {
  figures->Add({"timers pending", pending, "timers", "", {}, {}});
  figures->Add({"timers fired, per core", fired.timers / fired.engine_cpu, "timers/cpu s",
                fmt::format("bare replay {:.0f}", fired.timers / fired.bare_cpu),
                fired.bare_cpu / fired.engine_cpu, 0.5});
  figures->Add({"timers fired, by the clock",
                fired.timers / fired.engine_wall,
                "timers/s",
                fmt::format("bare replay {:.0f}", fired.timers / fired.bare_wall),
                fired.bare_wall / fired.engine_wall,
                {}});
}

}  // namespace

void MeasureMany(const Plan& plan, Figures* figures) {
  const std::string empty = plan.directory + "/empty", few = plan.directory + "/few",
                    many = plan.directory + "/many";
  RunPart(plan, "start", empty, 0);  // makes it
  RunPart(plan, "build", few, plan.few_leads());
  auto built = RunPart(plan, "build", many, plan.many_leads);
  const auto leads = static_cast<double>(plan.many_leads);
  figures->Add({"leads made", leads / built["seconds"], "leads/s", "", {}, {}});
  const std::string size = fmt::format("{} leads", plan.many_leads);
  figures->Add({"disk a lead, topics included",
                static_cast<double>(BytesOnDisk(many)) / leads,
                "bytes",
                size,
                {},
                {}});
  figures->Add({"memory a lead, caches included",
                built["grown"] / leads,
                "bytes",
                fmt::format("{:.0f} MiB in all", built["grown"] / kMebibyte),
                {},
                {}});

  auto at_empty = RunPart(plan, "start", empty, 0);
  auto at_few = RunPart(plan, "start", few, 0);
  auto at_many = RunPart(plan, "start", many, 0);
  figures->Add({"start, empty directory", at_empty["started"] * 1e3, "ms", "", {}, {}});
  figures->Add({"start, " + size,
                at_many["started"] * 1e3,
                "ms",
                "empty directory",
                at_empty["started"] / at_many["started"],
                {}});
  const double more = at_many["resident"] - at_few["resident"];
  figures->Add({"memory of pending timers", more / kMebibyte, "MiB",
                fmt::format("64 MiB more than with a hundredth of them ({:.0f} MiB)",
                            at_few["resident"] / kMebibyte),
                kTimerMemory / std::max(more, 1.0), 1.0});

  const auto wanted = static_cast<uint64_t>(built["pending"] / 5);
  AddFiring(MeasureFiring(plan, many, wanted), built["pending"], figures);
}

}  // namespace pm::bench
