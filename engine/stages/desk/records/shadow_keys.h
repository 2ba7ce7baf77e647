// What the keys of a desk's rows begin with.
#pragma once
#include "engine/stages/desk/records/keys.h"
#include "model/messages/message.h"

namespace pm {

// For leads of that mode.
inline uint32_t DeskRowsHash(std::string_view desk, Mode mode) {
  return mode == Mode::kShadow ? DeskHash("shadow of " + std::string(desk)) : DeskHash(desk);
}

}  // namespace pm
