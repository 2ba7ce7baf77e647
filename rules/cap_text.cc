#include "rules/cap_text.h"

#include <fmt/format.h>

namespace pm {

std::string CapText(const Cap& cap) {
  switch (cap.kind) {
    case Cap::Kind::kOpen:
      return fmt::format("{} open", cap.limit);
    case Cap::Kind::kPerDay:
      return fmt::format("{} per day", cap.limit);
    case Cap::Kind::kPerWeek:
      return fmt::format("{} per week", cap.limit);
    case Cap::Kind::kPerMonth:
      return fmt::format("{} per month", cap.limit);
    case Cap::Kind::kRolling:
      break;
  }
  return fmt::format("{} per {}", cap.limit, FormatDuration(cap.window));
}

std::string CapsText(const std::vector<Cap>& caps) {
  std::string text;
  for (const Cap& cap : caps) text += (text.empty() ? "" : ", ") + CapText(cap);
  return text;
}

}  // namespace pm
