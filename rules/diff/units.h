// A rule set's routing as one list of units, first match wins: each route that leads somewhere,
// each row of a table by itself. Two rule sets are compared unit by unit, over common slots. One
// thread.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "rules/book.h"

namespace pm {

// What a lead gets. Equal outcomes are equal in effect, whatever pools, SLAs and cadences are
// called.
struct UnitOutcome {
  std::string words;  // for people: `pool strike, SLA hot, cadence inbound-hot, priority urgent`
  std::string signature;  // what it does, names of what is only called otherwise left out
};

struct Unit {
  std::string route;
  std::string origin;  // file:line, of a table's row with the row's line
  Condition when;      // over the common slots
  std::string key;     // equal keys mean equal conditions
  UnitOutcome outcome;
  const void* table = nullptr;  // of a row: its table, and which row it is
  size_t row = 0;
};

// Pools of the one rule set that are the other's under another name: name here -> name there.
using Renames = std::map<std::string, std::string, std::less<>>;

class UnitList {
 public:
  // `slots` are extended by all that the book's routes read. `pools` says how its pools are called
  // in signatures.
  UnitList(const RuleBook& book, const Renames& pools, Slots* slots);

  const std::vector<Unit>& units() const { return units_; }
  const RuleBook& book() const { return book_; }
  // The unit that takes these facts (over `slots`), by the naive evaluator in the book's own slots.
  size_t Take(Facts facts, const Slots& slots) const;
  // What the comparison cannot see, in sentences.
  const std::vector<std::string>& unseen() const { return unseen_; }

 private:
  struct Path {
    std::vector<const Route*> routes;  // with those around it, outermost first
    size_t first_unit = 0;
    Condition target;  // that the target names somebody, in the book's slots
  };
  void AddPaths(const std::vector<Route>& routes, std::vector<const Route*> above, Slots* slots);
  void AddUnits(Path path, Slots* slots);
  void AddRows(const Route& leaf, const Unit& route, Slots* slots);
  void NameTarget(const Target& to, const std::string& name, Unit* unit) const;
  UnitOutcome WithOutcome(const std::vector<const Route*>& routes) const;

  const RuleBook& book_;
  const Renames& pools_;
  std::vector<Path> paths_;
  std::vector<Unit> units_;
  std::vector<std::string> unseen_;
};

// The facts that the book's rules read, in its own slots; borrowed from those over `slots`.
std::vector<Value> FactsIn(const RuleBook& book, Facts facts, const Slots& slots);

}  // namespace pm
