#include "engine/stages/fallback.h"

#include "engine/stages/desk/desk.h"

namespace pm {

Effects RunFallback(RowReader& below, const Message& message, EventId cause,
                    const RuleBook& rules) {
  Effects effects;
  if (message.to != Stage::kDesk || message.type != MessageType::kRouteRequest) return effects;
  Step step(message.at, cause, message.root, message.at, message.mode, message.hops, rules, below,
            effects);
  RouteRequest request;
  PM_CHECK(Decode(message.body, &request));
  Desk desk(step, message.key);
  PlaceStuck(desk, request);
  effects.rows = step.rows.Take();
  return effects;
}

}  // namespace pm
