#include "engine/runtime/kafka/topics/owner_note.h"

namespace pm {

namespace {
constexpr std::string_view kWord = "by ";
}

std::string OwnerNote(std::string_view transactional_id) {
  return std::string(kWord) + std::string(transactional_id);
}

std::optional<std::string> OwnerIn(std::string_view note) {
  if (!note.starts_with(kWord) || note.size() == kWord.size()) return std::nullopt;
  return std::string(note.substr(kWord.size()));
}

}  // namespace pm
