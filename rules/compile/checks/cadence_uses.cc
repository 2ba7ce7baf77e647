#include "rules/compile/checks/cadence_uses.h"

#include <fmt/format.h>

#include <map>

#include "rules/compile/checks/destinations.h"
#include "rules/prove/row_condition.h"
#include "rules/tables/route_table.h"

namespace pm {
namespace {

constexpr size_t kMostRowsAlike = 50;  // tried for a lead that shows it

std::string LikenessOf(const RouteTable& table, size_t row, std::string_view target) {
  std::string key(target);
  for (size_t i = 0; i < table.inputs().size(); ++i) {
    const std::string& name = table.inputs()[i].name;
    const bool tells =
        name.ends_with("country") || name.ends_with(".region") || name.ends_with(".time_zone");
    if (!tells) continue;
    const TableCell& cell = table.rows()[row].cells[i];
    key += fmt::format("\n{}{}{}", i, cell.negated ? '!' : '=', fmt::join(cell.texts, ","));
  }
  return key;
}

}  // namespace

std::string RowText(const CadenceUse& use) {
  if (use.row == SIZE_MAX) return {};
  const RouteTable& table = *use.route.table;
  return fmt::format(" ({} line {})", table.file(), table.rows()[use.row].line);
}

CadenceUses::CadenceUses(Prover& prover)
    : prover_(prover), book_(*prover.context().builder.operator->()), earlier_(prover) {}

void CadenceUses::Walk(const Wanted& wanted, const Look& look, bool each_row) {
  each_row_ = each_row;
  Walk(book_.routing.routes, {}, {}, wanted, look);
  LookAt(book_.routing.otherwise, {}, book_.routing.otherwise.cadence, wanted, look);
}

void CadenceUses::Walk(const std::vector<Route>& routes, const Condition& above,
                       const std::string& cadence, const Wanted& wanted, const Look& look) {
  for (const Route& route : routes) {
    const Condition whole = Both(above, route.when);
    const std::string& name = route.cadence.empty() ? cadence : route.cadence;
    Walk(route.nested, whole, name, wanted, look);
    if (!route.nested.empty()) continue;
    LookAt(route, whole, name, wanted, look);
    earlier_.Add(route, whole);
  }
}

void CadenceUses::LookAt(const Route& route, const Condition& whole, const std::string& name,
                         const Wanted& wanted, const Look& look) {
  const auto& docs = prover_.context().draft.cadences;
  const auto doc =
      std::ranges::find(docs, name, [](const auto& one) { return one.first.name.value; });
  const Cadence* cadence = book_.FindCadence(name);
  if (cadence == nullptr || doc == docs.end() || !wanted(*cadence)) return;
  const CadenceUse use{route, whole, *cadence, doc->first, route.to.name};
  route.table ? LookAtRows(use, wanted, look) : void(look(use));
}

void CadenceUses::LookAtRows(const CadenceUse& use, const Wanted& wanted, const Look& look) {
  const RouteTable& table = *use.route.table;
  const bool column =
      use.route.to.from == TargetFrom::kPoolColumn || use.route.to.from == TargetFrom::kRepColumn;
  const size_t output = column ? ColumnOf(use.route) : 0;
  std::map<std::string, size_t> alike;
  for (size_t row = 0; row < table.rows().size() && wanted(use.cadence); ++row) {
    if (PassesOn(use.route, table.rows()[row])) continue;
    CadenceUse one = use;
    one.row = row;
    if (column) one.target = table.rows()[row].outputs[output];
    one.whole = Both(use.whole, RowCondition(table, row, prover_.fields()));
    if (each_row_) {
      look(one);
      continue;
    }
    size_t& tried = alike[LikenessOf(table, row, one.target)];
    if (tried >= kMostRowsAlike) continue;
    tried = look(one) ? kMostRowsAlike : tried + 1;
  }
}

LeadAnswer CadenceUses::LeadIn(const CadenceUse& use, const Condition& known,
                               std::vector<Condition> but) {
  LeadQuery query{.must = {use.whole, known}, .must_not = std::move(but)};
  for (const ScreeningRule* rule : KeepingRules(book_)) query.must_not.push_back(rule->when);
  query.blocking = earlier_.Before({&use.route, use.row});
  return prover_.Find(std::move(query));
}

}  // namespace pm
