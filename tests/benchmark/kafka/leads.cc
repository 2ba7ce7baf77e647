#include "tests/benchmark/kafka/leads.h"

#include <array>

#include "engine/runtime/kafka/rdkafka_handle.h"
#include "tests/benchmark/rules.h"

namespace pm::bench {

namespace {

constexpr int kPools = 8, kTeamOfPool = 20;
constexpr int64_t kCompanies = 5'000;      // of the product
constexpr int64_t kJobCompanies = 20'000;  // as the peer has them
constexpr int64_t kSizes = 5'000;          // employees, as the peer has them
constexpr int kFlushMs = 60'000;

constexpr char kScoring[] = R"(kind: fields
lead.employees: { type: int, min: 0, max: 10000000, meaning: Employees as the form says. }
---
kind: scoring
fit:
  cap: 1000
  rules:
    - { name: VP, when: { lead.title: { starts_with: VP } }, points: 10 }
    - { name: Chief, when: { lead.title: { starts_with: C } }, points: 15 }
    - { name: Engineering, when: { lead.title: { contains: Engineering } }, points: 5 }
    - { name: Director, when: { lead.title: { contains: Director } }, points: 5 }
    - { name: Large, when: { lead.employees: { gt: 1000 } }, points: 10 }
    - { name: Middle, when: { lead.employees: { gt: 100 } }, points: 5 }
    - { name: Tiny, when: { lead.employees: { lt: 10 } }, points: -5 }
    - { name: Home, when: { lead.country: DE }, points: 10 }
    - { name: Served, when: { lead.country: [US, GB, FR] }, points: 8 }
    - { name: Pricing, when: { submission.page: /pricing }, points: 20 }
    - { name: Docs, when: { submission.page: { starts_with: /docs } }, points: 5 }
    - { name: Gmail, when: { lead.email_domain: gmail.com }, points: -50 }
    - { name: Mailinator, when: { lead.email_domain: mailinator.com }, points: -50 }
    - { name: Form, when: { submission.source: web_form }, points: 5 }
    - { name: Demo, when: { submission.source: demo_request }, points: 10 }
    - { name: Import, when: { submission.source: import }, points: -10 }
    - { name: First name, when: { lead.first_name: present }, points: 2 }
    - { name: Last name, when: { lead.last_name: present }, points: 2 }
    - { name: Company, when: lead.company.size() > 3, points: 5 }
    - { name: No address, when: { lead.email: missing }, points: -20 }
---
kind: lifecycle
route_when: hand_raise
---
kind: routing
routes:
  - { name: By size, table: pools.csv, match: lead.employees, hit: first, to: { pool: $pool }, sla: fast }
otherwise: { to: { pool: pool-0 }, sla: fast }
---
kind: sla
fast:
  hours: always
  grace: 0s
  milestones:
)";

std::vector<RuleFile> JobRules(int64_t sla_ms) {
  const std::string sla = fmt::format(
      "    accept: {{ within: {}s, from: assigned, per: assignment }}\n", sla_ms / 1000);
  std::string roster =
      "id,email,name,zone,hours,holidays,leave,role,manager,backup,supports,skills,active_from,"
      "active_to,external,caps\n";
  std::string team = "kind: team\nroster: reps.csv\npools:\n", table = "lead.employees,pool\n";
  for (int pool = 0; pool < kPools; ++pool) {
    std::string members;
    for (int i = 0; i < kTeamOfPool; ++i) {
      const int rep = pool * kTeamOfPool + i;
      roster += fmt::format(
          "rep-{0},rep-{0}@northwind.example,Rep {0},Europe/Berlin,always,,,sdr,,,,,,,,\n", rep);
      members += fmt::format("{}{{ rep: rep-{}, weight: {} }}", i == 0 ? "" : ", ", rep, 1 + i % 4);
    }
    team += fmt::format(
        "  pool-{}:\n    strategy: weighted\n    off_hours: assign\n    members: [{}]\n", pool,
        members);
    table += fmt::format("[{}..{}),pool-{}\n", pool * kSizes / kPools, (pool + 1) * kSizes / kPools,
                         pool);
  }
  return {{"rules.yaml", kScoring + sla},
          {"team.yaml", team},
          {"reps.csv", roster},
          {"pools.csv", table}};
}

// Nobody of them is as large as the pool `enterprise` wants its leads: the others share them.
constexpr std::array<int, 3> kCompanySizes = {12, 80, 320};
constexpr std::array<std::string_view, 6> kCountries = {"US", "CA", "GB", "DE", "FR", "ES"};

}  // namespace

Work WorkOf(std::string_view name) { return name == "job" ? Work::kJob : Work::kProduct; }
std::string_view NameOf(Work work) { return work == Work::kJob ? "job" : "product"; }

std::vector<RuleFile> RulesOf(Work work, int64_t sla_ms) {
  return work == Work::kJob ? JobRules(sla_ms) : BenchRuleFiles();
}

std::string LeadEvent(Work work, int64_t n) {
  if (work == Work::kJob) {
    // The peer's event; a person of its own each, since for us the same again is the same lead.
    return fmt::format(
        R"({{"specversion":"1.0","id":"evt-{0}","source":"peer","type":"lead.submitted",)"
        R"("time":"2026-03-02T09:00:00Z","data":{{"email":"user{0}@company{1}.example",)"
        R"("first_name":"q{0}q","last_name":"Test{0}","title":"VP Engineering",)"
        R"("company":"Company {1}","country":"DE","employees":{2},"source":"web_form",)"
        R"("page":"/pricing","hand_raise":true}}}})",
        n, n % kJobCompanies, n % kSizes);
  }
  return fmt::format(
      R"({{"specversion":"1.0","id":"l{0}","source":"benchmark","type":"lead.submitted",)"
      R"("data":{{"email":"person{0}@known{1}.example","first_name":"q{0}q","last_name":"Lee",)"
      R"("title":"Head of Operations","country":"{2}","form":"demo","hand_raise":"demo"}}}})",
      n, n % kCompanies, kCountries[static_cast<size_t>(n / 3) % kCountries.size()]);
}

std::string LeadKey(Work work, int64_t n) {
  return work == Work::kJob ? fmt::format("company{}.example", n % kJobCompanies)
                            : fmt::format("known{}.example", n % kCompanies);
}

std::vector<std::string> EventsBefore(Work work) {
  std::vector<std::string> events;
  for (int64_t n = 0; work == Work::kProduct && n < kCompanies; ++n) {
    events.push_back(fmt::format(
        R"({{"specversion":"1.0","id":"c{0}","source":"benchmark","type":"account.upserted",)"
        R"("data":{{"domain":"known{0}.example","name":"Known {0}","industry":"retail",)"
        R"("employees":{1}}}}})",
        n, kCompanySizes[static_cast<size_t>(n) % kCompanySizes.size()]));
  }
  return events;
}

int64_t NumberIn(std::string_view text, std::string_view mark) {
  const size_t at = text.find(mark);
  if (at == std::string_view::npos) return -1;
  int64_t n = 0;
  size_t i = at + mark.size();
  for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) n = n * 10 + (text[i] - '0');
  return i > at + mark.size() ? n : -1;
}

struct Publisher::Handles {
  RdHandle producer;
  RdTopic topic;
};

Publisher::Publisher(const std::string& address, const std::string& topic)
    : handles_(std::make_unique<Handles>()) {
  const KafkaProperty settings[] = {{"bootstrap.servers", address},
                                    {"enable.idempotence", "true"},
                                    {"linger.ms", "1"},
                                    {"queue.buffering.max.messages", "2000000"}};
  RdConf conf = MakeConf(settings, {}, nullptr).value();
  handles_->producer = MakeHandle(RD_KAFKA_PRODUCER, std::move(conf)).value();
  handles_->topic.reset(rd_kafka_topic_new(handles_->producer.get(), topic.c_str(), nullptr));
}

Publisher::~Publisher() = default;

void Publisher::Send(std::string_view key, std::string_view value) {
  const auto send = [&] {
    return rd_kafka_produce(handles_->topic.get(), RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
                            const_cast<char*>(value.data()), value.size(), key.data(), key.size(),
                            nullptr);
  };
  int sent = send();
  for (; sent != 0 && rd_kafka_last_error() == RD_KAFKA_RESP_ERR__QUEUE_FULL; sent = send())
    rd_kafka_poll(handles_->producer.get(), 10);
  PM_CHECK(sent == 0);
  rd_kafka_poll(handles_->producer.get(), 0);
}

void Publisher::Flush() {
  PM_CHECK(rd_kafka_flush(handles_->producer.get(), kFlushMs) == RD_KAFKA_RESP_ERR_NO_ERROR);
}

}  // namespace pm::bench
