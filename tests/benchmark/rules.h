// The rules that measurements run under: the pack inbound-saas with a team that is large enough for
// the load.
#pragma once
#include <memory>
#include <string>

#include "base/result.h"
#include "engine/runtime/task.h"
#include "rules/book.h"

namespace pm::bench {

inline constexpr int kReps = 960;
inline constexpr int kTeam = 24;  // reps of a pool

// The program's sources, wherever it was started from. PM_CHECKs that they are there.
std::string SourceFolder();
std::string PackFolder();  // of the pack, in them
// The rules as a folder, for what reads one.
void WriteRules(const std::string& folder);
// Compiled; PM_CHECKs that there is no error.
std::shared_ptr<const RuleBook> BenchRules();
// Knows `book` alone.
RuleProvider ProviderOf(std::shared_ptr<const RuleBook> book);

}  // namespace pm::bench
