#include "engine/runtime/kafka/logs/transaction.h"

#include <gtest/gtest.h>

#include "engine/runtime/kafka/fake/fake_kafka.h"
#include "engine/runtime/task.h"
#include "model/decode/json_tree.h"

namespace pm {
namespace {

class TransactionTest : public testing::Test {
 protected:
  TransactionTest() {
    for (const Topic topic : {Topic::kLeads, Topic::kDeadLetters})
      broker_.CreateTopic({names_.Output(topic), 1, 1, {}});
    EXPECT_TRUE(client_.InitTransactions("t").has_value());
  }
  static SealedOutput OutputOf(Topic topic, size_t bytes) {
    constexpr std::string_view kFrame = R"({"id":""})";
    return {{.topic = topic,
             .key = "k",
             .json = fmt::format(R"({{"id":"{}"}})", std::string(bytes - kFrame.size(), 'x'))},
            Instant{1}};
  }
  // Values of the records that one commit of these makes.
  std::vector<std::string> Committed(const std::vector<SealedOutput>& outputs, Topic topic) {
    EXPECT_TRUE(transactions_.Begin().has_value());
    EXPECT_TRUE(transactions_.Put(outputs).has_value());
    EXPECT_TRUE(transactions_.Flush().has_value());
    EXPECT_TRUE(transactions_.Commit().has_value());
    std::vector<std::string> values;
    int64_t position = 0;
    const TopicPartition partition{names_.Output(topic), 0};
    for (; const FakeEntry* entry = broker_.NextCommitted(partition, &position); ++position)
      values.push_back(entry->value.value());
    return values;
  }

  const TopicNames names_;
  FakeBroker broker_{{}};
  FakeClient client_{broker_, "g", "w", {}};
  Transactions transactions_{client_, names_, 1};
};

// A dead letter may have twice the bytes of another output.
TEST_F(TransactionTest, OutputsOfOneCauseShareRecordsThatBrokersTake) {
  constexpr size_t kLargest = 2 * kMaxValueBytes;
  constexpr size_t kMost = 600'000;  // librdkafka and brokers take a million
  const std::vector<size_t> sizes = {kLargest, kLargest - 1, 1000, kLargest - 2000, 100, 200};
  std::vector<SealedOutput> outputs;
  for (const size_t bytes : sizes) outputs.push_back(OutputOf(Topic::kDeadLetters, bytes));
  outputs.push_back(OutputOf(Topic::kLeads, 300));
  std::vector<size_t> found;
  for (const std::string& value : Committed(outputs, Topic::kDeadLetters)) {
    EXPECT_LT(value.size(), kMost);
    const auto events = SplitBatch(value);
    ASSERT_TRUE(events.has_value());
    for (const std::string_view event : *events) found.push_back(event.size());
  }
  EXPECT_EQ(found, sizes);
  EXPECT_EQ(transactions_.counters.outputs, 4U) << "the last four share one, the lead has its own";
}

TEST_F(TransactionTest, CountsWhatIsCommittedByTypeAndDeadLettersByReason) {
  const auto output = [](Topic topic, std::string type, std::string json) -> SealedOutput {
    return {{.topic = topic, .key = "k", .type = std::move(type), .json = std::move(json)}, {}};
  };
  const std::vector<SealedOutput> outputs = {
      output(Topic::kLeads, "lead.created", "{}"),
      output(Topic::kDeadLetters, "dead_letter", R"({"data":{"reason":"not_json"}})"),
      output(Topic::kDeadLetters, "dead_letter", R"({"data":{"reason":"not_json"}})")};
  ASSERT_TRUE(transactions_.Begin().has_value());
  ASSERT_TRUE(transactions_.Put(outputs).has_value());
  ASSERT_TRUE(transactions_.Failed({kKafkaAborted, "away"}).has_value());
  EXPECT_TRUE(transactions_.counters.events.empty());
  Committed(outputs, Topic::kLeads);
  EXPECT_EQ(transactions_.counters.events, (Counts{{"dead_letter", 2}, {"lead.created", 1}}));
  EXPECT_EQ(transactions_.counters.dead_letters, (Counts{{"not_json", 2}}));
}

}  // namespace
}  // namespace pm
