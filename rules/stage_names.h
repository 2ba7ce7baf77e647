// The stages of a lead, as rules name them.
#pragma once
#include <array>
#include <string_view>

namespace pm {

inline constexpr auto kStageNames = std::to_array<std::string_view>(
    {"assigned", "accepted", "working", "known", "engaged", "mql", "held", "queued", "qualified",
     "nurture", "recycled", "handed_off", "converted", "disqualified", "closed", "screened"});

}  // namespace pm
