#include "engine/stages/fallback.h"

#include "engine/stages/account/account.h"
#include "engine/stages/desk/desk.h"

namespace pm {

namespace {

void PlaceLead(Step& step, const Message& message) {
  RouteRequest request;
  PM_CHECK(Decode(message.body, &request));
  Desk desk(step, message.key);
  PlaceStuck(desk, request);
}

void TakeIn(Step& step, const Message& message) {
  Adopt adopt;
  PM_CHECK(Decode(message.body, &adopt));
  account::AdoptPlainly(step, HomeFromKey(message.key), adopt);
}

}  // namespace

Effects RunFallback(RowReader& below, const Message& message, EventId cause,
                    const RuleBook& rules) {
  Effects effects;
  const bool places = message.to == Stage::kDesk && message.type == MessageType::kRouteRequest;
  const bool takes_in = message.to == Stage::kAccount && message.type == MessageType::kAdopt;
  if (!places && !takes_in) return effects;
  Step step(message.at, cause, message.root, message.at, message.mode, message.hops, rules, below,
            effects);
  if (places) PlaceLead(step, message);
  if (takes_in) TakeIn(step, message);
  effects.rows = step.rows.Take();
  return effects;
}

}  // namespace pm
