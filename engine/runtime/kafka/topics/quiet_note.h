// What a worker writes beside an input offset that it commits: until when nothing of that task is
// due, unless something comes. Whoever keeps the clock reads there that a tick can wait.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/time/instant.h"

namespace pm {

std::string QuietNote(Instant until);
// nullopt: it says something else, or nothing.
std::optional<Instant> QuietUntil(std::string_view note);

}  // namespace pm
