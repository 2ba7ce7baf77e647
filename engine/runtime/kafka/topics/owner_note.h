// What an intake writes beside the input offsets that it commits: its transactional id. Should it
// die, whoever gets its inputs finds there whose open transaction to end.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace pm {

std::string OwnerNote(std::string_view transactional_id);
// nullopt: it says something else, or nothing.
std::optional<std::string> OwnerIn(std::string_view note);

}  // namespace pm
