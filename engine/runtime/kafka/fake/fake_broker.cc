#include "engine/runtime/kafka/fake/fake_broker.h"

#include <algorithm>

namespace pm {

KafkaRecord RecordOf(const TopicPartition& partition, const FakeEntry& entry) {
  KafkaRecord record;
  record.partition = &partition;
  record.offset = entry.offset;
  record.at = entry.at;
  record.at_log = entry.at_log;
  record.key = entry.key;
  record.tombstone = !entry.value;
  if (entry.value) record.value = *entry.value;
  record.headers = entry.headers;
  return record;
}

void FakeBroker::CreateTopic(TopicState state, bool log_append) {
  FakeTopic& topic = topics[state.name];
  topic.state = std::move(state);
  topic.log_append = log_append;
  for (const auto& [name, value] : topic.state.settings) {
    if (name == "max.message.bytes") topic.most_bytes = std::stoul(value);
  }
  topic.partitions.resize(static_cast<size_t>(topic.state.partitions));
}

void FakeBroker::DeleteTopic(const std::string& name) {
  topics.erase(name);
  ++counts.deleted_topics;
  for (auto& [group_name, group] : groups_) {
    std::erase_if(group.committed, [&](const auto& one) { return one.first.topic == name; });
    std::erase_if(group.notes, [&](const auto& one) { return one.first.topic == name; });
  }
}

void FakeBroker::Restart(Duration outage) {
  down_until_ = now_ + outage;
  for (const uint64_t client : alive) EndSession(client);
}

bool FakeBroker::IsDown() {
  const bool down = now_ < down_until_;
  counts.calls_when_down += down;
  return down;
}

bool FakeBroker::RefusesWrite() {
  const bool full = now_ < full_until_;
  counts.refused_writes += full;
  return full;
}

FakePartition* FakeBroker::Find(const TopicPartition& partition) {
  const auto topic = topics.find(partition.topic);
  if (topic == topics.end() || partition.partition < 0 ||
      std::cmp_greater_equal(partition.partition, topic->second.partitions.size()))
    return nullptr;
  return &topic->second.partitions[static_cast<size_t>(partition.partition)];
}

void FakeBroker::Put(FakePartition& partition, FakeEntry entry, bool log_append) {
  entry.offset = partition.end++;
  entry.at_log = log_append;
  if (log_append) entry.at = now_;
  partition.entries.push_back(std::move(entry));
}

int64_t FakeBroker::Publish(const TopicPartition& partition, FakeEntry entry) {
  FakePartition* found = Find(partition);
  PM_CHECK(found != nullptr);
  Put(*found, std::move(entry), topics.at(partition.topic).log_append);
  return found->end - 1;
}

void FakeBroker::Advance(Instant to) {
  now_ = std::max(now_, to);
  std::vector<std::string> late;
  for (const auto& [id, number] : open_) {
    if (now_ - transactions_[number - 1].began > settings_.transaction_timeout) late.push_back(id);
  }
  for (const std::string& id : late) {
    ++counts.timed_out;
    NewEpoch(id);
  }
  for (auto& [name, group] : groups_) {
    for (const uint64_t client : alive) {
      if (!frozen.contains(client)) group.Beat(client, now_);
    }
    group.PutOut(now_);
  }
  for (const auto& [client, at] : polled_) {
    if (now_ - at > settings_.poll_interval) EndSession(client);
  }
}

void FakeBroker::EndSession(uint64_t client) {
  for (auto& [name, group] : groups_) {
    group.Silence(client);
    group.PutOut(now_);
  }
}

void FakeBroker::EndSessions(const std::string& group) {
  FakeGroup& one = this->group(group);
  for (const uint64_t client : one.clients()) one.Silence(client);
  one.PutOut(now_);
}

int64_t FakeBroker::LastStable(const TopicPartition& partition) {
  const FakePartition* found = Find(partition);
  PM_CHECK(found != nullptr);
  int64_t stable = found->end;
  for (const auto& [id, number] : open_) {
    const auto& written = transactions_[number - 1].partitions;
    if (const auto first = written.find(partition); first != written.end())
      stable = std::min(stable, first->second);
  }
  return stable;
}

const FakeEntry* FakeBroker::NextCommitted(const TopicPartition& partition, int64_t* position) {
  FakePartition* found = Find(partition);
  if (found == nullptr) return nullptr;
  const int64_t stable = LastStable(partition);
  auto entry = std::ranges::lower_bound(found->entries, *position, {}, &FakeEntry::offset);
  for (; entry != found->entries.end() && entry->offset < stable; ++entry) {
    *position = entry->offset;
    if (entry->is_marker) continue;
    if (entry->transaction == 0 ||
        transactions_[entry->transaction - 1].state == FakeTransaction::State::kCommitted)
      return &*entry;
  }
  *position = std::max(*position, stable);
  return nullptr;
}

const FakeEntry* FakeBroker::NextWritten(const TopicPartition& partition, int64_t* position) {
  FakePartition* found = Find(partition);
  if (found == nullptr) return nullptr;
  auto entry = std::ranges::lower_bound(found->entries, *position, {}, &FakeEntry::offset);
  while (entry != found->entries.end() && entry->is_marker) ++entry;
  *position = entry == found->entries.end() ? found->end : entry->offset;
  return entry == found->entries.end() ? nullptr : &*entry;
}

void FakeBroker::Compact(const TopicPartition& partition) {
  FakePartition* found = Find(partition);
  PM_CHECK(found != nullptr);
  const int64_t stable = LastStable(partition);
  std::map<std::string, int64_t> last;  // offset by key
  const auto is_aborted = [&](const FakeEntry& entry) {
    return entry.transaction != 0 &&
           transactions_[entry.transaction - 1].state == FakeTransaction::State::kAborted;
  };
  for (const FakeEntry& entry : found->entries) {
    if (entry.offset < stable && !entry.is_marker && !is_aborted(entry))
      last[entry.key] = entry.offset;
  }
  std::erase_if(found->entries, [&](const FakeEntry& entry) {
    if (entry.offset >= stable) return false;
    if (entry.is_marker || is_aborted(entry)) return true;
    if (last.at(entry.key) != entry.offset) return true;
    return !entry.value && now_ - entry.at > settings_.delete_retention;
  });
}

uint64_t FakeBroker::NewEpoch(const std::string& id) {
  End(id, false);
  forgotten_.erase(id);
  return ++epochs_[id];
}

bool FakeBroker::IsCurrent(const std::string& id, uint64_t epoch) const {
  const auto it = epochs_.find(id);
  return it != epochs_.end() && it->second == epoch;
}

FakeTransaction& FakeBroker::OpenTransaction(const std::string& id) {
  const auto [it, is_new] = open_.try_emplace(id, 0);
  if (is_new) {
    transactions_.push_back({});
    it->second = transactions_.size();
    transactions_.back().id = id;
    transactions_.back().began = now_;
  }
  return transactions_[it->second - 1];
}

void FakeBroker::Write(const TopicPartition& partition, FakeEntry entry, const std::string& id) {
  FakePartition* found = Find(partition);
  PM_CHECK(found != nullptr);
  OpenTransaction(id).partitions.try_emplace(partition, found->end);
  entry.transaction = open_.at(id);
  Put(*found, std::move(entry), topics.at(partition.topic).log_append);
}

void FakeBroker::End(const std::string& id, bool commit) {
  const auto it = open_.find(id);
  if (it == open_.end()) return;
  FakeTransaction& ended = transactions_[it->second - 1];
  ended.state = commit ? FakeTransaction::State::kCommitted : FakeTransaction::State::kAborted;
  ++(commit ? counts.commits : counts.aborts);
  for (const auto& [partition, first] : ended.partitions) {
    FakePartition* found = Find(partition);
    if (found == nullptr) continue;  // deleted meanwhile
    FakeEntry marker;
    marker.is_marker = true;
    Put(*found, std::move(marker), true);
  }
  if (commit) {
    for (const auto& [name, offsets] : ended.offsets) group(name).Commit(offsets);
  }
  open_.erase(it);
}

bool FakeBroker::IsPending(const std::string& group, const TopicPartition& partition) const {
  return std::ranges::any_of(open_, [&](const auto& one) {
    const auto& offsets = transactions_[one.second - 1].offsets;
    const auto of_group = offsets.find(group);
    return of_group != offsets.end() &&
           std::ranges::find(of_group->second, partition, &PartitionOffset::partition) !=
               of_group->second.end();
  });
}

FakeGroup& FakeBroker::group(const std::string& name) {
  const auto count = [this](const std::string& topic) {
    const auto found = topics.find(topic);
    return found == topics.end() ? 0 : found->second.state.partitions;
  };
  return groups_.try_emplace(name, count, settings_.session).first->second;
}

bool FakeBroker::Draw(uint32_t FakeFaults::* chance, int FakeCounts::* count) {
  const uint32_t per_mille = settings_.faults.*chance;
  if (quiet || per_mille == 0 || !random.PerMille(per_mille)) return false;
  ++(counts.*count);
  return true;
}

}  // namespace pm
