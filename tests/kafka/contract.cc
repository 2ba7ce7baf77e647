// The port's contract, held against a real broker: $PM_KAFKA is its address, $PM_KAFKA_PROCESS the
// id of its process, $PM_KAFKA_FORGETS_S within how many seconds it forgets an idle producer.
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "engine/runtime/kafka/fake/client_contract.h"

namespace pm {
namespace {

auto Must(auto made) {
  if (!made.has_value()) ADD_FAILURE() << made.error().text;
  return std::move(made).value();
}

void Log(KafkaLogLevel, std::string_view line) { std::cerr << line << "\n"; }

KafkaConnection Connection() {
  const char* address = std::getenv("PM_KAFKA");
  return {.brokers = {address == nullptr ? "127.0.0.1:9092" : address}};
}

std::unique_ptr<KafkaAdmin> ConnectAdmin(Duration answer) {
  return Must(ConnectKafkaAdmin(Connection(), answer, Log));
}

class RealBroker final : public ContractBroker {
 public:
  std::unique_ptr<KafkaClient> Client(const KafkaMember& member) override {
    return Must(ConnectKafkaClient(Connection(), member, Log));
  }
  std::unique_ptr<KafkaReader> Reader(const std::string& group) override {
    return Must(ConnectKafkaReader(Connection(), Log, group));
  }
  std::unique_ptr<KafkaReader> Uncommitted() override {
    return Must(ConnectUncommittedReader(Connection(), Log));
  }
  std::unique_ptr<KafkaAdmin> Admin() override { return ConnectAdmin(Seconds(30)); }
  void Forget(const std::string&) override {
    const char* seconds = std::getenv("PM_KAFKA_FORGETS_S");  // as the broker was told
    PM_CHECK(seconds != nullptr);
    std::this_thread::sleep_for(std::chrono::seconds(std::atoi(seconds)));
  }
};

INSTANTIATE_TEST_SUITE_P(RealKafka, ClientContract, testing::Values(MakeContractBroker([] {
                           return std::unique_ptr<ContractBroker>(new RealBroker);
                         })));

// It answers nobody until the end of this.
class StoppedBroker {
 public:
  StoppedBroker() { PM_CHECK(kill(process_, SIGSTOP) == 0); }
  ~StoppedBroker() { kill(process_, SIGCONT); }
  StoppedBroker(const StoppedBroker&) = delete;
  StoppedBroker& operator=(const StoppedBroker&) = delete;

 private:
  static pid_t Process() {
    const char* process = std::getenv("PM_KAFKA_PROCESS");
    PM_CHECK(process != nullptr);
    const pid_t id = std::atoi(process);
    PM_CHECK(id > 0);
    return id;
  }
  const pid_t process_ = Process();
};

}  // namespace

// librdkafka 2.0.2 ended the process when a coordinator came back after a question of the admin API
// had timed out.
TEST_P(ClientContract, WhatTimesOutWhileTheCoordinatorIsAwayIsAnsweredOnceItIsBack) {
  constexpr Duration kAnswer = Seconds(1);
  const std::string in = MakeTopic(1);
  const std::string group = Fresh("group");
  Write(*Writer(), in, {"1", "2"});
  Member member = Join(group, "worker-01", in, kAnswer);
  ASSERT_TRUE(PollUntil({&member}, [&] { return member.records.size() == 2; }));
  ASSERT_OK(member.client->InitTransactions(Fresh("worker")));
  ASSERT_OK(member.client->Begin());
  const std::vector<PartitionOffset> next = {At(in, 0, 2)};
  ASSERT_OK(member.client->SendOffsets(next));
  ASSERT_OK(member.client->Commit());
  const std::vector<TopicPartition> all = {{in, 0}};
  EXPECT_EQ(StableOffsets(*member.client, "", all), next);
  const std::string settings[] = {"retention.ms"};
  const auto admin = ConnectAdmin(kAnswer);
  const auto other = broker_->Client({.group = Fresh("lookers"), .answer = kAnswer});
  const auto ask = [&] {
    return std::vector<int>{CodeOf(member.client->Committed("", all)),
                            CodeOf(member.client->LastCommitted("", all)),
                            CodeOf(other->Committed(group, all)),
                            CodeOf(other->LastCommitted(group, all)),
                            CodeOf(admin->DescribeGroup(group)),
                            CodeOf(admin->Describe(std::vector{in}, settings))};
  };
  {
    const StoppedBroker stopped;
    // Not all of its threads stop at once.
    for (int i = 0; i < kPolls && CodeOf(member.client->Committed("", all)) == 0; ++i) {
    }
    EXPECT_EQ(ask(), std::vector<int>(6, kKafkaRetry));
  }
  // On a busy machine one of them may still take longer than the second that it has.
  EXPECT_TRUE(PollUntil({&member}, [&] { return ask() == std::vector<int>(6, 0); }));
  EXPECT_EQ(StableOffsets(*other, group, all), next);
  EXPECT_TRUE(PollUntil({&member}, [&] { return other->LastCommitted(group, all) == next; }));
  EXPECT_EQ(StableOffsets(*member.client, "", all), next);
  EXPECT_TRUE(PollUntil({&member}, [&] {
    const auto told = admin->DescribeGroup(group);
    return told.has_value() && told->members.size() == 1;
  }));
}

}  // namespace pm
