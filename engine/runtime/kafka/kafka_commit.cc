// A commit as one transaction, and what follows when it fails.
#include "base/ids.h"
#include "engine/runtime/kafka/kafka_log.h"

namespace pm {

namespace {

constexpr int kMostTries = 5;
constexpr uint32_t kCommitsALookUp = 1000;
constexpr size_t kMostBatchBytes = size_t{512} << 10;
const std::pair<std::string, std::string> kOneEvent{"content-type", "application/cloudevents+json"};
const std::pair<std::string, std::string> kManyEvents{"content-type",
                                                      "application/cloudevents-batch+json"};

// Where nothing happened, again; the client's own time-outs are the pauses.
Result<void> Again(const std::function<Result<void>()>& call) {
  Result<void> done = call();
  for (int n = 1; n < kMostTries && !done && done.error().code == kKafkaRetry; ++n) done = call();
  return done;
}

}  // namespace

Result<void> KafkaLog::Commit(std::span<CommitSet> sets) {
  const Result<void> done = Transact(sets);
  if (!done) return AfterFailure(done.error());
  ++counters_.commits;
  committed_at_ = clock_.Now();
  return StoreAll(sets);
}

// Steps 1 to 5 of DESIGN section 8.
Result<void> KafkaLog::Transact(std::span<CommitSet> sets) {
  PM_TRY_VOID(At(CommitStep::kApplied));
  PM_TRY_VOID(BeginTransaction());
  for (const CommitSet& set : sets) PM_TRY_VOID(ProduceAll(set));
  PM_TRY_VOID(At(CommitStep::kProduced));
  PM_TRY_VOID(Again([&] { return client_.Flush(); }));
  PM_TRY_VOID(At(CommitStep::kFlushed));
  // Of every task touched, also of one that only fired timers: the group fences by these alone.
  std::vector<PartitionOffset> next;
  for (const CommitSet& set : sets) {
    const Owned& owned = owned_.at(set.task);
    next.push_back({owned.input, set.meta.position < 0 ? owned.start : set.meta.position + 1});
  }
  PM_TRY_VOID(Again([&] { return client_.SendOffsets(next); }));
  PM_TRY_VOID(At(CommitStep::kOffsetsSent));
  PM_TRY_VOID(Again([&] { return client_.Commit(); }));
  in_transaction_ = false;
  return At(CommitStep::kCommitted);
}

// Step 6: the changelog has it, so it may be lost here.
Result<void> KafkaLog::StoreAll(std::span<CommitSet> sets) {
  for (const CommitSet& set : sets) {
    Owned& owned = owned_.at(set.task);
    PM_TRY_VOID(WriteCopy(*owned.store, set, owned.copy_from));
    owned.attempts = 0;
    owned.skips.reset();
    if (++owned.commits % kCommitsALookUp == 0) {
      const auto bounds = client_.Bounds(owned.changelog);
      owned.copy_from = owned.copy_next_from;
      if (bounds) owned.copy_next_from = bounds->second;
    }
    PM_TRY_VOID(At(CommitStep::kStored));
  }
  return {};
}

Result<void> KafkaLog::BeginTransaction() {
  PM_TRY_VOID(Again([&] { return client_.Begin(); }));
  in_transaction_ = true;
  return {};
}

Result<void> KafkaLog::ProduceAll(const CommitSet& set) {
  for (const Send& send : set.sends) PM_TRY_VOID(ProduceSend(send));
  PM_TRY_VOID(ProduceOutputs(set));
  const Owned& owned = owned_.at(set.task);
  const auto put = [&](std::string_view key, std::optional<std::string_view> value) {
    ++counters_.changelog;
    return ProduceOne({owned.changelog.topic, owned.changelog.partition, key, value, {}});
  };
  if (owned.skips) PM_TRY_VOID(put(SkipKey(*owned.skips), std::string_view()));
  return VisitChangelog(set, put);
}

Result<void> KafkaLog::ProduceOne(const Produced& record) {
  return Again([&] { return client_.Produce(record); });
}

Result<void> KafkaLog::ProduceSend(const Send& send) {
  const TopicNames& names = settings_.take_over.names;
  if (send.to == Stage::kIntake) {
    ++counters_.messages;
    return ProduceOne({names.Directory(), -1, send.key, send.record, {}});
  }
  const std::string topic = names.Input(send.to);
  const auto of_key = static_cast<uint32_t>(Hash64(send.key) % settings_.partitions);
  for (uint32_t n = 0; n < settings_.partitions; ++n) {
    if (!send.to_all && n != of_key) continue;
    ++counters_.messages;
    PM_TRY_VOID(ProduceOne({topic, static_cast<int32_t>(n), send.key, send.record, {}}));
  }
  return {};
}

// Neighbours of one topic and key share a record: a batch of CloudEvents.
Result<void> KafkaLog::ProduceOutputs(const CommitSet& set) {
  for (size_t i = 0; i < set.outputs.size();) {
    const Output& first = set.outputs[i].output;
    std::string value = first.json;
    size_t end = i + 1;
    for (; end < set.outputs.size() && value.size() < kMostBatchBytes; ++end) {
      const Output& next = set.outputs[end].output;
      if (next.topic != first.topic || next.key != first.key) break;
      value += ',';
      value += next.json;
    }
    const bool is_batch = end - i > 1;
    if (is_batch) value = '[' + value + ']';
    const std::span header(is_batch ? &kManyEvents : &kOneEvent, 1);
    ++counters_.outputs;
    const std::string topic = settings_.take_over.names.Output(first.topic);
    PM_TRY_VOID(ProduceOne({topic, -1, first.key, value, header}));
    i = end;
  }
  return {};
}

// Before an owner's first record is applied, so that who comes after it knows whom to fence, and
// how often the record was tried. False: not this time.
Result<bool> KafkaLog::TakeOwnership(TaskId id, Owned& owned) {
  if (owned.owns) return true;
  if (needs_producer_) return false;
  OwnerRecord record{settings_.take_over.transactional_id, settings_.address, NextOf(id), 0};
  if (const auto& before = owned.owner_before; before && before->position == record.position)
    record.attempts = before->attempts + (before->address == settings_.address ? 0 : 1);
  const std::string value = Encoded(record);
  const PartitionOffset next{owned.input, record.position};
  const auto transact = [&]() -> Result<void> {
    PM_TRY_VOID(BeginTransaction());
    PM_TRY_VOID(
        ProduceOne({owned.changelog.topic, owned.changelog.partition, OwnerKey(), value, {}}));
    PM_TRY_VOID(Again([&] { return client_.Flush(); }));
    PM_TRY_VOID(Again([&] { return client_.SendOffsets(std::span(&next, 1)); }));
    PM_TRY_VOID(Again([&] { return client_.Commit(); }));
    in_transaction_ = false;
    return {};
  };
  if (const Result<void> done = transact(); !done) {
    const Result<void> after = AfterFailure(done.error());
    if (after.error().code != kCommitAborted) return std::unexpected(after.error());
    return false;
  }
  owned.owns = true;
  owned.attempts = record.attempts;
  return true;
}

// PM0508 with what Poll has to do first, or an error that ends the worker. Nothing is guessed: when
// it is not known what was committed, the changelogs say it.
Result<void> KafkaLog::AfterFailure(const Error& error) {
  const bool was_open = std::exchange(in_transaction_, false);
  switch (error.code) {
    case kKafkaRetry:
    case kKafkaAborted:
    case kKafkaRefused: {
      ++counters_.aborted;
      const Result<void> aborted =
          was_open ? Again([&] { return client_.Abort(); }) : Result<void>{};
      if (error.code == kKafkaRefused) return std::unexpected(error);
      needs_rewind_ = true;
      if (!aborted) needs_producer_ = needs_restore_ = true;
      break;
    }
    case kKafkaUnknown:
    case kKafkaFatal:
    case kKafkaFenced:
      ++counters_.unknown;
      needs_producer_ = needs_restore_ = true;
      break;
    default:
      return std::unexpected(error);
  }
  return Fail(kCommitAborted, error.text);
}

Result<void> KafkaLog::At(CommitStep step) const {
  return settings_.fail_point ? settings_.fail_point(step) : Result<void>{};
}

}  // namespace pm
