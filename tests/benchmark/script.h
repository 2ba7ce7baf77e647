// A whole load, prepared before anything is measured: what arrives when, reactions included, in the
// batches in which an engine under full load takes it, and what the engine then asks of its store.
#pragma once
#include <memory>
#include <vector>

#include "engine/runtime/embedded.h"
#include "rules/book.h"
#include "tests/benchmark/capture.h"
#include "tests/benchmark/company.h"

namespace pm::bench {

struct ScriptBatch {
  Instant now;
  std::vector<Submission> events;  // at most as many as one commit takes
};
struct Script {
  std::vector<ScriptBatch> batches;
  int64_t events = 0;
  int64_t assignments = 0;               // routed or queued
  std::vector<CapturedCommit> captured;  // of an engine that starts on an empty directory
};

inline constexpr Duration kBatchSpan = Seconds(8);

// Runs the company through an engine on a store in memory.
Script PrepareScript(const CompanySettings& settings, const std::shared_ptr<const RuleBook>& rules);

// As `pointsman run` sets it up, but for the wait after a start.
EmbeddedSettings EngineSettings();
// Hands in a batch at its time and does all of it, in commits as the engine makes them.
void RunBatch(Embedded& engine, ManualClock& clock, const ScriptBatch& batch);

}  // namespace pm::bench
