#include "engine/runtime/embedded_log.h"

#include "engine/runtime/trim.h"

namespace pm {

EmbeddedMeta ReadEmbeddedMeta(const StoreView& store) {
  const std::optional<std::string> bytes = store.Meta(kEmbeddedMetaName);
  EmbeddedMeta meta;
  if (!bytes) return meta;
  meta.offsets.clear();
  meta.bytes.clear();
  if (!Decode(*bytes, &meta)) StorageFailed("the engine's meta is damaged");
  // Topics of a later release than the one that wrote this begin empty.
  meta.offsets.resize(kTopics);
  meta.bytes.resize(kTopics);
  return meta;
}

EmbeddedLog::EmbeddedLog(Store& store, const EmbeddedSettings& settings, const Clock& clock,
                         SubmitQueue& queue, TopicWaiters& waiters)
    : store_(store),
      settings_(settings),
      clock_(clock),
      queue_(queue),
      waiters_(waiters),
      meta_(ReadEmbeddedMeta(store)),
      history_(ReadRulesHistory(store)),
      next_tick_(clock.Now() + settings.catch_up),
      next_trim_(clock.Now() + settings.trim_every) {
  TopicEnds ends{};
  std::ranges::copy(meta_.offsets, ends.begin());
  waiters_.Advance(ends);
  Recover();
  store_.Purge(clock.Now());
}

void EmbeddedLog::Begin(std::stop_source stop, bool wait, std::function<void()> on_durable) {
  on_durable_ = std::move(on_durable);
  stop_ = std::move(stop);
  wait_ = wait;
}

Result<std::span<const Record>> EmbeddedLog::Poll(TaskId* task, const Bounds& bounds) {
  *task = settings_.task.id;
  if (polled_) {
    // What arrived meanwhile waits for the next batch: latency is one sync.
    polled_ = false;
    records_.clear();
    return std::span<const Record>{};
  }
  if (records_.empty()) Sequence(bounds);
  polled_ = !records_.empty();
  return std::span<const Record>(records_);
}

// Records that are stored but not applied as a whole: a tick was cut off.
void EmbeddedLog::Recover() {
  const TaskMeta task = ReadTaskMeta(store_);
  auto rest = store_.ReadLog(kInputTopic, task.position, SIZE_MAX, SIZE_MAX);
  if (!rest) StorageFailed(rest.error().text);
  inputs_ = std::move(*rest);
  inputs_written_ = inputs_.size();
  Instant last = task.at;
  for (const LogEntry& entry : inputs_) {
    records_.push_back({entry.bytes, entry.offset, entry.at});
    last = std::max(last, entry.at);
  }
  queue_.NotBefore(last);
}

void EmbeddedLog::Sequence(const Bounds& bounds) {
  inputs_.clear();
  inputs_written_ = 0;
  const Instant until = std::min(next_tick_, waiters_.NextDeadline());
  SubmitQueue::Taken taken = queue_.Take(until, bounds.records, bounds.bytes, wait_);
  for (Request& request : taken.requests) AddRequest(std::move(request));
  waiters_.Expire(clock_.Now());
  if (taken.closed) {
    if (inputs_.empty()) stop_.request_stop();
  } else if (taken.now >= next_tick_) {
    AddInput(EncodeRecord(TickRecord{taken.now}), taken.now);
    queue_.NotBefore(taken.now);
    next_tick_ = taken.now + settings_.tick;
  }
  if (inputs_.empty() && !wait_) stop_.request_stop();
  for (const LogEntry& entry : inputs_) records_.push_back({entry.bytes, entry.offset, entry.at});
}

void EmbeddedLog::AddRequest(Request request) {
  Accepted accepted;
  for (Submission& one : request.submissions) {
    const Message message =
        RootMessage(std::move(one.body), std::move(one.key), one.mode, ++meta_.ordinal);
    accepted.roots.push_back(message.id);
    AddInput(EncodeMessageRecord(message), request.at);
  }
  if (request.switch_to) AddRulesSwitch(request);
  for (std::string& row : request.retries)
    AddInput(EncodeRecord(RetryRecord{std::move(row)}), request.at);
  accepted.position = meta_.inputs - 1;
  waiting_.push_back({accepted.position, std::move(accepted), std::move(request.done)});
}

void EmbeddedLog::AddRulesSwitch(const Request& request) {
  const SwitchNote& note = request.note;
  AddSwitch({request.at, request.switch_to, note.how, note.by, note.message, note.propagate},
            &history_);
  documents_.push_back({kRulesHistoryName, Encoded(history_)});
  documents_.push_back(RulesDocumentWrite(request.switch_to, request.document));
  AddInput(EncodeRecord(SwitchRecord{request.switch_to, note.propagate}), request.at);
}

void EmbeddedLog::AddInput(std::string bytes, Instant at) {
  const auto size = static_cast<int64_t>(bytes.size());
  inputs_.push_back({kInputTopic, meta_.inputs++, at, meta_.input_bytes, std::move(bytes)});
  meta_.input_bytes += size;
}

Result<void> EmbeddedLog::Commit(std::span<CommitSet> sets) {
  PM_CHECK(sets.size() == 1);
  const CommitSet& set = sets[0];
  std::vector<LogEntry> log(inputs_.begin() + static_cast<std::ptrdiff_t>(inputs_written_),
                            inputs_.end());
  AddOutputs(set, &log);
  documents_.push_back({kTaskMetaName, Encoded(set.meta)});
  documents_.push_back({kEmbeddedMetaName, Encoded(meta_)});
  const int64_t began_us = clock_.MeasureUs();
  PM_TRY_VOID(store_.Commit({set.rows, set.dues, log, documents_}));
  totals_.took_us.Add(clock_.MeasureUs() - began_us);
  totals_.records.Add(static_cast<int64_t>(inputs_.size() - inputs_written_));
  documents_.clear();
  inputs_written_ = inputs_.size();
  if (on_durable_) on_durable_();
  TopicEnds ends{};
  std::ranges::copy(meta_.offsets, ends.begin());
  waiters_.Advance(ends);
  Acknowledge(set.meta.position);
  return Trim(set.meta);
}

void EmbeddedLog::AddOutputs(const CommitSet& set, std::vector<LogEntry>* log) {
  for (const SealedOutput& sealed : set.outputs) {
    const auto topic = static_cast<size_t>(sealed.output.topic);
    std::string bytes = EncodeOutput(sealed.output);
    const auto size = static_cast<int64_t>(bytes.size());
    log->push_back({static_cast<uint8_t>(topic), meta_.offsets[topic]++, sealed.at,
                    meta_.bytes[topic], std::move(bytes)});
    meta_.bytes[topic] += size;
  }
}

void EmbeddedLog::Acknowledge(int64_t position) {
  while (!waiting_.empty() && waiting_.front().position <= position) {
    const Waiting one = std::move(waiting_.front());
    waiting_.pop_front();
    if (one.done) one.done(one.accepted);
  }
}

Result<void> EmbeddedLog::Trim(const TaskMeta& task) {
  if (task.at < next_trim_) return {};
  next_trim_ = task.at + settings_.trim_every;
  store_.Purge(task.at);
  for (size_t topic = 0; topic < static_cast<size_t>(kTopics); ++topic) {
    const LogExtent extent{static_cast<uint8_t>(topic), meta_.offsets[topic], meta_.bytes[topic]};
    PM_TRY_VOID(TrimTopic(store_, extent, settings_.topics[topic], task.at));
  }
  // The input behind the task's position is still needed.
  const LogExtent input{kInputTopic, task.position + 1, meta_.input_bytes};
  return TrimTopic(store_, input, settings_.input, task.at);
}

}  // namespace pm
