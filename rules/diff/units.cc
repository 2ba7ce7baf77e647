#include "rules/diff/units.h"

#include <fmt/ranges.h>

#include "rules/condition_make.h"
#include "rules/diff/condition_key.h"
#include "rules/diff/particulars.h"
#include "rules/prove/row_condition.h"
#include "rules/tables/row_clashes.h"

namespace pm {
namespace {

// What a row asks, whatever its file and line.
std::string KeyOf(const RouteTable& table, const RouteTable::Row& row) {
  std::string key;
  for (size_t i = 0; i < row.cells.size(); ++i) {
    const TableCell& cell = row.cells[i];
    if (cell.kind == TableCell::Kind::kAny) continue;
    key += fmt::format("{}{}{}[", table.inputs()[i].name, cell.negated ? "!" : "=",
                       cell.of_list ? "L" : "");
    for (const std::string& text : cell.texts) key += fmt::format("{}:{},", text.size(), text);
    for (const Interval& range : cell.numbers) key += fmt::format("{}~{},", range.begin, range.end);
    key += "]";
  }
  return key;
}

Condition Present(const FieldDecl& field, Slots slots) {
  const TestSpec spec{.field = &field, .op = TestOp::kPresent, .literals = {}, .list = nullptr};
  return MakeTest(spec, &slots).value_or(Condition());
}

const std::string& CalledThere(const Renames& names, const std::string& name) {
  const auto found = names.find(name);
  return found == names.end() ? name : found->second;
}

const std::string& Inherited(const std::vector<const Route*>& routes, std::string Route::* member) {
  static const std::string kNone;
  for (auto route = routes.rbegin(); route != routes.rend(); ++route) {
    if (!((*route)->*member).empty()) return (*route)->*member;
  }
  return kNone;
}

}  // namespace

UnitList::UnitList(const RuleBook& book, const NamesThere& names, Slots* slots)
    : book_(book), names_(names) {
  AddPaths(book.routing.routes, {}, slots);
  AddUnits({{&book.routing.otherwise}, 0, {}}, slots);
}

void UnitList::AddPaths(const std::vector<Route>& routes, std::vector<const Route*> above,
                        Slots* slots) {
  for (const Route& route : routes) {
    above.push_back(&route);
    if (route.nested.empty()) {
      AddUnits({above, 0, {}}, slots);
    } else {
      AddPaths(route.nested, above, slots);
    }
    above.pop_back();
  }
}

void UnitList::AddUnits(Path path, Slots* slots) {
  const Route& leaf = *path.routes.back();
  const Target& to = leaf.to;
  path.first_unit = units_.size();
  const bool by_field = to.from == TargetFrom::kOwner || to.from == TargetFrom::kSdrOf;
  const FieldDecl* field = by_field ? book_.fields().Find(to.field) : nullptr;
  if (field != nullptr && to.else_pool.empty()) path.target = Present(*field, book_.slots());
  Unit unit{leaf.name, leaf.origin.Text(), {}, KeyOf(path.target), WithOutcome(path.routes)};
  std::vector<Condition> parts = {path.target.Rebound(slots)};
  for (const Route* route : path.routes) {
    parts.push_back(route->when.Rebound(slots));
    const std::string part = KeyOf(route->when);
    if (!part.empty()) unit.key += (unit.key.empty() ? "" : " & ") + part;
  }
  unit.when = AllOf(parts);
  if (leaf.table == nullptr) {
    NameTarget(to, field != nullptr ? std::string(field->name) : to.name, &unit);
    units_.push_back(std::move(unit));
  } else {
    path.clashes = std::make_shared<RowClashes>(*leaf.table);
    AddRows(leaf, unit, *path.clashes, slots);
  }
  paths_.push_back(std::move(path));
}

void UnitList::AddRows(const Route& leaf, const Unit& route, const RowClashes& clashes,
                       Slots* slots) {
  const RouteTable& table = *leaf.table;
  const auto column = std::ranges::find(table.outputs(), leaf.to.name);
  const bool by_column =
      leaf.to.from == TargetFrom::kPoolColumn || leaf.to.from == TargetFrom::kRepColumn;
  const auto number = static_cast<size_t>(column - table.outputs().begin());
  const FieldDecl* field = book_.fields().Find(leaf.to.field);
  const std::string given = field != nullptr ? std::string(field->name) : leaf.to.name;
  bool unseen = false;
  for (size_t row = 0; row < table.rows().size(); ++row) {
    const RouteTable::Row& line = table.rows()[row];
    const Condition parts[] = {route.when, RowCondition(table, row, book_.fields()).Rebound(slots)};
    Unit unit = route;
    unit.when = AllOf(parts);
    unit.key += " | " + KeyOf(table, line);
    unit.origin = fmt::format("{}:{}", table.file(), line.line);
    unit.table = &table;
    unit.row = row;
    unit.partial = !clashes.complete() || !clashes.Beside(row).empty();
    if (!NamesNobody(leaf, line)) {
      NameTarget(leaf.to, by_column ? line.outputs[number] : given, &unit);
    } else if (!leaf.to.else_pool.empty()) {
      NameTarget({}, leaf.to.else_pool, &unit);
    } else {
      unit.outcome = {"on to the routes below", "on to the routes below", "on to the routes below"};
      unseen = true;
    }
    units_.push_back(std::move(unit));
  }
  if (!clashes.complete()) {
    unseen_.push_back(
        fmt::format("rows of {}: the table is too large to know of all whether two match one lead",
                    table.file()));
  }
  if (unseen) {
    unseen_.push_back(
        fmt::format("rows of {} that name nobody: their leads go on to the routes "
                    "below, where they were not looked at",
                    table.file()));
  }
}

void UnitList::NameTarget(const Target& to, const std::string& name, Unit* unit) const {
  const auto called = [this](const std::string& one) { return CalledThere(names_.pools, one); };
  const bool pool = to.from == TargetFrom::kPool || to.from == TargetFrom::kPoolColumn;
  const std::string_view kind = to.from == TargetFrom::kOwner   ? "the rep in"
                                : to.from == TargetFrom::kSdrOf ? "the SDR of"
                                : pool                          ? "pool"
                                                                : "rep";
  const std::string waits = to.wait_if_away ? ", waits when away" : "";
  const auto text = [&](const std::string& target, const std::string& otherwise) {
    return fmt::format("{} {}{}{}", kind, target,
                       otherwise.empty() ? "" : ", else pool " + otherwise, waits);
  };
  unit->outcome.words = text(name, to.else_pool) + unit->outcome.words;
  const std::string there =
      text(pool ? called(name) : name, to.else_pool.empty() ? "" : called(to.else_pool));
  unit->outcome.signature = there + unit->outcome.signature;
  unit->outcome.names = there + unit->outcome.names;
}

// What leads get of these routes beside a target.
UnitOutcome UnitList::WithOutcome(const std::vector<const Route*>& routes) const {
  const std::string& sla = Inherited(routes, &Route::sla);
  const std::string& cadence = Inherited(routes, &Route::cadence);
  const std::string& said = Inherited(routes, &Route::priority);
  const std::string priority = said.empty() ? "normal" : said;
  UnitOutcome outcome;
  const SlaPolicy* policy = sla.empty() ? nullptr : book_.FindSla(sla);
  const Cadence* steps = cadence.empty() ? nullptr : book_.FindCadence(cadence);
  if (!sla.empty()) outcome.words += ", SLA " + sla;
  if (!cadence.empty()) outcome.words += ", cadence " + cadence;
  if (priority != "normal") outcome.words += ", priority " + priority;
  outcome.signature = fmt::format(" | {} | {} | {}", policy == nullptr ? "" : SignatureOf(*policy),
                                  steps == nullptr ? "" : SignatureOf(*steps), priority);
  outcome.names = fmt::format(" | {} | {} | {}", CalledThere(names_.slas, sla),
                              CalledThere(names_.cadences, cadence), priority);
  return outcome;
}

size_t UnitList::Take(Facts own) const {
  for (const Path& path : paths_) {
    const bool holds = path.target.Holds(own) &&
                       std::ranges::all_of(
                           path.routes, [&](const Route* route) { return route->when.Holds(own); });
    if (!holds) continue;
    const RouteTable* table = path.routes.back()->table.get();
    if (table == nullptr) return path.first_unit;
    const auto [row, clashing] = table->Find(own);
    if (row < table->rows().size() && clashing == table->rows().size())
      return path.first_unit + row;
  }
  return units_.size() - 1;
}

Condition UnitList::Instead(const std::vector<Unit>& units, size_t asked, size_t taken,
                            Facts own) const {
  const auto path_of = [&](size_t unit) -> const Path& {
    return *std::prev(std::ranges::upper_bound(paths_, unit, {}, &Path::first_unit));
  };
  const Path& path = path_of(std::min(asked, taken));
  const RouteTable* table = path.routes.back()->table.get();
  const Condition& when = units[taken].when;
  if (table == nullptr || (asked > taken && !units[taken].partial)) return when;
  if (asked > taken) {
    std::vector<Condition> parts = {when};
    for (const size_t row : path.clashes->Beside(taken - path.first_unit)) {
      parts.push_back(NotOf(units[path.first_unit + row].when));
    }
    return AllOf(parts);
  }
  const auto [row, clashing] = table->Find(own);
  if (clashing == table->rows().size()) return when;
  const Condition both[] = {units[path.first_unit + row].when,
                            units[path.first_unit + clashing].when};
  return AllOf(both);
}

std::vector<Value> FactsIn(const RuleBook& book, Facts facts, const Slots& slots) {
  std::vector<Value> own(book.slots().size());
  for (size_t i = 0; i < own.size(); ++i) {
    const uint32_t slot = slots.Of(book.slots().fields()[i]);
    if (slot != UINT32_MAX) own[i] = facts[slot];
  }
  return own;
}

}  // namespace pm
