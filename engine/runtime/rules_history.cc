#include "engine/runtime/rules_history.h"

namespace pm {

RulesHistory ReadRulesHistory(const StoreView& store) {
  RulesHistory history;
  const std::optional<std::string> bytes = store.Meta(kRulesHistoryName);
  if (bytes && !Decode(*bytes, &history)) StorageFailed("the history of the rules is damaged");
  return history;
}

void AddSwitch(RulesSwitch one, RulesHistory* history) {
  std::vector<RulesSwitch>& switches = history->switches;
  switches.push_back(std::move(one));
  if (switches.size() > RulesHistory::kMostKept) switches.erase(switches.begin());
}

}  // namespace pm
