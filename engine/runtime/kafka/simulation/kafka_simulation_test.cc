#include "engine/runtime/kafka/simulation/testing_simulation.h"

namespace pm {
namespace {

using namespace toy;

class KafkaSimulationTest : public testing::TestWithParam<uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, KafkaSimulationTest, testing::Range<uint64_t>(1, 41));
// A task that is taken over again in the middle of being taken over.
INSTANTIATE_TEST_SUITE_P(Found, KafkaSimulationTest, testing::Values(1418));

TEST_P(KafkaSimulationTest, DoesAllOnceAndNothingTwiceThroughFaults) {
  const std::vector<Fed> jobs = RandomJobs(GetParam(), 120);
  KafkaSimulation simulation(Stormy(GetParam()), toy::Stages(), toy::Rules(), toy::kRules);
  const Seen seen = OnKafka(simulation, jobs);
  const Seen fused = Fused(jobs);
  EXPECT_EQ(seen.outputs, fused.outputs);
  EXPECT_EQ(seen.totals.token_jobs, fused.totals.token_jobs);
  EXPECT_EQ(seen.totals.account_jobs, fused.totals.account_jobs);
  EXPECT_EQ(seen.totals.account_amount, fused.totals.account_amount);
  EXPECT_EQ(seen.totals.account_fired, fused.totals.account_fired);
  EXPECT_EQ(seen.totals, fused.totals);
  EXPECT_TRUE(simulation.UnlikeTheirReplay().empty());
  EXPECT_EQ(simulation.counts().logs.skipped, 0U) << "no record kills";
}

TEST(KafkaSimulationSeedTest, ASeedSaysEverything) {
  const std::vector<Fed> jobs = RandomJobs(5, 100);
  KafkaSimulation one(Stormy(5), toy::Stages(), toy::Rules(), toy::kRules);
  KafkaSimulation two(Stormy(5), toy::Stages(), toy::Rules(), toy::kRules);
  OnKafka(one, jobs);
  OnKafka(two, jobs);
  const std::vector<Output> outputs = one.Outputs(), again = two.Outputs();
  ASSERT_EQ(outputs.size(), again.size());
  for (size_t i = 0; i < outputs.size(); ++i) EXPECT_EQ(outputs[i].json, again[i].json);
}

TEST(KafkaSimulationSeedTest, FinishesWhatIsDueAtTheVeryEnd) {
  KafkaSimulation simulation(Stormy(1), toy::Stages(), toy::Rules(), toy::kRules);
  const Instant at{1'000'000};
  simulation.Feed(AsSubmission({.key = "a", .delay = Minutes(2)}), at);
  simulation.Finish(at + Minutes(2));
  toy::Totals totals;
  simulation.VisitStores([&](TaskId, const Store& store) { toy::AddTotals(store, &totals); });
  EXPECT_EQ(totals.account_fired, 1);
}

TEST(KafkaSimulationSeedTest, MeetsEveryFault) {
  std::map<CommitStep, int> killed_at, slept_at;
  FakeCounts broker;
  KafkaSimulationCounts all;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    KafkaSimulation simulation(Stormy(seed), toy::Stages(), toy::Rules(), toy::kRules);
    OnKafka(simulation, RandomJobs(seed, 120));
    const KafkaSimulationCounts met = simulation.counts();
    for (const auto& [step, times] : met.killed_at) killed_at[step] += times;
    for (const auto& [step, times] : met.slept_at) slept_at[step] += times;
    for (int FakeCounts::* count :
         {&FakeCounts::commits, &FakeCounts::aborts, &FakeCounts::retries,
          &FakeCounts::failed_flushes, &FakeCounts::lost_commits, &FakeCounts::lost_requests,
          &FakeCounts::moved_coordinators, &FakeCounts::expired_producers, &FakeCounts::stalls,
          &FakeCounts::fenced, &FakeCounts::refused_offsets})
      broker.*count += met.broker.*count;
    all.killed_at_polls += met.killed_at_polls;
    all.sleeps += met.sleeps;
    all.lost_disks += met.lost_disks;
    all.wiped += met.wiped;
    all.compactions += met.compactions;
    all.logs.aborted += met.logs.aborted;
    all.logs.unknown += met.logs.unknown;
    all.logs.lost += met.logs.lost;
  }
  for (const CommitStep step : kCommitSteps) {
    EXPECT_GT(killed_at[step], 0) << static_cast<int>(step);
    EXPECT_GT(slept_at[step], 0) << static_cast<int>(step);
  }
  for (int FakeCounts::* count :
       {&FakeCounts::commits, &FakeCounts::aborts, &FakeCounts::retries,
        &FakeCounts::failed_flushes, &FakeCounts::lost_commits, &FakeCounts::lost_requests,
        &FakeCounts::moved_coordinators, &FakeCounts::expired_producers, &FakeCounts::stalls,
        &FakeCounts::fenced, &FakeCounts::refused_offsets})
    EXPECT_GT(broker.*count, 0);
  EXPECT_GT(all.killed_at_polls, 0);
  EXPECT_GT(all.sleeps, 0);
  EXPECT_GT(all.lost_disks, 0);
  EXPECT_GT(all.compactions, 0);
  EXPECT_GT(all.logs.aborted, 0U);
  EXPECT_GT(all.logs.unknown, 0U);
  EXPECT_GT(all.logs.lost, 0U);
}

}  // namespace
}  // namespace pm
