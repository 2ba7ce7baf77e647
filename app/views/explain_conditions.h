// Conditions in words: which of a rule's tests hold on some facts, with the values they saw, and
// which stand in the way, with how much is missing.
#pragma once
#include <string>
#include <vector>

#include "rules/book.h"

namespace pm {

// The naive evaluator on one set of facts. The block and the book outlive it.
class FactsInWords {
 public:
  FactsInWords(const RuleBook& book, FieldBlock facts) : book_(book), sheet_(book.slots()) {
    sheet_.Add(facts);
  }

  bool Holds(const Condition& condition) const { return condition.Holds(sheet_.facts()); }
  Facts facts() const { return sheet_.facts(); }
  // Why it holds: `lead.country in [DE, AT]: it is DE`, a line for each test that does.
  std::vector<std::string> Reasons(const Condition& condition) const;
  // Why it does not: `score.fit gte 30: it is 21, 9 too few`, a line for each test in the way; of
  // several that would do, one line with `or` between them.
  std::vector<std::string> Obstacles(const Condition& condition) const;
  // `missing`, or the value with its unit.
  std::string Saw(FieldNumber field) const;
  std::string NameOf(FieldNumber field) const;

 private:
  const RuleBook& book_;
  FactSheet sheet_;
};

}  // namespace pm
