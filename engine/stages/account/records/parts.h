// Parts that several rows of the account stage are made of.
#pragma once
#include <string>
#include <vector>

#include "base/describe.h"

namespace pm::account {

// Points that an engagement rule gave once.
struct Contribution {
  uint32_t rule = 0;  // ScoringRule::id
  int64_t points = 0;
  Instant at;

  bool operator==(const Contribution&) const = default;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "rule", &Contribution::rule, "Hash of the rule's name.");
    v.Field(2, "points", &Contribution::points, "Points given.");
    v.Field(3, "at", &Contribution::at, "When they were earned.");
  }
};

// Facts and verdict of a decision, kept where `explain` reads them again.
struct StoredDecision {
  std::string kind;  // screening, scoring, lifecycle, routing
  EventId id;
  Instant at;
  ContentHash rules;
  BlockBytes facts;
  std::vector<std::string> counted;      // scoring rules with points, candidates in order
  std::vector<std::string> passed_over;  // routes that could not be taken: reason
  std::string winner;
  std::string winner_origin;
  std::vector<std::string> policies;
  std::string reason;

  template <class V>
  static void Describe(V& v) {
    using T = StoredDecision;
    v.Field(1, "kind", &T::kind, "What was decided.");
    v.Field(2, "id", &T::id, "Decision id.");
    v.Field(3, "at", &T::at, "When.");
    v.Field(4, "rules", &T::rules, "Rules in force.");
    v.Field(5, "facts", &T::facts, "Values it rests on.");
    v.Field(6, "counted", &T::counted, "Rules that counted, candidates tried.");
    v.Field(7, "passed_over", &T::passed_over, "What was passed over, and why.");
    v.Field(8, "winner", &T::winner, "Rule or route that won.");
    v.Field(9, "winner_origin", &T::winner_origin, "Where the winner is written.");
    v.Field(10, "policies", &T::policies, "Policies pinned.");
    v.Field(11, "reason", &T::reason, "Why it was decided then.");
  }
};

// A score as last published.
struct ScoreState {
  int64_t fit = 0;
  int64_t engagement = 0;
  std::string fit_grade, engagement_grade;
  std::vector<std::string> reasons;  // the three rules that give most, with points

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "fit", &ScoreState::fit, "Fit score.");
    v.Field(2, "engagement", &ScoreState::engagement, "Engagement score.");
    v.Field(3, "fit_grade", &ScoreState::fit_grade, "Fit grade.");
    v.Field(4, "engagement_grade", &ScoreState::engagement_grade, "Engagement grade.");
    v.Field(5, "reasons", &ScoreState::reasons, "Top rules with points.");
  }
};

}  // namespace pm::account
