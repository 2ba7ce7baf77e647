// The faults of docs/RELIABILITY.md one by one, each with many seeds: whatever goes wrong, the
// workers make of the jobs what the embedded engine makes of them, a reader of committed records
// sees each output once, every task is what its input makes of it again, and no record is set
// aside: none kills, and whom the fault kills is not to be taken for dead of one.
#include "engine/runtime/kafka/simulation/testing_simulation.h"

namespace pm {
namespace {

using namespace toy;

constexpr uint64_t kSeeds = 25;
constexpr size_t kJobs = 120, kHalf = kJobs / 2;

struct Fault {
  std::string name;
  std::function<void(KafkaSimulationSettings&)> set;
  std::function<int(const KafkaSimulationCounts&)> met;  // how often
  Before before = {};
  std::function<void(std::vector<Fed>&)> shape = {};  // the jobs
};

KafkaSimulationSettings Calm(uint64_t seed) {
  KafkaSimulationSettings settings = Stormy(seed);
  settings.broker.faults = {};
  settings.kills_per_mille = settings.sleeps_per_mille = 0;
  return settings;
}

void PassBeforeHalf(std::vector<Fed>& jobs, Duration time) {
  for (size_t i = kHalf; i < jobs.size(); ++i) jobs[i].at = jobs[i].at + time;
}

bool IsNowAndThen(size_t job) { return job % 30 == 10; }

Fault KilledBehind(CommitStep step, bool of_intake) {
  return {.name = fmt::format("KilledBehind{}Step{}", of_intake ? "Intakes" : "",
                              static_cast<int>(step)),
          // So often that some die one after another at one place.
          .set =
              [=](KafkaSimulationSettings& s) {
                s.kills_per_mille = 200;
                s.kills_at = step;
                s.kills_intake = of_intake;
              },
          .met =
              [=](const KafkaSimulationCounts& c) {
                const auto& killed = of_intake ? c.intake_killed_at : c.killed_at;
                return killed.contains(step) ? killed.at(step) : 0;
              }};
}

Fault Broker(std::string name, FakeFaults faults, int FakeCounts::* count) {
  return {.name = std::move(name),
          .set = [=](KafkaSimulationSettings& s) { s.broker.faults = faults; },
          .met = [=](const KafkaSimulationCounts& c) { return c.broker.*count; }};
}

Fault Disk(std::string name, DiskFault disk) {
  return {.name = std::move(name),
          .set =
              [=](KafkaSimulationSettings& s) {
                s.kills_per_mille = 20;
                s.lost_disks_per_mille = 1000;
                s.compactions_per_mille = 50;
                s.disk = disk;
              },
          .met =
              [=](const KafkaSimulationCounts& c) {
                const bool is_wiped = disk == DiskFault::kStale || disk == DiskFault::kForeign;
                return is_wiped ? c.wiped : c.lost_disks;
              },
          .before =
              [](KafkaSimulation& s, size_t job) {
                if (job == kHalf / 2) s.KeepDisks();
              },
          .shape =
              [=](std::vector<Fed>& jobs) {
                if (disk == DiskFault::kStale) PassBeforeHalf(jobs, Hours(72));
              }};
}

std::vector<Fault> AllFaults() {
  std::vector<Fault> all;
  for (const bool of_intake : {false, true})
    for (const CommitStep step : kCommitSteps) all.push_back(KilledBehind(step, of_intake));
  // Also while records are applied, where it does count against them; five in a row at one place
  // do not come at this rate.
  all.push_back({.name = "KilledAtRandomMoments",
                 .set = [](KafkaSimulationSettings& s) { s.kills_per_mille = 40; },
                 .met = [](const KafkaSimulationCounts& c) { return c.killed_at_polls; }});
  all.push_back({.name = "StoppedBeyondTheSessionAndGoingOn",
                 .set = [](KafkaSimulationSettings& s) { s.sleeps_per_mille = 30; },
                 .met =
                     [](const KafkaSimulationCounts& c) {
                       return c.slept_at.contains(CommitStep::kOffsetsSent) ? c.sleeps : 0;
                     }});
  // So often that claims of one place are lost more often in a row than a record is tried.
  all.push_back(Broker("LostAnswerToACommit", {.lost_commits = 200}, &FakeCounts::lost_commits));
  all.push_back(Broker("LostCommit", {.lost_requests = 60}, &FakeCounts::lost_requests));
  all.push_back(Broker("StalledProducerQueue", {.failed_flushes = 20, .stalled_queues = 20},
                       &FakeCounts::stalled_queues));
  all.push_back(Broker("CommitAfterTheCoordinatorMoved", {.moved_coordinators = 100},
                       &FakeCounts::moved_coordinators));
  all.push_back(
      Broker("ExpiredProducerId", {.expired_producers = 20}, &FakeCounts::expired_producers));
  all.push_back({.name = "WholeClusterRestarted",
                 .set = [](KafkaSimulationSettings&) {},
                 .met = [](const KafkaSimulationCounts& c) { return c.broker.calls_when_down; },
                 .before =
                     [](KafkaSimulation& s, size_t job) {
                       if (IsNowAndThen(job)) s.broker().Restart(Seconds(5));
                     }});
  all.push_back({.name = "RebalanceInATransaction",
                 .set = [](KafkaSimulationSettings& s) { s.rebalances_per_mille = 60; },
                 .met =
                     [](const KafkaSimulationCounts& c) {
                       return c.rebalances > 0 ? c.broker.refused_offsets : 0;
                     }});
  all.push_back(Disk("DiskLost", DiskFault::kLost));
  all.push_back(Disk("DiskThreeDaysStale", DiskFault::kStale));
  all.push_back(Disk("DiskHalfWritten", DiskFault::kPartial));
  all.push_back(Disk("DiskOfAnother", DiskFault::kForeign));
  all.push_back({.name = "HourOfBacklogWithOverdueTimers",
                 .set = [](KafkaSimulationSettings&) {},
                 .met = [](const KafkaSimulationCounts& c) { return c.stops; },
                 .before =
                     [](KafkaSimulation& s, size_t job) {
                       if (job == kHalf / 2) s.StopAll();
                       if (job == kHalf + kHalf / 2) s.StartAll();
                     },
                 .shape = [](std::vector<Fed>& jobs) { PassBeforeHalf(jobs, Hours(1)); }});
  all.push_back(
      {.name = "ClocksBackAndForward",
       .set =
           [](KafkaSimulationSettings& s) {
             s.skew = Hours(1);
             s.skews_per_mille = 20;
             s.kills_per_mille = 20;
           },
       .met =
           [](const KafkaSimulationCounts& c) { return c.killed_at_polls > 0 ? c.set_back : 0; }});
  all.push_back({.name = "InputStamped2099",
                 .set = [](KafkaSimulationSettings& s) { s.stamp = Instant{4'070'908'800'000}; },
                 .met = [](const KafkaSimulationCounts& c) { return c.stamped; }});
  all.push_back({.name = "BrokerRefusesWrites",
                 .set = [](KafkaSimulationSettings&) {},
                 .met = [](const KafkaSimulationCounts& c) { return c.broker.refused_writes; },
                 .before =
                     [](KafkaSimulation& s, size_t job) {
                       if (IsNowAndThen(job)) s.broker().RefuseWrites(Seconds(8));
                     }});
  all.push_back({.name = "InputTopicMadeAnew",
                 .set = [](KafkaSimulationSettings&) {},
                 .met = [](const KafkaSimulationCounts& c) { return c.broker.deleted_topics; },
                 .before =
                     [](KafkaSimulation& s, size_t job) {
                       constexpr int kUntilAllIsRead = 3000;
                       if (job != kHalf + 10) return;
                       s.Work(kUntilAllIsRead);
                       s.broker().DeleteTopic("events");
                       s.broker().CreateTopic({"events", 2, 1, {}});
                     },
                 // The very same bytes in the very same place would be the same event.
                 .shape =
                     [](std::vector<Fed>& jobs) {
                       for (size_t n = 0; n < jobs.size(); ++n)
                         jobs[n].job.key += fmt::format("-{}", n);
                     }});
  return all;
}

class KafkaFaultTest : public testing::TestWithParam<Fault> {};
INSTANTIATE_TEST_SUITE_P(Faults, KafkaFaultTest, testing::ValuesIn(AllFaults()),
                         [](const auto& fault) { return fault.param.name; });

TEST_P(KafkaFaultTest, EachEffectComesOnceAndNoneIsLost) {
  const Fault& fault = GetParam();
  int met = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    std::vector<Fed> jobs = RandomJobs(seed, kJobs);
    if (fault.shape) fault.shape(jobs);
    KafkaSimulationSettings settings = Calm(seed);
    fault.set(settings);
    KafkaSimulation simulation(settings, Stages(), Rules(), kRules);
    const Seen seen = OnKafka(simulation, jobs, fault.before);
    const Seen fused = Fused(jobs);
    EXPECT_EQ(seen.outputs, fused.outputs);
    EXPECT_EQ(seen.totals, fused.totals);
    EXPECT_TRUE(simulation.UnlikeTheirReplay().empty());
    EXPECT_EQ(simulation.counts().logs.skipped, 0U) << "no record kills";
    met += fault.met(simulation.counts());
  }
  EXPECT_GT(met, 0) << "the fault never came";
}

}  // namespace
}  // namespace pm
