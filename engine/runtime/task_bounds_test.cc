#include "engine/runtime/memory_store.h"
#include "engine/runtime/task.h"
#include "engine/runtime/testing_stages.h"

namespace pm {
namespace {

TEST(TaskBounds, ADeadLetterHoldsTheLargestSubmission) {
  StageTable stages = toy::Stages();
  stages.run = [](Stage, RowReader& below, const Input& input, Instant now, EventId cause,
                  const RuleBook& rules, size_t*) {
    Effects effects;
    Step step(now, cause, cause, now, Mode::kLive, 0, rules, below, effects);
    step.DeadLetter("malformed", "", "", std::get<Message>(input).body);
    return effects;
  };
  MemoryStore store;
  Task task(store, {}, stages, toy::Rules());
  ASSERT_TRUE(task.Apply({EncodeRecord(SwitchRecord{toy::kRules}), 0, Instant{}}));
  const Message largest = RootMessage(std::string(kMaxValueBytes, 'x'), "", Mode::kLive, 1);
  EXPECT_TRUE(task.Apply({EncodeMessageRecord(largest), 1, Instant{1}}));
  EXPECT_EQ(task.counters().failed_steps, 0U);
}

}  // namespace
}  // namespace pm
