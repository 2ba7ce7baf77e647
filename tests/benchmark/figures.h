// The figures of `pointsman_bench engine`, one function each part, and of `pointsman_bench rules`.
// All run in one process, one after the other.
#pragma once
#include <algorithm>
#include <memory>
#include <string>

#include "rules/book.h"
#include "tests/benchmark/measure.h"
#include "tests/benchmark/script.h"

namespace pm::bench {

struct Plan {
  bool quick = false;
  uint64_t seed = 7;
  std::string directory;  // empty; on the disk that is measured
  std::shared_ptr<const RuleBook> rules;
  std::string peers;   // other rule engines and the generator of rule sets
  std::string source;  // this repository
  int workers = 1;     // of `kafka`: that share its rates

  int64_t many_leads = 1'000'000;  // of timers and start

  int64_t leads() const { return std::max<int64_t>(1'000, many_leads / 25); }  // of the rate
  int64_t few_leads() const { return many_leads / 100; }
  int rounds() const { return quick ? 1 : 3; }
};

// Durable event to assignment against the bare replay, and `simulate` over the same events.
void MeasureRate(const Plan& plan, Figures* figures);
// HTTP acknowledgement to assignment readable, at half load.
void MeasureLatency(const Plan& plan, Figures* figures);
// A directory of many leads: its size, start, memory, and its pending timers firing.
void MeasureMany(const Plan& plan, Figures* figures);

// Decisions over rule sets of many sizes, one condition, loading; beside other rule engines.
void MeasureMatching(const Plan& plan, Figures* figures);

// `rules check` over a large folder.
void MeasureChecking(Figures* figures);

// How long the engine's thread is taken by a switch from one book to the other and back.
void MeasureSwitch(const Plan& plan, std::shared_ptr<const RuleBook> book,
                   std::shared_ptr<const RuleBook> other, Figures* figures);

// What MeasureMany runs in processes of their own: `start` opens the plan's directory, `build` also
// puts `leads` into it. Prints names and numbers to stdout.
int RunChild(const Plan& plan, const std::string& part, int64_t leads);

}  // namespace pm::bench
