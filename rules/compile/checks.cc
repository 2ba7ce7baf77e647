#include <fmt/format.h>

#include "rules/compile/passes.h"
#include "rules/condition_node.h"

namespace pm {
namespace {

constexpr int kUnreachable = 228, kBeyondCap = 229, kNeverTakes = 224, kUnused = 234;

// Takes every lead that comes to it: what follows is never reached. Only a pool always resolves.
bool AlwaysTakes(const RouteDoc& route) {
  if (route.when.source != nullptr || route.table) return false;
  if (route.to) return route.to->pool.has_value() || route.to->otherwise.has_value();
  return route.routes && std::ranges::any_of(*route.routes, AlwaysTakes);
}

void CheckReachable(CompileContext& context, const std::vector<RouteDoc>& routes) {
  const RouteDoc* taker = nullptr;
  for (const RouteDoc& route : routes) {
    if (taker != nullptr) {
      context.out.Error(
          kUnreachable, route.name.place,
          fmt::format("route '{}' can never be reached: '{}' before it takes every lead",
                      route.name.value, taker->name.value),
          "move the general route to the end");
      break;
    }
    if (AlwaysTakes(route)) taker = &route;
    if (route.routes) CheckReachable(context, *route.routes);
  }
}

std::optional<int64_t> CapOf(const ScoringRules& scoring, FieldNumber field) {
  if (field == Field("score.fit")) return scoring.fit_cap;
  if (field == Field("score.engagement")) return scoring.engagement_cap;
  if (field == Field("score.total")) return scoring.fit_cap + scoring.engagement_cap;
  return std::nullopt;
}

// The least value a test asks for; only of tests that must hold for the whole to hold.
std::optional<int64_t> LeastAsked(const ConditionNode& test) {
  switch (test.op) {
    case TestOp::kGte:
    case TestOp::kEq:
    case TestOp::kBetween:
      return test.operands.front().number;
    case TestOp::kGt:
      return test.operands.front().number + 1;
    case TestOp::kNe:
    case TestOp::kIn:
    case TestOp::kNotIn:
    case TestOp::kLt:
    case TestOp::kLte:
    case TestOp::kStartsWith:
    case TestOp::kEndsWith:
    case TestOp::kContains:
    case TestOp::kMatches:
    case TestOp::kPresent:
    case TestOp::kMissing:
      break;
  }
  return std::nullopt;
}

void CheckCaps(CompileContext& context, const ConditionNode& node) {
  if (node.kind == NodeKind::kAll) {
    for (const auto& child : node.children) CheckCaps(context, *child);
  }
  if (node.kind != NodeKind::kTest) return;
  const auto cap = CapOf(context.builder->scoring, node.field);
  const auto asked = LeastAsked(node);
  if (!cap || !asked || *asked <= *cap) return;
  context.out.Error(kBeyondCap, context.places_of_tests.at(&node),
                    fmt::format("'{}' can never hold: the cap is {}", node.text, *cap));
}

void CheckThresholds(CompileContext& context) {
  for (const auto& threshold : context.builder->lifecycle.thresholds) {
    if (!threshold.when.always()) CheckCaps(context, *threshold.when.shared_root());
  }
}

void CheckGrades(CompileContext& context, const YamlMap<int64_t, Located<std::string>>& grades,
                 int64_t cap) {
  for (const auto& [name, from] : grades) {
    if (from <= cap) continue;
    context.out.Error(
        kBeyondCap, name.place,
        fmt::format("grade '{}' begins at {}, but the cap is {}", name.value, from, cap));
  }
}

void CheckOverflow(CompileContext& context) {
  for (const TeamDoc& team : context.draft.teams) {
    for (const auto& [name, pool] : team.pools) {
      if (pool.overflow.empty()) continue;
      const Located<std::string>& last = pool.overflow.back();
      const auto found = std::ranges::find(context.builder->pools, last.value, &Pool::name);
      if (found == context.builder->pools.end() || found->strategy == PoolStrategy::kQueue)
        continue;
      context.out.Warning(
          kNeverTakes, last.place,
          fmt::format("the last overflow of '{}' is no queue, so it may be full too", name.value),
          "end with a pool of `strategy: queue`");
    }
  }
}

}  // namespace

void CheckBook(CompileContext& context) {
  if (context.draft.routing) CheckReachable(context, context.draft.routing->routes);
  if (context.draft.lifecycle) CheckThresholds(context);
  if (context.draft.scoring) {
    const GradesDoc& grades = context.draft.scoring->grades;
    CheckGrades(context, grades.fit, context.builder->scoring.fit_cap);
    CheckGrades(context, grades.engagement, context.builder->scoring.engagement_cap);
  }
  CheckOverflow(context);
}

void WarnUnusedFiles(CompileContext& context) {
  for (const Source& source : context.sources.all()) {
    const std::string& path = source.path();
    const bool data = path.ends_with(".csv") || path.ends_with(".ics");
    if (!data || context.used_files.contains(path)) continue;
    context.out.Warning(kUnused, PlaceOfFile(source), "no rule uses this file");
  }
}

}  // namespace pm
