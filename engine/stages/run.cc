// Apart from step.cc, so that what needs only a Step does not link every stage.
#include "engine/stages/step.h"
#include "rules/book.h"

namespace pm {

namespace {

void RunStage(Stage stage, Step& step, const Input& input) {
  const auto* message = std::get_if<Message>(&input);
  switch (stage) {
    case Stage::kIntake:
      PM_CHECK(message != nullptr);
      RunIntake(step, *message);
      break;
    case Stage::kIdentity:
      RunIdentity(step, input);
      break;
    case Stage::kAccount:
      RunAccount(step, input);
      break;
    case Stage::kDesk:
      RunDesk(step, input);
      break;
  }
}

}  // namespace

Effects Run(Stage stage, RowReader& below, const Input& input, Instant now, EventId cause,
            const RuleBook& rules, size_t* gets) {
  Effects effects;
  const auto* message = std::get_if<Message>(&input);
  const auto* due = std::get_if<RowDue>(&input);
  const Mode mode = message != nullptr ? message->mode : ModeOf(WorldOfRow(due->key));
  Step step(now, cause, message != nullptr ? message->root : cause,
            message != nullptr ? message->at : now, mode, message != nullptr ? message->hops : 0,
            rules, below, effects);
  if (due != nullptr) step.tick_before = due->tick_before;
  if (step.rows.world() == World::kLive || due == nullptr) {
    RunStage(stage, step, input);
  } else {
    RowDue within = *due;
    within.key.erase(0, 1);
    RunStage(stage, step, Input(std::move(within)));
  }
  effects.rows = step.rows.Take();
  if (gets != nullptr) *gets = step.rows.gets();
  return effects;
}

}  // namespace pm
