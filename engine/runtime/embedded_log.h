// The log of the embedded engine: sequences what was submitted, puts ticks in between, and commits
// input, rows, outputs and meta in one synced batch. Belongs to the engine's thread.
#pragma once
#include <deque>
#include <stop_token>
#include <vector>

#include "engine/runtime/drive.h"
#include "engine/runtime/submit_queue.h"
#include "engine/runtime/topic_waiters.h"

namespace pm {

// How long a topic keeps its entries: until they are older than `age`, or there are more than
// `bytes` behind them.
struct TopicKeep {
  Duration age = Days(30);
  int64_t bytes = int64_t{8} << 30;
};
struct EmbeddedSettings {
  TaskSettings task;
  Bounds batch;
  Duration tick = Seconds(1);
  Duration catch_up = Seconds(10);  // after a start: publishers resend before timers fire
  size_t queue_records = 20'000;
  size_t queue_bytes = size_t{64} << 20;
  TopicKeep input;
  std::array<TopicKeep, kTopics> topics;
  Duration trim_every = Hours(1);
};

// What the commits came to since the log was opened.
struct CommitTotals {
  // One store commit, its sync included.
  Histogram<10> took_us{{100, 250, 500, 1000, 2500, 5000, 10'000, 50'000, 250'000, 1'000'000}};
  // Input records that it made durable, ticks included. A tick may take several: then 0.
  Histogram<8> records{{0, 1, 2, 5, 20, 100, 500, 1000}};
};

// Where the next entries go. Stored in meta under `embedded`.
struct EmbeddedMeta {
  int64_t inputs = 0;                                            // next position of the input
  int64_t input_bytes = 0;                                       // written to it so far
  int64_t ordinal = 0;                                           // data records so far
  std::vector<int64_t> offsets = std::vector<int64_t>(kTopics);  // next offset of each topic
  std::vector<int64_t> bytes = std::vector<int64_t>(kTopics);    // written to each so far
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "inputs", &EmbeddedMeta::inputs, "Next position of the input.");
    v.Field(2, "input_bytes", &EmbeddedMeta::input_bytes, "Bytes written to it so far.");
    v.Field(3, "ordinal", &EmbeddedMeta::ordinal, "Data records so far.");
    v.Field(4, "offsets", &EmbeddedMeta::offsets, "Next offset of each topic.");
    v.Field(5, "bytes", &EmbeddedMeta::bytes, "Bytes written to each so far.");
  }
};
inline constexpr char kEmbeddedMetaName[] = "embedded";
EmbeddedMeta ReadEmbeddedMeta(const StoreView& store);

class EmbeddedLog final : public Log {
 public:
  // All outlive the log. The task's meta says where to begin.
  EmbeddedLog(Store& store, const EmbeddedSettings& settings, const Clock& clock,
              SubmitQueue& queue, TopicWaiters& waiters);

  // Before Drive: ends it through `stop` once the queue is closed and empty, or, unless `wait`,
  // once there is nothing to do.
  // `on_durable` is called at each commit before anybody hears of it.
  void Begin(std::stop_source stop, bool wait, std::function<void()> on_durable = {});

  Result<std::span<const Record>> Poll(TaskId* task, const Bounds& bounds) override;
  Result<void> Commit(std::span<CommitSet> sets) override;
  const CommitTotals& totals() const { return totals_; }

 private:
  struct Waiting {
    int64_t position;
    Accepted accepted;
    SubmitCallback done;
  };

  void Recover();
  void Sequence(const Bounds& bounds);
  void AddRequest(Request request);
  void AddRulesSwitch(const Request& request);
  void AddInput(std::string bytes, Instant at);
  void AddOutputs(const CommitSet& set, std::vector<LogEntry>* log);
  void Acknowledge(int64_t position);
  Result<void> Trim(const TaskMeta& task);

  Store& store_;
  const EmbeddedSettings& settings_;
  const Clock& clock_;
  SubmitQueue& queue_;
  TopicWaiters& waiters_;
  std::stop_source stop_;
  bool wait_ = true;
  std::function<void()> on_durable_;

  EmbeddedMeta meta_;
  RulesHistory history_;
  std::vector<LogEntry> inputs_;  // polled last
  std::vector<Record> records_;   // the same, for the task
  size_t inputs_written_ = 0;
  std::vector<MetaWrite> documents_;
  std::deque<Waiting> waiting_;
  bool polled_ = false;  // since the driver was last told that it is drained
  Instant next_tick_;
  Instant next_trim_;
  CommitTotals totals_;
};

}  // namespace pm
