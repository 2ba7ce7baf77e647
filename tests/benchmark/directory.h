// Data directories of many leads for measurements: made by a process of its own, so that memory and
// start are those of a fresh one; copied without copying what never changes.
#pragma once
#include <map>
#include <string>

#include "tests/benchmark/figures.h"

namespace pm::bench {

// Leads come this fast in a made directory, so that all of them wait for their first timer.
inline constexpr int64_t kLeadsPerSecond = 5'000;

// Runs this program again for one part of MeasureMany on `directory`. The numbers it printed, by
// name; `started` is the seconds from its start until it could take events.
std::map<std::string, double> RunPart(const Plan& plan, const std::string& part,
                                      const std::string& directory, int64_t leads);
// Table files are hard links, everything else is copied. The directory must be closed.
void CopyDirectory(const std::string& from, const std::string& to);

}  // namespace pm::bench
