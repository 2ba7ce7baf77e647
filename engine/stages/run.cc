// Apart from step.cc, so that what needs only a Step does not link every stage.
#include "engine/stages/step.h"
#include "rules/book.h"

namespace pm {

Effects Run(Stage stage, RowReader& below, const Input& input, Instant now, EventId cause,
            const RuleBook& rules, size_t* gets) {
  Effects effects;
  const auto* message = std::get_if<Message>(&input);
  Step step(now, cause, message != nullptr ? message->root : cause,
            message != nullptr ? message->at : now,
            message != nullptr ? message->mode : Mode::kLive,
            message != nullptr ? message->hops : 0, rules, below, effects);
  if (const auto* due = std::get_if<RowDue>(&input)) step.tick_before = due->tick_before;
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
  effects.rows = step.rows.Take();
  if (gets != nullptr) *gets = step.rows.gets();
  return effects;
}

}  // namespace pm
