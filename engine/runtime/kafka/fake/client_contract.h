// What every implementation of the port (kafka_client.h) must do, as one suite:
// client_contract_test.cc is compiled into the tests of the model and into
// pointsman_kafka_contract, against a real broker. Each instantiates `ClientContract` with its
// factory.
#pragma once
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/runtime/kafka/client/kafka_client.h"
#include "engine/runtime/kafka/client/rdkafka.h"

namespace pm {

#define ASSERT_OK(...)                                                                      \
  do {                                                                                      \
    const auto& pm_outcome = (__VA_ARGS__);                                                 \
    ASSERT_TRUE(pm_outcome.has_value()) << #__VA_ARGS__ << ": " << pm_outcome.error().text; \
  } while (false)

inline constexpr Duration kContractStep = Milliseconds(20);  // that a poll waits
inline int CodeOf(const auto& result) { return result.has_value() ? 0 : result.error().code; }
inline PartitionOffset At(const std::string& topic, int32_t partition, int64_t offset) {
  return {{topic, partition}, offset};
}

// A broker with no limits of rights, and its clients. Topics are stamped with the broker's time
// unless their setting `message.timestamp.type` says CreateTime.
class ContractBroker {
 public:
  virtual ~ContractBroker() = default;
  virtual std::unique_ptr<KafkaClient> Client(const KafkaMember& member) = 0;
  virtual std::unique_ptr<KafkaReader> Reader(const std::string& group = {}) = 0;
  virtual std::unique_ptr<KafkaReader> Uncommitted() = 0;
  virtual std::unique_ptr<KafkaAdmin> Admin() = 0;
  // Returns once the brokers have forgotten the producer of that id, which is idle: it has expired.
  virtual void Forget(const std::string& transactional_id) = 0;
};
using MakeContractBroker = std::unique_ptr<ContractBroker> (*)();

// A record that was read, owned.
struct ReadRecord {
  TopicPartition partition;
  int64_t offset = 0;
  Instant at;
  bool at_log = false;
  std::string key, value;
  bool tombstone = false;
  KafkaHeaders headers;
};

// A member of a group that answers the group by itself: reads all it is given, from where it left
// off or the first record there is.
struct Member {
  std::unique_ptr<KafkaClient> client;
  bool answers = true;  // Assigned and Revoked; else they are only kept
  std::vector<TopicPartition> given;
  std::vector<Assigned> assigned;
  std::vector<Revoked> revoked;
  std::vector<ReadRecord> records;
  std::map<TopicPartition, int64_t> next;
  Error failed;  // of the last Poll

  void Poll();
  void Answer();  // the last of Assigned and Revoked
};

class ClientContract : public testing::TestWithParam<MakeContractBroker> {
 protected:
  // A topic of a name of its own.
  std::string MakeTopic(int32_t partitions,
                        std::vector<std::pair<std::string, std::string>> settings = {});
  static std::string Fresh(std::string_view name);
  // In no group; transactions under an id of its own.
  std::unique_ptr<KafkaClient> Writer();
  Member Join(const std::string& group, const std::string& instance, const std::string& topic,
              Duration answer = Seconds(30));
  // Commits values, each with its key, to partition 0.
  void Write(KafkaClient& writer, const std::string& topic,
             std::initializer_list<std::string_view> values);
  // What the group has committed, once the brokers have ended its transactions.
  static std::vector<PartitionOffset> StableOffsets(KafkaClient& client, std::string_view group,
                                                    std::span<const TopicPartition> partitions);
  // The values that a reader finds from the beginning to the end of partition 0.
  std::vector<std::string> Values(const std::string& topic);
  std::vector<ReadRecord> ReadAll(const std::string& topic);

  // Polls the members in turn until it holds; false when it does not come.
  template <class Condition>
  bool PollUntil(std::vector<Member*> members, Condition holds) {
    for (int i = 0; i < kPolls; ++i) {
      if (holds()) return true;
      for (Member* member : members) member->Poll();
    }
    return holds();
  }

  static constexpr int kPolls = 1500;  // of kContractStep
  const std::unique_ptr<ContractBroker> broker_ = GetParam()();
};

}  // namespace pm
