#include "engine/runtime/split.h"

#include <set>

#include "engine/runtime/simulated.h"
#include "engine/runtime/testing_stages.h"

namespace pm {
namespace {

using toy::Do;
using toy::Job;

constexpr Instant kEnd{10'000'000};

struct Fed {
  Job job;
  Instant at;
};

std::vector<Fed> RandomJobs(uint64_t seed, int count) {
  Random random(seed * 7919);
  std::vector<Fed> jobs;
  Instant at{1'000'000};
  for (int i = 0; i < count; ++i) {
    at = at + Milliseconds(random.Below(int64_t{1500}));
    Job job;
    job.key = fmt::format("{}{}", static_cast<char>('a' + random.Below(4)), random.Below(9));
    job.amount = 1 + random.Below(int64_t{5});
    if (random.PerMille(600)) job.delay = Milliseconds(1 + random.Below(int64_t{30'000}));
    const Do kinds[] = {Do::kFail,       Do::kTimerFails, Do::kTimerStays,
                        Do::kTimerAgain, Do::kLoop,       Do::kPassOn};
    if (random.PerMille(200)) job.what = kinds[random.Below(std::size(kinds))];
    jobs.push_back({job, at});
  }
  return jobs;
}

Submission AsSubmission(const Job& job) { return {Encoded(job), job.key, Mode::kLive}; }

SplitSettings Stormy(uint64_t seed) {
  SplitSettings settings;
  settings.seed = seed;
  settings.task.batch_rows = 5;
  settings.task.cache_bytes = 4000;
  return settings;
}

struct Seen {
  toy::Totals totals;
  std::map<std::string, int> outputs;  // by type
  bool operator==(const Seen&) const = default;
};

Seen Split(SplitSimulation& simulation, const std::vector<Fed>& jobs) {
  for (size_t i = 0; i < jobs.size(); ++i) {
    simulation.Feed(AsSubmission(jobs[i].job), jobs[i].at);
    if (i == jobs.size() / 2) simulation.Switch(toy::kOtherRules, jobs[i].at);
  }
  simulation.Finish(kEnd);
  Seen seen;
  simulation.VisitStores([&](TaskId, const Store& store) { toy::AddTotals(store, &seen.totals); });
  std::set<EventId> ids;
  for (const SealedOutput& o : simulation.outputs()) {
    EXPECT_TRUE(ids.insert(o.output.id).second) << "twice: " << o.output.json;
    ++seen.outputs[o.output.type];
  }
  return seen;
}

Seen Fused(const std::vector<Fed>& jobs) {
  Seen seen;
  Simulation simulation(toy::Stages(), toy::Rules(),
                        {[&](const Output& o) { ++seen.outputs[o.type]; }, {}});
  simulation.Switch(toy::kRules, Instant{0});
  for (size_t i = 0; i < jobs.size(); ++i) {
    simulation.Feed(AsSubmission(jobs[i].job), jobs[i].at);
    if (i == jobs.size() / 2) simulation.Switch(toy::kOtherRules, jobs[i].at);
  }
  simulation.AdvanceTo(kEnd);
  simulation.Run();
  toy::AddTotals(simulation.store(), &seen.totals);
  return seen;
}

class SplitTest : public testing::TestWithParam<uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, SplitTest, testing::Range<uint64_t>(1, 41));

TEST_P(SplitTest, DoesAllOnceAndNothingTwiceThroughFaults) {
  const std::vector<Fed> jobs = RandomJobs(GetParam(), 150);
  SplitSimulation simulation(Stormy(GetParam()), toy::Stages(), toy::Rules(), toy::kRules);
  const Seen split = Split(simulation, jobs);
  const Seen fused = Fused(jobs);
  EXPECT_EQ(split.outputs, fused.outputs);
  EXPECT_EQ(split.totals.token_jobs, fused.totals.token_jobs);
  EXPECT_EQ(split.totals.account_jobs, fused.totals.account_jobs);
  EXPECT_EQ(split.totals.account_amount, fused.totals.account_amount);
  EXPECT_EQ(split.totals.account_fired, fused.totals.account_fired);
  EXPECT_EQ(split.totals, fused.totals);
}

TEST_P(SplitTest, KeepsEachRowAtItsKeysPartition) {
  const SplitSettings settings = Stormy(GetParam());
  SplitSimulation simulation(settings, toy::Stages(), toy::Rules(), toy::kRules);
  Split(simulation, RandomJobs(GetParam(), 150));
  int passed_on = 0;
  simulation.VisitStores([&](TaskId id, const Store& store) {
    const std::string prefix(1, toy::AccountCounter::kPrefix);
    std::optional<std::string> key;
    for (std::string after; (key = store.NextKey(prefix, after)); after = *key) {
      passed_on += key->ends_with('+');
      EXPECT_EQ(id, (TaskId{Stage::kAccount,
                            static_cast<uint32_t>(Hash64(key->substr(1)) % settings.partitions)}));
    }
  });
  EXPECT_GT(passed_on, 0);
}

TEST(SplitSimulationTest, FinishesWhatIsDueAtTheVeryEnd) {
  SplitSimulation simulation(Stormy(1), toy::Stages(), toy::Rules(), toy::kRules);
  const Instant at{1'000'000};
  simulation.Feed(AsSubmission({.key = "a", .delay = Minutes(2)}), at);
  simulation.Finish(at + Minutes(2));
  toy::Totals totals;
  simulation.VisitStores([&](TaskId, const Store& store) { toy::AddTotals(store, &totals); });
  EXPECT_EQ(totals.account_fired, 1);
}

TEST(SplitSimulationTest, ASeedSaysEverything) {
  const std::vector<Fed> jobs = RandomJobs(5, 100);
  SplitSimulation one(Stormy(5), toy::Stages(), toy::Rules(), toy::kRules);
  SplitSimulation two(Stormy(5), toy::Stages(), toy::Rules(), toy::kRules);
  Split(one, jobs);
  Split(two, jobs);
  EXPECT_EQ(one.Fingerprint(), two.Fingerprint());
  ASSERT_EQ(one.outputs().size(), two.outputs().size());
  for (size_t i = 0; i < one.outputs().size(); ++i)
    EXPECT_EQ(one.outputs()[i].output.json, two.outputs()[i].output.json);
}

TEST(SplitSimulationTest, MeetsEveryFault) {
  SplitFaults all;
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    SplitSimulation simulation(Stormy(seed), toy::Stages(), toy::Rules(), toy::kRules);
    Split(simulation, RandomJobs(seed, 150));
    const SplitFaults& met = simulation.faults();
    all.crashes_before += met.crashes_before;
    all.aborts += met.aborts;
    all.crashes_after += met.crashes_after;
    all.crashes_between += met.crashes_between;
    all.crashes_unacknowledged += met.crashes_unacknowledged;
    all.moves += met.moves;
    all.lost_disks += met.lost_disks;
    all.redeliveries += met.redeliveries;
  }
  EXPECT_GT(all.crashes_before, 0);
  EXPECT_GT(all.aborts, 0);
  EXPECT_GT(all.crashes_after, 0);
  EXPECT_GT(all.crashes_between, 0);
  EXPECT_GT(all.crashes_unacknowledged, 0);
  EXPECT_GT(all.moves, 0);
  EXPECT_GT(all.lost_disks, 0);
  EXPECT_GT(all.redeliveries, 0);
}

}  // namespace
}  // namespace pm
