// Why a lead did not go to a route or a rep, and the smallest change of the lead that would have
// sent it there: by the solver (change_search.h), and by trying values that the rules name. What is
// told went through the whole engine, so that it is true.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "app/simulate/lead_file.h"
#include "base/describe.h"
#include "rules/book.h"

namespace pm {

struct FieldChange {
  std::string field;
  std::string from;  // what rules saw; `missing`
  std::string to;    // JSON; empty: left out
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "field", &FieldChange::field, "The field.");
    v.Field(2, "from", &FieldChange::from, "What it was.");
    v.Field(3, "to", &FieldChange::to, "What it would be, JSON; empty: left out.");
  }
};

struct WhyNot {
  std::string asked;              // `route Territories`, `rep ana`
  bool taken = false;             // it did go there
  std::vector<std::string> kept;  // what kept it from going there, route by route
  bool found = false;             // `changes` would do
  std::vector<FieldChange> changes;
  std::string then;   // what would come of it
  int64_t tries = 0;  // leads that were tried
  template <class V>
  static void Describe(V& v) {
    using T = WhyNot;
    v.Field(1, "asked", &T::asked, "The route or rep asked about.");
    v.Field(2, "taken", &T::taken, "The lead did go there.");
    v.Field(3, "kept", &T::kept, "What kept it from going there.");
    v.Field(4, "found", &T::found, "The changes would do.");
    v.Field(5, "changes", &T::changes, "The fewest fields that would have to be other.");
    v.Field(6, "then", &T::then, "What would come of it.");
    v.Field(7, "tries", &T::tries, "Leads that were tried.");
  }
};

inline constexpr int64_t kMostTries = 2'000;
inline constexpr size_t kMostChanges = 4;

// `name` is a route's name, else a rep's id or address. PM0721 when it is neither; the lead itself
// must have been made (LeadTrial). Nothing found within the bounds does not prove that there is
// nothing.
Result<WhyNot> AskWhyNot(const std::shared_ptr<const RuleBook>& book, const LeadFile& lead,
                         Instant at, const std::string& name);
std::string ToText(const WhyNot& answer);

}  // namespace pm
