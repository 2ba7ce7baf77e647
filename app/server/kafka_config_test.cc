#include <gmock/gmock.h>

#include <cstdlib>

#include "app/commands/files.h"
#include "app/server/config.h"
#include "engine/runtime/testing.h"

namespace pm {
namespace {

using testing::HasSubstr;

class KafkaConfigTest : public testing::Test {
 protected:
  ~KafkaConfigTest() override { unsetenv("POINTSMAN_WORKER"); }
  Result<Config> Read(const std::string& kafka) const {
    const std::string path = folder_.path() + "/pointsman.yaml";
    const std::string text = "data: d\nrules: r\nkafka: { brokers: b:1" + kafka + " }\n";
    EXPECT_TRUE(WriteWholeFile(path, text).has_value());
    return ReadConfig(path);
  }
  ScratchDirectory folder_;
};

TEST_F(KafkaConfigTest, TimesAreReadAndBounded) {
  const auto good = Read(", worker: 7, commit: 100ms, session: 30s, max_hold: 1h");
  ASSERT_TRUE(good.has_value()) << good.error().text;
  EXPECT_EQ(good->kafka->worker, 7);
  EXPECT_EQ(good->kafka->commit, Milliseconds(100));
  EXPECT_EQ(good->kafka->session, Seconds(30));
  EXPECT_EQ(good->kafka->max_hold, Hours(1));
  for (const char* bad : {"commit: 0ms", "commit: 11s", "session: 500ms", "session: 31m",
                          "max_hold: 9s", "max_hold: 2d"}) {
    const auto told = Read(std::string(", ") + bad);
    ASSERT_FALSE(told.has_value()) << bad;
    EXPECT_THAT(told.error().text, HasSubstr("PM0745")) << bad;
    EXPECT_THAT(told.error().text, HasSubstr("pointsman.yaml:3:")) << bad;
  }
  EXPECT_FALSE(Read(", worker: 1000").has_value());
  EXPECT_FALSE(Read(", properties: { acks: 1 }").has_value()) << "the connection is checked, too";
}

TEST_F(KafkaConfigTest, StandbysAreNoneUnlessSaidAndBounded) {
  EXPECT_EQ(Read("")->kafka->standbys, 0);
  EXPECT_EQ(Read(", standbys: 2")->kafka->standbys, 2);
  for (const char* bad : {"-1", "17", "many", "1.5", "true", "[1]"}) {
    const auto told = Read(std::string(", standbys: ") + bad);
    ASSERT_FALSE(told.has_value()) << bad;
    EXPECT_THAT(told.error().text, HasSubstr("standbys")) << bad;
    EXPECT_THAT(told.error().text, HasSubstr("pointsman.yaml:3:")) << bad;
  }
}

TEST_F(KafkaConfigTest, WhatIsAcceptedAsLostIsAnOffset) {
  EXPECT_EQ(Read(", prefix: pm, accept_lost: pm.account/3@12")->kafka->accept_lost,
            std::vector<std::string>{"pm.account/3@12"});
  for (const char* bad :
       {"pm.account/3", "pm.account@12", "3@12", "pm.account/3@-1", "''", "pm.acount/0@3037",
        "pointsman.account/3@12", "pm.leads/3@12", "pm.account/16@12"}) {
    const auto told = Read(fmt::format(", prefix: pm, accept_lost: [pm.desk/0@1, {}]", bad));
    ASSERT_FALSE(told.has_value()) << bad;
    EXPECT_THAT(told.error().text, HasSubstr("write what the refusal of the task names")) << bad;
    EXPECT_THAT(told.error().text, HasSubstr("pointsman.yaml:3:63")) << bad;
  }
}

TEST_F(KafkaConfigTest, APortIsOne) {
  EXPECT_TRUE(Read(", worker: 0").has_value());
  for (const char* bad : {"b:65536", "b:99999", "b:0", "b:"}) {
    const std::string path = folder_.path() + "/port.yaml";
    const std::string text = fmt::format("data: d\nrules: r\nkafka: {{ brokers: '{}' }}\n", bad);
    ASSERT_TRUE(WriteWholeFile(path, text).has_value());
    const auto told = ReadConfig(path);
    ASSERT_FALSE(told.has_value()) << bad;
    EXPECT_THAT(told.error().text, HasSubstr("is no address of a broker")) << bad;
  }
}

TEST_F(KafkaConfigTest, AWorkersNumberIsTheOptionsElseTheEnvironmentsElseTheFiles) {
  KafkaConfig config;
  config.worker = 5;
  EXPECT_EQ(WorkerNumber("", config), 5);
  setenv("POINTSMAN_WORKER", "pointsman-3", 1);
  EXPECT_EQ(WorkerNumber("", config), 3);
  EXPECT_EQ(WorkerNumber("12", config), 12);
}

TEST_F(KafkaConfigTest, WhatNamesNoWorkerIsRefused) {
  for (const char* bad : {"x", "pointsman-", "1000", "pod-1x", "-", "-1", "-0", "99999999999"}) {
    const auto told = WorkerNumber(bad, {});
    ASSERT_FALSE(told.has_value()) << bad;
    EXPECT_EQ(told.error().code, 746);
  }
  setenv("POINTSMAN_WORKER", "", 1);
  const auto empty = WorkerNumber("", {});
  ASSERT_FALSE(empty.has_value()) << "every pod would be worker 0";
  EXPECT_THAT(empty.error().text, HasSubstr("POINTSMAN_WORKER is ''"));
  EXPECT_EQ(WorkerNumber("12", {}), 12);
  setenv("POINTSMAN_WORKER", "pod", 1);
  EXPECT_THAT(WorkerNumber("", {}).error().text, HasSubstr("POINTSMAN_WORKER is 'pod'"));
}

}  // namespace
}  // namespace pm
