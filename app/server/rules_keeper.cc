#include "app/server/rules_keeper.h"

#include <future>

namespace pm {

Result<void> EmbeddedRules::PutInForce(ContentHash rules, std::string_view document,
                                       const SwitchNote& note) {
  std::promise<Result<void>> durable;
  const auto done = [&](const Result<Accepted>& accepted) {
    durable.set_value(accepted.has_value() ? Result<void>() : std::unexpected(accepted.error()));
  };
  PM_TRY_VOID(engine_.Publish(rules, document, done, note));
  return durable.get_future().get();
}

}  // namespace pm
