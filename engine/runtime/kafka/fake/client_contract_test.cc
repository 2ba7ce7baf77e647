#include "engine/runtime/kafka/fake/client_contract.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <ranges>

namespace pm {

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ClientContract);

namespace {

ReadRecord Own(const KafkaRecord& record) {
  return {*record.partition, record.offset,           record.at,
          record.at_log,     std::string(record.key), std::string(record.value),
          record.tombstone,  record.headers};
}

std::vector<std::string> ValuesOf(const std::vector<ReadRecord>& records) {
  std::vector<std::string> values;
  for (const ReadRecord& record : records) values.push_back(record.value);
  return values;
}

}  // namespace

void Member::Answer() {
  std::vector<PartitionOffset> from;
  for (const TopicPartition& partition : given) {
    if (!next.contains(partition)) {
      const auto bounds = client->Bounds(partition);
      ASSERT_OK(bounds);
      next[partition] = bounds->first;
    }
    from.push_back({partition, next[partition]});
  }
  ASSERT_OK(client->Assign(from));
}

void Member::Poll() {
  const Result<KafkaEvent> event = client->Poll(kContractStep);
  failed = event.has_value() ? Error{} : event.error();
  if (!event.has_value()) return;
  if (const auto* record = std::get_if<KafkaRecord>(&*event)) {
    records.push_back(Own(*record));
    next[records.back().partition] = record->offset + 1;
  } else if (const auto* assignment = std::get_if<Assigned>(&*event)) {
    assigned.push_back(*assignment);
    given = assignment->partitions;
    if (answers) Answer();
  } else if (const auto* revocation = std::get_if<Revoked>(&*event)) {
    revoked.push_back(*revocation);
    given.clear();
    if (answers) Answer();
  }
}

std::string ClientContract::Fresh(std::string_view name) {
  static int count = 0;
  return fmt::format("{}-{}-{}", name, getpid(), ++count);
}

std::string ClientContract::MakeTopic(int32_t partitions,
                                      std::vector<std::pair<std::string, std::string>> settings) {
  TopicState topic{.name = Fresh("contract"),
                   .partitions = partitions,
                   .replication = 1,
                   .settings = std::move(settings)};
  const Result<void> made = broker_->Admin()->Create(topic);
  EXPECT_TRUE(made.has_value()) << made.error().text;
  // A topic is there before its partitions have leaders.
  const std::unique_ptr<KafkaClient> looker = broker_->Client({.group = Fresh("lookers")});
  for (int32_t partition = 0; partition < partitions; ++partition) {
    bool led = false;
    for (int i = 0; i < kPolls; ++i) {
      led = looker->Bounds({topic.name, partition}).has_value();
      if (led) break;
      EXPECT_TRUE(looker->Poll(kContractStep).has_value());
    }
    EXPECT_TRUE(led) << topic.name << " has no leader";
  }
  return topic.name;
}

std::unique_ptr<KafkaClient> ClientContract::Writer() {
  std::unique_ptr<KafkaClient> writer = broker_->Client({.group = Fresh("writers")});
  const Result<void> begun = writer->InitTransactions(Fresh("writer"));
  EXPECT_TRUE(begun.has_value()) << begun.error().text;
  return writer;
}

Member ClientContract::Join(const std::string& group, const std::string& instance,
                            const std::string& topic, Duration answer) {
  Member member;
  member.client = broker_->Client(
      {.group = group, .instance_id = instance, .topics = {topic}, .answer = answer});
  return member;
}

void ClientContract::Write(KafkaClient& writer, const std::string& topic,
                           std::initializer_list<std::string_view> values) {
  ASSERT_OK(writer.Begin());
  for (const std::string_view value : values) {
    ASSERT_OK(writer.Produce({.topic = topic, .partition = 0, .key = value, .value = value}));
  }
  ASSERT_OK(writer.Flush());
  ASSERT_OK(writer.Commit());
}

std::vector<ReadRecord> ClientContract::ReadAll(const std::string& topic) {
  std::vector<ReadRecord> all;
  const std::unique_ptr<KafkaClient> looker = broker_->Client({.group = Fresh("lookers")});
  const auto bounds = looker->Bounds({topic, 0});
  const std::unique_ptr<KafkaReader> reader = broker_->Reader();
  const PartitionOffset from[] = {At(topic, 0, 0)};
  EXPECT_TRUE(bounds.has_value() && reader->Assign(from).has_value());
  int empty = 0;
  while (empty < kPolls && reader->Position({topic, 0}).value() < bounds->second) {
    const auto record = reader->Poll(kContractStep);
    EXPECT_TRUE(record.has_value()) << record.error().text;
    if (record.has_value() && record->has_value()) {
      all.push_back(Own(**record));
    } else {
      ++empty;
    }
  }
  EXPECT_GE(reader->Position({topic, 0}).value(), bounds->second) << "the end was not reached";
  return all;
}

std::vector<PartitionOffset> ClientContract::StableOffsets(
    KafkaClient& client, std::string_view group, std::span<const TopicPartition> partitions) {
  Result<std::vector<PartitionOffset>> told = client.Committed(group, partitions);
  for (int i = 0; i < kPolls && CodeOf(told) == kKafkaRetry; ++i) {
    EXPECT_TRUE(client.Poll(kContractStep).has_value());
    told = client.Committed(group, partitions);
  }
  EXPECT_TRUE(told.has_value()) << told.error().text;
  return told.value_or(std::vector<PartitionOffset>());
}

std::vector<std::string> ClientContract::Values(const std::string& topic) {
  return ValuesOf(ReadAll(topic));
}

TEST_P(ClientContract, ATransactionIsSeenWhenItIsCommittedAndNotBefore) {
  const std::string topic = MakeTopic(1);
  const auto writer = Writer();
  ASSERT_OK(writer->Begin());
  ASSERT_OK(writer->Produce({.topic = topic, .partition = 0, .key = "k", .value = "v"}));
  ASSERT_OK(writer->Flush());
  const auto reader = broker_->Reader();
  const PartitionOffset from[] = {At(topic, 0, 0)};
  ASSERT_OK(reader->Assign(from));
  EXPECT_FALSE(reader->Poll(Milliseconds(300)).value().has_value());
  EXPECT_EQ(writer->Bounds({topic, 0}).value(), std::pair(int64_t{0}, int64_t{1}));
  EXPECT_EQ(reader->Position({topic, 0}).value(), 0) << "an open transaction is not passed";
  ASSERT_OK(writer->Commit());
  EXPECT_EQ(Values(topic), std::vector<std::string>{"v"});
}

TEST_P(ClientContract, WhereARememberedRecordWentIsKnownOnceItIsFlushed) {
  const std::string topic = MakeTopic(2);
  const auto writer = Writer();
  Write(*writer, topic, {"1", "2"});
  ASSERT_OK(writer->Begin());
  const auto put = [&](int32_t partition, bool remembered) {
    return writer->Produce({topic, partition, "k", "v", {}, remembered});
  };
  ASSERT_OK(put(0, false));
  ASSERT_OK(put(0, true));
  ASSERT_OK(put(0, false));
  ASSERT_OK(put(1, false));
  ASSERT_OK(writer->Flush());
  ASSERT_OK(writer->Commit());
  EXPECT_EQ(writer->Delivered({topic, 0}), 4) << "two records, a marker and another";
  EXPECT_EQ(writer->Delivered({topic, 1}), std::nullopt);
  ASSERT_OK(writer->Begin());
  EXPECT_EQ(writer->Delivered({topic, 0}), std::nullopt) << "of the transaction before";
  ASSERT_OK(writer->Abort());
}

TEST_P(ClientContract, AnUncommittedReaderSeesWhatIsOpenToTheEnd) {
  const std::string topic = MakeTopic(1);
  const auto writer = Writer();
  Write(*writer, topic, {"1"});
  ASSERT_OK(writer->Begin());
  ASSERT_OK(writer->Produce({.topic = topic, .partition = 0, .key = "2", .value = "2"}));
  ASSERT_OK(writer->Flush());
  const auto reader = broker_->Uncommitted();
  const PartitionOffset from[] = {At(topic, 0, 0)};
  ASSERT_OK(reader->Assign(from));
  std::vector<std::string> values;
  for (int i = 0; i < kPolls && reader->Position({topic, 0}).value() < 3; ++i) {
    const auto record = reader->Poll(kContractStep);
    ASSERT_OK(record);
    if (*record) values.emplace_back((*record)->value);
  }
  EXPECT_EQ(values, (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(reader->End({topic, 0}), 3) << "two records and a marker";
  ASSERT_OK(writer->Abort());
}

TEST_P(ClientContract, WhatWasAbortedIsNeverSeen) {
  const std::string topic = MakeTopic(1);
  const auto writer = Writer();
  ASSERT_OK(writer->Begin());
  ASSERT_OK(writer->Produce({.topic = topic, .partition = 0, .key = "k", .value = "bad"}));
  ASSERT_OK(writer->Flush());
  ASSERT_OK(writer->Abort());
  EXPECT_EQ(Values(topic), std::vector<std::string>{});
  Write(*writer, topic, {"good"});
  ASSERT_OK(writer->Begin());
  ASSERT_OK(writer->Produce({.topic = topic, .partition = 0, .key = "k", .value = "last"}));
  ASSERT_OK(writer->Abort());  // also without a flush
  EXPECT_EQ(Values(topic), std::vector<std::string>{"good"});
}

// On Kafka 3.9 a third of these aborts ended the producer for good, had they not waited for the
// transaction's first records to be known to its coordinator.
TEST_P(ClientContract, AnAbortMayComeAtAnyInstant) {
  const std::string topic = MakeTopic(1);
  const auto writer = Writer();
  std::vector<std::string> good;
  for (int i = 0; i < 40; ++i) {
    Write(*writer, topic, {"good"});
    good.emplace_back("good");
    ASSERT_OK(writer->Begin());
    ASSERT_OK(writer->Produce({.topic = topic, .partition = 0, .key = "k", .value = "bad"}));
    ASSERT_OK(writer->Poll(Milliseconds(i % 20)));
    ASSERT_OK(writer->Abort());
  }
  EXPECT_EQ(Values(topic), good);
}

TEST_P(ClientContract, TakingOverATransactionalIdFencesWhoHadItAndEndsWhatTheyLeftOpen) {
  const std::string topic = MakeTopic(1);
  const std::string id = Fresh("owner");
  const auto old = broker_->Client({.group = Fresh("writers")});
  ASSERT_OK(old->InitTransactions(id));
  ASSERT_OK(old->Begin());
  ASSERT_OK(old->Produce({.topic = topic, .partition = 0, .key = "k", .value = "old"}));
  ASSERT_OK(old->Flush());
  const auto young = Writer();
  ASSERT_OK(young->InitTransactions(id));
  EXPECT_EQ(Values(topic), std::vector<std::string>{}) << "it is aborted, so the end can be read";
  EXPECT_EQ(CodeOf(old->Commit()), kKafkaFenced);
  EXPECT_EQ(CodeOf(old->Begin()), kKafkaFatal) << "nothing but InitTransactions helps";
  ASSERT_OK(young->InitTransactions(Fresh("own")));  // back to a name of its own
  Write(*young, topic, {"young"});
  ASSERT_OK(old->InitTransactions(Fresh("another")));
  Write(*old, topic, {"again"});
  EXPECT_EQ(Values(topic), (std::vector<std::string>{"young", "again"}));
}

TEST_P(ClientContract, ARecordKeepsKeyValueAndHeaders) {
  const std::string topic = MakeTopic(1);
  const auto writer = Writer();
  const KafkaHeaders headers = {{"ce_type", "lead"}, {"empty", ""}};
  ASSERT_OK(writer->Begin());
  ASSERT_OK(writer->Produce(
      {.topic = topic, .partition = 0, .key = "a", .value = "1", .headers = headers}));
  ASSERT_OK(writer->Produce({.topic = topic, .partition = 0, .key = "b", .value = std::nullopt}));
  ASSERT_OK(writer->Produce({.topic = topic, .partition = 0, .key = "c", .value = ""}));
  const std::string binary("\0\xff", 2);
  ASSERT_OK(writer->Produce({.topic = topic, .partition = 0, .key = binary, .value = binary}));
  ASSERT_OK(writer->Flush());
  ASSERT_OK(writer->Commit());
  const std::vector<ReadRecord> records = ReadAll(topic);
  ASSERT_EQ(records.size(), 4);
  EXPECT_EQ(records[0].key + records[0].value, "a1");
  EXPECT_EQ(records[0].headers, headers);
  EXPECT_TRUE(records[1].tombstone && records[1].key == "b");
  EXPECT_TRUE(!records[2].tombstone && records[2].value.empty());
  EXPECT_TRUE(records[3].key == binary && records[3].value == binary);
}

TEST_P(ClientContract, ARecordSaysWhoseTimeItCarries) {
  for (const std::string_view type : {"LogAppendTime", "CreateTime"}) {
    const std::string topic = MakeTopic(1, {{"message.timestamp.type", std::string(type)}});
    Write(*Writer(), topic, {"v"});
    const std::vector<ReadRecord> records = ReadAll(topic);
    ASSERT_EQ(records.size(), 1);
    EXPECT_EQ(records[0].at_log, type == "LogAppendTime");
    EXPECT_GT(records[0].at.ms, 0);
  }
}

TEST_P(ClientContract, AManyRecordsOfATransactionComeWholeAndInOrder) {
  constexpr int kRecords = 20'000;
  const std::string topic = MakeTopic(1);
  const auto writer = Writer();
  ASSERT_OK(writer->Begin());
  const std::string value(100, 'x');
  for (int i = 0; i < kRecords; ++i) {
    ASSERT_OK(writer->Produce(
        {.topic = topic, .partition = 0, .key = fmt::format("{}", i), .value = value}));
  }
  ASSERT_OK(writer->Flush());
  ASSERT_OK(writer->Commit());
  const std::vector<ReadRecord> records = ReadAll(topic);
  ASSERT_EQ(records.size(), kRecords);
  for (int i = 0; i < kRecords; ++i) {
    ASSERT_EQ(records[static_cast<size_t>(i)].key, fmt::format("{}", i));
  }
}

TEST_P(ClientContract, ARecordThatCannotBeDeliveredAbortsItsTransaction) {
  const std::string topic = MakeTopic(1);
  const auto writer = Writer();
  Write(*writer, topic, {"first"});
  ASSERT_OK(writer->Begin());
  const KafkaHeaders headers = {{"a", "1"}};
  Result<void> done = writer->Produce({.topic = topic,
                                       .partition = 7,
                                       .key = "k",
                                       .value = "ann@acme.example",
                                       .headers = headers});
  if (done.has_value()) done = writer->Flush();
  EXPECT_EQ(CodeOf(done), kKafkaAborted);
  EXPECT_FALSE(done.error().text.contains("acme")) << "errors go to logs, records do not";
  ASSERT_OK(writer->Abort());
  Write(*writer, topic, {"second"});
  EXPECT_EQ(Values(topic), (std::vector<std::string>{"first", "second"}));
}

TEST_P(ClientContract, NothingIsLeftBehindByRecordsThatTheBrokerRefused) {
  const std::string topic = MakeTopic(1, {{"max.message.bytes", "200"}});
  const auto writer = Writer();
  const auto commits = [&](std::string_view value) -> Result<void> {
    PM_TRY_VOID(writer->Begin());
    PM_TRY_VOID(writer->Produce({.topic = topic, .partition = 0, .key = "k", .value = value}));
    PM_TRY_VOID(writer->Flush());
    return writer->Commit();
  };
  ASSERT_OK(commits("first"));
  const std::string large(1000, 'x');
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(CodeOf(commits(large)), kKafkaAborted);
    ASSERT_OK(writer->Abort());
  }
  ASSERT_OK(commits("second"));
  EXPECT_EQ(Values(topic), (std::vector<std::string>{"first", "second"}));
}

TEST_P(ClientContract, TopicsAreCreatedListedAndDescribed) {
  const std::string topic = MakeTopic(3, {{"cleanup.policy", "compact"}});
  const auto admin = broker_->Admin();
  const std::vector<std::string> asked = {topic, "contract-nowhere"};
  const std::vector<std::string> settings = {"cleanup.policy"};
  std::vector<std::optional<TopicState>> told;
  for (int i = 0; i < kPolls && (told.empty() || !told[0].has_value()); ++i) {
    told = admin->Describe(asked, settings).value();
  }
  ASSERT_TRUE(told.size() == 2 && told[0].has_value());
  EXPECT_EQ(told[0]->partitions, 3);
  EXPECT_EQ(told[0]->replication, 1);
  EXPECT_EQ(told[0]->settings, (KafkaHeaders{{"cleanup.policy", "compact"}}));
  EXPECT_FALSE(told[1].has_value());
  const std::vector<std::string> names = admin->List().value();
  EXPECT_TRUE(std::ranges::find(names, topic) != names.end());
  EXPECT_EQ(CodeOf(admin->Create({.name = topic, .partitions = 3, .replication = 1})),
            kKafkaRefused);
}

}  // namespace pm
