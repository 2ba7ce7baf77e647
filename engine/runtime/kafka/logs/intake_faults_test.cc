// An intake whose clock is set back.
#include "engine/runtime/kafka/logs/testing_intake.h"

namespace pm {
namespace {

class IntakeFaultTest : public IntakeTest {
 protected:
  IntakeFaultTest() { PutInForce(toy::kRules); }
};

TEST_F(IntakeFaultTest, CommitsGoOnInTimeWhenTheClockIsSetBack) {
  const auto intake = StartIntake("w-01");
  ASSERT_TRUE(RunIntake(*intake).has_value());
  const Bounds bounds{20, size_t{1} << 20};
  TaskId task;
  for (const bool before : {true, false}) {
    if (before) SetClockBack(Hours(1));
    Submit("a");
    ASSERT_FALSE(intake->log->Poll(&task, bounds).value().empty());
    if (!before) SetClockBack(Hours(1));
    ASSERT_TRUE(intake->log->Poll(&task, bounds).value().empty());
    EXPECT_LE(intake->client->last_wait(), intake->settings.commit);
    ASSERT_TRUE(RunIntake(*intake).has_value());
    Submit("b");
    ASSERT_FALSE(intake->log->Poll(&task, bounds).value().empty());
    Submit("c");
    SetClockBack(Hours(1));
    Advance(intake->settings.commit);
    EXPECT_TRUE(intake->log->Poll(&task, bounds).value().empty()) << "it is time";
    ASSERT_TRUE(RunIntake(*intake).has_value());
  }
}

}  // namespace
}  // namespace pm
