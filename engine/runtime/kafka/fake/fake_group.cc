#include "engine/runtime/kafka/fake/fake_group.h"

#include <algorithm>

namespace pm {

FakeGroup::Member* FakeGroup::Find(const std::string& instance, uint64_t client) {
  const auto it = members_.find(instance);
  return it == members_.end() || it->second.client != client ? nullptr : &it->second;
}

const FakeGroup::Member* FakeGroup::Find(const std::string& instance, uint64_t client) const {
  const auto it = members_.find(instance);
  return it == members_.end() || it->second.client != client ? nullptr : &it->second;
}

void FakeGroup::Join(const std::string& instance, uint64_t client, std::vector<std::string> topics,
                     Instant now) {
  Member& member = members_[instance];
  const bool is_new = member.client == 0 || member.topics != topics;
  member.client = client;
  member.topics = std::move(topics);
  member.seen = now;
  if (is_new) {
    Rebalance();
  } else if (rebalancing_) {
    member.state = State::kWaits;
    member.partitions.clear();
    AssignWhenAllWait();
  } else {
    member.state = State::kHearsAssigned;
  }
}

Result<KafkaEvent> FakeGroup::Hear(const std::string& instance, uint64_t client, Instant now) {
  if (const auto out = put_out_.find(client); out != put_out_.end()) {
    Member lost = std::move(out->second);
    put_out_.erase(out);
    if (members_.contains(instance)) return Fail(kKafkaFenced, "another process is " + instance);
    Join(instance, client, lost.topics, now);
    return Revoked{std::move(lost.partitions), true};
  }
  Member* member = Find(instance, client);
  if (member == nullptr) return Fail(kKafkaFenced, "another process is " + instance);
  if (member->state == State::kHearsRevoked) {
    member->state = State::kRevokes;
    return Revoked{member->partitions, false};
  }
  if (member->state == State::kHearsAssigned) {
    member->state = State::kAssigns;
    return Assigned{member->partitions};
  }
  return Nothing{};
}

Result<void> FakeGroup::Answer(const std::string& instance, uint64_t client,
                               std::span<const PartitionOffset> from) {
  Member* member = Find(instance, client);
  if (member == nullptr) return {};  // it has yet to hear that it is out
  for (const PartitionOffset& one : from) {
    if (std::ranges::find(member->partitions, one.partition) == member->partitions.end())
      return Fail(kKafkaRefused, "not given by the group: " + one.partition.topic);
  }
  if (member->state == State::kRevokes) {
    if (!from.empty()) return Fail(kKafkaRefused, "the partitions were taken");
    member->state = State::kWaits;
    member->partitions.clear();
    AssignWhenAllWait();
  } else if (member->state == State::kAssigns) {
    member->state = State::kReads;
  }
  return {};
}

bool FakeGroup::MayRead(const std::string& instance, uint64_t client) const {
  const Member* member = Find(instance, client);
  // Whoever is to hear of a rebalance has not heard yet, and reads on.
  return member != nullptr &&
         (member->state == State::kReads || member->state == State::kHearsRevoked);
}

bool FakeGroup::MayCommit(const std::string& instance, uint64_t client,
                          std::span<const PartitionOffset> next) const {
  const Member* member = Find(instance, client);
  if (member == nullptr || member->state == State::kWaits) return false;
  return std::ranges::all_of(next, [&](const PartitionOffset& one) {
    return std::ranges::find(member->partitions, one.partition) != member->partitions.end();
  });
}

void FakeGroup::Commit(std::span<const PartitionOffset> next) {
  for (const PartitionOffset& one : next) {
    committed[one.partition] = one.offset;
    notes[one.partition] = one.note;
  }
}

void FakeGroup::Beat(uint64_t client, Instant now) {
  for (auto& [instance, member] : members_) {
    if (member.client == client) member.seen = now;
  }
}

void FakeGroup::Silence(uint64_t client) {
  constexpr Instant kLongAgo{INT64_MIN / 2};
  Beat(client, kLongAgo);
}

void FakeGroup::PutOut(Instant now) {
  const auto is_silent = [&](const auto& one) { return now - one.second.seen > session_; };
  if (std::ranges::none_of(members_, is_silent)) return;
  for (const auto& [instance, member] : members_) {
    if (is_silent(std::pair(instance, member))) put_out_[member.client] = member;
  }
  std::erase_if(members_, is_silent);
  Rebalance();
}

std::vector<PartitionOffset> FakeGroup::Committed(
    std::span<const TopicPartition> partitions) const {
  std::vector<PartitionOffset> result;
  for (const TopicPartition& one : partitions) {
    const auto found = committed.find(one);
    const auto note = notes.find(one);
    const bool is_there = found != committed.end();
    result.push_back({one, is_there ? found->second : -1,
                      is_there && note != notes.end() ? note->second : std::string()});
  }
  return result;
}

GroupState FakeGroup::Describe() const {
  GroupState state{.is_rebalancing = rebalancing_, .members = {}};
  for (const auto& [instance, member] : members_) {
    GroupMember& one = state.members.emplace_back();
    one.instance_id = instance;
    if (rebalancing_) continue;
    one.partitions = member.partitions;
    std::ranges::sort(one.partitions);
  }
  return state;
}

std::vector<uint64_t> FakeGroup::clients() const {
  std::vector<uint64_t> all;
  for (const auto& [instance, member] : members_) all.push_back(member.client);
  return all;
}

void FakeGroup::Rebalance() {
  rebalancing_ = true;
  ++rebalances_;
  for (auto& [instance, member] : members_) {
    const bool holds = !member.partitions.empty() && member.state != State::kWaits;
    if (!holds)
      member.state = State::kWaits;
    else if (member.state != State::kRevokes)
      member.state = State::kHearsRevoked;
  }
  AssignWhenAllWait();
}

void FakeGroup::AssignWhenAllWait() {
  const auto waits = [](const auto& one) { return one.second.state == State::kWaits; };
  if (!rebalancing_ || !std::ranges::all_of(members_, waits)) return;
  rebalancing_ = false;
  std::set<std::string> topics;
  for (auto& [instance, member] : members_) {
    topics.insert(member.topics.begin(), member.topics.end());
    member.partitions.clear();
    member.state = State::kHearsAssigned;
  }
  for (const std::string& topic : topics) AssignByRange(topic);
}

void FakeGroup::AssignByRange(const std::string& topic) {
  std::vector<Member*> readers;
  for (auto& [instance, member] : members_) {
    if (std::ranges::find(member.topics, topic) != member.topics.end()) readers.push_back(&member);
  }
  const auto all = static_cast<size_t>(count_(topic));
  size_t next = 0;
  for (size_t i = 0; i < readers.size(); ++i) {
    const size_t share = all / readers.size() + (i < all % readers.size() ? 1 : 0);
    for (const size_t end = next + share; next < end; ++next)
      readers[i]->partitions.push_back({topic, static_cast<int32_t>(next)});
  }
}

}  // namespace pm
