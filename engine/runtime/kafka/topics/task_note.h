// What a worker writes beside an input offset of a task that it commits: how far its time has come,
// and until when nothing of it is due, unless something comes. Whoever keeps the clock reads there
// that a tick can wait; people, that time goes on.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/time/instant.h"

namespace pm {

struct TaskNote {
  Instant tick;                  // every due before it has fired
  std::optional<Instant> quiet;  // absent: the task is at work and is to be asked again
  bool operator==(const TaskNote&) const = default;
};
std::string NoteText(const TaskNote& note);
// nullopt: it says something else, or nothing.
std::optional<TaskNote> ReadTaskNote(std::string_view text);

}  // namespace pm
