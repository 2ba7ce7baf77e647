#include "engine/runtime/kafka/fake/fake_kafka.h"

#include <algorithm>

#include "base/ids.h"

namespace pm {

namespace {

constexpr Duration kAnswer = Seconds(30);  // as a client's own time-out

std::unexpected<Error> NoSuch(const TopicPartition& partition) {
  return Fail(kKafkaRefused, "no such partition: " + partition.topic);
}

}  // namespace

FakeClient::FakeClient(FakeBroker& broker, std::string group, std::string instance,
                       std::vector<std::string> topics)
    : broker_(broker),
      group_(std::move(group)),
      instance_(std::move(instance)),
      client_(broker.NewClient()) {
  broker_.alive.insert(client_);
  broker_.group(group_).Join(instance_, client_, std::move(topics), broker_.now());
}

FakeClient::~FakeClient() { broker_.alive.erase(client_); }

Result<KafkaEvent> FakeClient::Poll(Duration wait) {
  last_wait_ = wait;
  broker_.NotePoll(client_);
  if (broker_.IsDown()) return Nothing{};
  PM_TRY(const KafkaEvent event, broker_.group(group_).Hear(instance_, client_, broker_.now()));
  if (const auto* revoked = std::get_if<Revoked>(&event); revoked != nullptr && revoked->lost)
    lost_.insert(revoked->partitions.begin(), revoked->partitions.end());
  if (!std::holds_alternative<Nothing>(event)) return event;
  if (!broker_.group(group_).MayRead(instance_, client_)) return Nothing{};
  return Fetch();
}

Result<KafkaEvent> FakeClient::Fetch() {
  if (sources_.empty()) return Nothing{};
  auto next = std::next(sources_.begin(),
                        static_cast<std::ptrdiff_t>(broker_.random.Below(sources_.size())));
  for (size_t i = 0; i < sources_.size(); ++i) {
    auto& [partition, source] = *next;
    if (++next == sources_.end()) next = sources_.begin();
    if (source.paused) continue;
    PM_TRY(KafkaEvent event, Read(partition, &source));
    if (!std::holds_alternative<Nothing>(event)) return event;
  }
  return Nothing{};
}

Result<KafkaEvent> FakeClient::Read(const TopicPartition& partition, Source* source) {
  FakePartition* found = broker_.Find(partition);
  if (found == nullptr || source->position < found->start || source->position > found->end) {
    source->paused = true;  // it is said once
    return Fail(kKafkaRefused, "there is no such offset in " + partition.topic);
  }
  if (found->stalled_until > broker_.now()) return Nothing{};
  if (broker_.Draw(&FakeFaults::stalls, &FakeCounts::stalls)) {
    found->stalled_until = broker_.now() + broker_.settings().stall;
    return Nothing{};
  }
  const FakeEntry* entry = broker_.NextCommitted(partition, &source->position);
  if (entry == nullptr) return Nothing{};
  given_ = *entry;
  source->position = entry->offset + 1;
  return RecordOf(partition, given_);
}

Result<void> FakeClient::Assign(std::span<const PartitionOffset> from) {
  PM_TRY_VOID(broker_.group(group_).Answer(instance_, client_, from));
  sources_.clear();
  lost_.clear();
  for (const PartitionOffset& one : from) sources_[one.partition].position = one.offset;
  return {};
}

Result<void> FakeClient::Pause(std::span<const TopicPartition> partitions) {
  for (const TopicPartition& one : partitions) {
    if (!sources_.contains(one)) return NoSuch(one);
    sources_[one].paused = true;
  }
  return {};
}

Result<void> FakeClient::Resume(std::span<const TopicPartition> partitions) {
  for (const TopicPartition& one : partitions) {
    if (!sources_.contains(one)) return NoSuch(one);
    sources_[one].paused = false;
  }
  return {};
}

Result<std::vector<PartitionOffset>> FakeClient::Committed(
    std::string_view group, std::span<const TopicPartition> partitions) {
  if (broker_.IsDown() || broker_.Draw(&FakeFaults::retries, &FakeCounts::retries))
    return Fail(kKafkaRetry, "try again");
  const std::string name(group.empty() ? std::string_view(group_) : group);
  for (const TopicPartition& one : partitions) {
    if (broker_.IsPending(name, one)) return Fail(kKafkaRetry, "a transaction is open");
  }
  return broker_.group(name).Committed(partitions);
}

Result<std::vector<PartitionOffset>> FakeClient::LastCommitted(
    std::string_view group, std::span<const TopicPartition> partitions) {
  if (broker_.IsDown() || broker_.Draw(&FakeFaults::retries, &FakeCounts::retries))
    return Fail(kKafkaRetry, "try again");
  const std::string name(group.empty() ? std::string_view(group_) : group);
  return broker_.group(name).Committed(partitions);
}

bool FakeClient::MayCommit(std::span<const PartitionOffset> next) const {
  return std::ranges::none_of(next,
                              [&](const auto& one) { return lost_.contains(one.partition); }) &&
         broker_.group(group_).MayCommit(instance_, client_, next);
}

Result<void> FakeClient::CommitAlone(std::span<const PartitionOffset> next) {
  if (broker_.IsDown() || broker_.Draw(&FakeFaults::retries, &FakeCounts::retries) ||
      !MayCommit(next))
    return Fail(kKafkaRetry, "try again");
  broker_.group(group_).Commit(next);
  return {};
}

Result<void> FakeClient::InitTransactions(std::string_view transactional_id) {
  queue_.clear();
  id_ = transactional_id;
  in_transaction_ = must_abort_ = false;
  aborts_in_a_row_ = 0;
  producer_is_dead_ = true;
  int& unanswered = broker_.unanswered[id_];
  const bool is_away = broker_.IsDown() || !broker_.HasCoordinator();
  if (is_away || std::exchange(unanswered, std::max(0, unanswered - 1)) > 0) return Unanswered();
  epoch_ = broker_.NewEpoch(id_);
  if (broker_.Draw(&FakeFaults::unanswered_inits, &FakeCounts::unanswered_inits))
    return Fail(kKafkaRetry, "the answer was lost");
  producer_is_dead_ = false;
  return {};
}

// Waits, where somebody counts the time.
std::unexpected<Error> FakeClient::Unanswered() {
  if (broker_.waited) broker_.waited(at_most_.value_or(kAnswer));
  return Fail(kKafkaRetry, "nobody answers");
}

// What every call of a transaction meets.
Result<void> FakeClient::CheckProducer() {
  if (producer_is_dead_) return Fail(kKafkaFatal, "this producer is of no use any more");
  if (!broker_.IsCurrent(id_, epoch_)) {
    producer_is_dead_ = true;
    ++broker_.counts.fenced;
    return Fail(kKafkaFenced, "another producer is " + id_);
  }
  if (broker_.Draw(&FakeFaults::expired_producers, &FakeCounts::expired_producers)) {
    producer_is_dead_ = true;
    return Fail(kKafkaFatal, "the producer's id has expired");
  }
  return {};
}

Result<void> FakeClient::Begin() {
  PM_TRY_VOID(CheckProducer());
  PM_CHECK(!in_transaction_);
  in_transaction_ = true;
  delivered_.clear();
  return {};
}

Result<void> FakeClient::Produce(const Produced& record) {
  PM_TRY_VOID(CheckProducer());
  PM_CHECK(in_transaction_);
  if (must_abort_) return Fail(kKafkaAborted, "the transaction can only be aborted");
  const auto topic = broker_.topics.find(std::string(record.topic));
  TopicPartition to{std::string(record.topic), record.partition};
  if (to.partition < 0 && topic != broker_.topics.end())
    to.partition = static_cast<int32_t>(Hash64(record.key) % topic->second.partitions.size());
  if (broker_.Find(to) == nullptr) return MustAbort("no such partition: " + to.topic);
  must_abort_ = broker_.refused.contains(to.topic);
  if (must_abort_) return {};  // Flush says so
  FakeEntry entry;
  entry.key = record.key;
  if (record.value) entry.value = std::string(*record.value);
  entry.headers.assign(record.headers.begin(), record.headers.end());
  entry.at = broker_.now();
  if (entry.value && entry.value->size() > topic->second.most_bytes) {
    must_abort_ = true;  // Flush says so
    return {};
  }
  if (!queue_.empty() || broker_.IsDown() ||
      broker_.Draw(&FakeFaults::stalled_queues, &FakeCounts::stalled_queues))
    queue_.push_back({std::move(to), std::move(entry), record.remembered});
  else
    Write({std::move(to), std::move(entry), record.remembered});
  return {};
}

void FakeClient::Write(Unsent record) {
  if (record.remembered) delivered_[record.to] = broker_.Find(record.to)->end;
  broker_.Write(record.to, std::move(record.entry), id_);
}

std::unexpected<Error> FakeClient::MustAbort(std::string_view why) {
  must_abort_ = true;
  return Fail(kKafkaAborted, std::string(why));
}

Result<void> FakeClient::Flush() {
  PM_TRY_VOID(CheckProducer());
  PM_CHECK(in_transaction_);
  if (broker_.Draw(&FakeFaults::failed_flushes, &FakeCounts::failed_flushes)) must_abort_ = true;
  if (must_abort_ || broker_.IsDown() || broker_.RefusesWrite())
    return MustAbort("a record was not delivered");
  if (!queue_.empty() && broker_.random.OneIn(2)) return MustAbort("the queue stands still");
  for (Unsent& record : std::exchange(queue_, {})) {
    if (broker_.Find(record.to) == nullptr)
      return MustAbort("no such partition: " + record.to.topic);
    Write(std::move(record));
  }
  return {};
}

Result<void> FakeClient::SendOffsets(std::span<const PartitionOffset> next) {
  PM_TRY_VOID(CheckProducer());
  PM_CHECK(in_transaction_);
  if (broker_.IsDown() || broker_.Draw(&FakeFaults::retries, &FakeCounts::retries))
    return Fail(kKafkaRetry, "try again");
  if (!MayCommit(next)) {
    ++broker_.counts.refused_offsets;
    must_abort_ = true;
  }
  if (must_abort_) return Fail(kKafkaAborted, "ILLEGAL_GENERATION");
  if (broker_.IsForgotten(id_)) return MustAbort("INVALID_PRODUCER_ID_MAPPING");
  auto& offsets = broker_.OpenTransaction(id_).offsets[group_];
  offsets.insert(offsets.end(), next.begin(), next.end());
  return {};
}

Result<void> FakeClient::Commit() {
  PM_TRY_VOID(CheckProducer());
  PM_CHECK(in_transaction_);
  if (broker_.Draw(&FakeFaults::moved_coordinators, &FakeCounts::moved_coordinators))
    must_abort_ = true;
  if (must_abort_) return Fail(kKafkaAborted, "the transaction can only be aborted");
  if (broker_.Draw(&FakeFaults::retries, &FakeCounts::retries))
    return Fail(kKafkaRetry, "try again");
  in_transaction_ = false;
  if (broker_.IsDown() || broker_.Draw(&FakeFaults::lost_requests, &FakeCounts::lost_requests)) {
    producer_is_dead_ = true;
    return Fail(kKafkaUnknown, "the request was lost");
  }
  broker_.End(id_, true);
  aborts_in_a_row_ = 0;
  if (!broker_.Draw(&FakeFaults::lost_commits, &FakeCounts::lost_commits)) return {};
  producer_is_dead_ = true;
  return Fail(kKafkaUnknown, "the answer was lost");
}

Result<void> FakeClient::Abort() {
  PM_TRY_VOID(CheckProducer());
  PM_CHECK(in_transaction_);
  in_transaction_ = must_abort_ = false;
  queue_.clear();
  if (broker_.IsDown()) {
    producer_is_dead_ = true;
    return Fail(kKafkaFatal, "nobody answers");
  }
  broker_.End(id_, false);
  if (++aborts_in_a_row_ < kMostAborts) return {};
  const Result<void> made = InitTransactions(std::string(id_));
  return made ? made : Fail(kKafkaFatal, made.error().text);
}

std::optional<int64_t> FakeClient::Delivered(const TopicPartition& partition) {
  const auto found = delivered_.find(partition);
  return found == delivered_.end() ? std::nullopt : std::optional(found->second);
}

Result<std::pair<int64_t, int64_t>> FakeClient::Bounds(const TopicPartition& partition) {
  if (broker_.IsDown() || broker_.Draw(&FakeFaults::retries, &FakeCounts::retries))
    return Fail(kKafkaRetry, "try again");
  const FakePartition* found = broker_.Find(partition);
  if (found == nullptr) return NoSuch(partition);
  if (broker_.leaderless.contains(partition)) return Unanswered();
  return std::pair(found->start, found->end);
}

Result<int64_t> FakeClient::Position(const TopicPartition& partition) {
  const auto source = sources_.find(partition);
  if (source == sources_.end()) return NoSuch(partition);
  return source->second.position;
}

std::optional<int64_t> FakeClient::End(const TopicPartition& partition) {
  const FakePartition* found = broker_.Find(partition);
  if (found == nullptr || !sources_.contains(partition)) return std::nullopt;
  return found->end;
}

}  // namespace pm
