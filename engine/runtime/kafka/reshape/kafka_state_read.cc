#include <fmt/format.h>

#include "engine/runtime/kafka/client/patiently.h"
#include "engine/runtime/kafka/client/read_to_end.h"
#include "engine/runtime/kafka/reshape/kafka_state.h"
#include "engine/runtime/record.h"
#include "engine/stages/directory.h"
#include "model/messages/identity.h"

namespace pm {

namespace {

constexpr Stage kStateful[] = {Stage::kIdentity, Stage::kAccount, Stage::kDesk};

// Some tasks at a time: a restore keeps rows in memory until there is enough to write.
constexpr size_t kTasksAtOnce = 32;

Result<void> ReadTasks(KafkaClient& client, KafkaReader& reader, const KafkaPlace& from,
                       std::span<const TaskId> tasks, const ReshapeTarget& target) {
  std::map<TopicPartition, std::unique_ptr<Restore>> restores;
  std::vector<PartitionOffset> starts;
  for (const TaskId task : tasks) {
    PM_TRY(Store * store, target(task));
    const TopicPartition changelog{from.names.Changelog(task.stage),
                                   static_cast<int32_t>(task.partition)};
    restores.emplace(changelog, std::make_unique<Restore>(*store, from.rows));
    starts.push_back({changelog, 0});
  }
  PM_TRY_VOID(ReadToEnds(client, reader, starts, from.patience, [&](const KafkaRecord& record) {
    return restores.at(*record.partition)->Apply(record);
  }));
  for (const auto& [changelog, restore] : restores) PM_TRY_VOID(restore->Finish());
  return {};
}

// The rows that intake makes of what the directory topic says.
class DirectoryRows {
 public:
  void Learn(const KafkaRecord& record) {
    std::vector<RowWrite>& rows = by_key_[std::string(record.key)];
    if (record.tombstone) rows.clear();
    const std::optional<RecordBody> body = DecodeRecord(record.value);
    const auto* message = body ? std::get_if<Message>(&*body) : nullptr;
    DirectoryEntry entry;
    if (message == nullptr || !Decode(message->body, &entry)) return;
    const std::string value = Encoded(DirectoryByDomain{entry.domain});
    rows.push_back({RowKey<DirectoryByDomain>({entry.domain}), value});
    for (const std::string& domain : entry.domains)
      rows.push_back({RowKey<DirectoryByDomain>({domain}), value});
    if (!entry.name_key.empty()) rows.push_back({RowKey<DirectoryByName>({entry.name_key}), value});
  }
  CommitSet All() const {
    std::map<std::string, std::string> rows;
    for (const auto& [key, of_key] : by_key_) {
      for (const RowWrite& row : of_key) rows[row.key] = *row.value;
    }
    CommitSet set;
    for (auto& [key, value] : rows) {
      set.meta.digest += RowDigest(key, value);
      set.rows.push_back({key, value});
    }
    return set;
  }

 private:
  std::map<std::string, std::vector<RowWrite>> by_key_;  // of the records
};

Result<void> ReadDirectory(KafkaClient& client, KafkaReader& reader, const KafkaPlace& from,
                           Store& store) {
  DirectoryRows rows;
  const TopicPartition directory{from.names.Directory(), 0};
  PM_TRY(const auto bounds, Patiently(from.patience, [&] { return client.Bounds(directory); }));
  PM_TRY_VOID(ReadToEnd(client, reader, {directory, bounds.first}, from.patience,
                        [&](const KafkaRecord& record) -> Result<void> {
                          rows.Learn(record);
                          return {};
                        }));
  return WriteState(store, rows.All());
}

std::vector<TopicPartition> OfEachStage(uint32_t partitions, auto topic_of) {
  std::vector<TopicPartition> all;
  for (const Stage stage : kStateful) {
    for (uint32_t n = 0; n < partitions; ++n)
      all.push_back({topic_of(stage), static_cast<int32_t>(n)});
  }
  return all;
}

}  // namespace

std::vector<TopicPartition> KafkaPlace::inputs() const {
  return OfEachStage(partitions, [this](Stage stage) { return names.Input(stage); });
}

std::vector<TopicPartition> KafkaPlace::changelogs() const {
  return OfEachStage(partitions, [this](Stage stage) { return names.Changelog(stage); });
}

Result<std::vector<PartitionOffset>> EndsOf(KafkaClient& client,
                                            const std::vector<TopicPartition>& partitions,
                                            Duration patience) {
  std::vector<PartitionOffset> ends;
  for (const TopicPartition& one : partitions) {
    PM_TRY(const auto bounds, Patiently(patience, [&] { return client.Bounds(one); }));
    ends.push_back({one, bounds.second});
  }
  return ends;
}

Result<void> CheckWorkedOff(KafkaClient& client, KafkaReader& reader, const std::string& group,
                            const std::vector<TopicPartition>& partitions, Duration patience) {
  if (partitions.empty()) return {};
  PM_TRY(const std::vector<PartitionOffset> committed,
         Patiently(patience, [&] { return client.Committed(group, partitions); }));
  std::map<TopicPartition, int64_t> waiting;
  PM_TRY_VOID(ReadToEnds(client, reader, committed, patience,
                         [&](const KafkaRecord& record) -> Result<void> {
                           ++waiting[*record.partition];
                           return {};
                         }));
  if (waiting.empty()) return {};
  const auto& [first, records] = *waiting.begin();
  return Fail(kCannotReshape, fmt::format("{} records of {}/{} were not worked off", records,
                                          first.topic, first.partition));
}

Result<void> ReadKafkaState(KafkaClient& client, KafkaReader& reader, const KafkaPlace& from,
                            const ReshapeTarget& target) {
  std::vector<TaskId> tasks;
  for (const Stage stage : kStateful) {
    for (uint32_t n = 0; n < from.partitions; ++n) tasks.push_back({stage, n});
  }
  for (std::span<const TaskId> left = tasks; !left.empty();) {
    const size_t some = std::min(left.size(), kTasksAtOnce);
    PM_TRY_VOID(ReadTasks(client, reader, from, left.first(some), target));
    left = left.subspan(some);
  }
  PM_TRY(Store * store, target({Stage::kIntake, 0}));
  return ReadDirectory(client, reader, from, *store);
}

}  // namespace pm
