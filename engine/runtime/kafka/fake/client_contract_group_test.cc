// The part of the port's contract that is about members of a group.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/runtime/kafka/fake/client_contract.h"

namespace pm {

TEST_P(ClientContract, OffsetsAreCommittedWithTheirTransaction) {
  const std::string in = MakeTopic(1);
  const std::string out = MakeTopic(1);
  const std::string group = Fresh("group");
  Write(*Writer(), in, {"1", "2", "3"});
  Member member = Join(group, "", in);
  ASSERT_TRUE(PollUntil({&member}, [&] { return member.records.size() == 3; }));
  const std::vector<TopicPartition> all = {{in, 0}};
  EXPECT_EQ(member.client->Committed("", all).value(), (std::vector{At(in, 0, -1)}));
  ASSERT_OK(member.client->InitTransactions(Fresh("worker")));
  for (const bool commit : {true, false}) {
    ASSERT_OK(member.client->Begin());
    ASSERT_OK(member.client->Produce({.topic = out, .partition = 0, .key = "k", .value = "v"}));
    ASSERT_OK(member.client->Flush());
    const PartitionOffset next[] = {At(in, 0, commit ? 2 : 3)};
    ASSERT_OK(member.client->SendOffsets(next));
    ASSERT_OK(commit ? member.client->Commit() : member.client->Abort());
    EXPECT_EQ(StableOffsets(*member.client, "", all), (std::vector{At(in, 0, 2)}));
  }
  EXPECT_EQ(StableOffsets(*Writer(), group, all), (std::vector{At(in, 0, 2)}))
      << "others may ask, too";
}

TEST_P(ClientContract, WhatAReaderNotesOthersFindAsItsGroupsOffset) {
  const std::string topic = MakeTopic(1);
  const std::string group = Fresh("notes");
  const auto writer = Writer();
  Write(*writer, topic, {"1", "2"});
  const auto reader = broker_->Reader(group);
  const PartitionOffset from[] = {At(topic, 0, 0)};
  ASSERT_OK(reader->Assign(from));
  for (int i = 0; i < kPolls && reader->Position({topic, 0}).value() < 3; ++i)
    ASSERT_OK(reader->Poll(kContractStep));
  EXPECT_EQ(reader->End({topic, 0}), 3) << "two records and a marker";
  const std::vector<TopicPartition> all = {{topic, 0}};
  EXPECT_EQ(StableOffsets(*writer, group, all), (std::vector{At(topic, 0, -1)}));
  const std::vector<PartitionOffset> noted = {At(topic, 0, 2)};
  reader->Note(noted);
  for (int i = 0; i < kPolls && StableOffsets(*writer, group, all) != noted; ++i)
    ASSERT_OK(reader->Poll(kContractStep));
  EXPECT_EQ(StableOffsets(*writer, group, all), noted);
}

TEST_P(ClientContract, ANoteIsCommittedWithItsOffset) {
  const std::string in = MakeTopic(2);
  Write(*Writer(), in, {"1"});
  Member member = Join(Fresh("group"), "", in);
  ASSERT_TRUE(PollUntil({&member}, [&] { return member.records.size() == 1; }));
  const std::vector<TopicPartition> all = {{in, 0}, {in, 1}};
  const auto last = [&] { return member.client->LastCommitted("", all).value(); };
  ASSERT_OK(member.client->InitTransactions(Fresh("worker")));
  for (const std::string note : {"a note", ""}) {
    ASSERT_OK(member.client->Begin());
    const PartitionOffset next[] = {{{in, 0}, 1, note}};
    ASSERT_OK(member.client->SendOffsets(next));
    const std::vector<PartitionOffset> before = last();
    EXPECT_EQ(before, last()) << "nobody waits for what is open";
    EXPECT_NE(before.front(), next[0]);
    ASSERT_OK(member.client->Commit());
    EXPECT_EQ(StableOffsets(*member.client, "", all), (std::vector{next[0], At(in, 1, -1)}));
    EXPECT_EQ(last(), (std::vector{next[0], At(in, 1, -1)}));
  }
}

// Whatever others hold open there.
TEST_P(ClientContract, OffsetsAreCommittedAloneWithTheirNotesByWhoWasGivenThem) {
  const std::string in = MakeTopic(2), group = Fresh("group");
  Member member = Join(group, "one", in);
  const PartitionOffset next[] = {{{in, 0}, 3, "one's"}, {{in, 1}, 0, "one's"}};
  ASSERT_TRUE(PollUntil({&member}, [&] { return !member.given.empty(); }));
  ASSERT_OK(member.client->InitTransactions(Fresh("worker")));
  ASSERT_OK(member.client->Begin());
  const PartitionOffset open[] = {{{in, 0}, 5, "open"}};
  ASSERT_OK(member.client->SendOffsets(open));
  ASSERT_OK(member.client->CommitAlone(next));
  const TopicPartition all[] = {{in, 0}, {in, 1}};
  const auto last = [&] { return member.client->LastCommitted("", all).value(); };
  EXPECT_EQ(last(), std::vector(std::begin(next), std::end(next)));
  ASSERT_OK(member.client->Abort());
  EXPECT_EQ(StableOffsets(*member.client, "", all), last());
  Member other = Join(group, "two", in);
  ASSERT_TRUE(PollUntil({&member, &other}, [&] { return other.given.size() == 1; }));
  EXPECT_EQ(CodeOf(member.client->CommitAlone(next)), kKafkaRetry) << "not ours any more";
}

// librdkafka 2.0.2 goes on with a producer that the brokers do not know any more, where it has sent
// no record: each transaction fails as the one before.
TEST_P(ClientContract, WhoseProducerTheBrokersHaveForgottenIsGivenAnotherByItsAborts) {
  const std::string topic = MakeTopic(1), group = Fresh("group"), id = Fresh("forgotten");
  Member member = Join(group, "one", topic);
  ASSERT_TRUE(PollUntil({&member}, [&] { return !member.given.empty(); }));
  const auto commits = [&](int64_t offset) -> Result<void> {
    const PartitionOffset next[] = {At(topic, 0, offset)};
    PM_TRY_VOID(member.client->Begin());
    PM_TRY_VOID(member.client->SendOffsets(next));
    return member.client->Commit();
  };
  ASSERT_OK(member.client->InitTransactions(id));
  ASSERT_OK(commits(1));
  broker_->Forget(id);
  int failed = 0;
  for (; failed < 3 && !commits(2); ++failed) ASSERT_OK(member.client->Abort());
  EXPECT_GT(failed, 0) << "it was not forgotten";
  EXPECT_LT(failed, 3);
  const TopicPartition partitions[] = {{topic, 0}};
  EXPECT_EQ(StableOffsets(*member.client, group, partitions)[0].offset, 2);
}

TEST_P(ClientContract, OffsetsOfAnOpenTransactionAreWaitedFor) {
  const std::string in = MakeTopic(1);
  const std::string group = Fresh("group");
  Write(*Writer(), in, {"1", "2"});
  Member member = Join(group, "", in);
  ASSERT_TRUE(PollUntil({&member}, [&] { return member.records.size() == 2; }));
  ASSERT_OK(member.client->InitTransactions(Fresh("worker")));
  ASSERT_OK(member.client->Begin());
  const PartitionOffset next[] = {At(in, 0, 2)};
  ASSERT_OK(member.client->SendOffsets(next));
  const auto other = broker_->Client({.group = Fresh("lookers"), .answer = Seconds(2)});
  const std::vector<TopicPartition> all = {{in, 0}};
  EXPECT_EQ(CodeOf(other->Committed(group, all)), kKafkaRetry);
  ASSERT_OK(member.client->Abort());
  EXPECT_EQ(StableOffsets(*other, group, all), (std::vector{At(in, 0, -1)}));
}

TEST_P(ClientContract, PartitionsAreHandedOverAfterTheAnswerAndTheirOldOwnerCannotCommitThem) {
  const std::string in = MakeTopic(4);
  const std::string group = Fresh("group");
  Member one = Join(group, "worker-01", in);
  ASSERT_TRUE(PollUntil({&one}, [&] { return one.given.size() == 4; }));
  Member two = Join(group, "worker-02", in);
  one.answers = false;
  ASSERT_TRUE(PollUntil({&one, &two}, [&] { return !one.revoked.empty(); }));
  EXPECT_FALSE(one.revoked.back().lost);
  EXPECT_EQ(one.revoked.back().partitions.size(), 4);
  for (int i = 0; i < 20; ++i) two.Poll();
  EXPECT_TRUE(two.assigned.empty()) << "handed over before the old owner has answered";

  // Before it answers it may still commit what it has.
  ASSERT_OK(one.client->InitTransactions(Fresh("worker")));
  ASSERT_OK(one.client->Begin());
  const PartitionOffset last[] = {At(in, 3, 0)};
  ASSERT_OK(one.client->SendOffsets(last));
  ASSERT_OK(one.client->Commit());
  one.Answer();
  one.answers = true;
  ASSERT_TRUE(
      PollUntil({&one, &two}, [&] { return one.given.size() == 2 && two.given.size() == 2; }));
  EXPECT_EQ(one.given, (std::vector<TopicPartition>{{in, 0}, {in, 1}})) << "range, by instance id";
  EXPECT_EQ(two.given, (std::vector<TopicPartition>{{in, 2}, {in, 3}}));

  ASSERT_OK(one.client->Begin());
  EXPECT_EQ(CodeOf(one.client->SendOffsets(last)), kKafkaAborted);
  ASSERT_OK(one.client->Abort());
}

TEST_P(ClientContract, EachRecordComesOnceWhateverIsAssignedPausedAndResumed) {
  const std::string in = MakeTopic(2);
  const auto writer = Writer();
  ASSERT_OK(writer->Begin());
  for (int i = 0; i < 200; ++i) {
    const std::string value = fmt::format("{}", i);
    ASSERT_OK(writer->Produce({.topic = in, .partition = i % 2, .key = "k", .value = value}));
  }
  ASSERT_OK(writer->Flush());
  ASSERT_OK(writer->Commit());
  Member member = Join(Fresh("group"), "", in);
  member.answers = false;
  ASSERT_TRUE(PollUntil({&member}, [&] { return member.given.size() == 2; }));
  for (int i = 0; i < 5; ++i) member.Poll();
  EXPECT_TRUE(member.records.empty()) << "read before the answer";

  const PartitionOffset none_of_one[] = {At(in, 0, 90)};
  ASSERT_OK(member.client->Assign(none_of_one));
  ASSERT_TRUE(PollUntil({&member}, [&] { return member.records.size() == 10; }));
  EXPECT_EQ(member.records.front().offset, 90);
  EXPECT_EQ(member.client->Position({in, 0}).value(), 100);

  const PartitionOffset both[] = {At(in, 0, 100), At(in, 1, 0)};
  ASSERT_OK(member.client->Assign(both));
  ASSERT_TRUE(PollUntil({&member}, [&] { return member.records.size() >= 15; }));
  const TopicPartition second[] = {{in, 1}};
  ASSERT_OK(member.client->Pause(second));
  const size_t before = member.records.size();
  for (int i = 0; i < 10; ++i) member.Poll();
  EXPECT_EQ(member.records.size(), before) << "read while it was paused";
  ASSERT_OK(member.client->Resume(second));
  ASSERT_TRUE(PollUntil({&member}, [&] { return member.records.size() == 110; }));
  for (size_t i = 10; i < 110; ++i) {
    EXPECT_EQ(member.records[i].offset, static_cast<int64_t>(i - 10));
    EXPECT_EQ(member.records[i].partition, second[0]);
  }
  // A marker ends the partition: behind it is the end.
  const int64_t end = writer->Bounds(second[0]).value().second;
  EXPECT_TRUE(
      PollUntil({&member}, [&] { return member.client->Position(second[0]).value() == end; }))
      << member.client->Position(second[0]).value() << " of " << end;
  EXPECT_EQ(member.records.size(), 110);
}

TEST_P(ClientContract, AChoiceEndsWhatWasPausedBefore) {
  const std::string in = MakeTopic(1);
  Write(*Writer(), in, {"1", "2", "3"});
  Member member = Join(Fresh("group"), "", in);
  ASSERT_TRUE(PollUntil({&member}, [&] { return member.records.size() == 3; }));
  const TopicPartition paused[] = {{in, 0}};
  ASSERT_OK(member.client->Pause(paused));
  ASSERT_OK(member.client->Assign(std::vector{At(in, 0, 1)}));
  ASSERT_TRUE(PollUntil({&member}, [&] { return member.records.size() == 5; }));
  EXPECT_EQ(member.records.back().value, "3");
}

// Tasks that are restored one after the other are assigned so.
TEST_P(ClientContract, AssignmentsMayFollowOneAnotherAtOnce) {
  constexpr int32_t kPartitions = 8;
  constexpr int kTimes = 20;
  const std::string in = MakeTopic(kPartitions);
  Write(*Writer(), in, {"1", "2", "3"});
  Member member = Join(Fresh("group"), "", in);
  ASSERT_TRUE(PollUntil({&member}, [&] { return member.records.size() == 3; }));
  for (int i = 0; i < kTimes; ++i) {
    std::vector<PartitionOffset> some;
    for (int32_t n = 0; n < kPartitions; ++n) {
      some.push_back(At(in, n, 0));
      ASSERT_OK(member.client->Assign(some));
    }
    member.Poll();
  }
  member.records.clear();
  member.next.clear();
  ASSERT_OK(member.client->Assign(std::vector{At(in, 0, 1)}));
  ASSERT_TRUE(PollUntil({&member}, [&] { return member.records.size() == 2; }));
  EXPECT_EQ(member.records.front().value, "2");
}

TEST_P(ClientContract, OffsetsThatAreNotThereAndPartitionsThatWereNotGivenAreRefused) {
  const std::string in = MakeTopic(1);
  const std::string other = MakeTopic(1);
  Member member = Join(Fresh("group"), "", in);
  ASSERT_TRUE(PollUntil({&member}, [&] { return member.given.size() == 1; }));
  const PartitionOffset foreign[] = {At(other, 0, 0)};
  EXPECT_EQ(CodeOf(member.client->Assign(foreign)), kKafkaRefused);
  const PartitionOffset beyond[] = {At(in, 0, 1000)};
  ASSERT_OK(member.client->Assign(beyond));
  EXPECT_TRUE(PollUntil({&member}, [&] { return member.failed.code == kKafkaRefused; }));
}

TEST_P(ClientContract, AKeyDecidesThePartitionWhereNoneIsNamed) {
  const std::string in = MakeTopic(4);
  const auto writer = Writer();
  ASSERT_OK(writer->Begin());
  for (int i = 0; i < 40; ++i) {
    const std::string key = fmt::format("key-{}", i % 10);
    ASSERT_OK(writer->Produce({.topic = in, .key = key, .value = "v"}));
  }
  ASSERT_OK(writer->Flush());
  ASSERT_OK(writer->Commit());
  Member member = Join(Fresh("group"), "", in);
  ASSERT_TRUE(PollUntil({&member}, [&] { return member.records.size() == 40; }));
  std::map<std::string, std::set<int32_t>> places;
  std::set<int32_t> used;
  for (const ReadRecord& record : member.records) {
    places[record.key].insert(record.partition.partition);
    used.insert(record.partition.partition);
  }
  EXPECT_TRUE(std::ranges::all_of(places, [](const auto& one) { return one.second.size() == 1; }));
  EXPECT_GT(used.size(), 1);
}

TEST_P(ClientContract, AnInstanceThatIsTakenOverIsFenced) {
  const std::string in = MakeTopic(1);
  const std::string group = Fresh("group");
  Member old = Join(group, "worker-01", in);
  ASSERT_TRUE(PollUntil({&old}, [&] { return old.given.size() == 1; }));
  Member young = Join(group, "worker-01", in);
  EXPECT_TRUE(PollUntil({&young, &old}, [&] {
    return old.failed.code == kKafkaFenced && young.given.size() == 1;
  })) << old.failed.text;
}

// librdkafka 2.0.2 ended the process (rktp_started) when a choice came while the one before was
// still being stopped.
TEST_P(ClientContract, AnotherChoiceMayBeMadeAtAnyInstant) {
  const std::string in = MakeTopic(8);
  Write(*Writer(), in, {"1", "2", "3"});
  Member member = Join(Fresh("group"), "", in);
  ASSERT_TRUE(PollUntil({&member}, [&] { return member.given.size() == 8; }));
  for (int i = 0; i < 500; ++i) {
    std::vector<PartitionOffset> choice;
    for (int32_t n = i % 3; n < 8; ++n) choice.push_back(At(in, n, 0));
    ASSERT_OK(member.client->Assign(choice));
    if (i % 5 == 0) {
      ASSERT_OK(member.client->Poll(Milliseconds(i % 4)));
    }
  }
  std::vector<PartitionOffset> all;
  for (int32_t n = 0; n < 8; ++n) all.push_back(At(in, n, 0));
  ASSERT_OK(member.client->Assign(all));
  member.records.clear();
  member.next.clear();
  ASSERT_TRUE(PollUntil({&member}, [&] { return member.records.size() == 3; }));
}

TEST_P(ClientContract, WhoIsInAGroupAndWhatEachHasCanBeAsked) {
  const std::string in = MakeTopic(3);
  const std::string group = Fresh("group");
  const auto admin = broker_->Admin();
  const auto nobody = admin->DescribeGroup(group);
  ASSERT_OK(nobody);
  EXPECT_TRUE(nobody->members.empty() && !nobody->is_rebalancing);
  Member one = Join(group, "worker-01", in);
  Member two = Join(group, "worker-02", in);
  ASSERT_TRUE(
      PollUntil({&one, &two}, [&] { return one.given.size() == 2 && two.given.size() == 1; }));
  const auto both = admin->DescribeGroup(group);
  ASSERT_OK(both);
  EXPECT_FALSE(both->is_rebalancing);
  ASSERT_EQ(both->members.size(), 2);
  EXPECT_EQ(both->members[0].instance_id, "worker-01");
  EXPECT_EQ(both->members[0].partitions, (std::vector<TopicPartition>{{in, 0}, {in, 1}}));
  EXPECT_EQ(both->members[1].instance_id, "worker-02");
  EXPECT_EQ(both->members[1].partitions, (std::vector<TopicPartition>{{in, 2}}));
}

}  // namespace pm
