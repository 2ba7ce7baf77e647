// Workers on the model of a broker, in one thread, with fed time. A seed decides who runs when, and
// what goes wrong: processes die at each step of a commit and at any other moment, sleep beyond
// their session and go on, lose their disks; answers get lost, producers expire, changelogs are
// compacted. The logs, the tasks and the driver are those of production.
#pragma once
#include "engine/runtime/kafka/fake/fake_kafka.h"
#include "engine/runtime/kafka/logs/intake_log.h"
#include "engine/runtime/kafka/logs/stage_log.h"
#include "engine/runtime/memory_store.h"
#include "engine/runtime/submit_queue.h"

namespace pm {

// Disks in memory.
class MemoryStores final : public LocalStores {
 public:
  Result<Store*> Open(TaskId task) override;
  Result<Store*> Wipe(TaskId task) override;
  void CloseAllBut(std::span<const TaskId>) override {}
  std::map<TaskId, std::unique_ptr<MemoryStore>> stores;
  int wiped = 0;
};

// What the dead find on their disks when they come back.
enum class DiskFault : uint8_t {
  kLost,
  kStale,    // as they were at KeepDisks
  kPartial,  // half of the rows, and nothing that says how far they go
  kForeign   // another's: each store has what was another task's
};

struct KafkaSimulationSettings {
  FakeSettings broker{.faults = {.retries = 20,
                                 .failed_flushes = 10,
                                 .lost_commits = 5,
                                 .lost_requests = 5,
                                 .moved_coordinators = 10,
                                 .expired_producers = 2,
                                 .unanswered_inits = 50,
                                 .stalls = 5}};
  uint32_t partitions = 3;  // of each stage
  uint32_t inputs = 2;      // partitions of the publishers' topic
  uint32_t workers = 3;
  uint32_t standbys = 0;
  uint32_t kills_per_mille = 5;         // of the steps of a commit and of the polls
  std::optional<CommitStep> kills_at;   // only behind this step ...
  bool kills_intake = false;            // ... of intake's commits, else of the tasks'
  uint32_t rebalances_per_mille = 0;    // of the steps of a commit: somebody's session ends
  uint32_t sleeps_per_mille = 3;        // of the scheduler's steps
  uint32_t lost_disks_per_mille = 300;  // of the deaths
  DiskFault disk = DiskFault::kLost;
  uint32_t compactions_per_mille = 20;  // of the scheduler's steps
  // A process's clock is off by up to so much, either way; which way each start says.
  Duration skew;
  uint32_t skews_per_mille = 0;  // of the scheduler's steps: somebody's is set anew as it runs
  std::optional<Instant> stamp;  // of the publishers, on their topic, whenever they send
  TaskSettings task;
};

// How often each thing happened: a run that met none of them tests little.
struct KafkaSimulationCounts {
  std::map<CommitStep, int> killed_at, intake_killed_at, slept_at;
  int killed_at_polls = 0, sleeps = 0, lost_disks = 0, wiped = 0, compactions = 0;
  int rebalances = 0, stops = 0, stamped = 0, set_back = 0;
  int reshaped = 0, reshapes_killed = 0;
  int out_of_memory = 0;  // a record's step killed the process
  FakeCounts broker;
  KafkaCounters logs;  // of the stages, over all processes
  ProducedCounters produced;
};

class KafkaSimulation {
 public:
  KafkaSimulation(const KafkaSimulationSettings& settings, StageTable stages, RuleProvider provider,
                  ContentHash rules);
  ~KafkaSimulation();

  // A publisher sends it, and the workers run a little. Times do not go back.
  void Feed(Submission submission, Instant at);
  void Switch(ContentHash rules, Instant at);
  // Every process dies, and nobody starts one until the other call.
  void StopAll();
  void StartAll();
  void KeepDisks();  // for DiskFault::kStale
  void Work(int turns);
  // Every process dies, the state goes into other topics, and workers go on with it there. Whoever
  // does it may be killed now and then, and begins again. For the real stages.
  void Reshape(uint32_t partitions, const std::vector<std::string>& desks);
  FakeBroker& broker() { return broker_; }

  // No more faults. Works until nothing is left to read and no timer waits that is due at `until`
  // or before.
  void Finish(Instant until);

  // What a reader of committed records finds in the output topics, topic by topic in their order.
  std::vector<Output> Outputs();
  // After Finish: where each task runs now.
  void VisitStores(const std::function<void(TaskId, const Store&)>& visit);
  // After Finish, once: tasks whose input, applied again from its start, gives another hash chain
  // or other rows than they have.
  std::vector<TaskId> UnlikeTheirReplay();
  KafkaSimulationCounts counts() const;

 private:
  struct Process;
  struct Host {
    std::string instance;
    MemoryStores disks, old_disks;
    ManualClock clock{Instant{0}};
    Duration skew;
    std::unique_ptr<Process> process;  // null while it is down
    int away = 0;                      // turns for which it is down or asleep
    bool in_a_step = false;            // asleep in the middle of a commit
  };
  void MakeTopics();
  void EndAllSessions();
  Result<void> TryReshape(const TopicNames& to, uint32_t partitions,
                          const std::vector<std::string>& desks);
  std::string IntakeGroup() const { return names_.prefix + ".intake"; }
  void Step();
  void Start(Host& host);
  static void Count(const Process& process, KafkaSimulationCounts* counts);
  void Kill(Host& host);
  void SpoilDisks(Host& host);
  void RunSome(Host& host);
  void CompactOne();
  void SetTime(Instant now);
  void SetClock(Host& host);
  bool HasUnread();
  bool WaitsForTimers(Instant until);
  void EndSessions(Host& host);
  Result<void> AtStep(Host& host, CommitStep step, bool of_intake);

  bool OneOf(uint32_t per_mille) { return per_mille > 0 && random_.PerMille(per_mille); }

  KafkaSimulationSettings settings_;
  const StageTable stages_;
  const RuleProvider provider_;
  TopicNames names_;
  std::vector<TopicNames> generations_;  // up to now
  MemoryStores begun_with_;              // this generation; empty: with nothing
  FakeBroker broker_;
  ManualClock clock_{Instant{0}};
  Random random_;
  std::vector<TopicPartition> inputs_;
  std::vector<std::unique_ptr<Host>> hosts_;
  KafkaSimulationCounts counts_;
  int processes_ = 0;
  bool in_a_step_ = false;
  bool stopped_ = false;
};

}  // namespace pm
