// Which field a key of an event's data means that stands without `lead.`, `account.` or the like.
#pragma once
#include <string_view>

#include "model/event_types.h"

namespace pm {

// By the names that events of this type have for it, as a whole name, then in the type's own order
// of entities; null when no entity has such a field.
const FieldDecl* FieldOfBareKey(const FieldTable& fields, const EventTypeDecl& type,
                                std::string_view key);

}  // namespace pm
