// Two rule sets compared by what they do: for each region of leads that now goes elsewhere a lead
// that lies in it, who took it before and who takes it now. Renames and orders that change nothing
// are told as such. Pure; any thread.
//
// Compared are the first routes that can take a lead, as the rules tell it: a rep who is away is
// for the day itself to show. A lead has the points of fit and the grades that each set gives to
// what it holds, and the same engagement in both. Who is screened out by either comes to no route.
#pragma once
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/text/json_writer.h"
#include "rules/book.h"

namespace pm {

// A lead in the two ways that it is shown.
struct LeadExample {
  std::string yaml, json;  // json: an object
};
inline void WriteJsonValue(JsonWriter& w, const LeadExample& lead) { w.Raw(lead.json); }
inline bool IsEmpty(const LeadExample& lead) { return lead.json.empty(); }

LeadExample ExampleOf(FieldBlock facts, const FieldTable& fields);

struct DiffRegion {
  std::string what;  // routing, screening, lifecycle, hold, score
  std::string before_rule, before, after_rule, after;
  LeadExample lead;  // one of such leads; confirmed by the naive evaluator in both sets
  // Rows of a table that change alike, on either side; 0: that is no row.
  int64_t before_rows = 0, after_rows = 0;
  bool more_rows = false;  // there may be more of them
  template <class V>
  static void Describe(V& v) {
    using T = DiffRegion;
    v.Field(1, "what", &T::what, "routing, screening, lifecycle, hold or score.");
    v.Field(2, "before_rule", &T::before_rule, "Who took it before, and where that is written.");
    v.Field(3, "before", &T::before, "What it got before.");
    v.Field(4, "after_rule", &T::after_rule, "Who takes it now, and where that is written.");
    v.Field(5, "after", &T::after, "What it gets now.");
    v.Field(6, "lead", &T::lead, "One of these leads.");
    v.Field(7, "before_rows", &T::before_rows, "Rows of the table before that change alike.");
    v.Field(8, "after_rows", &T::after_rows, "Rows of the table now that they change to.");
    v.Field(9, "more_rows", &T::more_rows, "There may be more of these rows.");
  }
};

struct RuleDiff {
  std::vector<DiffRegion> regions;
  std::vector<std::string> definitions;     // pools, reps, SLAs, cadences, settings that differ
  std::vector<std::string> without_effect;  // renamed or moved
  std::vector<std::string> not_proved;      // where a difference could be that was not found
  bool same() const { return regions.empty() && definitions.empty() && not_proved.empty(); }
  template <class V>
  static void Describe(V& v) {
    using T = RuleDiff;
    v.Field(1, "regions", &T::regions, "Leads that the rules now treat otherwise.");
    v.Field(2, "definitions", &T::definitions, "What is defined otherwise.");
    v.Field(3, "without_effect", &T::without_effect, "Renamed or moved, without effect.");
    v.Field(4, "not_proved", &T::not_proved, "Where a difference could be that was not found.");
  }
};

RuleDiff DiffRules(const RuleBook& before, const RuleBook& after);

}  // namespace pm
