// A process's share of the work on Kafka: its tasks in one thread, its intake in another, each with
// its member of a group and its transactional producer.
#pragma once
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "engine/runtime/kafka/client/rdkafka.h"
#include "engine/runtime/kafka/topics/topic_plan.h"
#include "engine/runtime/kafka/worker/worker_status.h"

namespace pm {

// How a worker comes by its connections. What is given is used by one thread at a time; any
// thread may ask for them.
struct KafkaClients {
  std::function<Result<std::unique_ptr<KafkaClient>>(const KafkaMember&)> client;
  std::function<Result<std::unique_ptr<KafkaReader>>()> reader;
  // One for what is read to its end and then let go.
  std::function<Result<std::unique_ptr<KafkaReader>>()> restorer;
  // One that notes under this group's name how far it came.
  std::function<Result<std::unique_ptr<KafkaReader>>(const std::string& group)> follower;
  // One that sees what is open, too.
  std::function<Result<std::unique_ptr<KafkaReader>>()> uncommitted;
  std::function<Result<std::unique_ptr<KafkaAdmin>>()> admin;
};
// By librdkafka. `log` may be called by any thread.
KafkaClients ClientsOf(const KafkaConnection& connection, KafkaLog log = nullptr);

struct WorkerSettings {
  std::string directory;  // local copies: directory/tasks/<stage>-<NNN>, a database each
  uint32_t number = 0;    // of this worker, one of its own in the cluster, below 1000
  std::string address;    // of its HTTP, for others: host:port
  TopicNeeds topics;      // prefix, inputs, partitions of the state

  Duration commit = Milliseconds(20);  // once drained, but at most this often
  Duration wait = Milliseconds(200);   // of a poll when there is nothing to do
  Duration tick = Seconds(1);
  Duration max_hold = Minutes(10);    // intake stands still for so long: the tick is forced
  Duration late = Seconds(60);        // a timer later than this runs at the tick's time
  Duration session = Seconds(10);     // a worker silent for so long is taken for dead
  uint32_t standbys = 0;              // deaths of other workers for which copies are kept warm
  std::set<std::string> accept_lost;  // see TakeOverSettings
  Duration look_again = Minutes(1);   // for topics that inputs have come to mean
  Bounds batch{10'000, size_t{16} << 20};
  size_t tick_rows = TaskSettings{}.batch_rows;  // within a tick: commit at this many dirty rows
  Duration answer = KafkaMember{}.answer;        // the longest that a call waits for a broker

  // Of all tasks together.
  size_t row_cache_bytes = size_t{256} << 20;
  size_t block_cache_bytes = size_t{128} << 20;
  size_t write_buffer_bytes = size_t{192} << 20;

  // A line of the log; called by both threads.
  std::function<void(std::string_view line)> say;
  std::function<void(std::string_view line)> warn;  // of what people should look at
  std::function<void(std::string_view line)> fail;  // of what stands still until they do
  // Called by the thread that an error ended; the worker is of no use any more, but is still to be
  // stopped, by another thread.
  std::function<void(const Error&)> on_failure;
  FailPoint fail_point, intake_fail_point;  // tests

  Duration rest() const;  // the longest from one tick to the next, while nothing is due
};

// The static instance id of a worker, in both groups: `worker-007`, so that range goes by numbers.
std::string InstanceOf(uint32_t number);

class StageWorker;
class IntakeWorker;

class Worker {
 public:
  // `rules` is called by both threads. `clock` outlives the worker.
  Worker(KafkaClients clients, WorkerSettings settings, StageTable stages, RuleProvider rules,
         const Clock& clock);
  ~Worker();  // stops
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Returns once the topics were found to be as the state needs them (the finding's code otherwise,
  // PM0538 to PM0546; an input that is not there yet is only said) and both members have asked to
  // join. Errors of the port, too. Once.
  Result<void> Start();
  // Commits what was applied, and ends both threads. The group keeps our tasks for us until the
  // session ends: a worker that comes back before takes them up where they were.
  void Stop();

  WorkerStatus status() const;  // any thread

 private:
  void Watch(const Result<void>& ended);

  const KafkaClients clients_;
  const WorkerSettings settings_;
  std::unique_ptr<StageWorker> stages_;
  std::unique_ptr<IntakeWorker> intake_;
  std::stop_source stop_;
  std::vector<std::thread> threads_;
};

}  // namespace pm
