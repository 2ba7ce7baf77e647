#include "engine/runtime/kafka/logs/group_look.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/runtime/kafka/state/standbys.h"
#include "engine/runtime/kafka/topics/task_note.h"

namespace pm {
namespace {

constexpr int kMostTries = 5;
constexpr int kMostCounted = 100'000;
constexpr Duration kWait = Milliseconds(200);  // for a record
constexpr int kMostIdle = 10;                  // such waits in which nothing came

// One by one: what is busy must not hide the others.
Result<std::optional<PartitionOffset>> CommittedOf(KafkaClient& client, const std::string& group,
                                                   const TopicPartition& partition) {
  for (int i = 0; i < kMostTries; ++i) {
    const auto told = client.Committed(group, {&partition, 1});
    if (!told && told.error().code == kKafkaRetry) continue;
    if (!told) return std::unexpected(told.error());
    const PartitionOffset& committed = told->at(0);
    return committed.offset < 0 ? std::nullopt : std::optional(committed);
  }
  return std::nullopt;
}

// What lies between an offset and the end may be markers alone: only who reads it knows.
class RecordCount {
 public:
  explicit RecordCount(KafkaReader& reader) : reader_(reader) {}

  Result<void> Read(std::vector<PartitionLook>* looks) {
    std::vector<PartitionOffset> from;
    for (PartitionLook& look : *looks) {
      if (look.lag == 0) continue;
      from.push_back({look.partition, look.end - look.lag});
      open_[look.partition] = &look;
    }
    if (from.empty()) return {};
    PM_TRY_VOID(reader_.Assign(from));
    for (PartitionLook& look : *looks) look.lag = 0;
    int idle = 0;
    for (int n = 0; n < kMostCounted && idle < kMostIdle && left_ != 0; ++n) {
      PM_TRY(const bool came, Count());
      idle = came ? 0 : idle + 1;
    }
    for (auto& [partition, look] : open_) {
      PM_TRY(const int64_t position, reader_.Position(partition));
      look->lag += std::max<int64_t>(0, look->end - position);
    }
    return {};
  }

 private:
  // False: nothing came, and nothing was passed over.
  Result<bool> Count() {
    PM_TRY(const std::optional<KafkaRecord> record, reader_.Poll(kWait));
    if (record) {
      PartitionLook& look = *open_.at(*record->partition);
      if (record->offset < look.end) ++look.lag;
      return true;
    }
    int64_t left = 0;
    for (const auto& [partition, look] : open_) {
      PM_TRY(const int64_t position, reader_.Position(partition));
      left += std::max<int64_t>(0, look->end - position);
    }
    return std::exchange(left_, left) != left;
  }

  KafkaReader& reader_;
  std::map<TopicPartition, PartitionLook*> open_;
  int64_t left_ = -1;  // offsets that were not read at the last pause
};

// A record that is committed; markers alone are none.
Result<bool> HoldsAny(KafkaClient& client, KafkaReader& reader, const TopicPartition& partition) {
  PM_TRY(const auto bounds, client.Bounds(partition));
  if (bounds.first == bounds.second) return false;
  const PartitionOffset from{partition, bounds.first, {}};
  PM_TRY_VOID(reader.Assign({&from, 1}));
  for (int idle = 0; idle < kMostIdle; ++idle) {
    PM_TRY(const std::optional<KafkaRecord> record, reader.Poll(kWait));
    if (record) return true;
    PM_TRY(const int64_t position, reader.Position(partition));
    if (position >= bounds.second) return false;
  }
  return false;
}

// Whether the group never committed any; an open transaction may yet.
Result<bool> IsForgotten(KafkaClient& client, KafkaReader& reader, const std::string& group,
                         const TopicPartition& input, const TopicPartition& changelog) {
  PM_TRY(const bool has_state, HoldsAny(client, reader, changelog));
  if (!has_state) return false;
  // After the state: with its first record the first offset is committed.
  PM_TRY(const auto last, client.LastCommitted(group, {&input, 1}));
  return last.at(0).offset < 0;
}

std::string LossOf(const PartitionLook& look) {
  const std::string next = fmt::format("{}/{}@{} is read next", look.partition.topic,
                                       look.partition.partition, *look.committed);
  if (*look.committed < look.first)
    return fmt::format("{}, the first one there is {}: what lay between is lost", next, look.first);
  if (*look.committed > look.end)
    return fmt::format("{}, the input ends at {}: what lay there is lost", next, look.end);
  return {};
}

}  // namespace

Result<std::set<std::string>> MembersOf(KafkaAdmin& admin, const std::string& group) {
  PM_TRY(const GroupState state, admin.DescribeGroup(group));
  std::set<std::string> members;
  for (const GroupMember& member : state.members) {
    if (!member.instance_id.empty()) members.insert(member.instance_id);
  }
  return members;
}

Result<GroupLook> LookAtGroup(KafkaAdmin& admin, KafkaClient& client, KafkaReader& reader,
                              const std::string& group, std::vector<TopicPartition> partitions) {
  PM_TRY(const GroupState state, admin.DescribeGroup(group));
  GroupLook look{.is_rebalancing = state.is_rebalancing, .partitions = {}};
  std::map<TopicPartition, std::string> owners;
  for (const TopicPartition& one : partitions) owners[one];
  for (const GroupMember& member : state.members) {
    for (const TopicPartition& one : member.partitions) owners[one] = member.instance_id;
  }
  for (const auto& [partition, owner] : owners) {
    PartitionLook one{.partition = partition, .owner = owner};
    PM_TRY(const auto committed, CommittedOf(client, group, partition));
    if (committed) {
      one.committed = committed->offset;
      if (const auto note = ReadTaskNote(committed->note)) one.tick = note->tick;
    }
    PM_TRY(const auto bounds, client.Bounds(partition));
    one.first = bounds.first;
    one.end = bounds.second;
    one.lag = one.end - std::clamp(one.committed.value_or(0), bounds.first, bounds.second);
    look.partitions.push_back(std::move(one));
  }
  PM_TRY_VOID(RecordCount(reader).Read(&look.partitions));
  return look;
}

ClockLook LookAtClock(const GroupLook& intake, const std::vector<TopicPartition>& inputs,
                      const GroupLook& tasks, const std::string& stage) {
  ClockLook clock;
  if (!inputs.empty()) clock.input = inputs.front();
  for (const PartitionLook& one : intake.partitions) {
    if (one.partition == clock.input) clock.worker = one.owner;
  }
  for (const PartitionLook& one : tasks.partitions) {
    if (one.partition.topic != stage || !one.tick) continue;
    clock.tick = std::min(clock.tick.value_or(*one.tick), *one.tick);
  }
  return clock;
}

Result<std::vector<LossLook>> LookForLosses(KafkaClient& client, KafkaReader& reader,
                                            const TopicNames& names, const GroupLook& tasks) {
  std::vector<LossLook> losses;
  for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk}) {
    for (const PartitionLook& look : tasks.partitions) {
      if (look.partition.topic != names.Input(stage)) continue;
      const TopicPartition changelog{names.Changelog(stage), look.partition.partition};
      LossLook loss{{stage, static_cast<uint32_t>(look.partition.partition)}, look.owner, {}};
      if (look.committed) {
        loss.why = LossOf(look);
        PM_TRY(const auto bounds, client.Bounds(changelog));
        if (loss.why.empty() && *look.committed > 0 && bounds.second == 0)
          loss.why =
              fmt::format("the group stands at {}, and its changelog is empty", *look.committed);
      } else {
        PM_TRY(const bool forgotten,
               IsForgotten(client, reader, names.prefix, look.partition, changelog));
        if (forgotten)
          loss.why = fmt::format("the group has no offset of {}/{}, and its changelog has a state",
                                 look.partition.topic, look.partition.partition);
      }
      if (!loss.why.empty()) losses.push_back(std::move(loss));
    }
  }
  return losses;
}

Result<std::vector<StandbyLook>> LookAtStandbys(KafkaAdmin& admin, KafkaClient& client,
                                                const TopicNames& names, uint32_t partitions,
                                                uint32_t standbys) {
  PM_TRY(const GroupState state, admin.DescribeGroup(names.prefix));
  std::vector<StandbyLook> all;
  if (state.is_rebalancing) return all;
  for (const GroupMember& member : state.members) {
    std::set<uint32_t> own;
    for (const TopicPartition& one : member.partitions)
      own.insert(static_cast<uint32_t>(one.partition));
    for (const uint32_t n : PartitionsAfterDeaths(own, partitions, standbys)) {
      for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk}) {
        const TopicPartition changelog{names.Changelog(stage), static_cast<int32_t>(n)};
        StandbyLook& one = all.emplace_back(StandbyLook{{stage, n}, member.instance_id});
        PM_TRY(const auto read,
               CommittedOf(client, StandbyGroup(names.prefix, member.instance_id), changelog));
        if (read) one.read = read->offset;
        PM_TRY(const auto bounds, client.Bounds(changelog));
        one.end = bounds.second;
        one.lag = one.end - std::clamp(one.read.value_or(0), bounds.first, bounds.second);
      }
    }
  }
  std::ranges::sort(all, {}, [](const auto& one) { return std::pair(one.task, one.worker); });
  return all;
}

}  // namespace pm
