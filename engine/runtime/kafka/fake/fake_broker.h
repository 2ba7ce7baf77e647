// A model of a Kafka cluster in memory, with what makes Kafka hard: control markers take offsets,
// open transactions hold the last stable offset back, producers are fenced by epochs, transactions
// and sessions time out, compaction forgets, answers get lost. Time is fed; all chance comes from
// one seed. For tests and simulations only. One thread.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>

#include "base/random.h"
#include "engine/runtime/kafka/fake/fake_group.h"

namespace pm {

// Chances in a thousand, drawn at each call that could meet it.
struct FakeFaults {
  uint32_t retries = 0;             // a call answers kKafkaRetry and did nothing
  uint32_t failed_flushes = 0;      // a record was not delivered
  uint32_t lost_commits = 0;        // the commit happened, its answer is lost ...
  uint32_t lost_requests = 0;       // ... or it never got there: the transaction stays open
  uint32_t moved_coordinators = 0;  // of a commit: nothing happened, the transaction can only end
  uint32_t expired_producers = 0;   // its id is forgotten: the producer is of no use any more
  uint32_t unanswered_inits = 0;    // of InitTransactions: it happened, nobody says so
  uint32_t stalls = 0;              // of a poll: its partition gives nothing for a while
  uint32_t stalled_queues = 0;      // of a record: it and what follows stay with the producer
};
// How often each thing happened: a run that met none of them tests little.
struct FakeCounts {
  int commits = 0, aborts = 0, retries = 0, failed_flushes = 0, lost_commits = 0;
  int lost_requests = 0, moved_coordinators = 0, expired_producers = 0, stalls = 0;
  int unanswered_inits = 0;
  int fenced = 0, refused_offsets = 0, timed_out = 0, stalled_queues = 0, calls_when_down = 0,
      refused_writes = 0, deleted_topics = 0;
};
struct FakeSettings {
  uint64_t seed = 1;
  FakeFaults faults;
  Duration session = Seconds(45);
  Duration poll_interval = Days(10'000);  // who has not polled for so long is put out
  Duration transaction_timeout = Seconds(60);
  Duration stall = Seconds(3);
  Duration delete_retention = Hours(24);  // of tombstones
};

struct FakeEntry {
  int64_t offset = 0;
  uint64_t transaction = 0;  // 0: none
  bool is_marker = false;    // takes an offset, is never read
  std::string key;
  std::optional<std::string> value;  // nullopt: a tombstone
  KafkaHeaders headers;
  Instant at;
  bool at_log = false;
};
// Views of both.
KafkaRecord RecordOf(const TopicPartition& partition, const FakeEntry& entry);
struct FakePartition {
  std::deque<FakeEntry> entries;  // offsets rise, with gaps
  int64_t start = 0, end = 0;     // log start, high watermark
  Instant stalled_until{0};
};
struct FakeTopic {
  TopicState state;
  bool log_append = true;        // timestamps are the broker's
  size_t most_bytes = SIZE_MAX;  // of a record's value: its max.message.bytes
  std::deque<FakePartition> partitions;
};
struct FakeTransaction {
  enum class State : uint8_t { kOpen, kCommitted, kAborted };
  State state = State::kOpen;
  std::string id;
  Instant began;
  std::map<TopicPartition, int64_t> partitions;  // with the first offset it has there
  std::map<std::string, std::vector<PartitionOffset>> offsets;  // by group
};

class FakeBroker {
 public:
  explicit FakeBroker(const FakeSettings& settings) : random(settings.seed), settings_(settings) {}

  void CreateTopic(TopicState state, bool log_append = true);
  // With what any group has committed of it.
  void DeleteTopic(const std::string& name);
  FakePartition* Find(const TopicPartition& partition);  // null when there is none
  // A publisher's record outside of any transaction; its offset.
  int64_t Publish(const TopicPartition& partition, FakeEntry entry);
  // Time goes on for everyone; whoever is not frozen gives a sign of life.
  void Advance(Instant to);
  void Freeze(uint64_t client) { frozen.insert(client); }
  void Thaw(uint64_t client) { frozen.erase(client); }
  // The whole cluster goes down for so long: no call is answered, then everybody joins anew. What
  // was committed is kept, and so are open transactions.
  void Restart(Duration outage);
  bool IsDown();
  // Its disks are full, or it has too few replicas: for so long no record is taken.
  void RefuseWrites(Duration time) { full_until_ = now_ + time; }
  bool RefusesWrite();
  // The coordinator of transactions is away for so long: nobody becomes a producer.
  void LoseCoordinator(Duration time) { no_coordinator_until_ = now_ + time; }
  bool HasCoordinator() const { return now_ >= no_coordinator_until_; }
  void NotePoll(uint64_t client) { polled_[client] = now_; }
  // Its sessions end at once, as if they had timed out.
  void EndSession(uint64_t client);
  void EndSessions(const std::string& group);  // of all its members
  // Forgets what is superseded by key below the last stable offset, tombstones once they are old.
  void Compact(const TopicPartition& partition);

  // Reads. The first committed record at or behind `*position`, which is moved behind what was
  // passed over; null at the last stable offset.
  const FakeEntry* NextCommitted(const TopicPartition& partition, int64_t* position);
  // What is open and aborted, too.
  const FakeEntry* NextWritten(const TopicPartition& partition, int64_t* position);
  int64_t LastStable(const TopicPartition& partition);

  // Producers. A new epoch of the id; what the one before left open is aborted.
  uint64_t NewEpoch(const std::string& id);
  bool IsCurrent(const std::string& id, uint64_t epoch) const;
  // It was idle for days: the brokers know nothing of its producer, until there is another.
  void Forget(const std::string& id) { forgotten_.insert(id); }
  bool IsForgotten(const std::string& id) const { return forgotten_.contains(id); }
  // The id's open transaction, begun when there is none.
  FakeTransaction& OpenTransaction(const std::string& id);
  void Write(const TopicPartition& partition, FakeEntry entry, const std::string& id);
  void End(const std::string& id, bool commit);  // nothing happens when none is open
  // Offsets of the group that an open transaction holds.
  bool IsPending(const std::string& group, const TopicPartition& partition) const;

  FakeGroup& group(const std::string& name);
  uint64_t NewClient() { return ++clients_; }
  // True with this chance of the faults; then it is counted.
  bool Draw(uint32_t FakeFaults::* chance, int FakeCounts::* count);
  const FakeSettings& settings() const { return settings_; }
  Instant now() const { return now_; }

  Random random;
  bool quiet = false;  // no faults from here on
  FakeCounts counts;
  std::map<std::string, FakeTopic> topics;
  std::set<uint64_t> alive, frozen;  // clients
  std::set<std::string> refused;     // topics of which no record is taken
  // Transactional ids whose next InitTransactions get no answer, and do nothing, so many times.
  std::map<std::string, int> unanswered;
  std::set<TopicPartition> leaderless;  // nobody says their bounds
  // Told how long a call waited for one of these two; empty: they take no time.
  std::function<void(Duration)> waited;

 private:
  void Put(FakePartition& partition, FakeEntry entry, bool log_append);

  const FakeSettings settings_;
  Instant now_{0}, down_until_{0}, full_until_{0}, no_coordinator_until_{0};
  std::map<uint64_t, Instant> polled_;  // when it last did
  uint64_t clients_ = 0;
  std::map<std::string, FakeGroup> groups_;
  std::map<std::string, uint64_t> epochs_;
  std::set<std::string> forgotten_;
  std::map<std::string, uint64_t> open_;       // transaction by id
  std::vector<FakeTransaction> transactions_;  // number n at n - 1
};

}  // namespace pm
