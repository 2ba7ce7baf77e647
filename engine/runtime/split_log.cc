#include "engine/runtime/split_log.h"

namespace pm {

namespace {

constexpr int kCrash = -1;  // ends the driver; not an error of the product
constexpr uint64_t kPollsARun = 6;
constexpr uint64_t kRecordsAPoll = 8;

enum class Fault : uint8_t { kNone, kBefore, kAbort, kAfter, kBetween, kUnacknowledged };

}  // namespace

// One worker's connection for a few polls.
class SplitLog::Session final : public Log {
 public:
  Session(SplitLog& log, SplitWorker& worker, Instant now, std::stop_source stop)
      : log_(log),
        worker_(worker),
        now_(now),
        stop_(std::move(stop)),
        polls_(1 + log.random.Below(kPollsARun)) {}

  Result<std::span<const Record>> Poll(TaskId* task, const Bounds&) override {
    std::vector<TaskId> ready;
    for (const auto& [id, next] : worker_.next) {
      if (std::cmp_less(next, log_.partition(id).records.size())) ready.push_back(id);
    }
    if (ready.empty() || polls_-- == 0) {
      stop_.request_stop();
      return std::span<const Record>{};
    }
    *task = ready[log_.random.Below(ready.size())];
    return Fetch(*task);
  }

  Result<void> Commit(std::span<CommitSet> sets) override {
    const Fault fault = Draw();
    if (fault == Fault::kBefore) return ++log_.faults.crashes_before, Crash();
    if (fault == Fault::kAbort) {
      ++log_.faults.aborts;
      for (const CommitSet& set : sets) Rewind(set.task);
      return Fail(kCommitAborted, "aborted");
    }
    for (CommitSet& set : sets) CommitToLog(set);
    if (fault == Fault::kAfter) return ++log_.faults.crashes_after, Crash();
    const size_t written = fault == Fault::kBetween ? log_.random.Below(sets.size()) : sets.size();
    for (const CommitSet& set : sets.first(written)) {
      LocalCopy& copy = *worker_.copies.at(set.task);
      PM_TRY_VOID(WriteState(copy.store, set));
      ++copy.applied;
    }
    if (fault == Fault::kBetween) return ++log_.faults.crashes_between, Crash();
    if (fault == Fault::kUnacknowledged) return ++log_.faults.crashes_unacknowledged, Crash();
    return {};
  }

 private:
  static Result<void> Crash() { return Fail(kCrash, "crashed"); }

  Fault Draw() {
    if (!log_.random.PerMille(log_.settings_.faults_per_mille)) return Fault::kNone;
    return static_cast<Fault>(1 + log_.random.Below(5));
  }

  // The consumer begins again behind the last commit, now and then a little before it.
  void Rewind(TaskId id) {
    const int64_t committed = log_.partition(id).committed;
    const auto back = std::min(committed, static_cast<int64_t>(log_.random.Below(3)));
    if (back > 0) ++log_.faults.redeliveries;
    worker_.next[id] = committed - back;
  }

  std::span<const Record> Fetch(TaskId id) {
    const std::vector<SplitPartition::Entry>& records = log_.partition(id).records;
    int64_t& next = worker_.next.at(id);
    fetched_.clear();
    bytes_.clear();
    for (uint64_t n = 1 + log_.random.Below(kRecordsAPoll); n > 0; --n) {
      if (std::cmp_greater_equal(next, records.size())) break;
      const SplitPartition::Entry& entry = records[static_cast<size_t>(next)];
      bytes_.push_back(entry.bytes);
      fetched_.push_back({bytes_.back(), next++, entry.at});
    }
    return fetched_;
  }

  void CommitToLog(CommitSet& set) {
    SplitPartition& own = log_.partition(set.task);
    own.committed = set.meta.position + 1;
    own.changelog.push_back(Encoded(set));
    for (const Send& send : set.sends) {
      for (auto& [id, partition] : log_.partitions) {
        if (id.stage != send.to) continue;
        if (send.to_all || id == log_.PartitionOf(send.to, send.key))
          partition.records.push_back({send.record, now_});
      }
    }
    log_.outputs.insert(log_.outputs.end(), set.outputs.begin(), set.outputs.end());
  }

  SplitLog& log_;
  SplitWorker& worker_;
  const Instant now_;
  std::stop_source stop_;
  uint64_t polls_;
  std::deque<std::string> bytes_;  // a partition may grow while its records are applied
  std::vector<Record> fetched_;
};

SplitLog::SplitLog(const SplitSettings& settings, StageTable stages, RuleProvider provider)
    : random(settings.seed),
      settings_(settings),
      stages_(std::move(stages)),
      provider_(std::move(provider)) {
  for (int stage = 0; stage < kStages; ++stage)
    for (uint32_t n = 0; n < settings.partitions; ++n) partitions[{static_cast<Stage>(stage), n}];
}

TaskId SplitLog::PartitionOf(Stage stage, std::string_view key) const {
  return {stage, static_cast<uint32_t>(Hash64(key) % settings_.partitions)};
}

void SplitLog::StartTask(SplitWorker& worker, TaskId id) {
  const SplitPartition& from = partition(id);
  std::unique_ptr<LocalCopy>& copy = worker.copies[id];
  if (copy == nullptr) copy = std::make_unique<LocalCopy>();
  for (; copy->applied < from.changelog.size(); ++copy->applied) {
    CommitSet set;
    PM_CHECK(Decode(from.changelog[copy->applied], &set));
    PM_CHECK(WriteState(copy->store, set).has_value());
  }
  const TaskMeta meta = ReadTaskMeta(copy->store);
  const bool restored_position = meta.position + 1 == from.committed;
  PM_CHECK(restored_position);
  const bool restored_digest = meta.digest == FullDigest(copy->store);
  PM_CHECK(restored_digest);
  TaskSettings settings = settings_.task;
  settings.id = id;
  settings.fused = {id.stage};
  settings.partitions = settings_.partitions;
  settings.upstream = id.stage > Stage::kIdentity ? settings_.partitions : 1;
  worker.tasks.emplace(std::piecewise_construct, std::forward_as_tuple(id),
                       std::forward_as_tuple(copy->store, settings, stages_, provider_));
  worker.next[id] = from.committed;
}

void SplitLog::Restart(SplitWorker& worker) {
  std::vector<TaskId> owned;
  for (const auto& [id, task] : worker.tasks) owned.push_back(id);
  worker.tasks.clear();
  for (const TaskId id : owned) StartTask(worker, id);
}

bool SplitLog::Run(SplitWorker& worker, Instant now) {
  std::stop_source stop;
  Session session(*this, worker, now, stop);
  const Bounds bounds{static_cast<uint32_t>(1 + random.Below(20)), size_t{1} << 20};
  const Result<void> ended = Drive(session, worker.tasks, bounds, stop.get_token());
  PM_CHECK(ended.has_value() || ended.error().code == kCrash);
  return ended.has_value();
}

}  // namespace pm
