#include "engine/runtime/kafka/topics/task_note.h"

#include <charconv>

namespace pm {

namespace {

constexpr std::string_view kTick = "tick ";
constexpr std::string_view kQuiet = " quiet ";

// Takes the word and the number behind it away; nullopt when they are not there.
std::optional<Instant> Take(std::string_view word, std::string_view* text) {
  if (!text->starts_with(word)) return std::nullopt;
  text->remove_prefix(word.size());
  int64_t ms = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), ms);
  if (error != std::errc()) return std::nullopt;
  text->remove_prefix(static_cast<size_t>(end - text->data()));
  return Instant{ms};
}

}  // namespace

std::string NoteText(const TaskNote& note) {
  std::string text(kTick);
  text += std::to_string(note.tick.ms);
  if (note.quiet) text.append(kQuiet).append(std::to_string(note.quiet->ms));
  return text;
}

std::optional<TaskNote> ReadTaskNote(std::string_view text) {
  const std::optional<Instant> tick = Take(kTick, &text);
  if (!tick) return std::nullopt;
  TaskNote note{*tick, {}};
  if (text.empty()) return note;
  note.quiet = Take(kQuiet, &text);
  return note.quiet && text.empty() ? std::optional(note) : std::nullopt;
}

}  // namespace pm
