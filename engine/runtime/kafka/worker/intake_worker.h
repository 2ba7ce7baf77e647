// A worker's intake: its log, its driver, and what inputs there are by now. Connect and Disconnect
// belong to one thread, Run to another, status() to any.
#pragma once
#include <stop_token>

#include "engine/runtime/kafka/logs/measured_log.h"
#include "engine/runtime/kafka/worker/last_look.h"
#include "engine/runtime/kafka/worker/worker.h"
#include "engine/runtime/memory_store.h"

namespace pm {

class IntakeWorker {
 public:
  // All outlive it.
  IntakeWorker(const KafkaClients& clients, const WorkerSettings& settings, StageTable stages,
               RuleProvider rules, const Clock& clock);

  Result<void> Connect(std::stop_token stop);  // and joins the group
  // Works until `stop`, then commits what was read.
  Result<void> Run(std::stop_token stop);
  void Disconnect();

  IntakeStatus status() const { return last_look_.ByNow(); }

 private:
  Result<void> Look();
  Result<std::vector<TopicPartition>> FindThem();
  void FindInputsAgain();
  void NoteStatus();

  const KafkaClients& clients_;
  const WorkerSettings& settings_;
  IntakeSettings log_settings_;
  const StageTable stages_;
  const RuleProvider rules_;
  const Clock& clock_;
  MemoryStore store_;
  std::unique_ptr<KafkaClient> client_;
  std::unique_ptr<KafkaReader> reader_;
  Tasks tasks_;
  std::unique_ptr<IntakeLog> log_;
  std::unique_ptr<MeasuredLog> measured_;
  std::stop_token stop_;
  Duration inputs_at_;
  std::string inputs_failed_;
  StandstillWatch standstill_;
  LastLook<IntakeStatus> last_look_;
};

}  // namespace pm
