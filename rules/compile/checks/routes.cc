#include <fmt/format.h>

#include <functional>

#include "rules/compile/checks/judgement.h"
#include "rules/compile/checks/prover.h"
#include "rules/compile/checks/takers.h"
#include "rules/prove/row_condition.h"
#include "rules/tables/route_table.h"

namespace pm {
namespace {

constexpr size_t kMostBlamed = 8;     // routes that are tried out singly for the blame
constexpr size_t kMostNamed = 3;      // of these in a message
constexpr size_t kMostRowsTold = 50;  // of one table

bool Contains(const std::vector<const Route*>& routes, const Route* route) {
  return std::ranges::find(routes, route) != routes.end();
}

class RouteProver {
 public:
  explicit RouteProver(Prover& prover)
      : prover_(prover), screening_(KeepingRules(*prover.context().builder.operator->())) {
    if (KeepEveryLead(prover, screening_)) screening_.clear();  // that was told already
  }

  void Walk(const std::vector<Route>& routes, const std::vector<RouteDoc>& docs,
            const Condition& above) {
    for (size_t i = 0; i < routes.size(); ++i) {
      if (everything_taken_) return;
      const Route& route = routes[i];
      const Condition whole = Both(above, route.when);
      prover_.context().TellProgress();
      if (!Reachable(route, docs[i].name.place, whole, !above.always())) continue;
      if (!route.nested.empty()) {
        Walk(route.nested, *docs[i].routes, whole);
        continue;
      }
      if (route.table) {
        ProveAnyRow(route, *docs[i].table);
        ProveRows(route, whole);
      }
      if (KeepsAll(route)) takers_.push_back({&route, whole, KeepsForSure(route, Book())});
    }
  }

  void ProveGap(const SourcePlace& place) {
    LeadQuery query;
    query.blocking = Takers({});
    const LeadAnswer gap = prover_.Find(std::move(query));
    if (gap.found()) {
      prover_.Tell(CheckKind::kGap, place, "some leads are taken by no route and go to `otherwise`",
                   {}, &gap);
    } else if (!gap.none()) {
      prover_.TellNotProved(place, "whether routes take every lead", gap);
    }
  }

 private:
  using Blocking = std::function<std::optional<Condition>(Facts)>;

  // What a route before takes, if not left out; who did is kept in blamed_.
  Blocking Takers(const std::vector<const Route*>& left_out) {
    return [this, left_out](Facts facts) -> std::optional<Condition> {
      for (const Taker& taker : takers_) {
        prover_.Spend(1);
        if (Contains(left_out, taker.route)) continue;
        auto taken = TakenBy(taker, facts, prover_.fields());
        if (!taken) continue;
        if (!Contains(blamed_, taker.route)) blamed_.push_back(taker.route);
        return taken;
      }
      return std::nullopt;
    };
  }

  bool Reachable(const Route& route, const SourcePlace& place, const Condition& whole,
                 bool nested) {
    if (takers_.empty() && screening_.empty() && !nested) return true;
    blamed_.clear();
    LeadQuery query{.must = {whole}, .must_not = {}, .blocking = Takers({}), .least = false};
    for (const ScreeningRule* one : screening_) query.must_not.push_back(one->when);
    LeadAnswer answer = prover_.Find(query);
    if (answer.found()) return true;
    if (answer.none() && !screening_.empty()) {
      query.must_not.clear();
      answer = prover_.Find(query);
      if (answer.found()) {
        TellScreened(route, place, std::move(query));
        return false;
      }
    }
    if (!answer.none()) {
      TellNotProved(route, place, answer);
      return true;
    }
    query.blocking = nullptr;
    query.least = true;
    const LeadAnswer example = prover_.Find(query);
    if (example.found()) {
      TellUnreachable(route, place, query, example);
    } else if (nested) {
      TellWithin(route, place);
    }
    return false;
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

  void TellUnreachable(const Route& route, const SourcePlace& place, LeadQuery query,
                       const LeadAnswer& example) {
    const bool sure = BlameTheSure(&query);
    const std::vector<const Route*> to_blame = Needed(std::move(query));
    std::vector<std::string> names;
    for (const Route* one : to_blame) {
      if (names.size() < kMostNamed) names.push_back(fmt::format("'{}'", one->name));
    }
    std::string who = fmt::format("{}", fmt::join(names, " and "));
    if (to_blame.size() > names.size()) {
      who += fmt::format(" and {} more", to_blame.size() - names.size());
    }
    const bool one = to_blame.size() == 1;
    everything_taken_ = one && IsForAll(*to_blame.front());
    const std::string taken =
        fmt::format("{} before it {} every lead{}", who, one ? "takes" : "together take",
                    everything_taken_ ? "" : " that it is for");
    if (!sure) {
      return prover_.Tell(
          CheckKind::kUnreachableRoute, Gravity::kWarning, place,
          fmt::format("route '{}' is reached only when nobody can take a lead there: {}",
                      route.name, taken),
          "leave it out, or move it up; where leads of a full pool go says its `overflow`",
          &example);
    }
    prover_.Tell(
        CheckKind::kUnreachableRoute, place,
        fmt::format("route '{}' can never be reached: {}", route.name, taken),
        everything_taken_ ? "move the general route to the end" : "leave it out, or move it up",
        &example);
  }

  // Leaves in blamed_ only routes that keep their leads for sure, if these take all by themselves.
  bool BlameTheSure(LeadQuery* query) {
    std::vector<const Route*> others;
    for (const Taker& taker : takers_) {
      if (!taker.is_sure) others.push_back(taker.route);
    }
    std::vector<const Route*> all = std::exchange(blamed_, {});
    query->blocking = Takers(others);
    const bool sure = prover_.Find(*query).none();
    if (!sure) blamed_ = std::move(all);
    return sure;
  }

  const RuleBook& Book() const { return *prover_.context().builder.operator->(); }

  // Of the routes that came up in the proof those without which it fails.
  std::vector<const Route*> Needed(LeadQuery query) {
    std::vector<const Route*> blamed;  // in the order they are tried
    for (const Taker& taker : takers_) {
      if (Contains(blamed_, taker.route)) blamed.push_back(taker.route);
    }
    if (blamed.size() > kMostBlamed) return blamed;
    std::vector<const Route*> left_out;
    for (const Taker& taker : takers_) {
      if (!Contains(blamed, taker.route)) left_out.push_back(taker.route);
    }
    for (auto one = blamed.rbegin(); one != blamed.rend(); ++one) {
      left_out.push_back(*one);
      query.blocking = Takers(left_out);
      if (!prover_.Find(query).none()) left_out.pop_back();
    }
    std::erase_if(blamed, [&](const Route* route) { return Contains(left_out, route); });
    return blamed;
  }

  bool IsForAll(const Route& route) const {
    return !route.table && std::ranges::any_of(takers_, [&](const Taker& taker) {
      return taker.route == &route && taker.whole.always();
    });
  }

  void ProveAnyRow(const Route& route, const Located<std::string>& file) {
    if (!route.table->rows().empty()) return;
    prover_.Tell(
        CheckKind::kUnreachableRow, file.place,
        fmt::format("{} has no rows, so route '{}' never takes a lead", file.value, route.name),
        "add rows below the header, or leave the route out");
  }

  void ProveRows(const Route& route, const Condition& whole) {
    const RouteTable& table = *route.table;
    const Blocking before = Takers({});
    size_t told = 0;
    for (size_t row = 0; row < table.rows().size() && told < kMostRowsTold; ++row) {
      if (row % 256 == 0) prover_.context().TellProgress();
      size_t rival = table.rows().size();
      LeadQuery query{.must = {whole, RowCondition(table, row, prover_.fields())},
                      .must_not = {},
                      .least = false};
      query.blocking = [&](Facts facts) -> std::optional<Condition> {
        if (auto taken = before(facts)) return taken;
        const size_t hit = table.FirstMatch(facts);
        if (hit >= row) return std::nullopt;
        rival = hit;
        return RowCondition(table, hit, prover_.fields());
      };
      const LeadAnswer answer = prover_.Find(query);
      if (answer.found()) continue;
      ++told;
      query.blocking = nullptr;
      query.least = true;
      TellRow(table, row, rival, answer, prover_.Find(query));
    }
  }

  void TellRow(const RouteTable& table, size_t row, size_t rival, const LeadAnswer& answer,
               const LeadAnswer& example) {
    const Source* source = prover_.context().sources.Find(table.file());
    PM_CHECK(source != nullptr);
    const auto line = static_cast<int32_t>(table.rows()[row].line);
    const SourcePlace place = PlaceAt(*source, source->LineStart(line));
    if (!answer.none())
      return prover_.TellNotProved(place, "whether a lead reaches this row", answer);
    std::string message = fmt::format("line {} can never be reached", line);
    if (!example.found()) {
      message += ": no lead that gets here matches it";
    } else if (rival < table.rows().size()) {
      message +=
          fmt::format(": line {}{} before it take{} every lead it is for", table.rows()[rival].line,
                      blamed_.empty() ? "" : " and routes", blamed_.empty() ? "s" : "");
    } else {
      message += ": routes before the table take every lead it is for";
    }
    prover_.Tell(CheckKind::kUnreachableRow, place, std::move(message),
                 "leave the line out, or move it up", &example);
  }

  Prover& prover_;
  std::vector<const ScreeningRule*> screening_;  // that keep what would come to routes
  std::vector<Taker> takers_;                    // in the order they are tried
  std::vector<const Route*> blamed_;             // that blocked a lead since it was cleared
  bool everything_taken_ = false;                // what follows needs no word
};

}  // namespace

void ProveRoutes(Prover& prover) {
  CompileContext& context = prover.context();
  if (!context.draft.routing) return;
  RouteProver routes(prover);
  routes.Walk(context.builder->routing.routes, context.draft.routing->routes, {});
  if (!context.judgement->IsOff(CheckKind::kGap)) {
    routes.ProveGap(context.draft.routing->otherwise.place);
  }
}

}  // namespace pm
