// Parts of the rules as people say them: for the rule set's page and for what differs between two.
// Pure; any thread.
#pragma once
#include <string>
#include <vector>

#include "rules/book.h"
#include "rules/documents/cadence.h"
#include "rules/documents/judging.h"
#include "rules/documents/people.h"
#include "rules/documents/routing.h"

namespace pm {

// As it is written in the rules.
template <YamlEnum E>
std::string WordOf(E value) {
  for (const auto& entry : YamlNames(std::type_identity<E>{})) {
    if (entry.value == value) return std::string(entry.name);
  }
  return {};
}

// A condition as a sentence: `lead.country in [DE, AT] and not (account.type eq partner)`; empty:
// always.
std::string ConditionInWords(const Condition& condition);
// `15 per 7d`; empty: no limit.
std::string LimitInWords(const PointsLimit& limit);
// `it is won, within 30d, by the same form`; `always`.
std::string RepeatInWords(const RepeatRule& rule);
// `ana, bo (weight 2)`; `every rep of its desk`.
std::string MembersInWords(const Pool& pool);

// `09:00-17:30`, of a night shift `22:00-06:00`.
std::string HoursInWords(const Slot& slot);
// `the assignee's hours`.
std::string HoursInWords(const SlaPolicy& policy);
// `at 80% notify rep`.
std::string RungInWords(const Rung& rung);

// `email: intro-a 50%, intro-b 50%`.
std::string StepInWords(const CadenceStep& step);
// `09:00-11:30 prospect`; empty: any time.
std::string WindowInWords(const StepWindow& window);
// `2d, then the next step`; empty: never.
std::string ExpiryInWords(const CadenceStep& step);

}  // namespace pm
