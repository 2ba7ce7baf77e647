#include "engine/runtime/kafka/group_look.h"

#include <algorithm>
#include <map>

namespace pm {
namespace {

constexpr int kMostTries = 5;

// One by one: what is busy must not hide the others.
Result<std::optional<int64_t>> CommittedOf(KafkaClient& client, const std::string& group,
                                           const TopicPartition& partition) {
  for (int i = 0; i < kMostTries; ++i) {
    const auto told = client.Committed(group, {&partition, 1});
    if (!told && told.error().code == kKafkaRetry) continue;
    if (!told) return std::unexpected(told.error());
    const int64_t offset = told->at(0).offset;
    return offset < 0 ? std::nullopt : std::optional(offset);
  }
  return std::nullopt;
}

}  // namespace

Result<GroupLook> LookAtGroup(KafkaAdmin& admin, KafkaClient& client, const std::string& group,
                              std::vector<TopicPartition> partitions) {
  PM_TRY(const GroupState state, admin.DescribeGroup(group));
  GroupLook look{.is_rebalancing = state.is_rebalancing, .partitions = {}};
  std::map<TopicPartition, std::string> owners;
  for (const TopicPartition& one : partitions) owners[one];
  for (const GroupMember& member : state.members) {
    for (const TopicPartition& one : member.partitions) owners[one] = member.instance_id;
  }
  for (const auto& [partition, owner] : owners) {
    PartitionLook one{.partition = partition, .owner = owner};
    PM_TRY(one.committed, CommittedOf(client, group, partition));
    PM_TRY(const auto bounds, client.Bounds(partition));
    one.end = bounds.second;
    one.lag = one.end - std::clamp(one.committed.value_or(0), bounds.first, bounds.second);
    look.partitions.push_back(std::move(one));
  }
  return look;
}

}  // namespace pm
