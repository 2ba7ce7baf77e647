#include "model/event_types.h"

#include <algorithm>

namespace pm {

const EventTypeDecl* FindEventType(std::string_view name) {
  const auto it = std::ranges::find(kEventTypes, name, &EventTypeDecl::name);
  return it == kEventTypes.end() ? nullptr : &*it;
}

const EventTypeDecl& DeclOf(EventType type) {
  const auto it = std::ranges::find(kEventTypes, type, &EventTypeDecl::type);
  PM_CHECK(it != kEventTypes.end());
  return *it;
}

}  // namespace pm
