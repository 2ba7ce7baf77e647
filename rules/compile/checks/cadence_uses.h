// What starts cadences: the routes that name one, row by row where a table says which leads. One
// thread.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/compile/checks/earlier.h"
#include "rules/compile/checks/prover.h"

namespace pm {

// A route, or a row of its table.
struct CadenceUse {
  const Route& route;
  Condition whole;  // what the leads are
  const Cadence& cadence;
  const CadenceDoc& doc;
  std::string_view target;  // the pool or rep, where it has a name
  size_t row = SIZE_MAX;    // of the table
};

std::string RowText(const CadenceUse& use);  // ` (t.csv line 3)`; empty: the route has no table

class CadenceUses {
 public:
  explicit CadenceUses(Prover& prover);

  // Whether anything is left to look for: asked before each route and row.
  using Wanted = std::function<bool(const Cadence&)>;
  // True when nothing is wrong, so that rows that are alike need no look: those of the same target,
  // with the same cells where they tell of places. `each_row`: they are looked at all the same.
  using Look = std::function<bool(const CadenceUse&)>;
  void Walk(const Wanted& wanted, const Look& look, bool each_row = false);

  // One of the use for which `known` holds and none of `but`, and that neither screening keeps nor
  // a route before, or a row, takes. While it is looked at.
  LeadAnswer LeadIn(const CadenceUse& use, const Condition& known, std::vector<Condition> but = {});

 private:
  void Walk(const std::vector<Route>& routes, const Condition& above, const std::string& cadence,
            const Wanted& wanted, const Look& look);
  void LookAt(const Route& route, const Condition& whole, const std::string& name,
              const Wanted& wanted, const Look& look);
  void LookAtRows(const CadenceUse& use, const Wanted& wanted, const Look& look);

  Prover& prover_;
  const RuleBook& book_;
  bool each_row_ = false;
  Earlier earlier_;
};

}  // namespace pm
