// For tests of the Kafka runtime only: toy jobs fed to workers on the model of a broker, and what
// must come of them whatever goes wrong: what the embedded engine makes of the same jobs.
#pragma once
#include <gtest/gtest.h>

#include <set>

#include "engine/runtime/kafka/simulation/kafka_simulation.h"
#include "engine/runtime/simulated.h"
#include "engine/runtime/testing_stages.h"

namespace pm::toy {

inline constexpr Instant kEnd{10'000'000};

struct Fed {
  Job job;
  Instant at;
};

inline std::vector<Fed> RandomJobs(uint64_t seed, int count) {
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

inline Submission AsSubmission(const Job& job) { return {Encoded(job), job.key, Mode::kLive}; }

struct Seen {
  Totals totals;
  std::map<std::string, int> outputs;  // by type
  bool operator==(const Seen&) const = default;
};

// By topic, in their order.
inline std::map<Topic, std::vector<std::string>> ReadCommitted(KafkaSimulation& simulation) {
  std::map<Topic, std::vector<std::string>> read;
  for (Output& output : simulation.Outputs()) read[output.topic].push_back(std::move(output.json));
  return read;
}

// `before` is called before each job. Whoever read along has seen what stands there in the end.
using Before = std::function<void(KafkaSimulation&, size_t job)>;
inline Seen OnKafka(KafkaSimulation& simulation, const std::vector<Fed>& jobs,
                    const Before& before = {}) {
  constexpr size_t kReadsEach = 30;
  std::vector<std::map<Topic, std::vector<std::string>>> reads;
  for (size_t i = 0; i < jobs.size(); ++i) {
    if (before) before(simulation, i);
    if (i % kReadsEach == 0) reads.push_back(ReadCommitted(simulation));
    simulation.Feed(AsSubmission(jobs[i].job), jobs[i].at);
    if (i == jobs.size() / 2) simulation.Switch(kOtherRules, jobs[i].at);
  }
  simulation.Finish(std::max(kEnd, jobs.back().at + Hours(1)));
  auto all = ReadCommitted(simulation);
  for (const auto& read : reads) {
    for (const auto& [topic, outputs] : read) {
      const bool is_kept = outputs.size() <= all[topic].size() &&
                           std::equal(outputs.begin(), outputs.end(), all[topic].begin());
      EXPECT_TRUE(is_kept) << "a reader saw what is not there";
    }
  }
  Seen seen;
  simulation.VisitStores([&](TaskId, const Store& store) { AddTotals(store, &seen.totals); });
  std::set<EventId> ids;
  for (const Output& output : simulation.Outputs()) {
    EXPECT_TRUE(ids.insert(output.id).second) << "twice: " << output.json;
    // What runs on one machine has no intake that stands still.
    if (!output.json.contains("\"code\":\"tick_forced\"")) ++seen.outputs[output.type];
  }
  return seen;
}

inline Seen Fused(const std::vector<Fed>& jobs) {
  Seen seen;
  Simulation simulation(Stages(), Rules(), {[&](const Output& o) { ++seen.outputs[o.type]; }, {}});
  simulation.Switch(kRules, Instant{0});
  for (size_t i = 0; i < jobs.size(); ++i) {
    simulation.Feed(AsSubmission(jobs[i].job), jobs[i].at);
    if (i == jobs.size() / 2) simulation.Switch(kOtherRules, jobs[i].at);
  }
  simulation.AdvanceTo(std::max(kEnd, jobs.back().at + Hours(1)));
  simulation.Run();
  AddTotals(simulation.store(), &seen.totals);
  return seen;
}

inline KafkaSimulationSettings Stormy(uint64_t seed) {
  KafkaSimulationSettings settings;
  settings.broker.seed = seed;
  settings.standbys = static_cast<uint32_t>(seed % 3);
  settings.task.batch_rows = 5;
  settings.task.cache_bytes = 4000;
  return settings;
}

}  // namespace pm::toy
