// `pointsman_records [LEADS A SECOND]`: how many records a lead costs on Kafka, counted exactly on
// the model of a broker, by kind: messages between stages, outputs, changelog. One JSON object a
// workload and kind of cause, per thousand leads. Same seed, same counts; held against
// docs/PERFORMANCE.md by tests/budget.
#include <cstdio>
#include <cstdlib>

#include "tests/benchmark/company.h"
#include "tests/benchmark/kafka_pipeline.h"
#include "tests/benchmark/peer_job.h"
#include "tests/benchmark/rules.h"

namespace pm::bench {
namespace {

constexpr uint32_t kPartitions = 4;

struct Cause {
  int64_t events = 0;
  RecordCounts records;
};
using Causes = std::map<std::string, Cause>;  // by what happened

constexpr std::string_view kKinds[] = {"account upserted", "visit", "lead submitted", "reaction"};

// Second by second, and in it kind by kind, so that each record has one cause.
Causes RunProduct(int64_t leads, int64_t leads_a_second) {
  Company company({.seed = 11, .leads = leads, .leads_per_second = leads_a_second});
  const Instant start = CompanySettings{}.start;
  KafkaPipeline pipeline(BenchRules(), kPartitions, start);
  Causes causes;
  const auto settle = [&](std::string_view kind, int64_t events, Instant now) {
    pipeline.Settle();
    Cause& cause = causes[std::string(kind)];
    cause.events += events;
    for (const auto& [name, records] : pipeline.TakeCounts()) cause.records[name] += records;
    for (const Output& output : pipeline.TakeOutputs()) {
      PM_CHECK(output.topic != Topic::kDeadLetters);
      company.React(output, now);
    }
  };
  for (Instant now = start + Seconds(1); !company.done(); now = now + Seconds(1)) {
    pipeline.SetTime(now);
    settle("time", 1, now);
    std::map<EventKind, std::vector<std::string>> events;
    for (CompanyEvent event; company.Next(now, &event);)
      events[event.kind].push_back(std::move(event.json));
    for (const auto& [kind, batch] : events) {
      for (const std::string& event : batch) pipeline.Publish(event);
      settle(kKinds[static_cast<size_t>(kind)], static_cast<int64_t>(batch.size()), now);
    }
  }
  return causes;
}

Causes RunPeerJob(int64_t leads, int64_t leads_a_second) {
  const Instant start = CompanySettings{}.start;
  KafkaPipeline pipeline(PeerJobRules(), kPartitions, start);
  Causes causes;
  Instant now = start;
  for (int64_t n = 0; n < leads;) {
    now = now + Seconds(1);
    pipeline.SetTime(now);
    pipeline.Settle();
    pipeline.TakeCounts();
    Cause& cause = causes["lead submitted"];
    for (int64_t i = 0; i < leads_a_second && n < leads; ++i, ++n, ++cause.events)
      pipeline.Publish(PeerJobLead(n, leads, now));
    pipeline.Settle();
    for (const auto& [name, records] : pipeline.TakeCounts()) cause.records[name] += records;
  }
  return causes;
}

void Print(std::string_view workload, const Causes& causes) {
  for (const auto& [kind, cause] : causes) {
    int64_t sum = 0;
    std::string records;
    for (const auto& [name, count] : cause.records) {
      if (name == kTickRecords) continue;
      sum += count;
      records += fmt::format(R"({}"{}":{})", records.empty() ? "" : ",", name,
                             count * 1000 / cause.events);
    }
    fmt::print(R"({{"workload":"{}","cause":"{}","events":{},"records":{},"by_kind":{{{}}}}})"
               "\n",
               workload, kind, cause.events, sum * 1000 / cause.events, records);
  }
}

}  // namespace
}  // namespace pm::bench

int main(int argc, char** argv) {
  constexpr int64_t kLeads = 400, kLeadsASecond = 20;
  const int64_t rate = argc > 1 ? std::atoll(argv[1]) : kLeadsASecond;
  const int64_t leads = argc > 2 ? std::atoll(argv[2]) : kLeads;
  pm::bench::Print("product", pm::bench::RunProduct(leads, rate));
  pm::bench::Print("peer job", pm::bench::RunPeerJob(leads, rate));
  return 0;
}
