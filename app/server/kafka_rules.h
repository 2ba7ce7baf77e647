// The rules of a worker on Kafka: follows the topics of rules and control on a thread of its own,
// compiles what comes and what the worker's tasks ask for, and puts other rules in force for all
// workers. Safe from any thread.
#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <thread>

#include "app/server/rule_library.h"
#include "app/server/rules_keeper.h"
#include "engine/runtime/kafka/logs/commit_step.h"
#include "engine/runtime/kafka/worker/rules_topic.h"

namespace pm {

struct KafkaRulesSettings {
  TopicNames names;
  uint32_t partitions = 16;
  Duration wait = Milliseconds(200);  // of a look at the topics
  Duration again = Seconds(1);        // after an error
  Duration stagger;                   // more, of this worker: so that two do not meet again
  Duration known = Minutes(1);        // within which what was put in force must be heard of
  Duration compiled = Seconds(20);    // within which all workers must have compiled it before
  Duration abandoned = Seconds(2);    // after which a transaction that stands still is ended
  std::string instance;        // of this worker, as it says of itself; empty: it says nothing
  std::string release, zones;  // of this program, and its time zone database
  // Instances of all workers that take part now. Any thread. Empty: nobody is waited for.
  std::function<Result<std::vector<std::string>>()> live;
  std::function<void(std::string_view line)> warn;  // of what other workers are
  std::function<void(std::string_view line)> say;   // of rules that came into force, or wait
  std::function<Result<std::unique_ptr<KafkaClient>>()> client;
  std::function<Result<std::unique_ptr<KafkaReader>>()> reader;
  // Called by its thread when a reshape takes the state elsewhere: the process is to end.
  std::function<void(const Error&)> on_gone;
  FailPoint fail_point;  // tests
};

class KafkaRules final : public RulesKeeper {
 public:
  // `store` keeps documents and history; it and the library outlive the object.
  KafkaRules(KafkaRulesSettings settings, Store& store, RuleLibrary& library);
  ~KafkaRules() override;  // Stop
  KafkaRules(const KafkaRules&) = delete;
  KafkaRules& operator=(const KafkaRules&) = delete;

  // Returns once all that is there was read, and what is in force was compiled, or was found not to
  // be possible: that is logged. Errors of the port: kKafkaRetry when the brokers do not answer.
  // PM0550 and PM0551 while nobody may work with the state.
  Result<void> Start();
  void Stop();  // twice is harmless

  // Compiled rules for the worker's tasks; null: not here yet, they will be once their document is.
  std::shared_ptr<const RuleBook> Find(ContentHash rules);

  ContentHash in_force() const override;  // of the last switch that was read
  std::unique_ptr<StoreView> View() const override { return store_.Snapshot(); }
  bool shows_rows() const override { return false; }
  // Writes the document, waits until all live workers have compiled it (PM0748 with the names of
  // those who have not in time, or cannot), then writes the switch, and waits until it is read.
  // The first rules of all come into force only while there are none. kKafkaFenced: others came
  // into force meanwhile. kKafkaUnknown: it may have happened.
  Result<void> PutInForce(ContentHash rules, std::string_view document,
                          const SwitchNote& note) override;

 private:
  void Follow();
  Result<void> Look();
  Result<void> EndWhatIsAbandoned();
  void Compile(ContentHash rules);
  std::set<ContentHash> Missed() const;
  void SaySwitches();
  void Tell();
  void CompareReleases();
  Result<void> PublishOnce(ContentHash rules, std::string_view document, const SwitchNote& note,
                           bool is_first);
  Result<void> CheckNoneInForce(KafkaClient& client) const;
  Result<void> AwaitWorkers(ContentHash rules);
  std::vector<std::string> NotCompiledBy(const std::vector<std::string>& live, ContentHash rules,
                                         bool* refused) const;

  const KafkaRulesSettings settings_;
  Store& store_;
  RuleLibrary& library_;
  std::unique_ptr<KafkaReader> reader_;  // these two: of the thread, after Start
  std::unique_ptr<RulesTopic> topic_;
  std::optional<RulesTopic::Held> held_;  // since held_at_
  std::chrono::steady_clock::time_point held_at_;
  bool gone_ = false;                              // as was said
  std::set<ContentHash> given_up_;                 // not to be had or compiled, as was said
  WorkerNote own_;                                 // what we say of ourselves ...
  std::optional<WorkerNote> told_;                 // ... and what was said
  std::chrono::steady_clock::time_point tell_at_;  // not before
  std::map<std::string, WorkerNote> compared_;
  bool has_heard_ = false;                 // of all that was so at the start ...
  std::pair<Instant, ContentHash> heard_;  // ... and of this switch last

  mutable std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  ContentHash in_force_;
  uint64_t switches_ = 0;  // that were heard of
  std::set<ContentHash> asked_;
  std::map<std::string, WorkerNote> workers_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace pm
