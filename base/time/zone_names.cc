#include "base/time/zone_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <unordered_map>

#include "base/text/diagnostic.h"

namespace pm {
namespace {

std::string Lowered(std::string_view text) {
  std::string lowered(text);
  std::ranges::transform(lowered, lowered.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lowered;
}

// From the lines `Z name ...` and `L target alias` of the database's index.
std::unordered_map<std::string, std::string> ReadNames() {
  std::unordered_map<std::string, std::string> names;
  std::ifstream file("/usr/share/zoneinfo/tzdata.zi");
  for (std::string line; std::getline(file, line);) {
    std::string name;
    if (line.starts_with("Z ")) name = line.substr(2, line.find(' ', 2) - 2);
    if (line.starts_with("L ")) name = line.substr(line.find(' ', 2) + 1);
    if (!name.empty()) names[Lowered(name)] = std::move(name);
  }
  return names;
}

// By the name in small letters; read once and never freed.
const std::unordered_map<std::string, std::string>& Names() {
  static const auto* const names = new std::unordered_map(ReadNames());
  return *names;
}

}  // namespace

std::optional<std::string> FindZoneName(std::string_view name) {
  const auto found = Names().find(Lowered(name));
  return found == Names().end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string_view> ZoneNames() {
  std::vector<std::string_view> names;
  for (const auto& [lowered, name] : Names()) names.push_back(name);
  std::ranges::sort(names);
  return names;
}

std::string HintOfZone(std::string_view name) {
  if (const auto known = FindZoneName(name)) return fmt::format("did you mean '{}'?", *known);
  // Abbreviations mean several places, and Etc/GMT-1 is what others call GMT+1: no guess is made.
  if (name.size() < 5 || name.starts_with("GMT") || name.starts_with("UTC")) {
    return {};
  }
  for (const std::string_view zone : ZoneNames()) {
    const size_t slash = zone.rfind('/');
    if (slash != zone.npos && zone.substr(slash + 1) == name)
      return fmt::format("did you mean '{}'?", zone);
  }
  return DidYouMean(name, ZoneNames());
}

}  // namespace pm
