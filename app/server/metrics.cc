#include "app/server/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <mutex>

#include "base/time/text.h"
#include "engine/runtime/commit_set.h"
#include "engine/stages/desk/records/pool_row.h"
#include "model/decode/json_tree.h"

namespace pm {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;

constexpr size_t kPage = 500;
// What Prometheus keeps in doubles leaves us as whole milliseconds first.
double InSeconds(int64_t ms) { return static_cast<double>(ms) / 1000; }

// The largest credit of a pool's members beyond what they are owed, in thousandths of a lead.
int64_t SkewOf(const PoolRow& row) {
  int64_t most = 0;
  for (const MemberCredit& member : row.members) most = std::max(most, std::abs(member.credit));
  return most * 1000 >> 32;
}

}  // namespace

struct EngineMetrics::Impl : std::enable_shared_from_this<EngineMetrics::Impl> {
  Impl(Embedded& e, const RuleLibrary& r, HttpServer& s, const Clock& c)
      : engine(e), rules(r), server(s), clock(c) {
    for (int topic = 0; topic < kTopics; ++topic) {
      read[static_cast<size_t>(topic)] = engine.TopicEnd(static_cast<Topic>(topic)) - 1;
    }
  }

  Embedded& engine;
  const RuleLibrary& rules;
  HttpServer& server;
  const Clock& clock;
  std::mutex mutex;
  std::array<int64_t, kTopics> read{};
  TaskCounters seen;
  prometheus::Registry registry;

  prometheus::Family<prometheus::Counter>& events_out =
      BuildCounter().Name("pointsman_events_out_total").Help("Events put out.").Register(registry);
  prometheus::Family<prometheus::Counter>& dead_letters = BuildCounter()
                                                              .Name("pointsman_dead_letters_total")
                                                              .Help("Events not understood.")
                                                              .Register(registry);
  prometheus::Family<prometheus::Counter>& milestones = BuildCounter()
                                                            .Name("pointsman_sla_milestones_total")
                                                            .Help("SLA milestones by outcome.")
                                                            .Register(registry);
  prometheus::Counter& records = BuildCounter()
                                     .Name("pointsman_records_in_total")
                                     .Help("Input records, ticks included.")
                                     .Register(registry)
                                     .Add({});
  prometheus::Counter& timers = BuildCounter()
                                    .Name("pointsman_timers_fired_total")
                                    .Help("Timers fired.")
                                    .Register(registry)
                                    .Add({});
  prometheus::Counter& failed_steps = BuildCounter()
                                          .Name("pointsman_failed_steps_total")
                                          .Help("Steps undone by a broken invariant.")
                                          .Register(registry)
                                          .Add({});
  prometheus::Histogram& speed =
      BuildHistogram()
          .Name("pointsman_speed_to_lead_seconds")
          .Help("First routing to assignment.")
          .Register(registry)
          .Add({}, prometheus::Histogram::BucketBoundaries{0.001, 0.01, 0.1, 1, 10, 60, 300, 900,
                                                           3600, 86400});
  prometheus::Histogram& lateness =
      BuildHistogram()
          .Name("pointsman_sla_verdict_lateness_seconds")
          .Help("Due to published breach, grace included.")
          .Register(registry)
          .Add({}, prometheus::Histogram::BucketBoundaries{0.1, 1, 2, 5, 15, 60, 120, 600, 3600});
  prometheus::Family<prometheus::Gauge>& queue_depth =
      BuildGauge().Name("pointsman_queue_depth").Help("Leads waiting, by pool.").Register(registry);
  prometheus::Family<prometheus::Gauge>& skew =
      BuildGauge()
          .Name("pointsman_rotation_skew_leads")
          .Help("Largest deviation from the weighted share.")
          .Register(registry);
  prometheus::Gauge& input_queue = BuildGauge()
                                       .Name("pointsman_input_queue_records")
                                       .Help("Records accepted but not committed.")
                                       .Register(registry)
                                       .Add({});
  prometheus::Gauge& parked = BuildGauge()
                                  .Name("pointsman_parked_rows")
                                  .Help("Rows whose timer failed.")
                                  .Register(registry)
                                  .Add({});
  prometheus::Gauge& tick_age = BuildGauge()
                                    .Name("pointsman_tick_age_seconds")
                                    .Help("Since the last tick.")
                                    .Register(registry)
                                    .Add({});
  prometheus::Family<prometheus::Gauge>& version =
      BuildGauge().Name("pointsman_rules_info").Help("The rules in force.").Register(registry);
  prometheus::Gauge* version_now = nullptr;
  std::string version_text;

  void CatchUp() {
    for (int t = 0; t < kTopics; ++t) {
      const auto topic = static_cast<uint8_t>(t);
      for (;;) {
        const auto entries = engine.ReadTopic(topic, read[topic], kPage);
        if (!entries.has_value()) {
          read[topic] = engine.TopicEnd(static_cast<Topic>(t)) - 1;  // trimmed before we came
          break;
        }
        if (entries->empty()) break;
        for (const LogEntry& entry : *entries) {
          read[topic] = entry.offset;
          Count(entry);
        }
      }
    }
  }

  void Count(const LogEntry& entry) {
    Output output;
    PM_CHECK(DecodeOutput(entry.bytes, &output));
    events_out.Add({{"topic", std::string(TopicName(output.topic))}, {"type", output.type}})
        .Increment();
    const bool looked_into = output.topic == Topic::kSla || output.topic == Topic::kDeadLetters ||
                             output.type == "assignment.routed";
    if (!looked_into) return;
    const Result<JsonNode> json = ParseJson(output.json);
    if (!json.has_value()) return;
    const auto time = ParseInstant(json->Text({"time"}));
    if (output.topic == Topic::kDeadLetters) {
      dead_letters.Add({{"reason", std::string(json->Text({"data", "reason"}))}}).Increment();
    } else if (output.topic == Topic::kSla) {
      const std::string outcome = output.type.substr(4);
      milestones
          .Add(
              {{"milestone", std::string(json->Text({"data", "milestone"}))}, {"outcome", outcome}})
          .Increment();
      const auto due = ParseInstant(json->Text({"data", "due"}));
      if (outcome == "breached" && due.has_value() && time.has_value()) {
        lateness.Observe(InSeconds((*time - *due).ms));
      }
    } else {
      const auto routed = ParseInstant(json->Text({"data", "routed_at"}));
      if (routed.has_value() && time.has_value()) speed.Observe(InSeconds((*time - *routed).ms));
    }
  }

  void ReadGauges() {
    const Embedded::Status status = engine.status();
    records.Increment(static_cast<double>(status.counters.records - seen.records));
    timers.Increment(static_cast<double>(status.counters.fired - seen.fired));
    failed_steps.Increment(static_cast<double>(status.counters.failed_steps - seen.failed_steps));
    seen = status.counters;
    input_queue.Set(static_cast<double>(status.queued));
    parked.Set(static_cast<double>(status.parked));
    if (status.meta.tick.ms > 0) tick_age.Set(InSeconds((clock.Now() - status.meta.tick).ms));
    const auto book = rules.Find(status.meta.rules);
    if (book == nullptr) return;
    if (const std::string now = ToText(book->version()); now != version_text) {
      if (version_now != nullptr) version.Remove(version_now);
      version_now = &version.Add({{"version", now}});
      version_now->Set(1);
      version_text = now;
    }
    const std::unique_ptr<StoreView> view = engine.View();
    for (const Pool& pool : book->pools) {
      PoolRow row;
      const auto bytes = view->Get(RowKey<PoolRow>({DeskHash(pool.desk), pool.name}));
      if (bytes && !Decode(*bytes, &row)) continue;
      queue_depth.Add({{"pool", pool.name}}).Set(static_cast<double>(row.queued));
      if (pool.strategy == PoolStrategy::kWeighted) {
        skew.Add({{"pool", pool.name}}).Set(InSeconds(SkewOf(row)));
      }
    }
  }

  void Follow() {
    server.After(Seconds(1), [self = shared_from_this()] {
      {
        const std::lock_guard lock(self->mutex);
        self->CatchUp();
      }
      self->Follow();
    });
  }
};

EngineMetrics::EngineMetrics(Embedded& engine, const RuleLibrary& rules, HttpServer& server,
                             const Clock& clock)
    : impl_(std::make_shared<Impl>(engine, rules, server, clock)) {}
EngineMetrics::~EngineMetrics() = default;

void EngineMetrics::Start() { impl_->Follow(); }

std::string EngineMetrics::Text() {
  const std::lock_guard lock(impl_->mutex);
  impl_->CatchUp();
  impl_->ReadGauges();
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace pm
