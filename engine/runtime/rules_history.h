// Which rules came into force, and when: kept in a store's meta, in the commit of the switch.
#pragma once
#include <string>
#include <vector>

#include "engine/runtime/store.h"

namespace pm {

// How rules come into force.
struct SwitchNote {
  std::string how = "folder";  // folder (a start, SIGHUP), published, rolled_back
  std::string by;              // as they call themselves; empty: not said
  std::string message;         // why; empty: not said
  bool propagate = false;      // SLAs and cadences that run go over to the rules of now
};

struct RulesSwitch {
  Instant at;
  ContentHash rules;
  std::string how, by, message;  // as in SwitchNote
  bool propagate = false;
  template <class V>
  static void Describe(V& v) {
    using T = RulesSwitch;
    v.Field(1, "at", &T::at, "When they came into force.");
    v.Field(2, "rules", &T::rules, "Hash of the rules.");
    v.Field(3, "how", &T::how, "folder, published or rolled_back.");
    v.Field(4, "by", &T::by, "Who put them in force.");
    v.Field(5, "message", &T::message, "Why.");
    v.Field(6, "propagate", &T::propagate, "What ran went over to them.");
  }
};

struct RulesHistory {
  static constexpr size_t kMostKept = 1000;
  std::vector<RulesSwitch> switches;  // the latest last
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "switches", &RulesHistory::switches, "Rules that came into force, latest last.");
  }
};

inline constexpr char kRulesHistoryName[] = "rules-history";
// Empty for a store of before there was one.
RulesHistory ReadRulesHistory(const StoreView& store);
// Forgets the oldest beyond the bound.
void AddSwitch(RulesSwitch one, RulesHistory* history);

}  // namespace pm
