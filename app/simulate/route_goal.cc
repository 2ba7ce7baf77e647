#include "app/simulate/route_goal.h"

#include <algorithm>

#include "rules/condition_make.h"
#include "rules/condition_node.h"
#include "rules/prove/row_condition.h"
#include "rules/tables/route_table.h"

namespace pm {
namespace {

constexpr size_t kMostRows = 64;  // of a table that are looked at, the likeliest

bool ByColumn(const Target& target) {
  return target.from == TargetFrom::kPoolColumn || target.from == TargetFrom::kRepColumn;
}

const std::string& NameIn(const RouteTable& table, size_t row, const Target& target) {
  const auto column = std::ranges::find(table.outputs(), target.name);
  return table.rows()[row].outputs[static_cast<size_t>(column - table.outputs().begin())];
}

}  // namespace

RouteGoal::RouteGoal(const RuleBook& book, const std::vector<RoutePath>& paths, const Slots& slots,
                     const Wish& wish, Facts lead)
    : book_(book),
      paths_(paths),
      slots_(slots),
      wish_(wish),
      wish_path_(static_cast<size_t>(wish.path - paths.data())) {
  for (const RoutePath& path : paths) targets_.push_back(TargetCondition(path.leaf().to, "", lead));
  std::vector<Condition> parts = {TargetCondition(wish.path->leaf().to, wish.rep, lead)};
  for (const Route* route : wish.path->routes) parts.push_back(route->when);
  if (wish.path->leaf().table != nullptr) parts.push_back(RowsCondition(wish.path->leaf(), lead));
  wanted_ = AllOf(parts);
}

std::optional<RouteGoal::Taker> RouteGoal::TakerOf(Facts facts) const {
  for (size_t p = 0; p < paths_.size(); ++p) {
    const bool holds = std::ranges::all_of(
        paths_[p].routes, [&](const Route* route) { return route->when.Holds(facts); });
    if (!holds) continue;
    const Route& leaf = paths_[p].leaf();
    const RouteTable* table = leaf.table.get();
    size_t row = 0;
    if (table != nullptr) {
      const RouteTable::Matches found = table->Find(facts);
      if (found.row == table->rows().size() || found.clashing < table->rows().size()) continue;
      row = found.row;
    }
    if (NamesSomebody(leaf.to, table, row, facts)) return Taker{p, row};
  }
  return std::nullopt;
}

bool RouteGoal::Grants(const Taker& taker) const {
  const Route& leaf = paths_[taker.path].leaf();
  return taker.path == wish_path_ && (leaf.table == nullptr || RowServes(leaf, taker.row));
}

Condition RouteGoal::ConditionOf(const Taker& taker) const {
  std::vector<Condition> parts = {targets_[taker.path]};
  for (const Route* route : paths_[taker.path].routes) parts.push_back(route->when);
  const RouteTable* table = paths_[taker.path].leaf().table.get();
  if (table != nullptr) parts.push_back(RowCondition(*table, taker.row, book_.fields()));
  return AllOf(parts);
}

const FieldDecl* RouteGoal::FieldOf(const Target& target) const {
  const bool by_field = target.from == TargetFrom::kOwner || target.from == TargetFrom::kSdrOf;
  return by_field ? book_.fields().Find(target.field) : nullptr;
}

bool RouteGoal::NamesSomebody(const Target& target, const RouteTable* table, size_t row,
                              Facts facts) const {
  if (!target.else_pool.empty()) return true;
  if (const FieldDecl* field = FieldOf(target)) {
    const Value& value = facts[slots_.Of({field->number})];
    const RosterRep* rep = value.missing() ? nullptr : book_.FindRepBy(value.text);
    const bool sdr = target.from == TargetFrom::kSdrOf;
    return rep != nullptr && (!sdr || !book_.SupportersOf(rep->id).empty());
  }
  if (!ByColumn(target) || table == nullptr) return true;
  const std::string& name = NameIn(*table, row, target);
  return !name.empty() && name != "-";
}

Condition RouteGoal::TargetCondition(const Target& target, const std::string& rep,
                                     Facts lead) const {
  const FieldDecl* field = FieldOf(target);
  if (field == nullptr || !target.else_pool.empty()) return {};
  const bool sdr = target.from == TargetFrom::kSdrOf;
  const auto serves = [&](const RosterRep& one) {
    if (!sdr) return rep.empty() || one.id == rep;
    const std::vector<std::string>& supporters = book_.SupportersOf(one.id);
    return rep.empty() ? !supporters.empty()
                       : std::ranges::find(supporters, rep) != supporters.end();
  };
  std::set<std::string> texts;
  for (const RosterRep& one : book_.roster) {
    if (serves(one)) texts.insert(one.id);
  }
  const Value& now = lead[slots_.Of({field->number})];  // may name the rep otherwise
  const RosterRep* named = now.missing() ? nullptr : book_.FindRepBy(now.text);
  if (named != nullptr && serves(*named)) texts.insert(std::string(now.text));
  return OneOf(*field, texts);
}

Condition RouteGoal::OneOf(const FieldDecl& field, const std::set<std::string>& texts) const {
  auto node = std::make_shared<ConditionNode>();
  node->kind = NodeKind::kTest;
  node->op = TestOp::kIn;
  node->on_missing = OnMissing::kNoMatch;
  node->field = {field.number};
  node->type = field.type;
  node->slot = slots_.Of(node->field);
  node->text = field.name;
  for (const std::string& text : texts) node->operands.push_back({ValueKind::kString, 0, text});
  return Condition(std::move(node));
}

// Some row of those that ask for the fewest other values.
Condition RouteGoal::RowsCondition(const Route& route, Facts lead) const {
  const RouteTable& table = *route.table;
  std::vector<std::pair<size_t, size_t>> nearest;  // misses, row
  for (size_t r = 0; r < table.rows().size(); ++r) {
    if (!RowServes(route, r)) continue;
    size_t misses = 0;
    for (size_t i = 0; i < table.inputs().size(); ++i)
      misses += table.rows()[r].cells[i].Matches(lead[table.inputs()[i].slot]) ? 0 : 1;
    nearest.emplace_back(misses, r);
  }
  const size_t kept = std::min(kMostRows, nearest.size());
  std::ranges::partial_sort(nearest, nearest.begin() + static_cast<ptrdiff_t>(kept));
  std::vector<Condition> rows;
  for (size_t n = 0; n < kept; ++n)
    rows.push_back(RowCondition(table, nearest[n].second, book_.fields()));
  return AnyOf(rows);
}

bool RouteGoal::RowServes(const Route& route, size_t row) const {
  if (!ByColumn(route.to)) return true;
  const std::string& name = NameIn(*route.table, row, route.to);
  if (name.empty() || name == "-") return !route.to.else_pool.empty();
  return wish_.rep.empty() || RowLeadsTo(book_, route, row, wish_.rep);
}

}  // namespace pm
