// The one solver behind every proof about rules: a lead for which some conditions hold and others
// do not, or the proof that there is none.
//
// Exact for tests joined by all, any and not: equality, lists, ranges, prefixes, suffixes, parts,
// truth, presence, times, lists of texts, grades and scores as the scoring rules tie them together
// (with `sums` also to the fields that the fit rules read), addresses and their domains.
// Programs (CEL beyond tests) that say what tests can (program_tests.h) are as exact. Regular
// expressions and other programs are tried out: that no lead passes them is
// known only where one is asked to hold and not to hold.
//
// Deterministic: work is counted, time is not. Pure; any thread.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/normalise/email.h"
#include "rules/book.h"
#include "rules/condition.h"

namespace pm {

struct ScoreSums;

// What leads there can be.
struct LeadSpace {
  const FieldTable& fields;
  const Slots& slots;  // of every condition that is asked about
  // Ties scores, grades and caps together; null: score fields take any value of their type.
  const ScoringRules* scoring = nullptr;
  // Of these rules: ties the scores to their points, too. Null: any score between the least and the
  // most that all points come to.
  const ScoreSums* sums = nullptr;
  // The scores were made of what was known of the lead before, if they were made at all.
  bool earlier_scores = false;
  // By which addresses, their domains and whether these are of free mail go together.
  EmailRules mail = {};
};

struct LeadQuery {
  std::vector<Condition> must;      // hold
  std::vector<Condition> must_not;  // do not hold: false or unknown
  // More that must not hold, too many to list: one that holds for these facts, if any does.
  std::function<std::optional<Condition>(Facts)> blocking = nullptr;
  uint64_t budget = 200'000;  // units of work: a look at a test, of a pattern twenty
  bool least = true;          // leave out fields that the lead can do without
};

struct LeadAnswer {
  enum class Kind : uint8_t {
    kFound,      // `facts` is such a lead; the naive evaluator has confirmed it
    kNone,       // proved: there is no such lead
    kNotProved,  // neither; `why` says why
  };
  Kind kind = Kind::kNotProved;
  std::string
      facts;        // a FieldBlock: what is not in it is missing. No field stands in it needlessly.
  std::string why;  // `the work bound is spent`, what can only be tried out, or is never so
  uint64_t work = 0;  // units spent
  bool found() const { return kind == Kind::kFound; }
  bool none() const { return kind == Kind::kNone; }
};

LeadAnswer FindLead(const LeadSpace& space, const LeadQuery& query);

// `{ lead.country: DE, account.employees: 200 }`, to be read again as YAML; and as a JSON object.
std::string LeadYaml(FieldBlock facts, const FieldTable& fields);
std::string LeadJson(FieldBlock facts, const FieldTable& fields);
std::string ValueJson(const Value& value);

}  // namespace pm
