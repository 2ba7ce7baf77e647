// `pointsman_records [WORKLOAD LEADS]`: how many records a lead costs on Kafka, ticks apart,
// counted exactly on the model of a broker: messages between stages, outputs, changelog. One JSON
// object a workload and number of leads in a commit, per thousand leads; or only of the one that is
// named. Same seed, same counts, and while nothing changes in what is written the same `content`, a
// hash of it; the counts are held against docs/PERFORMANCE.md by tests/budget.
#include <functional>

#include "base/time/text.h"
#include "tests/benchmark/kafka_pipeline.h"
#include "tests/benchmark/peer_job.h"
#include "tests/benchmark/rules.h"

namespace pm::bench {
namespace {

constexpr uint32_t kPartitions = 16;
constexpr Instant kStart{1'772'546'400'000};  // Tuesday 2026-03-03, 14:00 UTC
// 20 leads are the commits of a worker at 1,000 leads/s every 20 ms, 400 those at 20,000 leads/s.
constexpr int64_t kLeadsACommit[] = {1, 20, 400};
constexpr int64_t kCommits = 3;  // counted; the first goes before

struct Workload {
  std::string_view name;
  std::shared_ptr<const RuleBook> (*rules)();
  std::function<std::string(int64_t n, Instant at)> lead;
  std::function<std::string(int64_t n, Instant at)> company;  // of the lead; told before
};

std::string Envelope(std::string_view id, std::string_view type, Instant at,
                     std::string_view data) {
  return fmt::format(
      R"({{"specversion":"1.0","id":"{}","source":"records","type":"{}","time":"{}",)"
      R"("data":{{{}}}}})",
      id, type, FormatInstant(at), data);
}

constexpr std::string_view kCountries[] = {"US", "CA", "GB", "DE", "FR", "ES"};
constexpr int kSizes[] = {12, 80, 320, 1400, 9000};

// The whole product: people of companies that are known ask for a demo, so that each is scored,
// routed, under an SLA and in a cadence.
std::string ProductLead(int64_t n, Instant at) {
  return Envelope(fmt::format("lead-{}", n), "lead.submitted", at,
                  fmt::format(R"("email":"ann.{0}@company{1}.example","first_name":"Ann",)"
                              R"("last_name":"Lee","title":"VP Sales","company":"Company {1}",)"
                              R"("country":"{2}","form":"demo","hand_raise":"demo")",
                              n, n / 2, kCountries[n % 6]));
}
std::string ProductCompany(int64_t n, Instant at) {
  return Envelope(fmt::format("company-{}", n / 2), "account.upserted", at,
                  fmt::format(R"("domain":"company{0}.example","name":"Company {0}",)"
                              R"("industry":"software","employees":{1})",
                              n / 2, kSizes[n / 2 % 5]));
}

int64_t Sum(const RecordCounts& counts) {
  int64_t sum = 0;
  for (const auto& [name, count] : counts) sum += name == kTickRecords ? 0 : count;
  return sum;
}

void Run(const Workload& workload, int64_t leads_a_commit) {
  KafkaPipeline pipeline(workload.rules(), kPartitions, kStart);
  Instant now = kStart;
  const int64_t leads = leads_a_commit * (kCommits + 1);
  for (int64_t n = 0; workload.company && n < leads; n += 2)
    pipeline.Publish(workload.company(n, now));
  pipeline.Settle();
  RecordCounts counts;
  for (int64_t n = 0; n < leads;) {
    now = now + Seconds(1);
    pipeline.SetTime(now);
    pipeline.Settle();
    pipeline.TakeCounts();
    const bool is_counted = n >= leads_a_commit;
    for (const int64_t end = n + leads_a_commit; n < end; ++n)
      pipeline.Publish(workload.lead(n, now));
    pipeline.Settle();
    for (const auto& [name, count] : pipeline.TakeCounts())
      if (is_counted) counts[name] += count;
  }
  const int64_t counted = leads_a_commit * kCommits;
  std::string kinds;
  for (const auto& [name, count] : counts)
    kinds += fmt::format(R"({}"{}":{})", kinds.empty() ? "" : ",", name, count * 1000 / counted);
  fmt::print(
      R"({{"workload":"{}","leads_a_commit":{},"records":{},"content":"{}","by_kind":{{{}}}}})"
      "\n",
      workload.name, leads_a_commit, Sum(counts) * 1000 / counted, ToText(pipeline.Content()),
      kinds);
}

}  // namespace
}  // namespace pm::bench

int main(int argc, char** argv) {
  using pm::bench::Workload;
  constexpr int64_t kJobLeads = 50'000;  // of 20,000 companies, in turns
  const Workload workloads[] = {
      {"product", &pm::bench::BenchRules, &pm::bench::ProductLead, &pm::bench::ProductCompany},
      {"plain job",
       [] { return pm::bench::PeerJobRules(); },
       [](int64_t n, pm::Instant at) { return pm::bench::PeerJobLead(n, kJobLeads, at); },
       {}}};
  if (argc == 3) {
    const auto* named = std::ranges::find(workloads, argv[1], &Workload::name);
    if (named == std::end(workloads)) return 2;
    pm::bench::Run(*named, std::max(std::atoi(argv[2]), 1));
    return 0;
  }
  for (const Workload& workload : workloads)
    for (const int64_t leads : pm::bench::kLeadsACommit) pm::bench::Run(workload, leads);
  return 0;
}
