// Why a lead is where it is and what it waits for, and why it was scored, routed and assigned as it
// was: the naive evaluator run again on the facts that were stored with each decision, put into
// words. docs/guide/explain.md shows them.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/views/lead_view.h"

namespace pm {

struct DecisionView {
  std::string kind;  // screening, scoring, lifecycle, routing, assignment
  EventId id;
  Instant at = kNever;
  ContentHash rules;
  std::string summary;             // one sentence
  std::vector<std::string> lines;  // rule by rule, with the values seen
  NamedValues facts;
  template <class V>
  static void Describe(V& v) {
    using T = DecisionView;
    v.Field(1, "kind", &T::kind, "What was decided.");
    v.Field(2, "id", &T::id, "Decision id.");
    v.Field(3, "at", &T::at, "When.");
    v.Field(4, "rules_version", &T::rules, "Rules in force then.");
    v.Field(5, "summary", &T::summary, "The verdict in a sentence.");
    v.Field(6, "lines", &T::lines, "Rule by rule, with the values seen.");
    v.Field(7, "facts", &T::facts, "Values it rests on.");
  }
};

struct Explanation {
  OutLead lead;
  std::string place;
  std::string mode;                      // live, shadow, test, backfill
  std::vector<std::string> now;          // sentences: where it is, what it waits for, until when
  std::vector<std::string> differently;  // each would take it on
  std::vector<DecisionView> decisions;   // in the order of a lead's way
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "lead", &Explanation::lead, "The lead.");
    v.Field(2, "place", &Explanation::place, "Where it is.");
    v.Field(4, "now", &Explanation::now, "What it waits for, and until when.");
    v.Field(5, "differently", &Explanation::differently, "What would take it on.");
    v.Field(3, "decisions", &Explanation::decisions, "Latest decision of each kind.");
    v.Field(6, "mode", &Explanation::mode, "Mode of the event that began it.");
  }
};

// The rules of a version; null when they are not at hand: then only what was stored is told.
using BookProvider = std::function<std::shared_ptr<const RuleBook>(ContentHash)>;

// PM0714 when there is no such lead. `rules` are those in force.
Result<Explanation> ExplainLead(const StoreView& store, LeadId id, const RuleBook& rules,
                                const BookProvider& books);
std::string ToJson(const Explanation& explanation);
std::string ToText(const Explanation& explanation);

}  // namespace pm
