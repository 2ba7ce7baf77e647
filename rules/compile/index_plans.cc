#include "rules/compile/index_plans.h"

#include <fmt/format.h>

namespace pm {
namespace {

class Planner {
 public:
  explicit Planner(const RuleBook& book) : book_(book) {}

  std::string Plans() {
    Add("screening rules", book_.screening_index, NamesOf(book_.screening));
    Add("fit rules", book_.scoring.fit_index, NamesOf(book_.scoring.fit));
    for (const SignalRules& signal : book_.scoring.by_signal) {
      std::vector<std::string> names;
      for (const uint32_t rule : signal.rules) {
        names.push_back(NameOf(book_.scoring.engagement[rule]));
      }
      Add(fmt::format("engagement rules of {}", DeclOf(signal.signal).name), signal.index, names);
    }
    Add("thresholds", book_.lifecycle.threshold_index, NamesOf(book_.lifecycle.thresholds));
    Add("repeat rules", book_.lifecycle.repeat_index, NamesOf(book_.lifecycle.repeat));
    AddRoutes("routes", book_.routing.routes, book_.routing.index);
    return std::move(text_);
  }

 private:
  void AddRoutes(const std::string& what, const std::vector<Route>& routes,
                 const RuleIndex& index) {
    Add(what, index, NamesOf(routes));
    for (const Route& route : routes) {
      AddRoutes(fmt::format("routes in '{}'", route.name), route.nested, route.nested_index);
    }
  }

  void Add(const std::string& what, const RuleIndex& index, const std::vector<std::string>& names) {
    if (names.empty()) return;
    const auto field = [&](uint32_t slot) {
      return std::string(book_.fields().Find(book_.slots().fields()[slot])->name);
    };
    const auto rule = [&](uint32_t number) { return names[number]; };
    text_ += fmt::format("index of {}\n{}", what,
                         index.PlanText(names.size(), {.field = field, .rule = rule}));
  }

  template <class Rule>
  static std::vector<std::string> NamesOf(const std::vector<Rule>& rules) {
    std::vector<std::string> names;
    names.reserve(rules.size());
    for (const Rule& rule : rules) names.push_back(NameOf(rule));
    return names;
  }
  template <class Rule>
  static std::string NameOf(const Rule& rule) {
    if constexpr (requires { rule.name; }) {
      return fmt::format("'{}' ({})", rule.name, rule.origin.Text());
    } else {
      return rule.origin.Text();
    }
  }

  const RuleBook& book_;
  std::string text_;
};

}  // namespace

std::string IndexPlans(const RuleBook& book) { return Planner(book).Plans(); }

}  // namespace pm
