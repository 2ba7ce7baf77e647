#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/commands/commands_testing.h"

namespace pm {
namespace {

using testing::HasSubstr;

class ReshapeCommand : public CommandsTest {
 protected:
  // The path of a configuration with a data directory of its own.
  std::string Configure(const std::string& name, const std::string& more = {}) {
    Write(
        name + ".yaml",
        fmt::format("data: {}\nrules: rules\nhttp: {{ listen: \"127.0.0.1:0\" }}\n{}", name, more));
    return Path(name + ".yaml");
  }
};

TEST_F(ReshapeCommand, WhatHasGoneElsewhereIsNotWorkedWithAnyMore) {
  RunEngine(Path("old"));
  const std::string old = Configure("old"), next = Configure("next"), third = Configure("third");
  const CommandOutcome moved = Call("reshape", {{"from", old}, {"to", next}});
  ASSERT_EQ(moved.code, kExitFine) << moved.err;
  EXPECT_THAT(moved.out, HasSubstr("the same read back"));
  const CommandOutcome again = Call("reshape", {{"from", old}, {"to", next}});
  EXPECT_EQ(again.code, kExitFine) << again.err;
  EXPECT_THAT(again.out, HasSubstr("has the state of directory"));
  const CommandOutcome elsewhere = Call("reshape", {{"from", old}, {"to", third}});
  EXPECT_EQ(elsewhere.code, kExitConfig);
  EXPECT_THAT(elsewhere.err, HasSubstr("the state has gone to directory " + Path("next")));
  EXPECT_THAT(elsewhere.err, HasSubstr("PM0551"));
  const CommandOutcome run = Call("run", {{"config", old}});
  EXPECT_EQ(run.code, kExitConfig);
  EXPECT_THAT(run.err, HasSubstr("the state has gone to directory " + Path("next")));
  EXPECT_THAT(run.err, HasSubstr("PM0551"));
}

TEST_F(ReshapeCommand, FromOneKafkaToAnotherIsRefusedBeforeAnyIsAsked) {
  const std::string one = Configure("one", "kafka: { brokers: [ 127.0.0.1:1, 127.0.0.1:2 ] }\n");
  const std::string two = Configure("two", "kafka: { brokers: 127.0.0.1:3, prefix: new }\n");
  const CommandOutcome told = Call("reshape", {{"from", one}, {"to", two}});
  EXPECT_EQ(told.code, kExitConfig);
  EXPECT_THAT(told.err, HasSubstr("PM0756"));
  const std::string same = Configure("same", "kafka: { brokers: 127.0.0.1:2, prefix: new }\n");
  const CommandOutcome reached = Call("reshape", {{"from", one}, {"to", same}});
  EXPECT_EQ(reached.code, kExitUnavailable);
  EXPECT_THAT(reached.err, HasSubstr("no broker can be reached"));
}

}  // namespace
}  // namespace pm
