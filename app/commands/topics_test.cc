#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/commands/commands_testing.h"

namespace pm {
namespace {

using testing::HasSubstr;
using testing::Not;

class TopicsCommand : public CommandsTest {
 protected:
  CommandOutcome With(std::string_view command, const std::string& more) {
    Write("pointsman.yaml", "data: data\nrules: rules\n" + more);
    return Call(command, {{"config", Path("pointsman.yaml")}});
  }
};

TEST_F(TopicsCommand, WithoutAKafkaThereAreNone) {
  for (const std::string_view command : {"topics plan", "topics create", "topics check"}) {
    const CommandOutcome told = With(command, "");
    EXPECT_EQ(told.code, kExitConfig);
    EXPECT_THAT(told.err, HasSubstr("has no `kafka` (PM0744)"));
  }
}

TEST_F(TopicsCommand, WhatNoBrokerCouldMendIsRefusedBeforeOneIsAsked) {
  const std::pair<std::string, std::string> kCases[] = {
      {"keep: { age: 40d }\nkafka: { brokers: 127.0.0.1:1 }\n", "PM0541"},
      {"kafka: { brokers: 127.0.0.1:1, prefix: a b }\n", "PM0544"},
      {"kafka: { brokers: 127.0.0.1:1, properties: { acks: 1 } }\n", "PM0536"},
      {"kafka: { brokers: 127.0.0.1:1, properties: { lingr.ms: 1 } }\n", "PM0535"},
      {"kafka: { brokers: 127.0.0.1:1, properties: { delivery.timeout.ms: 120000 } }\n", "PM0535"},
      {"kafka: { brokers: 127.0.0.1:1, secrets: { ssl.key.password: { file: nowhere } } }\n",
       "PM0537"},
      {"kafka: { brokers: 127.0.0.1:1, partitions: 0 }\n", "PM0731"},
      {"kafka: { prefix: x }\n", "PM0731"}};
  for (const auto& [yaml, code] : kCases) {
    const CommandOutcome told = With("topics check", yaml);
    EXPECT_EQ(told.code, kExitConfig) << yaml;
    EXPECT_THAT(told.err, HasSubstr(code)) << yaml;
  }
}

TEST_F(TopicsCommand, WhatIsWrongIsToldAtItsPlace) {
  const std::pair<std::string, std::string> kCases[] = {
      {"brokers: []", "pointsman.yaml:3:19: error PM0731: no broker is named"},
      {"brokers: [a b]", "3:20: error PM0731: 'a b' is no address of a broker"},
      {"brokers: 'a:1,b:2'", "write a list, one address each"},
      {"brokers: a:1, tls: { ca: nowhere.pem }", "error PM0731: the file"},
      {"brokers: a:1, prefix: a b", "3:32: error PM0544: "},
      {"brokers: a:1, inputs: [ good, b c ]", "3:40: error PM0544: "},
      {"brokers: a:1, secrets: { ssl.key.password: { environment: PM_NO_SUCH } }",
       "error PM0537: the environment has no PM_NO_SUCH"}};
  for (const auto& [kafka, told] : kCases) {
    EXPECT_THAT(With("topics check", "kafka: { " + kafka + " }\n").err, HasSubstr(told)) << kafka;
  }
}

TEST_F(TopicsCommand, WhereNobodyListensIsToldOfEachBroker) {
  const CommandOutcome told =
      With("topics check", "kafka: { brokers: [ 127.0.0.1:1, no-such-host.invalid:9092 ] }\n");
  EXPECT_EQ(told.code, kExitUnavailable);
  EXPECT_THAT(told.err, HasSubstr("no broker can be reached:\n  127.0.0.1:1: "));
  EXPECT_THAT(told.err, HasSubstr("\n  no-such-host.invalid:9092: "));
}

TEST_F(TopicsCommand, SecretsAreFoundBesideTheConfigurationAndNotShown) {
  Write("secret", "hidden\n");
  const CommandOutcome told = With(
      "topics plan", "kafka: { brokers: 127.0.0.1:1, secrets: { linger.ms: { file: secret } } }\n");
  EXPECT_EQ(told.code, kExitConfig);
  EXPECT_THAT(told.err, HasSubstr("refuses the value of `linger.ms` (PM0535)"));
  EXPECT_THAT(told.err, Not(HasSubstr("hidden")));
}

TEST_F(TopicsCommand, AWorkerMustBeNamedByANumber) {
  Write("pointsman.yaml", "data: data\nrules: rules\nkafka: { brokers: 127.0.0.1:1 }\n");
  const CommandOutcome told =
      Call("run", {{"config", Path("pointsman.yaml")}, {"worker", "first"}});
  EXPECT_EQ(told.code, kExitConfig);
  EXPECT_THAT(told.err, HasSubstr("PM0746"));
}

TEST_F(TopicsCommand, AWorkerDoesNotPassOverTheStateOfAnEngine) {
  RunEngine(Path("data"));
  Write("pointsman.yaml", "data: data\nrules: rules\nkafka: { brokers: 127.0.0.1:1 }\n");
  const CommandOutcome told = Call("run", {{"config", Path("pointsman.yaml")}});
  EXPECT_EQ(told.code, kExitConfig);
  EXPECT_THAT(told.err, HasSubstr("PM0747"));
}

TEST_F(TopicsCommand, WorkersNamesTheAddressWhereNobodyListens) {
  const CommandOutcome told = With("workers", "kafka: { brokers: '127.0.0.1:1' }\n");
  EXPECT_EQ(told.code, kExitUnavailable);
  EXPECT_THAT(told.err, HasSubstr("no broker can be reached:\n  127.0.0.1:1: "));
}

TEST_F(TopicsCommand, WithoutAKafkaThereAreNoWorkers) {
  const CommandOutcome told = With("workers", "");
  EXPECT_EQ(told.code, kExitConfig);
  EXPECT_THAT(told.err, HasSubstr("PM0744"));
}

}  // namespace
}  // namespace pm
