// What the engine asks of Kafka, and nothing else, so that the code that commits can be tried on a
// model of a broker. Behind it: librdkafka, or the model (fake_kafka.h). A client is one worker's
// and belongs to its thread. No call throws; each waits at most the client's own time-outs.
#pragma once
#include <compare>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time/instant.h"

namespace pm {

// Errors, by what the caller does next.
inline constexpr int kKafkaRetry = 530;    // nothing happened; try again
inline constexpr int kKafkaAborted = 531;  // Abort, then read the inputs again
inline constexpr int kKafkaUnknown = 532;  // it may have happened: new producer, look at the log
inline constexpr int kKafkaFenced = 533;   // another producer has our transactional id
inline constexpr int kKafkaFatal = 534;    // the producer is of no use any more: make a new one
inline constexpr int kKafkaRefused = 535;  // configuration, rights, a topic that is not there

// Nothing happened, or it cannot be told yet: the next call tries again.
inline bool IsPassing(const Error& error) { return error.code == kKafkaRetry; }

// What a producer and a topic of ours must take in one request: what librdkafka puts into one, and
// no record of the engine's is as large.
inline constexpr int64_t kLeastRecordBytes = 1'000'000;

// In a row, of one producer: the fault may be its own.
inline constexpr int kMostAborts = 2;

struct TopicPartition {
  std::string topic;
  int32_t partition = 0;
  auto operator<=>(const TopicPartition&) const = default;
};
struct PartitionOffset {
  TopicPartition partition;
  int64_t offset = 0;  // of the next record to read
  std::string note;    // what whoever committed it wrote beside it
  auto operator<=>(const PartitionOffset&) const = default;
};
using KafkaHeaders = std::vector<std::pair<std::string, std::string>>;

// Borrowed until the next call that polls the same source.
struct KafkaRecord {
  const TopicPartition* partition = nullptr;
  int64_t offset = 0;
  Instant at;           // the record's timestamp
  bool at_log = false;  // it is the broker's (LogAppendTime), else the publisher's
  std::string_view key, value;
  bool tombstone = false;  // it has no value, not even an empty one
  KafkaHeaders headers;
};

// The group gave us these; answer with Assign. Nothing of them is read before, but Poll goes on
// being called: it keeps us a member.
struct Assigned {
  std::vector<TopicPartition> partitions;
};
// The group takes all that we have (rebalances are eager). Commit or abort first, then answer with
// Assign({}). `lost`: others may own them already, nothing of them can be committed any more.
struct Revoked {
  std::vector<TopicPartition> partitions;
  bool lost = false;
};
struct Nothing {};
using KafkaEvent = std::variant<Nothing, KafkaRecord, Assigned, Revoked>;

struct Produced {
  std::string_view topic;
  int32_t partition = -1;  // -1: by the key's hash
  std::string_view key;
  std::optional<std::string_view> value;  // nullopt: a tombstone
  std::span<const std::pair<std::string, std::string>> headers;
  bool remembered = false;  // Delivered says where it went
};

// A worker's member of a consumer group and its transactional producer.
class KafkaClient {
 public:
  virtual ~KafkaClient() = default;

  // 1. The next thing that happens, waiting at most `wait`.
  virtual Result<KafkaEvent> Poll(Duration wait) = 0;
  // 2. Answers Assigned and Revoked: exactly these are read, each from its offset (not below 0).
  // May be called again with another choice of what the group gave: so what needs no restore is
  // read at once, and the rest later. kKafkaRefused for what the group did not give. An offset that
  // is not there any more is kKafkaRefused from Poll.
  virtual Result<void> Assign(std::span<const PartitionOffset> from) = 0;
  // 3. Of partitions assigned: nothing more of them comes until the other call.
  virtual Result<void> Pause(std::span<const TopicPartition> partitions) = 0;
  virtual Result<void> Resume(std::span<const TopicPartition> partitions) = 0;
  // 4. What a group (empty: our own) has committed, transactions that are still open waited for
  // (require_stable); -1 where it never did. kKafkaRetry while some are open.
  virtual Result<std::vector<PartitionOffset>> Committed(
      std::string_view group, std::span<const TopicPartition> partitions) = 0;
  // The same, but what was committed last, whatever is open.
  virtual Result<std::vector<PartitionOffset>> LastCommitted(
      std::string_view group, std::span<const TopicPartition> partitions) = 0;
  // Of our own group, outside of any transaction; kKafkaRetry for what is not assigned, or was
  // lost.
  virtual Result<void> CommitAlone(std::span<const PartitionOffset> next) = 0;

  // 5. Fences whoever had the transactional id, ends what they left open. Makes a new producer each
  // time: the remedy after kKafkaUnknown, kKafkaFenced and kKafkaFatal, after which 6 to 11 answer
  // only kKafkaFatal. Abort makes a new one, too, where records were not delivered, and the
  // kMostAborts-th time in a row.
  virtual Result<void> InitTransactions(std::string_view transactional_id) = 0;
  // 6. to 11. One transaction. Produce only hands over; Flush waits until all of it was delivered
  // and says what was not.
  virtual Result<void> Begin() = 0;
  virtual Result<void> Produce(const Produced& record) = 0;
  virtual Result<void> Flush() = 0;
  // Of our own group. kKafkaAborted without asking for what is not assigned, or was lost.
  virtual Result<void> SendOffsets(std::span<const PartitionOffset> next) = 0;
  // kKafkaUnknown: the answer was lost. With kKafkaFenced, too, it may have happened.
  virtual Result<void> Commit() = 0;
  virtual Result<void> Abort() = 0;

  // 12. First and next offset there are, open and aborted transactions included
  // (read_uncommitted).
  virtual Result<std::pair<int64_t, int64_t>> Bounds(const TopicPartition& partition) = 0;
  // 13. Of a partition assigned: offset behind the last record, marker or gap that was read of it.
  virtual Result<int64_t> Position(const TopicPartition& partition) = 0;
  // 14. Of a partition assigned: the next offset there is, as the last answer to a read said;
  // nullopt before the first. Asks nobody.
  virtual std::optional<int64_t> End(const TopicPartition& partition) = 0;
  // 15. Once Flush has succeeded: the offset of the transaction's last remembered record of that
  // partition; nullopt: there is none, or nobody knows (it was sent twice). Asks nobody.
  virtual std::optional<int64_t> Delivered(const TopicPartition& partition) = 0;
  // 16. From here on 4, 5 and 12 wait at most so long for an answer; nullopt: the client's own
  // time-out. A producer keeps what it was made with.
  virtual void WaitAtMost(std::optional<Duration> answer) = 0;
};

// Reads partitions outside of any group, committed records only unless it was made otherwise:
// changelogs, the control topic.
class KafkaReader {
 public:
  virtual ~KafkaReader() = default;
  // Nothing: it gives up its connections until the next call.
  virtual Result<void> Assign(std::span<const PartitionOffset> from) = 0;
  // The next record; nullopt after `wait`, or at once when a partition has come to its end, or
  // nothing is assigned.
  virtual Result<std::optional<KafkaRecord>> Poll(Duration wait) = 0;
  // Offset behind the last record, marker or gap that was read of it: it has come to the end when
  // this is at or past the bound that was taken before.
  virtual Result<int64_t> Position(const TopicPartition& partition) = 0;
  // The next offset there is of a partition assigned, as the last answer to a read said; nullopt
  // before the first. Asks nobody.
  virtual std::optional<int64_t> End(const TopicPartition& partition) = 0;
  // Leaves with the brokers how far was read, as offsets of the reader's group, for whoever looks.
  // Waits for nobody; one that does not get there is made up for by the next.
  virtual void Note(std::span<const PartitionOffset> next) = 0;
};

struct TopicState {
  std::string name;
  int32_t partitions = 0;
  int32_t replication = 0;
  std::vector<std::pair<std::string, std::string>> settings;  // those the caller asked for
};

struct GroupMember {
  std::string instance_id;                 // empty: it has none
  std::string host;                        // as the brokers see it; empty: not known
  std::vector<TopicPartition> partitions;  // sorted; while the group rebalances: none
  auto operator<=>(const GroupMember&) const = default;
};
struct GroupState {
  bool is_rebalancing = false;
  std::vector<GroupMember> members;  // sorted; none of a group that nobody is in
};

// Topics and groups. Its own connection; any thread.
class KafkaAdmin {
 public:
  virtual ~KafkaAdmin() = default;
  // nullopt where there is no such topic. `settings` names what is looked up of each.
  virtual Result<std::vector<std::optional<TopicState>>> Describe(
      std::span<const std::string> topics, std::span<const std::string> settings) = 0;
  virtual Result<std::vector<std::string>> List() = 0;  // all names
  // Returns when it is there for others, too.
  virtual Result<void> Create(const TopicState& topic) = 0;
  // Who is in a group, and what each has.
  virtual Result<GroupState> DescribeGroup(const std::string& group) = 0;
};

}  // namespace pm
