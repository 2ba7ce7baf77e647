// Leads that lie ready, worked off by the product or by the bare chain: what it took.
#pragma once
#include "tests/benchmark/kafka/chain.h"
#include "tests/benchmark/kafka/follow.h"
#include "tests/benchmark/kafka/parts.h"
#include "tests/benchmark/kafka/product.h"

namespace pm::bench {

struct Drained {
  int64_t leads = 0;
  double rate = 0;                        // leads a second
  double client_cpu = 0, broker_cpu = 0;  // seconds, from the first assignment to the last
};

inline constexpr std::chrono::seconds kPatience(60);  // without another lead

// Leads from `first` on go to the input.
void Publish(const std::string& address, const std::string& prefix, Work work, int64_t first,
             int64_t leads);
// Topics, rules and what has to be known before the first lead; some leads have gone the whole way.
// Returns how many: the next has that number.
Result<int64_t> Prepare(const KafkaPlan& plan, const ProductSettings& settings);
Result<Drained> DrainProduct(const KafkaPlan& plan, const ProductSettings& settings, int64_t first,
                             int64_t leads);
// The job, with timers that do not fire meanwhile.
ProductSettings Unhurried(const std::string& address, const std::string& prefix);
// The one that has `many_leads` of the plan.
ProductSettings ManyLeads(const std::string& address);
// Prepares and sends so many leads the whole way, once a run for each prefix. The next one's
// number.
Result<int64_t> Fill(const KafkaPlan& plan, const ProductSettings& settings, int64_t leads);
Result<Drained> DrainChain(const KafkaPlan& plan, const ChainPlan& chain, Work work, int64_t leads);

// CPU seconds a million leads, client and broker apart.
void AddDrained(const std::string& name, const Drained& drained, Figures* figures);

// Waits until all of them have come; the CPU is that of `child` and of the broker meanwhile.
Result<Drained> Watch(const KafkaPlan& plan, Child& child, const Follower& follower, int64_t leads);

}  // namespace pm::bench
