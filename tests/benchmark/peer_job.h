// The job of a plain stream processor, as Kafka Streams does it in the comparison: 20 scoring
// rules, 8 pools of 20 weighted reps, one SLA, no cadence.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "base/time/instant.h"
#include "rules/book.h"

namespace pm::bench {

// Compiled; PM_CHECKs that there is no error. The SLA's milestone is due so long after the
// assignment.
std::shared_ptr<const RuleBook> PeerJobRules(Duration accept_within = Minutes(60));
// The n-th lead of so many, as a CloudEvent: several come from one company. Its first name is its
// number, as in q12q.
std::string PeerJobLead(int64_t n, int64_t of, Instant at);

}  // namespace pm::bench
