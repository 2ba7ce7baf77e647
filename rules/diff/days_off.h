// What a calendar file closes, so that its days can be compared, however the file is written. Pure;
// any thread.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "rules/diff/particulars.h"

namespace pm {

// One particular `closed` whose items are days and times. `icalendar` was read without an error.
Particulars DaysOff(std::string_view icalendar);

// `also 2026-12-24; no more 2026-05-01` of two sorted sets, at most 20 of each named; empty when
// they hold the same.
std::string SetChangeInWords(const std::vector<std::string>& before,
                             const std::vector<std::string>& after);

}  // namespace pm
