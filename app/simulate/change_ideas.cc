#include "app/simulate/change_ideas.h"

#include <algorithm>

#include "app/views/explain_conditions.h"
#include "base/text/json_writer.h"
#include "rules/tables/route_table.h"

namespace pm {
namespace {

using account::LeadPlace;
using Node = std::shared_ptr<const ConditionNode>;

constexpr size_t kMostRows = 8;
constexpr int kMostPools = 16;

bool IsScore(FieldNumber field) {
  return field.number >= Field("score.fit").number && field.number <= Field("score.total").number;
}

bool PoolReaches(const RuleBook& book, std::string_view name, std::string_view rep, int depth) {
  const Pool* pool = book.FindPool(name);
  if (pool == nullptr || depth > kMostPools) return false;
  if (pool->HasMember(rep)) return true;
  return std::ranges::any_of(pool->overflow, [&](const std::string& next) {
    return PoolReaches(book, next, rep, depth + 1);
  });
}

class IdeaFinder {
 public:
  IdeaFinder(const RuleBook& book, const LeadTrial& trial, std::string rep)
      : book_(book), facts_(book, FieldBlock(trial.facts())), rep_(std::move(rep)) {}

  void ToBeRouted(const account::LeadRow& lead) {
    if (lead.place == LeadPlace::kScreened) {
      for (const ScreeningRule& rule : book_.screening) {
        if (rule.name == lead.screened_by) Refute(rule.when);
      }
      return;
    }
    if (book_.lifecycle.RoutesOn("hand_raise")) ideas_.push_back({"submission.hand_raise", "true"});
    for (const Threshold& threshold : book_.lifecycle.thresholds) {
      if (book_.lifecycle.RoutesOn(threshold.to)) Satisfy(threshold.when);
    }
  }

  // False when nothing about the route itself stands in the way.
  bool ToMatch(const RoutePath& path) {
    for (const Route* route : path.routes) {
      if (facts_.Holds(route->when)) continue;
      Satisfy(route->when);
      return true;
    }
    const Route& leaf = path.leaf();
    if (leaf.table == nullptr) return false;
    const auto hit = LookUp(*leaf.table, facts_.facts());
    if (hit && (rep_.empty() || RowLeadsTo(book_, leaf, RowAt(*leaf.table, hit->row), rep_)))
      return false;
    SatisfyTable(leaf, *leaf.table);
    return true;
  }

  void NotToMatch(const RoutePath& path) {
    for (const Route* route : path.routes) Refute(route->when);
    if (path.leaf().table == nullptr) return;
    const RouteTable& table = *path.leaf().table;
    const auto hit = LookUp(table, facts_.facts());
    if (!hit) return;
    const RouteTable::Row& row = table.rows()[RowAt(table, hit->row)];
    for (size_t i = 0; i < row.cells.size(); ++i) AddCell(table, row, i, false);
  }

  void ToNameSomebody(const Target& target) {
    if (target.from != TargetFrom::kOwner && target.from != TargetFrom::kSdrOf) return;
    const FieldDecl* field = book_.fields().Find(target.field);
    if (field == nullptr || field->set_by != SetBy::kPublisher) return;
    size_t offered = 0;
    for (const RosterRep& rep : book_.roster) {
      const bool sdr = target.from == TargetFrom::kSdrOf;
      if (!rep_.empty() && rep.id != rep_) continue;
      const std::string& name = sdr ? rep.supports : rep.id;
      if (name.empty() || ++offered > kMostRows) continue;
      ideas_.push_back({std::string(field->name), JsonString(name)});
    }
  }

  std::vector<ValueIdea> Take() && { return std::move(ideas_); }

 private:
  static size_t RowAt(const RouteTable& table, uint32_t line) {
    const auto found = std::ranges::find(table.rows(), line, &RouteTable::Row::line);
    return static_cast<size_t>(found - table.rows().begin());
  }

  const Value& Saw(const RouteTable::Column& column) const { return facts_.facts()[column.slot]; }

  // The rows that ask for the fewest other values.
  void SatisfyTable(const Route& route, const RouteTable& table) {
    std::vector<std::pair<size_t, size_t>> nearest;  // misses, row
    for (size_t r = 0; r < table.rows().size(); ++r) {
      if (!rep_.empty() && !RowLeadsTo(book_, route, r, rep_)) continue;
      size_t misses = 0;
      for (size_t i = 0; i < table.inputs().size(); ++i) {
        misses += table.rows()[r].cells[i].Matches(Saw(table.inputs()[i])) ? 0 : 1;
      }
      nearest.emplace_back(misses, r);
    }
    const size_t kept = std::min(kMostRows, nearest.size());
    std::ranges::partial_sort(nearest, nearest.begin() + static_cast<ptrdiff_t>(kept));
    for (size_t n = 0; n < kept; ++n) {
      const RouteTable::Row& row = table.rows()[nearest[n].second];
      for (size_t i = 0; i < row.cells.size(); ++i) {
        if (row.cells[i].Matches(Saw(table.inputs()[i]))) continue;
        AddCell(table, row, i, true);
        break;
      }
    }
  }

  void AddCell(const RouteTable& table, const RouteTable::Row& row, size_t column, bool matches) {
    const FieldDecl* field = book_.fields().Find(table.inputs()[column].field);
    if (field != nullptr) Add(IdeasForCell(row.cells[column], matches, *field));
  }

  void Add(std::vector<ValueIdea> more) {
    for (ValueIdea& idea : more) ideas_.push_back(std::move(idea));
  }

  void Satisfy(const Condition& condition) {
    if (!condition.always()) Turn(condition.shared_root(), true);
  }
  void Refute(const Condition& condition) {
    if (!condition.always()) Turn(condition.shared_root(), false);
  }

  // Ideas by which the node might come to hold, or no longer to.
  void Turn(const Node& node, bool holds) {
    if (facts_.Holds(Condition(node)) == holds) return;
    switch (node->kind) {
      case NodeKind::kTest:
        return IsScore(node->field) ? TurnScore(*node, holds)
                                    : Add(IdeasForTest(*node, holds, book_.fields()));
      case NodeKind::kProgram:
        return Add(IdeasForProgram(*node, book_.fields()));
      case NodeKind::kNot:
        return TurnOpposite(node->children.front(), !holds);
      case NodeKind::kAll:
      case NodeKind::kAny:
        break;
    }
    // Where every part has to turn, one is as good a beginning as another.
    const bool every_part = (node->kind == NodeKind::kAll) == holds;
    for (const Node& child : node->children) {
      if (facts_.Holds(Condition(child)) == holds) continue;
      Turn(child, holds);
      if (every_part) return;
    }
  }

  // Below a `not` unknown is as bad as the other verdict, so tests are asked to turn in any case.
  void TurnOpposite(const Node& node, bool holds) {
    if (node->kind == NodeKind::kTest && !IsScore(node->field)) {
      return Add(IdeasForTest(*node, holds, book_.fields()));
    }
    if (node->kind == NodeKind::kNot) return TurnOpposite(node->children.front(), !holds);
    if (node->kind == NodeKind::kProgram || node->kind == NodeKind::kTest) return Turn(node, holds);
    for (const Node& child : node->children) TurnOpposite(child, holds);
  }

  // Scores follow from what the rules of fit look at.
  void TurnScore(const ConditionNode& test, bool holds) {
    if (test.op == TestOp::kGt || test.op == TestOp::kGte) return MoveScore(holds);
    if (test.op == TestOp::kLt || test.op == TestOp::kLte) return MoveScore(!holds);
    MoveScore(true);
    MoveScore(false);
  }

  void MoveScore(bool up) {
    for (const ScoringRule& rule : book_.scoring.fit) {
      if (rule.banded_field) {
        MoveBands(rule, up);
      } else if ((rule.points > 0) == up) {
        Satisfy(rule.when);
      } else {
        Refute(rule.when);
      }
    }
    for (const ScoringRule& rule : book_.scoring.engagement) {
      if (rule.signal == EventType::kLeadSubmitted && (rule.points > 0) == up) Satisfy(rule.when);
    }
  }

  void MoveBands(const ScoringRule& rule, bool up) {
    const FieldDecl* field = book_.fields().Find(*rule.banded_field);
    const uint32_t slot = book_.slots().Of(*rule.banded_field);
    if (field == nullptr || slot == UINT32_MAX || field->set_by != SetBy::kPublisher) return;
    const Value& saw = facts_.facts()[slot];
    int64_t now = 0;
    for (const Band& band : rule.bands) {
      if (!saw.missing() && saw.number >= band.from) now = band.points;
    }
    for (const Band& band : rule.bands) {
      if ((up && band.points <= now) || (!up && band.points >= now)) continue;
      ideas_.push_back({std::string(field->name), field->type == Type::kDecimal
                                                      ? MicrosText(band.from)
                                                      : std::to_string(band.from)});
    }
  }

  const RuleBook& book_;
  const FactsInWords facts_;
  const std::string rep_;
  std::vector<ValueIdea> ideas_;
};

void AddPaths(const std::vector<Route>& routes, const RoutePath& above,
              std::vector<RoutePath>* paths) {
  for (const Route& route : routes) {
    RoutePath path = above;
    path.routes.push_back(&route);
    if (route.nested.empty()) {
      paths->push_back(std::move(path));
    } else {
      AddPaths(route.nested, path, paths);
    }
  }
}

}  // namespace

std::vector<RoutePath> PathsOf(const RuleBook& book) {
  std::vector<RoutePath> paths;
  AddPaths(book.routing.routes, {}, &paths);
  paths.push_back({{&book.routing.otherwise}});
  return paths;
}

const RoutePath* FindPath(const std::vector<RoutePath>& paths, std::string_view name) {
  for (const RoutePath& path : paths) {
    if (path.leaf().name == name) return &path;
  }
  return nullptr;
}

bool MayLeadTo(const RuleBook& book, const RoutePath& path, std::string_view rep) {
  const Target& to = path.leaf().to;
  if (!to.else_pool.empty() && PoolReaches(book, to.else_pool, rep, 0)) return true;
  switch (to.from) {
    case TargetFrom::kPool:
      return PoolReaches(book, to.name, rep, 0);
    case TargetFrom::kRep:
      return book.FindRepBy(to.name) != nullptr && book.FindRepBy(to.name)->id == rep;
    case TargetFrom::kOwner:
      return true;
    case TargetFrom::kSdrOf:
      return book.FindRep(rep) != nullptr && !book.FindRep(rep)->supports.empty();
    case TargetFrom::kPoolColumn:
    case TargetFrom::kRepColumn:
      break;
  }
  const size_t rows = path.leaf().table->rows().size();
  for (size_t row = 0; row < rows; ++row) {
    if (RowLeadsTo(book, path.leaf(), row, rep)) return true;
  }
  return false;
}

bool RowLeadsTo(const RuleBook& book, const Route& route, size_t row, std::string_view rep) {
  const RouteTable& table = *route.table;
  const auto column = std::ranges::find(table.outputs(), route.to.name);
  if (column == table.outputs().end()) return true;
  const auto number = static_cast<size_t>(column - table.outputs().begin());
  const std::string& name = table.rows()[row].outputs[number];
  if (route.to.from == TargetFrom::kPoolColumn) return PoolReaches(book, name, rep, 0);
  if (route.to.from != TargetFrom::kRepColumn) return true;
  const RosterRep* named = book.FindRepBy(name);
  return named != nullptr && named->id == rep;
}

std::vector<ValueIdea> IdeasFor(const RuleBook& book, const std::vector<RoutePath>& paths,
                                const LeadTrial& trial, const RoutePath& wanted,
                                const std::string& rep) {
  IdeaFinder finder(book, trial, rep);
  if (trial.route().empty()) finder.ToBeRouted(trial.rows()->lead);
  finder.ToNameSomebody(wanted.leaf().to);
  if (!finder.ToMatch(wanted)) {
    const RoutePath* taken = FindPath(paths, trial.route());
    if (taken != nullptr && taken < &wanted) finder.NotToMatch(*taken);
  }
  return std::move(finder).Take();
}

}  // namespace pm
