// SLAs that count the hours of the pool, where a pool that their leads come to has none: every hour
// counts there, which nobody wrote.
#include <fmt/format.h>

#include "rules/compile/checks/destinations.h"
#include "rules/compile/checks/prover.h"

namespace pm {
namespace {

using PoolsBySla = std::map<std::string, std::set<std::string>, std::less<>>;

void Collect(const RuleBook& book, const std::vector<Route>& routes, const std::string& above,
             PoolsBySla* without) {
  for (const Route& route : routes) {
    const std::string& sla = route.sla.empty() ? above : route.sla;
    Collect(book, route.nested, sla, without);
    if (sla.empty() || !route.nested.empty()) continue;
    for (const Pool* pool : PoolsOf(book, route)) {
      if (pool->hours.empty()) (*without)[sla].insert(pool->name);
    }
  }
}

// `prospect` counts the pool's hours, as they would be where the prospect is.
bool CountsPools(const YamlNode& hours) { return hours.text == "pool" || hours.text == "prospect"; }

}  // namespace

void ProvePoolHours(Prover& prover) {
  CompileContext& context = prover.context();
  const RuleBook& book = *context.builder.operator->();
  PoolsBySla without;
  Collect(book, book.routing.routes, {}, &without);
  Collect(book, {book.routing.otherwise}, {}, &without);
  for (const SlasDoc& doc : context.draft.slas) {
    for (const auto& [name, tree] : doc.policies) {
      const YamlNode* hours = tree.Find("hours");
      const auto found = without.find(name.value);
      if (found == without.end() || hours == nullptr || !CountsPools(*hours)) continue;
      const std::set<std::string>& pools = found->second;
      const bool one = pools.size() == 1;
      prover.Tell(CheckKind::kPoolHours, PlaceOf(*hours),
                  fmt::format("leads with this SLA come to pool{} '{}' without hours: every hour "
                              "counts there",
                              one ? "" : "s", fmt::join(pools, "', '")),
                  fmt::format("give {} `hours`; `hours: always` says that it is meant",
                              one ? "the pool" : "the pools"));
    }
  }
}

}  // namespace pm
