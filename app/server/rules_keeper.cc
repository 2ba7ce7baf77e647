#include "app/server/rules_keeper.h"

#include <fmt/format.h>

#include <future>

#include "app/server/logging.h"

namespace pm {

std::string InForceLine(ContentHash rules, const SwitchNote& note) {
  return fmt::format("rules {} are in force, {} by {}{}{}", ToText(rules), note.how,
                     note.by.empty() ? "somebody" : note.by, note.message.empty() ? "" : ": ",
                     note.message);
}

Result<void> EmbeddedRules::PutInForce(ContentHash rules, std::string_view document,
                                       const SwitchNote& note) {
  std::promise<Result<void>> durable;
  const auto done = [&](const Result<Accepted>& accepted) {
    durable.set_value(accepted.has_value() ? Result<void>() : std::unexpected(accepted.error()));
  };
  PM_TRY_VOID(engine_.Publish(rules, document, done, note));
  PM_TRY_VOID(durable.get_future().get());
  LogInfo(InForceLine(rules, note));
  return {};
}

}  // namespace pm
