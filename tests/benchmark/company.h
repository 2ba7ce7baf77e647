// A made-up company for measurements: visits, accounts, intent, leads, and how its reps react.
// Everything follows from a seed, and any number of leads has its own names. One thread.
#pragma once
#include <cstdint>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/time/instant.h"
#include "model/outputs/output.h"

namespace pm::bench {

enum class EventKind : uint8_t { kAccount, kVisit, kLead, kReaction };

struct CompanyEvent {
  Instant at;
  int64_t number = 0;  // keeps the order of equal times
  EventKind kind = EventKind::kVisit;
  std::string json;  // a CloudEvent
};

struct CompanySettings {
  uint64_t seed = 7;
  Instant start{1'772'546'400'000};  // Tuesday 2026-03-03, 14:00 UTC: both offices are open
  int64_t leads = 1000;
  int64_t leads_per_second = 20;
  bool visits = true;     // browsers visit before they ask
  bool reactions = true;  // reps and prospects answer what comes out
};

class Company {
 public:
  explicit Company(const CompanySettings& settings);

  // The next event at or before `until`, in order of time; false when there is none (yet).
  bool Next(Instant until, CompanyEvent* event);
  // An output of the engine: reps and prospects react to it, later.
  void React(const Output& output, Instant now);
  // No lead is left to come and nothing is planned.
  bool done() const { return leads_ == settings_.leads && planned_.empty(); }
  int64_t leads() const { return leads_; }  // so far

 private:
  struct Later {
    bool operator()(const CompanyEvent& a, const CompanyEvent& b) const {
      return a.at != b.at ? a.at > b.at : a.number > b.number;
    }
  };
  void Plan(Instant at, EventKind kind, std::string_view type, std::string_view data);
  void PlanLead(int64_t n, Instant at);
  void ReactToAssignment(const Output& output, Instant now);

  const CompanySettings settings_;
  Random random_;
  std::priority_queue<CompanyEvent, std::vector<CompanyEvent>, Later> planned_;
  int64_t number_ = 0;
  int64_t leads_ = 0;
};

}  // namespace pm::bench
