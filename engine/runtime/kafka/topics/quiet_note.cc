#include "engine/runtime/kafka/topics/quiet_note.h"

#include <charconv>

namespace pm {

namespace {
constexpr std::string_view kWord = "quiet ";
}

std::string QuietNote(Instant until) { return std::string(kWord) + std::to_string(until.ms); }

std::optional<Instant> QuietUntil(std::string_view note) {
  if (!note.starts_with(kWord)) return std::nullopt;
  note.remove_prefix(kWord.size());
  int64_t ms = 0;
  const auto [end, error] = std::from_chars(note.data(), note.data() + note.size(), ms);
  if (error != std::errc() || end != note.data() + note.size()) return std::nullopt;
  return Instant{ms};
}

}  // namespace pm
