#include "engine/runtime/kafka/kafka_simulation.h"

#include <gtest/gtest.h>

#include <set>

#include "engine/runtime/simulated.h"
#include "engine/runtime/testing_stages.h"
#include "model/decode/json_tree.h"

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
    at = at + Milliseconds(random.Below(int64_t{3000}));
    if (random.OneIn(20)) at = at + Minutes(2);
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

struct Seen {
  toy::Totals totals;
  std::map<std::string, int> outputs;  // by type
  bool operator==(const Seen&) const = default;
};

// Each event of a record once.
void TakeOutputs(const std::string& value, std::set<std::string>* ids, Seen* seen) {
  const Result<JsonNode> json = ParseJson(value);
  ASSERT_TRUE(json.has_value()) << value;
  const auto take = [&](const JsonNode& event) {
    EXPECT_TRUE(ids->insert(std::string(event.Text({"id"}))).second) << "twice: " << value;
    ++seen->outputs[std::string(event.Text({"type"}))];
  };
  if (!value.starts_with('[')) return take(*json);
  for (const JsonNode& event : json->items) take(event);
}

Seen OnKafka(KafkaSimulation& simulation, const std::vector<Fed>& jobs) {
  for (size_t i = 0; i < jobs.size(); ++i) {
    simulation.Feed(AsSubmission(jobs[i].job), jobs[i].at);
    if (i == jobs.size() / 2) simulation.Switch(toy::kOtherRules, jobs[i].at);
  }
  simulation.Finish(kEnd);
  Seen seen;
  simulation.VisitStores([&](TaskId, const Store& store) { toy::AddTotals(store, &seen.totals); });
  std::set<std::string> ids;
  for (int topic = 0; topic < kTopics; ++topic) {
    for (const std::string& value : simulation.Outputs(static_cast<Topic>(topic)))
      TakeOutputs(value, &ids, &seen);
  }
  return seen;
}

Seen Fused(const std::vector<Fed>& jobs) {
  Seen seen;
  std::set<std::string> ids;
  Simulation simulation(toy::Stages(), toy::Rules(),
                        {[&](const Output& o) { TakeOutputs(o.json, &ids, &seen); }, {}});
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

KafkaSimulationSettings Stormy(uint64_t seed) {
  KafkaSimulationSettings settings;
  settings.broker.seed = seed;
  settings.task.batch_rows = 5;
  settings.task.cache_bytes = 4000;
  return settings;
}

class KafkaSimulationTest : public testing::TestWithParam<uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, KafkaSimulationTest, testing::Range<uint64_t>(1, 41));

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
}

}  // namespace
}  // namespace pm
