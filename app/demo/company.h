// The demo's made-up company: who visits, who asks, and how its reps react. Everything follows from
// a seed; the names are generated and belong to nobody.
#pragma once
#include <cstdint>
#include <queue>
#include <string>
#include <vector>

#include "base/time/instant.h"
#include "model/decode/json_tree.h"

namespace pm {

// A small generator of our own (splitmix64), so that a seed means the same everywhere.
class DemoRandom {
 public:
  explicit DemoRandom(uint64_t seed) : state_(seed) {}
  uint64_t Next();
  int64_t Below(int64_t n) { return static_cast<int64_t>(Next() % static_cast<uint64_t>(n)); }
  bool Chance(int64_t percent) { return Below(100) < percent; }

 private:
  uint64_t state_;
};

struct DemoEvent {
  Instant at;
  int64_t number;  // keeps the order of equal times
  std::string type;
  std::string data;  // JSON object
  bool operator<(const DemoEvent& other) const {
    return at != other.at ? at > other.at
                          : number > other.number;  // a queue gives the earliest first
  }
};

class DemoCompany {
 public:
  // Plans accounts, visits and leads over `span` from `start`.
  DemoCompany(uint64_t seed, Instant start, Duration span);

  // What is due at or before `now`, as CloudEvents.
  std::vector<std::string> TakeDue(Instant now);
  // An output of the engine: reps and prospects react to it, later.
  void React(const JsonNode& output, Instant now);

 private:
  void Plan(Instant at, std::string type, std::string data);
  void PlanLead(Instant at, int64_t n);

  DemoRandom random_;
  std::priority_queue<DemoEvent> planned_;
  int64_t number_ = 0;
};

}  // namespace pm
