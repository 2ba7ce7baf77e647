// What a change of rules touches of what is under way. Reads only; any thread, on a view of its
// own.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "engine/runtime/store.h"
#include "rules/book.h"

namespace pm {

// A route, pool, SLA policy or cadence that is written otherwise, or no more, in the new rules.
struct ChangedDocument {
  std::string kind;                  // route, pool, sla, cadence
  std::string name;                  // as the writer named it
  std::string change;                // changed, gone
  std::optional<int64_t> leads = 0;  // open at a desk under it; absent: not counted
  template <class V>
  static void Describe(V& v) {
    using T = ChangedDocument;
    v.Field(1, "kind", &T::kind, "route, pool, sla or cadence.");
    v.Field(2, "name", &T::name, "Its name.");
    v.Field(3, "change", &T::change, "changed or gone.");
    v.Field(4, "leads", &T::leads, "Open leads under it; absent: not counted.");
  }
};

// Counts leads at a desk (waiting or with a rep), running SLAs and running enrolments. A lead is
// touched when its route, pool, SLA policy or cadence is among `documents`, but not by a policy or
// cadence that it runs by already, as when earlier rules come back. What the change means for leads
// that come later, or that are still in nurture, is not counted. What nobody could count is absent:
// a zero is what was counted to be none.
struct RuleImpact {
  std::optional<int64_t> open_leads = 0, touched_leads = 0;
  std::optional<int64_t> running_slas = 0, touched_slas = 0;
  std::optional<int64_t> running_enrolments = 0, touched_enrolments = 0;
  // That go over, if the change propagates, ...
  std::optional<int64_t> moved_slas = 0, moved_enrolments = 0;
  std::optional<int64_t> ended_enrolments = 0;  // ... and end: no cadence bears their name
  std::vector<ChangedDocument> documents;       // by kind and name
  std::vector<std::string> other;  // further kinds of documents that differ: scoring, ...
  // An earlier change still does; it goes on by these rules. Absent: not known.
  std::optional<bool> propagating = false;
  bool counted_all = true;  // false: there were more rows than are counted, or none was

  // By id: reps whom the change drops or moves to another desk, where nobody could be asked whether
  // they have leads. Where one can be, such a change is refused while they have.
  std::vector<std::string> unasked_reps;

  std::optional<int64_t> Most() const;  // the greatest of the three that are touched
  template <class V>
  static void Describe(V& v) {
    using T = RuleImpact;
    v.Field(1, "open_leads", &T::open_leads, "Leads at a desk.");
    v.Field(2, "touched_leads", &T::touched_leads, "Of these, under a changed document.");
    v.Field(3, "running_slas", &T::running_slas, "SLAs that run.");
    v.Field(4, "touched_slas", &T::touched_slas, "Of these, by a policy that differs now.");
    v.Field(5, "running_enrolments", &T::running_enrolments, "Cadences that run.");
    v.Field(6, "touched_enrolments", &T::touched_enrolments, "Of these, that differ now.");
    v.Field(7, "documents", &T::documents, "What changes.");
    v.Field(8, "other", &T::other, "Other kinds of documents that differ.");
    v.Field(9, "counted_all", &T::counted_all,
            "No row was left out. Else numbers may be absent: not counted.");
    v.Field(10, "moved_slas", &T::moved_slas, "SLAs that go over, if it propagates.");
    v.Field(11, "moved_enrolments", &T::moved_enrolments, "The same of cadences.");
    v.Field(12, "ended_enrolments", &T::ended_enrolments,
            "Cadences that end, if it propagates: nothing bears their name.");
    v.Field(13, "propagating", &T::propagating,
            "An earlier change still propagates: so does this one, whatever it says. Absent: not "
            "known.");
    v.Field(14, "unasked_reps", &T::unasked_reps,
            "Reps whom it drops or moves; whether they have leads could not be asked.");
  }
};

// `most` bounds the rows that are read.
RuleImpact ImpactOf(const StoreView& store, const RuleBook& in_force, const RuleBook& next,
                    size_t most = 1'000'000);
// Where the rows are not to be had: which documents differ, and reps whom nobody was asked about.
RuleImpact UncountedImpact(const RuleBook& in_force, const RuleBook& next);

}  // namespace pm
