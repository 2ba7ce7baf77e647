#include <fmt/format.h>

#include "rules/compile/conditions.h"
#include "rules/compile/passes.h"
#include "rules/tables/route_table.h"

namespace pm {
namespace {

constexpr int kMissingDocument = 220, kTooDeep = 217, kColumns = 231, kTarget = 204;
constexpr int kMostNested = 16;

std::string PriorityText(const std::optional<Priority>& priority) {
  static constexpr std::string_view kTexts[] = {"urgent", "high", "normal"};
  return priority ? std::string(kTexts[static_cast<size_t>(*priority)]) : std::string();
}

// A field that names a rep: `account` stands for account.owner, `lead` for lead.owner.
FieldNumber CompileRepField(CompileContext& context, Located<std::string> name) {
  if (name.value == "account" || name.value == "lead") name.value += ".owner";
  const FieldDecl* field = ExpectField(context, name, FactScope::kLead);
  if (field == nullptr) return {};
  if (field->type != Type::kText) {
    context.out.Error(
        211, name.place,
        fmt::format("{} is {}, it cannot name a rep", field->name, TypeName(field->type)));
  }
  const FieldNumber number{field->number};
  context.builder.slots().Add(number);
  return number;
}

// `ana`, or `$rep` with a table that has that column.
void CompileNamed(CompileContext& context, const Located<std::string>& name, NameKind kind,
                  const RouteTable* table, Target* target) {
  const bool pool = kind == NameKind::kPool;
  if (!name.value.starts_with('$')) {
    context.names.Expect(kind, name, context.out);
    target->from = pool ? TargetFrom::kPool : TargetFrom::kRep;
    target->name = name.value;
    return;
  }
  target->from = pool ? TargetFrom::kPoolColumn : TargetFrom::kRepColumn;
  target->name = name.value.substr(1);
  if (table == nullptr) {
    context.out.Error(kColumns, name.place,
                      fmt::format("'{}' is a column, but the route has no table", name.value));
  }
}

}  // namespace

Target CompileTarget(CompileContext& context, const TargetDoc& doc, const RouteTable* table) {
  Target target;
  if (doc.pool) CompileNamed(context, *doc.pool, NameKind::kPool, table, &target);
  if (doc.rep) CompileNamed(context, *doc.rep, NameKind::kRep, table, &target);
  if (doc.owner) {
    target.from = TargetFrom::kOwner;
    target.field = CompileRepField(context, *doc.owner);
  }
  if (doc.sdr_of) {
    target.from = TargetFrom::kSdrOf;
    target.field = CompileRepField(context, *doc.sdr_of);
  }
  if (doc.ae_of) {  // a rep without a name: there is no such target, the next route has its turn
    target.from = TargetFrom::kRep;
    if (doc.ae_of->value != "assignee") CompileRepField(context, *doc.ae_of);
  }
  if (doc.otherwise && doc.otherwise->pool.value.starts_with('$')) {
    context.out.Error(
        kColumns, doc.otherwise->pool.place,
        fmt::format("`else` names a pool, not a column such as '{}'", doc.otherwise->pool.value),
        fmt::format("name a pool, or leave `else` out: a route after it with the same table and "
                    "`to: {{ pool: {} }}` takes what this one cannot",
                    doc.otherwise->pool.value));
  } else if (doc.otherwise &&
             context.names.Expect(NameKind::kPool, doc.otherwise->pool, context.out)) {
    target.else_pool = doc.otherwise->pool.value;
  }
  target.wait_if_away = doc.if_away && doc.if_away->value == IfAway::kWait;
  return target;
}

namespace {

template <class Doc>
void CompileConsequences(CompileContext& context, const Doc& doc, Route* route) {
  if (doc.sla && context.names.Expect(NameKind::kSla, *doc.sla, context.out)) {
    route->sla = doc.sla->value;
  }
  if (doc.cadence && context.names.Expect(NameKind::kCadence, *doc.cadence, context.out)) {
    route->cadence = doc.cadence->value;
  }
  route->priority = PriorityText(doc.priority);
}

class RouteCompiler {
 public:
  explicit RouteCompiler(CompileContext& context) : context_(context) {}

  std::vector<Route> Compile(const std::vector<RouteDoc>& docs, int depth) {
    std::vector<Route> routes;
    for (const RouteDoc& doc : docs) {
      if (depth > kMostNested) {
        context_.out.Error(kTooDeep, doc.place,
                           fmt::format("routes nest deeper than {} levels", kMostNested));
        break;
      }
      routes.push_back(CompileOne(doc, depth));
    }
    return routes;
  }

 private:
  Route CompileOne(const RouteDoc& doc, int depth) {
    const bool named = doc.name.place.source != nullptr;
    const bool again = !in_double_ && named && !names_.insert(doc.name.value).second;
    if (again) {
      context_.out.Error(222, doc.name.place,
                         fmt::format("two routes are called '{}'", doc.name.value));
      context_.double_routes.insert(&doc);
    }
    Route route;
    route.name = doc.name.value;
    route.origin = OriginOf(doc.place);
    const size_t before = context_.out.errors_met();
    route.when = CompileCondition(context_, doc.when, FactScope::kLead, {"route", route.name});
    if (doc.table) route.table = CompileTable(context_, doc);
    const bool column = doc.to && NamesColumn(*doc.to);
    const bool tableless = route.table == nullptr && (doc.table || column);
    if (!doc.whole || tableless || context_.out.errors_met() != before) {
      context_.wrong_routes.insert(&doc);
    }
    // A table that could not be read is taken to have every column.
    if (doc.to && (!doc.table || route.table != nullptr) && (doc.whole || !column)) {
      route.to = CompileTarget(context_, *doc.to, route.table.get());
      if (doc.to->ae_of) {
        WarnLater(doc.to->ae_of->place, "ae_of", "name the AE's pool or rep", context_.out);
      }
    }
    if (doc.routes) {
      const bool above = std::exchange(in_double_, in_double_ || again);
      route.nested = Compile(*doc.routes, depth + 1);
      in_double_ = above;
    }
    CompileConsequences(context_, doc, &route);
    return route;
  }

  static bool NamesColumn(const TargetDoc& to) {
    return (to.pool && to.pool->value.starts_with('$')) ||
           (to.rep && to.rep->value.starts_with('$'));
  }

  CompileContext& context_;
  std::set<std::string> names_;
  bool in_double_ = false;  // within a route called as one before
};

Route CompileOtherwise(CompileContext& context, const OtherwiseDoc& doc) {
  Route route;
  route.name = "otherwise";
  route.origin = OriginOf(doc.place);
  if (!doc.to.pool) {
    if (doc.to.rep || doc.to.owner || doc.to.sdr_of || doc.to.ae_of) {
      context.out.Error(kTarget, doc.to.place,
                        "`otherwise` leads to a pool, so that a lead always lands");
    }
  } else {
    route.to = CompileTarget(context, doc.to, nullptr);
  }
  CompileConsequences(context, doc, &route);
  return route;
}

}  // namespace

void CompileRouting(CompileContext& context) {
  if (!context.draft.routing) {
    if (!context.draft.Lacks("routing") && !context.draft.trees.empty()) {
      context.out.Error(kMissingDocument, PlaceOf(context.draft.trees.front()),
                        "there is no document of kind 'routing'",
                        "add one with at least `otherwise: { to: { pool: NAME } }`");
    }
    return;
  }
  const RoutingDoc& doc = *context.draft.routing;
  RoutingRules& rules = context.builder->routing;
  if (doc.hold) {
    rules.hold = HoldRule{.until = CompileCondition(context, doc.hold->until, FactScope::kLead,
                                                    {"hold", "", "until"}),
                          .at_most = doc.hold->at_most.value};
    RefuseNoTime(context, doc.hold->at_most, "after no time at all nothing is waited for",
                 "say how long routing may wait, or leave out `hold`");
    if (rules.hold->at_most > Days(30)) {
      context.out.Error(216, doc.hold->at_most.place, "a lead is held for 30 days at most");
    }
  }
  rules.routes = RouteCompiler(context).Compile(doc.routes, 1);
  rules.otherwise = CompileOtherwise(context, doc.otherwise);
}

}  // namespace pm
