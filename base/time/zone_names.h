// IANA zone names as people write them.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pm {

// The name of a zone or an alias, written in whatever case, as the database writes it; nullopt when
// it has none such. Reads the database's index when first called; any thread.
std::optional<std::string> FindZoneName(std::string_view name);

// What zone was probably meant by a name that is none: "did you mean 'Europe/Madrid'?", or empty.
std::string HintOfZone(std::string_view name);

// All names and aliases, sorted, for hints. They live as long as the program.
std::vector<std::string_view> ZoneNames();

}  // namespace pm
