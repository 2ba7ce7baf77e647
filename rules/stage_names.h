// The stages of a lead, as rules name them.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pm {

// Where a lead is, as far as what can be done with it goes.
enum class LeadWhere : uint8_t {
  kNurture,  // nobody has it, nothing is waited for
  kWaiting,  // screened, or held for enrichment
  kAtDesk,   // a rep or a queue has it
  kClosed,
};

struct StageDecl {
  std::string_view name;
  std::optional<LeadWhere> where;  // of a lead in that stage; none: nothing brings leads there yet
};

inline constexpr auto kLeadStages = std::to_array<StageDecl>({
    {"assigned", LeadWhere::kAtDesk},
    {"accepted", LeadWhere::kAtDesk},
    {"working", LeadWhere::kAtDesk},
    {"known", std::nullopt},
    {"engaged", std::nullopt},
    {"mql", LeadWhere::kNurture},
    {"held", LeadWhere::kWaiting},
    {"queued", LeadWhere::kAtDesk},
    {"qualified", std::nullopt},
    {"nurture", LeadWhere::kNurture},
    {"recycled", LeadWhere::kNurture},
    {"handed_off", std::nullopt},
    {"converted", LeadWhere::kClosed},
    {"disqualified", LeadWhere::kClosed},
    {"closed", LeadWhere::kClosed},
    {"screened", LeadWhere::kWaiting},
});

inline constexpr auto kStageNames = [] {
  std::array<std::string_view, kLeadStages.size()> names;
  for (size_t i = 0; i < names.size(); ++i) names[i] = kLeadStages[i].name;
  return names;
}();

}  // namespace pm
