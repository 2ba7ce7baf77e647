// A rule set's routing as one list of units, first match wins: each route that leads somewhere,
// each row of a table by itself. Two rule sets are compared unit by unit, over common slots. One
// thread.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "rules/book.h"

namespace pm {

class RowClashes;

// What a lead gets. Outcomes are equal in effect where their signatures are, whatever SLAs and
// cadences are called, and where their names are: that what is called so is defined otherwise now
// is told of it once.
struct UnitOutcome {
  std::string words;  // for people: `pool strike, SLA hot, cadence inbound-hot, priority urgent`
  std::string signature;   // what it does, names of what is only called otherwise left out
  std::string names = {};  // what it is called, or was before
};

struct Unit {
  std::string route;
  std::string origin;  // file:line, of a table's row with the row's line
  Condition when;      // over the common slots
  std::string key;     // equal keys mean equal conditions
  UnitOutcome outcome;
  const void* table = nullptr;  // of a row: its table, and which row it is
  size_t row = 0;
  // Not every lead of the condition that those before it leave is taken: where another row matches,
  // too, the table may have no answer, and the lead goes on.
  bool partial = false;
};

// What of the one rule set is the other's under another name: name here -> name there.
using Renames = std::map<std::string, std::string, std::less<>>;
struct NamesThere {
  Renames pools = {}, slas = {}, cadences = {};
};

class UnitList {
 public:
  // `slots` are extended by all that the book's routes read. `names` says how what it defines is
  // called in signatures.
  UnitList(const RuleBook& book, const NamesThere& names, Slots* slots);

  const std::vector<Unit>& units() const { return units_; }
  const RuleBook& book() const { return book_; }
  // The unit that takes these facts, in the book's own slots, by the naive evaluator.
  size_t Take(Facts own) const;
  // Of facts (in the book's slots) for which the condition of `asked` holds, but which `taken`
  // takes: a condition that holds for them and for no lead that `asked` takes. `units` are the
  // list's or the same put otherwise.
  Condition Instead(const std::vector<Unit>& units, size_t asked, size_t taken, Facts own) const;
  // What the comparison cannot see, in sentences.
  const std::vector<std::string>& unseen() const { return unseen_; }

 private:
  struct Path {
    std::vector<const Route*> routes;  // with those around it, outermost first
    size_t first_unit = 0;
    Condition target;  // that the target names somebody, in the book's slots
    std::shared_ptr<const RowClashes> clashes = {};  // of its table
  };
  void AddPaths(const std::vector<Route>& routes, std::vector<const Route*> above, Slots* slots);
  void AddUnits(Path path, Slots* slots);
  void AddRows(const Route& leaf, const Unit& route, const RowClashes& clashes, Slots* slots);
  void NameTarget(const Target& to, const std::string& name, Unit* unit) const;
  UnitOutcome WithOutcome(const std::vector<const Route*>& routes) const;

  const RuleBook& book_;
  const NamesThere& names_;
  std::vector<Path> paths_;
  std::vector<Unit> units_;
  std::vector<std::string> unseen_;
};

// The facts that the book's rules read, in its own slots; borrowed from those over `slots`.
std::vector<Value> FactsIn(const RuleBook& book, Facts facts, const Slots& slots);

}  // namespace pm
