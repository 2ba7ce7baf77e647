#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "app/commands/commands_testing.h"
#include "app/commands/run_service.h"
#include "app/commands/scratch_folder.h"
#include "engine/runtime/generation.h"

namespace pm {
namespace {

using testing::HasSubstr;
using testing::Not;

class ReshapeCommand : public CommandsTest {
 protected:
  // The path of a configuration with a data directory of its own.
  std::string Configure(const std::string& name, const std::string& more = {}) {
    return ConfigureAt(name, name, more);
  }
  std::string ConfigureAt(const std::string& name, const std::string& data,
                          const std::string& more = {}) {
    Write(
        name + ".yaml",
        fmt::format("data: {}\nrules: rules\nhttp: {{ listen: \"127.0.0.1:0\" }}\n{}", data, more));
    return Path(name + ".yaml");
  }
  static Result<void> StartAndStop(const std::string& config) {
    const auto service = MakeEmbeddedService(ReadConfig(config).value());
    PM_TRY_VOID(service->Start());
    service->Stop();
    return {};
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

TEST_F(ReshapeCommand, ADirectoryIsTheSameHoweverItsEndIsWritten) {
  for (const std::string end : {"/", "/.", "//./"}) {
    const std::string number = std::to_string(end.size());
    RunEngine(Path("old" + number));
    const std::string old = ConfigureAt("old", "old" + number + end);
    const std::string next = ConfigureAt("next", "./next" + number + end);
    const CommandOutcome moved = Call("reshape", {{"from", old}, {"to", next}});
    ASSERT_EQ(moved.code, kExitFine) << end << ": " << moved.err;
    EXPECT_TRUE(std::filesystem::exists(Path("next" + number + "/CURRENT")));
    const std::string same = ConfigureAt("same", "./next" + number);
    const CommandOutcome again = Call("reshape", {{"from", old}, {"to", same}});
    EXPECT_THAT(again.out, HasSubstr("has the state of directory")) << again.err;
  }
}

TEST_F(ReshapeCommand, WhileAnotherIsAtWorkNothingIsTouched) {
  RunEngine(Path("old"));
  const std::string old = Configure("old"), next = Configure("next");
  {
    const auto other = ScratchFolder::Take(Path("next.reshape"));
    ASSERT_TRUE(other.has_value()) << other.error().text;
    Write("next.reshape/to/desk", "half of it");
    for (const char* cancel : {"", "true"}) {
      std::vector<std::pair<std::string, std::string>> options = {{"from", old}, {"to", next}};
      if (*cancel != '\0') options.emplace_back("cancel", cancel);
      const CommandOutcome refused = Call("reshape", options);
      EXPECT_EQ(refused.code, kExitUnavailable);
      EXPECT_THAT(refused.err, HasSubstr("another reshape is at work in " + Path("next.reshape")));
      EXPECT_THAT(refused.err, HasSubstr("PM0552"));
    }
    EXPECT_EQ(ReadWholeFile(Path("next.reshape/to/desk")), "half of it");
    EXPECT_FALSE(std::filesystem::exists(Path("next")));
  }
  EXPECT_FALSE(std::filesystem::exists(Path("next.reshape"))) << "it has come to its end";
  Write("next.reshape/to/desk", "of one that was killed");
  const CommandOutcome moved = Call("reshape", {{"from", old}, {"to", next}});
  EXPECT_EQ(moved.code, kExitFine) << moved.err;
  EXPECT_FALSE(std::filesystem::exists(Path("next.reshape")));
}

TEST_F(ReshapeCommand, NoEngineBeginsWithNothingBesideAReshape) {
  RunEngine(Path("old"));
  const std::string old = Configure("old"), next = Configure("next");
  Write("next.reshape/made/CURRENT", "of one that was killed");
  for (const bool is_there : {false, true}) {
    if (is_there) {
      ASSERT_TRUE(MakeFolder(Path("next")).has_value());
    }
    const auto refused = StartAndStop(next);
    ASSERT_FALSE(refused.has_value()) << is_there;
    EXPECT_EQ(refused.error().code, kHalfMade);
    EXPECT_THAT(refused.error().text, HasSubstr(Path("next.reshape")));
  }
  const CommandOutcome run = Call("run", {{"config", next}});
  EXPECT_EQ(run.code, kExitConfig);
  EXPECT_THAT(run.err, HasSubstr("PM0550"));
  EXPECT_THAT(run.err, HasSubstr("`pointsman reshape`"));
  EXPECT_THAT(run.err, HasSubstr("`--cancel`"));
  const CommandOutcome moved = Call("reshape", {{"from", old}, {"to", next}});
  ASSERT_EQ(moved.code, kExitFine) << moved.err;
  Write("next.reshape/from/desk", "of a move from here to a Kafka that was killed");
  const auto begun = StartAndStop(next);
  EXPECT_TRUE(begun.has_value()) << begun.error().text;
}

TEST_F(ReshapeCommand, WhatAKilledOneLeftGoesWithItsCancel) {
  RunEngine(Path("old"));
  const std::string old = Configure("old"), next = Configure("next");
  Write("next.reshape/made/CURRENT", "of one that was killed");
  const CommandOutcome told = Call("reshape", {{"from", old}, {"to", next}, {"cancel", "true"}});
  EXPECT_EQ(told.code, kExitFine) << told.err;
  EXPECT_THAT(told.out, HasSubstr("what one left in " + Path("next.reshape") + " is removed"));
  EXPECT_TRUE(StartAndStop(next).has_value());
}

TEST_F(ReshapeCommand, WhereNoneHasBegunThereIsNothingToCancel) {
  RunEngine(Path("old"));
  const std::string old = Configure("old"), next = Configure("next");
  const CommandOutcome told = Call("reshape", {{"from", old}, {"to", next}, {"cancel", "true"}});
  EXPECT_EQ(told.code, kExitFine) << told.err;
  EXPECT_THAT(told.out, HasSubstr("there is nothing to cancel"));
  EXPECT_THAT(told.out, Not(HasSubstr("may work with its state again")));
  EXPECT_FALSE(std::filesystem::exists(Path("next")));
  EXPECT_FALSE(std::filesystem::exists(Path("next.reshape")));
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
