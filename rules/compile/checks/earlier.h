// What keeps leads from a route, or from a row of its table: the routes before it and, of a row,
// the rows before it. One thread.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "rules/compile/checks/prover.h"
#include "rules/compile/checks/takers.h"

namespace pm {

// A route, or a row of its table.
struct RulePlace {
  const Route* route = nullptr;
  size_t row = SIZE_MAX;
  bool operator==(const RulePlace&) const = default;
};

// Those without which a lead would get to the place, in the order they are tried.
struct Blame {
  std::vector<RulePlace> places;
  // They keep their leads also when nobody of their pools may have one.
  bool is_sure = false;
};
// `'A' and 'B' before it together take`; `of_row`: `route 'A' and line 2 before it together take`.
std::string TextOf(const Blame& blame, bool of_row);

class Earlier {
 public:
  explicit Earlier(Prover& prover) : prover_(prover) {}

  // The next route, where it keeps leads that it matches. It must outlive this.
  void Add(const Route& route, const Condition& whole);
  bool none() const { return takers_.empty(); }

  // What takes a lead before it gets to `place`: for LeadQuery::blocking. `sure_only`: leaves out
  // routes whose pool may have nobody.
  using Blocking = std::function<std::optional<Condition>(Facts)>;
  Blocking Before(RulePlace place, bool sure_only = false);
  // What any route takes, or leaves because two rows of its table match: that was told of these.
  Blocking TakenOrTold();
  // That no lead of the query gets to the place was proved; its `blocking` is not looked at.
  Blame WhoTakesAll(LeadQuery query, RulePlace place);
  // A lead of the query that none but the blamed takes before the place; `plain`, one of the query,
  // where none is found.
  LeadAnswer TakenByBlamed(LeadQuery query, const Blame& blame, RulePlace place, LeadAnswer plain);
  // The route takes every lead that gets to it.
  bool IsForAll(RulePlace place) const;

 private:
  Blocking Only(const std::vector<RulePlace>& places);
  std::optional<Condition> TakenByRow(RulePlace place, Facts facts);
  void Note(RulePlace place);
  std::vector<RulePlace> Needed(LeadQuery query);

  Prover& prover_;
  std::vector<Taker> takers_;      // in the order they are tried
  std::vector<RulePlace> blamed_;  // that took a lead since Before() was last called
};

}  // namespace pm
