// The rules of a worker on Kafka: follows the topics of rules and control on a thread of its own,
// compiles what comes and what the worker's tasks ask for, and puts other rules in force for all
// workers. Safe from any thread.
#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <thread>

#include "app/server/rule_library.h"
#include "app/server/rules_keeper.h"
#include "engine/runtime/kafka/rules_topic.h"

namespace pm {

struct KafkaRulesSettings {
  TopicNames names;
  uint32_t partitions = 16;
  Duration wait = Milliseconds(200);  // of a look at the topics
  Duration again = Seconds(1);        // after an error
  Duration stagger;                   // more, of this worker: so that two do not meet again
  Duration known = Minutes(1);        // within which what was put in force must be heard of
  std::function<Result<std::unique_ptr<KafkaClient>>()> client;
  std::function<Result<std::unique_ptr<KafkaReader>>()> reader;
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
  Result<void> Start();
  void Stop();  // twice is harmless

  // Compiled rules for the worker's tasks; null: not here yet, they will be once their document is.
  std::shared_ptr<const RuleBook> Find(ContentHash rules);

  ContentHash in_force() const override;  // of the last switch that was read
  std::unique_ptr<StoreView> View() const override { return store_.Snapshot(); }
  bool shows_rows() const override { return false; }
  // Writes the document, then the switch, and waits until it is read. kKafkaFenced: others came
  // into force meanwhile. kKafkaUnknown: it may have happened.
  Result<void> PutInForce(ContentHash rules, std::string_view document,
                          const SwitchNote& note) override;

 private:
  void Follow();
  Result<void> Look();
  void Compile(ContentHash rules);
  std::set<ContentHash> Missed() const;
  Result<void> PublishOnce(ContentHash rules, std::string_view document,
                           const SwitchNote& note) const;

  const KafkaRulesSettings settings_;
  Store& store_;
  RuleLibrary& library_;
  std::unique_ptr<KafkaClient> client_;  // these three: of the thread, after Start
  std::unique_ptr<KafkaReader> reader_;
  std::unique_ptr<RulesTopic> topic_;
  std::set<ContentHash> given_up_;  // not to be had or compiled, as was said

  mutable std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  ContentHash in_force_;
  uint64_t switches_ = 0;  // that were heard of
  std::set<ContentHash> asked_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace pm
