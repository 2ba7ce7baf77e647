// A worker's tasks of identity, account and desk: their log, their local copies, their driver.
// Connect and Disconnect belong to one thread, Run to another, status() to any.
#pragma once
#include <stop_token>

#include "engine/runtime/kafka/logs/measured_log.h"
#include "engine/runtime/kafka/state/rocks_stores.h"
#include "engine/runtime/kafka/worker/last_look.h"
#include "engine/runtime/kafka/worker/worker.h"

namespace pm {

class StageWorker {
 public:
  // All outlive it.
  StageWorker(const KafkaClients& clients, const WorkerSettings& settings, StageTable stages,
              RuleProvider rules, const Clock& clock);

  Result<void> Connect(std::stop_token stop);  // and joins the group
  // Works until `stop`, then commits what was applied.
  Result<void> Run(std::stop_token stop);
  void Disconnect();

  StagesStatus status() const { return last_look_.ByNow(); }

 private:
  Result<void> Look();
  void SayProgress(const StagesStatus& status);
  void SayStandbys(const StagesStatus& status);

  const KafkaClients& clients_;
  const WorkerSettings& settings_;
  const StageLogSettings log_settings_;
  const StageTable stages_;
  const RuleProvider rules_;
  const Clock& clock_;
  RocksStores stores_;
  std::unique_ptr<KafkaClient> client_;
  std::unique_ptr<KafkaReader> reader_, standby_reader_;
  Tasks tasks_;
  std::unique_ptr<StageLog> log_;
  std::unique_ptr<MeasuredLog> measured_;
  Duration said_at_, said_of_standbys_at_;
  bool standbys_are_warm_ = false;
  StandstillWatch standstill_;
  LastLook<StagesStatus> last_look_;
};

}  // namespace pm
