#include <fmt/format.h>

#include <set>

#include "rules/compile/checks/earlier.h"
#include "rules/compile/checks/judgement.h"
#include "rules/compile/checks/prover.h"
#include "rules/compile/checks/table_rows.h"
#include "rules/condition_node.h"
#include "rules/tables/route_table.h"

namespace pm {
namespace {

constexpr size_t kMostBlamed = 8;  // screening rules that are tried out singly for the blame
constexpr size_t kMostNamed = 3;   // of these in a message
constexpr size_t kMostKnown = 8;   // fields that are tried to be known of a lead in a gap

void CollectFields(const ConditionNode& node, std::set<uint32_t>* fields) {
  if (node.kind == NodeKind::kTest) fields->insert(node.field.number);
  for (const ProgramInput& input : node.inputs) {
    if (!input.list) fields->insert(input.field.number);
  }
  for (const auto& child : node.children) CollectFields(*child, fields);
}

void CollectFields(const Route& route, std::set<uint32_t>* fields) {
  if (!route.when.always()) CollectFields(*route.when.shared_root(), fields);
  if (route.table) {
    for (const RouteTable::Column& column : route.table->inputs())
      fields->insert(column.field.number);
  }
  for (const Route& nested : route.nested) CollectFields(nested, fields);
}

class RouteProver {
 public:
  explicit RouteProver(Prover& prover)
      : prover_(prover),
        screening_(KeepingRules(*prover.context().builder.operator->())),
        earlier_(prover) {
    if (KeepEveryLead(prover, screening_)) screening_.clear();  // that was told already
  }

  void Walk(const std::vector<Route>& routes, const std::vector<RouteDoc>& docs,
            const Condition& above) {
    for (size_t i = 0; i < routes.size(); ++i) {
      if (everything_taken_) return;
      const Route& route = routes[i];
      const Condition whole = Both(above, route.when);
      prover_.context().TellProgress();
      if (prover_.context().wrong_routes.contains(&docs[i])) {
        unknown_before_ = true;  // what it takes: others are there all the more
        continue;
      }
      if (prover_.context().double_routes.contains(&docs[i])) continue;
      const Reached reached = Reach(route, docs[i].name.place, whole, !above.always());
      if (reached == Reached::kNever) continue;
      // What is told of a route is not told of all that stands in it.
      const bool before = std::exchange(sure_only_, sure_only_ || reached == Reached::kInDoubt);
      if (!route.nested.empty()) Walk(route.nested, *docs[i].routes, whole);
      if (route.table) ProveTable(route, *docs[i].table, whole);
      if (docs[i].to) ProveTarget(route, *docs[i].to, whole);
      sure_only_ = before || everything_in_doubt_;
      if (route.nested.empty()) earlier_.Add(route, whole);
    }
  }

  void ProveGap(const SourcePlace& place) {
    if (unknown_before_ || !prover_.context().double_routes.empty()) {
      prover_.context().not_checked.emplace_back("gaps between routes");
      return;
    }
    LeadQuery query;
    query.blocking = earlier_.TakenOrTold();
    LeadAnswer gap = prover_.Find(query);
    if (gap.found()) {
      KnowMore(std::move(query), &gap);
      prover_.Tell(CheckKind::kGap, place, "some leads are taken by no route and go to `otherwise`",
                   {}, &gap);
    } else if (!gap.none()) {
      prover_.TellNotProved(place, "whether routes take every lead", gap);
    }
  }

 private:
  // A lead of which nothing is known is always in the gap: one that has what routes ask for shows
  // more.
  void KnowMore(LeadQuery query, LeadAnswer* gap) {
    std::set<uint32_t> asked;
    const auto& routes = prover_.context().builder->routing.routes;
    for (const Route& route : routes) CollectFields(route, &asked);
    size_t tried = 0;
    for (const uint32_t number : asked) {
      if (++tried > kMostKnown) return;
      const FieldDecl* field = prover_.fields().Find(FieldNumber{number});
      query.must.push_back(prover_.context().builder.When(field->name, TestOp::kPresent));
      const LeadAnswer more = prover_.Find(query);
      more.found() ? void(*gap = more) : query.must.pop_back();
    }
  }

  enum class Reached : uint8_t {
    kYes,
    kInDoubt,  // when nobody of a pool before it can take the lead
    kNever,
  };

  Reached Reach(const Route& route, const SourcePlace& place, const Condition& whole, bool nested) {
    if (earlier_.none() && screening_.empty() && !nested) return Reached::kYes;
    LeadQuery query{.must = {whole}, .must_not = {}, .least = false};
    query.blocking = earlier_.Before({}, sure_only_);
    for (const ScreeningRule* one : screening_) query.must_not.push_back(one->when);
    LeadAnswer answer = prover_.Find(query);
    if (answer.found()) return Reached::kYes;
    if (answer.none() && !screening_.empty()) {
      query.must_not.clear();
      answer = prover_.Find(query);
      if (answer.found()) {
        TellScreened(route, place, std::move(query));
        return Reached::kNever;
      }
    }
    if (!answer.none()) {
      TellNotProved(route, place, answer);
      return Reached::kYes;
    }
    query.blocking = nullptr;
    query.least = true;
    LeadAnswer example = prover_.Find(query);
    if (example.found()) return TellUnreachable(route, place, query, std::move(example));
    if (nested) TellWithin(route, place);
    return Reached::kNever;
  }

  // Routes before it may take the leads that screening leaves.
  void TellScreened(const Route& route, const SourcePlace& place, LeadQuery query) {
    std::vector<const ScreeningRule*> needed = screening_;
    const auto none = [&](const std::vector<const ScreeningRule*>& rules) {
      query.must_not.clear();
      for (const ScreeningRule* one : rules) query.must_not.push_back(one->when);
      return prover_.Find(query).none();
    };
    for (size_t i = needed.size(); i-- > 0 && needed.size() <= kMostBlamed;) {
      std::vector<const ScreeningRule*> fewer = needed;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      if (none(fewer)) needed = std::move(fewer);
    }
    query.blocking = nullptr;
    const bool alone = none(needed);
    std::vector<std::string> names;
    for (const ScreeningRule* one : needed) {
      if (names.size() < kMostNamed) names.push_back(fmt::format("'{}'", one->name));
    }
    query.must_not.clear();
    query.least = true;
    const LeadAnswer example = prover_.Find(query);
    prover_.Tell(
        CheckKind::kUnreachableRoute, Gravity::kWarning, place,
        fmt::format(
            "route '{}' gets no lead: screening by {}{} keeps {}", route.name,
            fmt::join(names, " and "), needed.size() > names.size() ? " and more" : "",
            alone ? "every lead that it is for" : "those that routes before it do not take"),
        "leave the route out, or let screening pass its leads", &example);
  }

  // A condition of which nothing can be proved is told where it stands.
  void TellNotProved(const Route& route, const SourcePlace& place, const LeadAnswer& answer) {
    const LeadAnswer met = prover_.Find({.must = {route.when}, .must_not = {}, .least = false});
    if (!met.found()) return;
    prover_.TellNotProved(place, fmt::format("whether a lead reaches '{}'", route.name), answer);
  }

  // A condition that never holds by itself is told where it stands.
  void TellWithin(const Route& route, const SourcePlace& place) {
    const LeadAnswer example = prover_.Find({.must = {route.when}, .must_not = {}});
    if (!example.found()) return;
    prover_.Tell(CheckKind::kUnreachableRoute, place,
                 fmt::format("route '{}' can never be reached: no lead meets its condition and "
                             "that of the routes it stands in",
                             route.name),
                 {}, &example);
  }

  Reached TellUnreachable(const Route& route, const SourcePlace& place, LeadQuery query,
                          LeadAnswer plain) {
    query.least = false;
    const Blame blame = earlier_.WhoTakesAll(query, {});
    const LeadAnswer example =
        earlier_.TakenByBlamed(std::move(query), blame, {}, std::move(plain));
    const bool all = blame.places.size() == 1 && earlier_.IsForAll(blame.places.front());
    const std::string taken =
        fmt::format("{} every lead{}", TextOf(blame, false), all ? "" : " that it is for");
    if (!blame.is_sure) {
      everything_in_doubt_ = everything_in_doubt_ || all;
      prover_.Tell(CheckKind::kUnreachableRoute, Gravity::kWarning, place,
                   fmt::format("route '{}' is reached only when nobody can take a lead there: {}",
                               route.name, taken),
                   "leave it out, or move it up; where leads of a full pool go says its `overflow`",
                   &example);
      return Reached::kInDoubt;
    }
    everything_taken_ = all;
    prover_.Tell(CheckKind::kUnreachableRoute, place,
                 fmt::format("route '{}' can never be reached: {}", route.name, taken),
                 all ? "move the general route to the end" : "leave it out, or move it up",
                 &example);
    return Reached::kNever;
  }

  // Of a target that reads who gets a lead from it: whether any of the route's leads says so.
  void ProveTarget(const Route& route, const TargetDoc& doc, const Condition& whole) {
    if (route.to.from != TargetFrom::kOwner && route.to.from != TargetFrom::kSdrOf) return;
    const SourcePlace& place = (doc.owner ? doc.owner : doc.sdr_of)->place;
    const FieldDecl* decl = prover_.fields().Find(route.to.field);
    if (decl == nullptr) return;  // there is none, which was told
    const std::string_view field = decl->name;
    const Condition there = prover_.context().builder.When(field, TestOp::kPresent);
    const LeadAnswer named = prover_.Find({.must = {whole, there}, .must_not = {}, .least = false});
    if (named.found()) return;
    const LeadAnswer example = prover_.Find({.must = {whole}, .must_not = {}});
    if (!example.found()) return;  // told of its condition
    if (!named.none()) {
      return prover_.TellNotProved(
          place, fmt::format("whether a lead of '{}' has {}", route.name, field), named);
    }
    const std::string why =
        fmt::format("none that it is for has {}, which is to name who gets it", field);
    const std::string hint =
        fmt::format("ask for `{}: present` in its condition, or name a pool", field);
    if (route.to.else_pool.empty()) {
      prover_.Tell(CheckKind::kUnreachableRoute, place,
                   fmt::format("route '{}' never takes a lead: {}", route.name, why), hint,
                   &example);
    } else {
      prover_.Tell(CheckKind::kUnreachableRoute, Gravity::kWarning, place,
                   fmt::format("every lead of route '{}' goes to its `else`: {}", route.name, why),
                   hint, &example);
    }
  }

  void ProveTable(const Route& route, const Located<std::string>& file, const Condition& whole) {
    if (unknown_before_) {
      prover_.context().not_checked.push_back(fmt::format("rows of {}", file.value));
      return;
    }
    if (!route.table->rows().empty()) {
      return ProveTableRows(prover_, earlier_, {route, whole, screening_, sure_only_});
    }
    prover_.Tell(
        CheckKind::kUnreachableRow, file.place,
        fmt::format("{} has no rows, so route '{}' never takes a lead", file.value, route.name),
        "add rows below the header, or leave the route out");
  }

  Prover& prover_;
  std::vector<const ScreeningRule*> screening_;  // that keep what would come to routes
  Earlier earlier_;
  bool everything_taken_ = false;     // what follows needs no word
  bool everything_in_doubt_ = false;  // the same, but where it is taken for sure
  bool unknown_before_ = false;       // it is not known what leads an earlier route takes
  bool sure_only_ = false;            // only what takes leads for sure is looked at
};

}  // namespace

void ProveRoutes(Prover& prover) {
  CompileContext& context = prover.context();
  if (context.draft.Lacks("routing")) {
    context.not_checked.emplace_back("routes and tables");
    return;
  }
  if (!context.draft.routing) return;
  RouteProver routes(prover);
  routes.Walk(context.builder->routing.routes, context.draft.routing->routes, {});
  if (!context.judgement->IsOff(CheckKind::kGap)) {
    routes.ProveGap(context.draft.routing->otherwise.place);
  }
}

}  // namespace pm
