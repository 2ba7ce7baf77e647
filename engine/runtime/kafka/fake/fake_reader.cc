#include <algorithm>

#include "engine/runtime/kafka/fake/fake_kafka.h"

namespace pm {

Result<void> FakeReader::Assign(std::span<const PartitionOffset> from) {
  positions_.clear();
  for (const PartitionOffset& one : from) {
    if (broker_.Find(one.partition) == nullptr)
      return Fail(kKafkaRefused, "no such partition: " + one.partition.topic);
    positions_[one.partition] = one.offset;
  }
  return {};
}

Result<std::optional<KafkaRecord>> FakeReader::Poll(Duration) {
  if (broker_.IsDown()) return std::nullopt;
  for (auto& [partition, position] : positions_) {
    const FakeEntry* entry = is_uncommitted_ ? broker_.NextWritten(partition, &position)
                                             : broker_.NextCommitted(partition, &position);
    if (entry == nullptr) continue;
    given_ = *entry;
    position = entry->offset + 1;
    return RecordOf(partition, given_);
  }
  return std::nullopt;
}

Result<int64_t> FakeReader::Position(const TopicPartition& partition) {
  const auto position = positions_.find(partition);
  if (position == positions_.end()) return Fail(kKafkaRefused, "not assigned: " + partition.topic);
  return position->second;
}

std::optional<int64_t> FakeReader::End(const TopicPartition& partition) {
  const FakePartition* found = broker_.Find(partition);
  return found == nullptr ? std::nullopt : std::optional(found->end);
}

void FakeReader::Note(std::span<const PartitionOffset> next) {
  if (group_.empty() || broker_.IsDown()) return;
  for (const PartitionOffset& one : next)
    broker_.group(group_).committed[one.partition] = one.offset;
}

Result<std::vector<std::optional<TopicState>>> FakeAdmin::Describe(
    std::span<const std::string> topics, std::span<const std::string> settings) {
  std::vector<std::optional<TopicState>> result;
  for (const std::string& name : topics) {
    const auto found = broker_.topics.find(name);
    if (found == broker_.topics.end()) {
      result.emplace_back();
      continue;
    }
    TopicState state = found->second.state;
    std::erase_if(state.settings, [&](const auto& one) {
      return std::ranges::find(settings, one.first) == settings.end();
    });
    result.push_back(std::move(state));
  }
  return result;
}

Result<std::vector<std::string>> FakeAdmin::List() {
  std::vector<std::string> names;
  for (const auto& [name, topic] : broker_.topics) names.push_back(name);
  return names;
}

Result<void> FakeAdmin::Create(const TopicState& topic) {
  if (broker_.topics.contains(topic.name))
    return Fail(kKafkaRefused, "the topic is there: " + topic.name);
  const std::pair<std::string, std::string> by_publishers("message.timestamp.type", "CreateTime");
  const bool log_append = std::ranges::find(topic.settings, by_publishers) == topic.settings.end();
  broker_.CreateTopic(topic, log_append);
  return {};
}

Result<GroupState> FakeAdmin::DescribeGroup(const std::string& group) {
  if (broker_.IsDown() || broker_.Draw(&FakeFaults::retries, &FakeCounts::retries))
    return Fail(kKafkaRetry, "try again");
  return broker_.group(group).Describe();
}

}  // namespace pm
