// The load on Kafka: leads with their number in the first name, as q12q, so that a reader of what
// comes out knows which one it is; and the two sets of rules.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time/instant.h"
#include "rules/book.h"

namespace pm::bench {

// `product`: the pack inbound-saas with everything it has, cadences too. `job`: what
// ../shared/peers/streams does, 20 scoring rules, 8 pools of 20 weighted reps, one SLA.
enum class Work : uint8_t { kProduct, kJob };
Work WorkOf(std::string_view name);
std::string_view NameOf(Work work);

// `sla`: of the job, within which nobody accepts.
std::shared_ptr<const RuleBook> RulesOf(Work work, Duration sla);
std::string LeadEvent(Work work, int64_t n);
std::string LeadKey(Work work, int64_t n);
// What has to be known before the first lead: the companies of the product.
std::vector<std::string> EventsBefore(Work work);

// The number behind `mark` (as in q12q); -1: none.
int64_t NumberIn(std::string_view text, std::string_view mark);

// An idempotent producer, as publishers have one. One thread.
class Publisher {
 public:
  Publisher(const std::string& address, const std::string& topic);
  ~Publisher();
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  void Send(std::string_view key, std::string_view value);  // PM_CHECKs that it is taken
  void Flush();

 private:
  struct Handles;
  std::unique_ptr<Handles> handles_;
};

}  // namespace pm::bench
