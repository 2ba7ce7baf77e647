#include "tests/benchmark/peer_job.h"

#include "base/time/text.h"
#include "rules/compile/compile.h"

namespace pm::bench {

namespace {

constexpr int kPools = 8, kReps = 20;

constexpr std::string_view kFields = R"(kind: fields
submission.headcount: { type: int, min: 0, max: 10000000, meaning: "Employees, as the form says." }
submission.partition: { type: int, min: 0, max: 100, meaning: "Number of the pool." }
)";

constexpr std::string_view kScoring = R"(kind: scoring
fit:
  cap: 1000
  rules:
    - { name: VP, when: { lead.title: { starts_with: VP } }, points: 10 }
    - { name: Chief, when: { lead.title: { starts_with: C } }, points: 15 }
    - { name: Engineering, when: { lead.title: { contains: Engineering } }, points: 5 }
    - { name: Director, when: { lead.title: { contains: Director } }, points: 5 }
    - { name: Large, when: { submission.headcount: { gt: 1000 } }, points: 10 }
    - { name: Middle, when: { submission.headcount: { gt: 100 } }, points: 5 }
    - { name: Tiny, when: { submission.headcount: { lt: 10 } }, points: -5 }
    - { name: Germany, when: { lead.country: DE }, points: 10 }
    - { name: Served, when: { lead.country: [US, GB, FR] }, points: 8 }
    - { name: Pricing, when: { submission.page: /pricing }, points: 20 }
    - { name: Docs, when: { submission.page: { starts_with: /docs } }, points: 5 }
    - { name: Gmail, when: { lead.email: { ends_with: "@gmail.com" } }, points: -50 }
    - { name: Mailinator, when: { lead.email: { ends_with: "@mailinator.com" } }, points: -50 }
    - { name: Web form, when: { lead.source: web_form }, points: 5 }
    - { name: Demo request, when: { lead.source: demo_request }, points: 10 }
    - { name: Import, when: { lead.source: import }, points: -10 }
    - { name: First name, when: { lead.first_name: present }, points: 2 }
    - { name: Last name, when: { lead.last_name: present }, points: 2 }
    - { name: Company, when: { lead.company: present }, points: 5 }
    - { name: No address, when: { lead.email: missing }, points: -20 }
---
kind: lifecycle
route_when: [hand_raise]
)";

constexpr std::string_view kSla = R"(kind: sla
standard:
  hours: always
  grace: 0s
  milestones:
    accept: {{ within: {}s, from: assigned, per: assignment }}
)";

std::string Roster() {
  std::string csv = "id,email,name,zone,hours,role\n";
  for (int pool = 0; pool < kPools; ++pool)
    for (int n = 0; n < kReps; ++n)
      csv += fmt::format(
          "rep-{0}-{1},rep-{0}-{1}@peer.example,Rep {0} {1},UTC,round-the-clock,sdr\n", pool, n);
  return csv;
}

std::string Team() {
  std::string yaml = "kind: team\nroster: reps.csv\npools:\n";
  for (int pool = 0; pool < kPools; ++pool) {
    yaml += fmt::format("  p{}:\n    strategy: weighted\n    members:\n", pool);
    for (int n = 0; n < kReps; ++n)
      yaml += fmt::format("      - {{ rep: rep-{}-{}, weight: {} }}\n", pool, n, 1 + n % 4);
    yaml += "    overflow: [rest]\n";
  }
  yaml += "  rest: { strategy: queue, members: [rep-0-0], order: [arrival] }\n---\n";
  return yaml + "kind: calendars\nround-the-clock: { weekly: { mon-sun: [00:00-24:00] } }\n";
}

std::string Routing() {
  std::string yaml = "kind: routing\nroutes:\n";
  for (int pool = 0; pool < kPools; ++pool)
    yaml += fmt::format(
        "  - {{ name: P{0}, when: {{ submission.partition: {0} }}, to: {{ pool: p{0} }}, sla: "
        "standard }}\n",
        pool);
  return yaml + "otherwise: { to: { pool: rest }, sla: standard }\n";
}

}  // namespace

std::shared_ptr<const RuleBook> PeerJobRules(Duration accept_within) {
  const CompileResult compiled = Compile({{"fields.yaml", std::string(kFields)},
                                          {"scoring.yaml", std::string(kScoring)},
                                          {"sla.yaml", fmt::format(kSla, accept_within.ms / 1000)},
                                          {"team.yaml", Team()},
                                          {"reps.csv", Roster()},
                                          {"routing.yaml", Routing()}});
  if (!compiled.ok()) fmt::print(stderr, "{}\n", compiled.diagnostics.Render());
  PM_CHECK(compiled.ok());
  return compiled.book;
}

std::string PeerJobLead(int64_t n, int64_t of, Instant at) {
  const int64_t company = n % (of * 2 / 5);
  return fmt::format(
      R"({{"specversion":"1.0","id":"evt-{0}","source":"peer","type":"lead.submitted","time":"{1}",)"
      R"("data":{{"email":"user{0}@company{2}.example","first_name":"q{0}q","last_name":"Test{0}",)"
      R"("title":"VP Engineering","company":"Company {2}","country":"DE","source":"web_form",)"
      R"("hand_raise":"demo","headcount":{3},"page":"/pricing","partition":{4}}}}})",
      n, FormatInstant(at), company, n % 5000, company % kPools);
}

}  // namespace pm::bench
