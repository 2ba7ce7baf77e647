#include "tests/benchmark/kafka/leads.h"

#include <array>

#include "engine/runtime/kafka/client/rdkafka_handle.h"
#include "tests/benchmark/peer_job.h"
#include "tests/benchmark/rules.h"

namespace pm::bench {

namespace {

constexpr int64_t kCompanies = 5'000;            // of the product
constexpr int64_t kJobLeads = 50'000;            // so many make the 20,000 companies of the peer
constexpr Instant kLeadTime{1'772'442'000'000};  // 2026-03-02, 9:00, as the peer's
constexpr int kFlushMs = 60'000;

// Nobody of them is as large as the pool `enterprise` wants its leads: the others share them.
constexpr std::array<int, 3> kCompanySizes = {12, 80, 320};
constexpr std::array<std::string_view, 6> kCountries = {"US", "CA", "GB", "DE", "FR", "ES"};

}  // namespace

Work WorkOf(std::string_view name) { return name == "job" ? Work::kJob : Work::kProduct; }
std::string_view NameOf(Work work) { return work == Work::kJob ? "job" : "product"; }

std::shared_ptr<const RuleBook> RulesOf(Work work, Duration sla) {
  return work == Work::kJob ? PeerJobRules(sla) : BenchRules();
}

std::string LeadEvent(Work work, int64_t n) {
  if (work == Work::kJob) return PeerJobLead(n, kJobLeads, kLeadTime);
  return fmt::format(
      R"({{"specversion":"1.0","id":"l{0}","source":"benchmark","type":"lead.submitted",)"
      R"("data":{{"email":"person{0}@known{1}.example","first_name":"q{0}q","last_name":"Lee",)"
      R"("title":"Head of Operations","country":"{2}","form":"demo","hand_raise":"demo"}}}})",
      n, n % kCompanies, kCountries[static_cast<size_t>(n / 3) % kCountries.size()]);
}

std::string LeadKey(Work work, int64_t n) {
  return work == Work::kJob ? fmt::format("company{}.example", n % (kJobLeads * 2 / 5))
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
