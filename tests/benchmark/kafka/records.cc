#include "tests/benchmark/kafka/records.h"

#include "engine/runtime/kafka/client/rdkafka.h"
#include "engine/runtime/kafka/topics/pack.h"
#include "engine/runtime/kafka/topics/topic_names.h"
#include "engine/runtime/record.h"

namespace pm::bench {

namespace {

std::string_view ChangelogKind(std::string_view key) {
  switch (key.empty() ? '\0' : key[0]) {
    case 'r':
      return "row";
    case 'b':
      return "bundle";
    case 'm':
      return "meta";
    case 'o':
      return "owner";
    default:
      return "other";
  }
}

// A pack is what its first part is that is no tick.
RecordKind MessageKind(const KafkaRecord& record) {
  std::optional<RecordBody> body;
  for (const PackedPart& part : Unpack(record.value, record.offset)) {
    body = DecodeRecord(part.bytes);
    if (!body || !std::holds_alternative<TickRecord>(*body)) break;
  }
  if (!body) return {0, {}, "unreadable"};
  if (const auto* message = std::get_if<Message>(&*body)) return {message->hops, {}, "message"};
  return {0, {}, std::holds_alternative<TickRecord>(*body) ? "tick" : "switch"};
}

std::vector<std::string> OutputTopics(const TopicNames& names) {
  std::vector<std::string> all;
  for (int topic = 0; topic < kTopics; ++topic)
    all.push_back(names.Output(static_cast<Topic>(topic)));
  return all;
}

constexpr Stage kStateful[] = {Stage::kIdentity, Stage::kAccount, Stage::kDesk};

}  // namespace

bool IsOfLeads(const RecordKind& kind) { return kind.what != "tick" && kind.what != "switch"; }

Offsets EndsOf(const ProductSettings& settings) {
  const TopicNames names{settings.prefix};
  std::map<std::string, int32_t> topics{{names.Directory(), 1}};
  for (const Stage stage : kStateful)
    topics[names.Input(stage)] = topics[names.Changelog(stage)] = settings.partitions;
  for (const std::string& topic : OutputTopics(names)) topics[topic] = settings.partitions;
  auto client = ConnectKafkaClient({.brokers = {settings.address}}, {.group = "bench-bounds"});
  PM_CHECK(client.has_value());
  Offsets ends;
  for (const auto& [topic, partitions] : topics) {
    for (int32_t n = 0; n < partitions; ++n) {
      const auto bounds = (*client)->Bounds({topic, n});
      PM_CHECK(bounds.has_value());
      ends[{topic, n}] = bounds->second;
    }
  }
  return ends;
}

RecordCounts CountRecords(const ProductSettings& settings, const Offsets& from) {
  const TopicNames names{settings.prefix};
  const std::string changelogs = settings.prefix + ".changelog.";
  Offsets ends = EndsOf(settings);
  std::erase_if(ends, [&](const auto& one) { return from.at(one.first) >= one.second; });
  auto reader = ConnectKafkaReader({.brokers = {settings.address}});
  PM_CHECK(reader.has_value());
  std::vector<PartitionOffset> starts;
  for (const auto& [partition, end] : ends) starts.push_back({partition, from.at(partition)});
  PM_CHECK((*reader)->Assign(starts).has_value());
  RecordCounts counts;
  const auto is_done = [&](const auto& one) {
    return (*reader)->Position(one.first).value() >= one.second;
  };
  const auto take = [&](const KafkaRecord& record) {
    const std::string& topic = record.partition->topic;
    RecordKind kind{0, {}, "output"};
    if (topic.starts_with(changelogs))
      kind.what = ChangelogKind(record.key);
    else if (topic == names.Input(Stage::kIdentity) || topic == names.Input(Stage::kAccount) ||
             topic == names.Input(Stage::kDesk))
      kind = MessageKind(record);
    kind.topic = topic;
    RecordCount& count = counts[kind];
    ++count.records;
    count.key_bytes += static_cast<int64_t>(record.key.size());
    count.value_bytes += static_cast<int64_t>(record.value.size());
  };
  for (;;) {
    const auto record = (*reader)->Poll(Milliseconds(200));
    PM_CHECK(record.has_value());
    if (*record)
      take(**record);
    else if (std::ranges::all_of(ends, is_done))
      return counts;
  }
}

}  // namespace pm::bench
