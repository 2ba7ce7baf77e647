// The whole distributed engine on the model of a broker, without faults: one worker's intake and
// stages, so that what it writes to Kafka can be counted, record by record. Deterministic. One
// thread.
#pragma once
#include <map>
#include <string>

#include "engine/runtime/kafka/simulation/kafka_simulation.h"
#include "rules/book.h"

namespace pm::bench {

// Records by what they are: `message account event`, `output leads`, `changelog desk R`.
using RecordCounts = std::map<std::string, int64_t>;
inline constexpr char kTickRecords[] = "message tick";

class KafkaPipeline {
 public:
  KafkaPipeline(std::shared_ptr<const RuleBook> rules, uint32_t partitions, Instant start);

  void Publish(const std::string& event);  // a CloudEvent
  void SetTime(Instant now);               // ticks follow, once time is settled
  // Works until nothing is left to be read. What was published before is taken in one batch a task.
  void Settle();
  // What was written since the last call.
  RecordCounts TakeCounts();
  // Of all that was ever written, the events that were published included.
  ContentHash Content();
  // Outputs since the last call.
  std::vector<Output> TakeOutputs();

 private:
  bool Drain(Log& log, Tasks& tasks);
  void Count(const TopicPartition& partition, const FakeEntry& entry, RecordCounts* counts) const;

  const uint32_t partitions_;
  const TopicNames names_;
  FakeBroker broker_{FakeSettings{}};
  ManualClock clock_;
  MemoryStores disks_;
  MemoryStore intake_store_;
  StageLogSettings stage_settings_;
  IntakeSettings intake_settings_;
  std::unique_ptr<FakeClient> stage_client_, intake_client_;
  FakeReader stage_reader_{broker_}, intake_reader_{broker_};
  Tasks stage_tasks_, intake_tasks_;
  std::unique_ptr<StageLog> stages_;
  std::unique_ptr<IntakeLog> intake_;
  std::map<TopicPartition, int64_t> counted_, read_;
};

}  // namespace pm::bench
