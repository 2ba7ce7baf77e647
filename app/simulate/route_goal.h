// Conditions under which a route takes a lead, as the rules alone tell: what it asks itself, and
// which routes before it would have to let the lead pass. Who is away they cannot tell.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/simulate/change_ideas.h"

namespace pm {

// What is wanted: a route, and perhaps that a rep has the lead then, or is of the pool that has it.
struct Wish {
  const RoutePath* path;
  std::string rep;
};

class RouteGoal {
 public:
  struct Taker {
    size_t path = 0, row = 0;  // row: of its table, if it has one
  };

  // `slots` begin with those of the book; `lead` holds the facts as they are, by slot. All must
  // outlive the goal, `lead` but for the call.
  RouteGoal(const RuleBook& book, const std::vector<RoutePath>& paths, const Slots& slots,
            const Wish& wish, Facts lead);

  // What the wanted route asks of a lead.
  const Condition& wanted() const { return wanted_; }
  // Who takes a lead of these facts, if anybody does.
  std::optional<Taker> TakerOf(Facts facts) const;
  bool Grants(const Taker& taker) const;
  // It comes before the wanted one, so that it must not hold; else no change of it would help.
  bool IsAhead(const Taker& taker) const { return taker.path <= wish_path_; }
  Condition ConditionOf(const Taker& taker) const;

 private:
  const FieldDecl* FieldOf(const Target& target) const;
  bool NamesSomebody(const Target& target, const RouteTable* table, size_t row, Facts facts) const;
  // That the field names somebody, and `rep` if it is not empty.
  Condition TargetCondition(const Target& target, const std::string& rep, Facts lead) const;
  Condition RowsCondition(const Route& route, Facts lead) const;
  bool RowServes(const Route& route, size_t row) const;
  Condition OneOf(const FieldDecl& field, const std::set<std::string>& texts) const;

  const RuleBook& book_;
  const std::vector<RoutePath>& paths_;
  const Slots& slots_;
  const Wish wish_;
  const size_t wish_path_;
  Condition wanted_;
  std::vector<Condition> targets_;  // by path: that its target names somebody
};

}  // namespace pm
