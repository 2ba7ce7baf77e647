// What was probably meant by a scalar of a rule document that cannot be read: hints for messages,
// empty when nothing comes to mind. Pure.
#pragma once
#include <string>
#include <string_view>

namespace pm {

std::string HintOfDuration(std::string_view text);  // `15 min`, `2 weeks`, `90`
std::string HintOfSpan(std::string_view text);      // the same, and `3 workdays`
std::string HintOfRung(std::string_view text);      // `due + 30 minutes`
std::string HintOfSlot(std::string_view text);      // `9-17`, `9am - 5:30pm`
std::string HintOfWindow(std::string_view text);    // `22:00-02:00 prospect`
std::string HintOfCount(std::string_view text);     // `0 open`, `010 per day`
std::string HintOfWeekdays(std::string_view text);  // `Thu`, `monday-friday`, `weekdays`

}  // namespace pm
