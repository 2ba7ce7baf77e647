#include <fmt/format.h>

#include <set>

#include "engine/runtime/kafka/client/patiently.h"
#include "engine/runtime/kafka/client/read_to_end.h"
#include "engine/runtime/kafka/logs/transaction.h"
#include "engine/runtime/kafka/reshape/kafka_state.h"
#include "engine/runtime/record.h"
#include "engine/stages/directory.h"
#include "model/messages/identity.h"

namespace pm {

namespace {

constexpr size_t kRowsATransaction = 2000;

// Everything that is written here may be written twice, so a transaction of which nobody knows what
// became is simply done again.
class Writer {
 public:
  Writer(KafkaClient& client, const KafkaPlace& to)
      : client_(client), to_(to), transactions_(client, to.names, to.partitions) {}

  Result<void> Begin() {
    return Patiently(to_.patience,
                     [&] { return client_.InitTransactions(to_.transactional_id()); });
  }
  // `put` hands over what is to be in it.
  template <class F>
  Result<void> Transact(F put) {
    constexpr int kMostTries = 10;
    Result<void> done;
    for (int i = 0; i < kMostTries; ++i) {
      done = TransactOnce(put);
      if (done || done.error().code == kKafkaFenced) return done;
      PM_TRY(const AfterFailure after, transactions_.Failed(done.error()));
      if (after == AfterFailure::kAskTheLog) PM_TRY_VOID(Begin());
    }
    return done;
  }
  Transactions& transactions() { return transactions_; }
  Result<void> Put(const Produced& record) { return transactions_.Put(record); }

 private:
  template <class F>
  Result<void> TransactOnce(F put) {
    PM_TRY_VOID(transactions_.Begin());
    PM_TRY_VOID(put());
    PM_TRY_VOID(transactions_.Flush());
    PM_TRY_VOID(AtFailPoint());
    PM_TRY_VOID(transactions_.Commit());
    return AtFailPoint();
  }
  Result<void> AtFailPoint() const { return to_.fail_point ? to_.fail_point() : Result<void>{}; }

  KafkaClient& client_;
  const KafkaPlace& to_;
  Transactions transactions_;
};

// A member of a group that nobody else is in.
class LoneMember {
 public:
  LoneMember(KafkaClient& client, Duration patience) : client_(client), patience_(patience) {}

  // Waits until the group has given us all of these, and reads nothing of them.
  Result<void> Join(const std::vector<TopicPartition>& all) {
    for (Duration waited{}; waited < patience_; waited = waited + kPatientWait) {
      PM_TRY(const KafkaEvent event, client_.Poll(kPatientWait));
      if (std::holds_alternative<Revoked>(event)) PM_TRY_VOID(client_.Assign({}));
      const auto* assigned = std::get_if<Assigned>(&event);
      if (assigned == nullptr) continue;
      PM_TRY_VOID(Take(assigned->partitions));
      const bool has_all = std::ranges::all_of(all, [&](const TopicPartition& one) {
        return std::ranges::find(assigned->partitions, one) != assigned->partitions.end();
      });
      if (has_all) return {};
    }
    return Fail(kStillAtWork, "the group did not give us all partitions: is a worker running?");
  }
  // A sign of life.
  Result<void> Stay() {
    PM_TRY(const KafkaEvent event, client_.Poll({}));
    if (!std::holds_alternative<Assigned>(event) && !std::holds_alternative<Revoked>(event))
      return {};
    return Fail(kStillAtWork, "somebody has joined the group: is a worker running?");
  }

 private:
  Result<void> Take(const std::vector<TopicPartition>& partitions) {
    std::vector<PartitionOffset> from;
    for (const TopicPartition& one : partitions) {
      PM_TRY(const auto bounds, Patiently(patience_, [&] { return client_.Bounds(one); }));
      from.push_back({one, bounds.second});
    }
    PM_TRY_VOID(client_.Assign(from));
    return partitions.empty() ? Result<void>{} : client_.Pause(partitions);
  }

  KafkaClient& client_;
  const Duration patience_;
};

// Keys that a partition holds, those that were taken away again left out.
Result<std::set<std::string>> KeysIn(KafkaClient& client, KafkaReader& reader,
                                     const TopicPartition& partition, Duration patience) {
  std::set<std::string> keys;
  PM_TRY_VOID(ReadToEnd(client, reader, {partition, 0}, patience,
                        [&](const KafkaRecord& record) -> Result<void> {
                          if (record.tombstone) {
                            keys.erase(std::string(record.key));
                          } else {
                            keys.emplace(record.key);
                          }
                          return {};
                        }));
  return keys;
}

// Takes away what is left of a try before this one.
Result<void> PutTombstones(Writer& writer, const TopicPartition& partition,
                           const std::set<std::string>& keys) {
  if (keys.empty()) return {};
  return writer.Transact([&]() -> Result<void> {
    for (const std::string& key : keys)
      PM_TRY_VOID(writer.Put({partition.topic, partition.partition, key, std::nullopt, {}}));
    return {};
  });
}

Result<void> WriteTask(Writer& writer, LoneMember& member, const KafkaPlace& to, TaskId task,
                       const StoreView& store, std::set<std::string> left_over) {
  const auto partition = static_cast<int32_t>(task.partition);
  const std::string topic = to.names.Changelog(task.stage);
  const PartitionOffset next{{to.names.Input(task.stage), partition}, 0};
  CommitSet set;
  set.meta = ReadTaskMeta(store);
  std::optional<std::string> key = store.NextKey("", "");
  do {
    PM_TRY_VOID(member.Stay());
    set.rows.clear();
    for (; key && set.rows.size() < kRowsATransaction; key = store.NextKey("", *key))
      set.rows.push_back({*key, store.Get(*key)});
    const auto put = [&](std::string_view record, std::optional<std::string_view> value) {
      left_over.erase(std::string(record));
      return writer.Put({topic, partition, record, value, {}});
    };
    const auto all = [&]() -> Result<void> {
      PM_TRY_VOID(VisitChangelog(set, store, to.rows, put));
      return writer.transactions().SendOffsets({&next, 1});
    };
    PM_TRY_VOID(writer.Transact(all));
  } while (key);
  return PutTombstones(writer, {topic, partition}, left_over);
}

// What the account stage told intake, one record a company, and one more for each other name that
// it had: a key of its own keeps it through compaction.
std::map<std::string, DirectoryEntry> EntriesOf(const StoreView& store) {
  std::map<std::string, DirectoryEntry> entries;
  const auto each = [&](char prefix, auto take) {
    const std::string all(1, prefix);
    std::optional<std::string> key;
    for (std::string after; (key = store.NextKey(all, after)); after = *key) {
      DirectoryByDomain row;
      if (!Decode(store.Get(*key).value(), &row)) continue;
      DirectoryEntry& entry = entries[row.domain];
      entry.domain = row.domain;
      take(entry, key->substr(1));
    }
  };
  each(DirectoryByDomain::kPrefix, [](DirectoryEntry& entry, const std::string& domain) {
    if (domain != entry.domain) entry.domains.push_back(domain);
  });
  each(DirectoryByName::kPrefix, [&](DirectoryEntry& entry, const std::string& name) {
    DirectoryEntry& of_name =
        entry.name_key.empty() ? entry : entries[fmt::format("{} {}", entry.domain, name)];
    of_name.domain = entry.domain;
    of_name.name_key = name;
  });
  return entries;
}

Result<void> WriteDirectory(Writer& writer, LoneMember& member, const KafkaPlace& to,
                            const StoreView& store, std::set<std::string> left_over) {
  const std::map<std::string, DirectoryEntry> entries = EntriesOf(store);
  const TopicPartition directory{to.names.Directory(), 0};
  for (auto next = entries.begin(); next != entries.end();) {
    const auto first = next;
    for (size_t n = 0; n < kRowsATransaction && next != entries.end(); ++n) ++next;
    const auto put = [&]() -> Result<void> {
      for (auto one = first; one != next; ++one) {
        Message message;
        message.to = Stage::kIntake;
        message.type = MessageType::kDirectory;
        message.key = one->second.domain;
        message.body = Encoded(one->second);
        left_over.erase(one->first);
        const std::string record = EncodeMessageRecord(message);
        PM_TRY_VOID(writer.Put({directory.topic, 0, one->first, record, {}}));
      }
      return {};
    };
    PM_TRY_VOID(member.Stay());
    PM_TRY_VOID(writer.Transact(put));
  }
  return PutTombstones(writer, directory, left_over);
}

}  // namespace

Result<void> WriteKafkaState(KafkaClient& client, KafkaReader& reader, const KafkaPlace& to,
                             const std::map<TaskId, Store*>& stores) {
  Writer writer(client, to);
  LoneMember member(client, to.patience);
  PM_TRY_VOID(writer.Begin());
  PM_TRY_VOID(member.Join(to.inputs()));
  for (const auto& [task, store] : stores) {
    const bool is_intake = task.stage == Stage::kIntake;
    const TopicPartition topic{is_intake ? to.names.Directory() : to.names.Changelog(task.stage),
                               static_cast<int32_t>(task.partition)};
    PM_TRY(std::set<std::string> there, KeysIn(client, reader, topic, to.patience));
    PM_TRY_VOID(is_intake ? WriteDirectory(writer, member, to, *store, std::move(there))
                          : WriteTask(writer, member, to, task, *store, std::move(there)));
  }
  return {};
}

Result<void> CopyOffsets(KafkaClient& client, const KafkaPlace& to, const std::string& from,
                         const std::vector<TopicPartition>& inputs) {
  if (inputs.empty()) return {};
  Writer writer(client, to);
  LoneMember member(client, to.patience);
  PM_TRY_VOID(writer.Begin());
  PM_TRY_VOID(member.Join(inputs));
  PM_TRY(std::vector<PartitionOffset> offsets,
         Patiently(to.patience, [&] { return client.Committed(from, inputs); }));
  std::erase_if(offsets, [](const PartitionOffset& next) { return next.offset < 0; });
  if (offsets.empty()) return {};
  return writer.Transact([&] { return writer.transactions().SendOffsets(offsets); });
}

Result<void> PutGeneration(KafkaClient& client, const KafkaPlace& place,
                           const Generation& generation) {
  return PutHistory(client, place, generation, {});
}

Result<void> PutHistory(KafkaClient& client, const KafkaPlace& place, const Generation& generation,
                        const RulesHistory& history) {
  Writer writer(client, place);
  PM_TRY_VOID(writer.Begin());
  const std::string mark = Encoded(generation);
  const std::string rules = place.names.Rules(), control = place.names.Control();
  return writer.Transact([&]() -> Result<void> {
    for (const RulesSwitch& one : history.switches) {
      const std::string record = EncodeRecord(SwitchRecord{one.rules, one.propagate});
      const KafkaHeaders words = {{"how", one.how},
                                  {"by", one.by},
                                  {"message", one.message},
                                  {"at", fmt::format("{}", one.at.ms)}};
      PM_TRY_VOID(writer.Put({control, 0, "rules", record, words}));
    }
    return writer.Put({rules, 0, kGenerationName, mark, {}});
  });
}

}  // namespace pm
