#include "engine/runtime/kafka/logs/transaction.h"

#include "base/ids.h"
#include "model/decode/json_tree.h"

namespace pm {

namespace {

constexpr int kMostTries = 5;
constexpr size_t kMostBatchBytes = size_t{512} << 10;  // a larger one goes alone
const std::pair<std::string, std::string> kOneEvent{"content-type", "application/cloudevents+json"};
const std::pair<std::string, std::string> kManyEvents{"content-type",
                                                      "application/cloudevents-batch+json"};

Result<void> Again(const std::function<Result<void>()>& call) {
  Result<void> done = call();
  for (int n = 1; n < kMostTries && !done && done.error().code == kKafkaRetry; ++n) done = call();
  return done;
}

void Add(std::string_view name, uint64_t number, Counts* counts) {
  const auto found = counts->find(name);
  if (found != counts->end())
    found->second += number;
  else
    counts->emplace(name, number);
}

}  // namespace

Result<void> Transactions::Begin() {
  packs_.clear();
  events_.clear();
  dead_letters_.clear();
  PM_TRY_VOID(Again([&] { return client_.Begin(); }));
  is_open_ = true;
  return {};
}

Result<void> Transactions::Put(const Produced& record) {
  return Again([&] { return client_.Produce(record); });
}

Result<void> Transactions::Put(const Send& send) {
  if (send.to == Stage::kIntake) {
    ++counters.messages;
    return Put({names_.Directory(), -1, send.key, send.record, {}});
  }
  const std::string topic = names_.Input(send.to);
  const auto of_key = static_cast<uint32_t>(Hash64(send.key) % partitions_);
  for (uint32_t n = 0; n < partitions_; ++n) {
    if (!send.to_all && n != of_key) continue;
    PM_TRY_VOID(AddToPack({topic, static_cast<int32_t>(n)}, send.record));
  }
  return {};
}

Result<void> Transactions::AddToPack(const TopicPartition& partition, const std::string& record) {
  RecordPack& pack = packs_[partition];
  if (pack.Add(record)) return {};
  PM_TRY_VOID(PutPack(partition, &pack));
  pack.Add(record);
  return {};
}

Result<void> Transactions::PutPack(const TopicPartition& partition, RecordPack* pack) {
  ++counters.messages;
  return Put({partition.topic, partition.partition, {}, pack->Take(), {}});
}

Result<void> Transactions::PutPacked() {
  for (auto& [partition, pack] : packs_)
    if (!pack.empty()) PM_TRY_VOID(PutPack(partition, &pack));
  return {};
}

void Transactions::Count(const Output& output) {
  Add(output.type, 1, &events_);
  if (output.topic != Topic::kDeadLetters) return;
  const Result<JsonNode> json = ParseJson(output.json);
  Add(json ? json->Text({"data", "reason"}) : std::string_view(), 1, &dead_letters_);
}

Result<void> Transactions::Put(std::span<const SealedOutput> outputs) {
  for (const SealedOutput& sealed : outputs) Count(sealed.output);
  while (!outputs.empty()) {
    const std::string& key = outputs.front().output.key;
    const auto end = std::ranges::find_if(
        outputs, [&](const SealedOutput& other) { return other.output.key != key; });
    const auto run = static_cast<size_t>(end - outputs.begin());
    for (int n = 0; n < kTopics; ++n)
      PM_TRY_VOID(PutRun(static_cast<Topic>(n), outputs.first(run)));
    outputs = outputs.subspan(run);
  }
  return {};
}

// Those of one topic, out of outputs of one key.
Result<void> Transactions::PutRun(Topic topic, std::span<const SealedOutput> run) {
  std::string value;
  int events = 0;
  const auto put = [&]() -> Result<void> {
    if (events == 0) return {};
    if (events > 1) value.insert(0, 1, '[').push_back(']');
    const std::span header(events > 1 ? &kManyEvents : &kOneEvent, 1);
    ++counters.outputs;
    PM_TRY_VOID(Put({names_.Output(topic), -1, run.front().output.key, value, header}));
    value.clear();
    events = 0;
    return {};
  };
  for (const SealedOutput& sealed : run) {
    if (sealed.output.topic != topic) continue;
    if (value.size() + sealed.output.json.size() > kMostBatchBytes) PM_TRY_VOID(put());
    if (events++ > 0) value += ',';
    value += sealed.output.json;
  }
  return put();
}

Result<void> Transactions::Flush() {
  PM_TRY_VOID(PutPacked());
  return Again([&] { return client_.Flush(); });
}

Result<void> Transactions::SendOffsets(std::span<const PartitionOffset> next) {
  return Again([&] { return client_.SendOffsets(next); });
}

Result<void> Transactions::Commit() {
  PM_TRY_VOID(Again([&] { return client_.Commit(); }));
  is_open_ = false;
  failure_.reset();
  for (const auto& [type, number] : events_) Add(type, number, &counters.events);
  for (const auto& [reason, number] : dead_letters_) Add(reason, number, &counters.dead_letters);
  return {};
}

Result<AfterFailure> Transactions::Failed(const Error& error) {
  const bool was_open = std::exchange(is_open_, false);
  failure_ = error;
  switch (error.code) {
    case kKafkaRetry:
    case kKafkaAborted:
    case kKafkaRefused: {
      const auto aborted = was_open ? Again([&] { return client_.Abort(); }) : Result<void>{};
      if (error.code == kKafkaRefused) return std::unexpected(error);
      return aborted ? AfterFailure::kReadAgain : AfterFailure::kAskTheLog;
    }
    case kKafkaUnknown:
    case kKafkaFatal:
    case kKafkaFenced:
      return AfterFailure::kAskTheLog;
    default:
      return std::unexpected(error);
  }
}

Result<void> Transactions::Transact(const std::function<Result<void>()>& put) {
  const auto all = [&]() -> Result<void> {
    PM_TRY_VOID(Begin());
    PM_TRY_VOID(put());
    PM_TRY_VOID(Flush());
    return Commit();
  };
  const Result<void> done = all();
  if (!done) PM_TRY_VOID(Failed(done.error()));
  return done;
}

}  // namespace pm
