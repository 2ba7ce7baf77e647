#include "app/server/metrics.h"

#include <prometheus/text_serializer.h>

#include <mutex>

#include "app/server/metric_families.h"
#include "app/views/parked_rows.h"
#include "base/time/text.h"
#include "engine/runtime/commit_set.h"
#include "engine/stages/desk/records/assignment_row.h"
#include "engine/stages/desk/records/pool_row.h"
#include "engine/stages/desk/records/sla_run.h"
#include "model/decode/json_tree.h"

namespace pm {
namespace {

using metric_families::Counters;
using metric_families::Gauges;
using metric_families::GaugesBy;
using metric_families::Histograms;
using metric_families::Mirror;
using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;

constexpr size_t kPage = 500;
// What Prometheus keeps in doubles leaves us as whole numbers first.
double InSeconds(int64_t ms) { return static_cast<double>(ms) / 1000; }

// The furthest that a member is from its share; who left the pool keeps credit but has no share.
double SkewOf(const Pool& pool, const PoolRow& row) {
  int64_t most = 0;
  for (const MemberCredit& member : row.members) {
    if (pool.HasMember(member.rep)) most = std::max(most, std::abs(member.credit));
  }
  return static_cast<double>(most) / 4294967296.0;
}

// Without parsing it: there are many stage changes.
bool IsWorking(const Output& output) {
  return output.type == "lead.stage_changed" && output.json.contains("\"to_stage\":\"working\"");
}

std::string_view ResultName(EventResult result) {
  switch (result) {
    case EventResult::kAccepted:
      return "accepted";
    case EventResult::kIncomplete:
      return "incomplete";
    case EventResult::kRefused:
      return "refused";
    case EventResult::kUnavailable:
      return "unavailable";
  }
  return "";
}

}  // namespace

struct EngineMetrics::Impl : std::enable_shared_from_this<EngineMetrics::Impl> {
  Impl(Embedded& e, const RuleLibrary& r, const Clock& c) : engine(e), rules(r), clock(c) {
    for (int topic = 0; topic < kTopics; ++topic) {
      read[static_cast<size_t>(topic)] = engine.TopicEnd(static_cast<Topic>(topic)) - 1;
    }
    Gauges("pointsman_build_info", registry)
        .Add({{"version", PM_VERSION}, {"compiler", "g++ " __VERSION__}})
        .Set(1);
  }

  prometheus::Histogram& Speed(const char* until) {
    return Histograms("pointsman_speed_to_lead_seconds", registry)
        .Add({{"until", until}},
             prometheus::Histogram::BucketBoundaries{1, 5, 15, 60, 300, 600, 900, 1800, 3600, 7200,
                                                     14'400, 28'800, 86'400, 259'200});
  }
  Counter& Plain(std::string_view name) { return Counters(name, registry).Add({}); }
  Gauge& PlainGauge(std::string_view name) { return Gauges(name, registry).Add({}); }

  Embedded& engine;
  const RuleLibrary& rules;
  const Clock& clock;
  std::mutex mutex;  // of all below but the registry, which has its own
  std::array<int64_t, kTopics> read{};
  TaskCounters seen;
  prometheus::Registry registry;
  Family<Counter>& events_in = Counters("pointsman_events_in_total", registry);
  Family<Counter>& problems = Counters("pointsman_event_problems_total", registry);
  Family<Counter>& events_out = Counters("pointsman_events_out_total", registry);
  Family<Counter>& dead_letters = Counters("pointsman_dead_letters_total", registry);
  Family<Counter>& milestones = Counters("pointsman_sla_milestones_total", registry);
  prometheus::Histogram& assigned = Speed("assigned");
  prometheus::Histogram& first_touch = Speed("first_touch");
  Gauge& open_slas = PlainGauge("pointsman_open_slas");
  GaugesBy queue_depth{"pointsman_queue_depth_leads", registry};
  GaugesBy skew{"pointsman_rotation_skew_leads", registry};
  GaugesBy pending{"pointsman_timers_pending", registry};
  Mirror<9> lateness{"pointsman_timer_lateness_seconds", TaskCounters{}.late_ms, 1000, registry};
  Gauge& tick_age = PlainGauge("pointsman_tick_age_seconds");
  Gauge& parked = PlainGauge("pointsman_parked_rows");
  Gauge& refused_rules = PlainGauge("pointsman_rules_refused");
  Counter& failed_steps = Plain("pointsman_failed_steps_total");
  Counter& records = Plain("pointsman_records_in_total");
  Gauge& input_queue = PlainGauge("pointsman_input_queue_records");
  Mirror<10> commit_time{"pointsman_commit_seconds", CommitTotals{}.took_us, 1e6, registry};
  Mirror<8> batch{"pointsman_commit_batch_records", CommitTotals{}.records, 1, registry};
  GaugesBy version{"pointsman_rules_info", registry};

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
    events_out.Add({{"type", output.type}}).Increment();
    const bool looked_into = output.topic == Topic::kSla || output.topic == Topic::kDeadLetters ||
                             output.type == "assignment.routed" ||
                             output.type == "assignment.claimed" || IsWorking(output);
    if (!looked_into) return;
    const Result<JsonNode> json = ParseJson(output.json);
    if (!json.has_value()) return;
    if (output.topic == Topic::kDeadLetters) {
      dead_letters.Add({{"reason", std::string(json->Text({"data", "reason"}))}}).Increment();
    } else if (json->Text({"data", "mode"}) == "live") {
      CountLive(output, *json);
    }
  }

  void CountLive(const Output& output, const JsonNode& json) {
    if (output.topic == Topic::kSla) return CountMilestone(output.type.substr(4), json);
    if (output.topic == Topic::kLeads) return ObserveFirstTouch(output.key);
    const auto time = ParseInstant(json.Text({"time"}));
    const auto routed = ParseInstant(json.Text({"data", "routed_at"}));
    if (routed.has_value() && time.has_value()) assigned.Observe(InSeconds((*time - *routed).ms));
  }

  void CountMilestone(const std::string& outcome, const JsonNode& json) {
    constexpr std::array<std::string_view, 5> kOutcomes = {"started", "met", "breached", "amended",
                                                           "cancelled"};
    if (std::ranges::find(kOutcomes, outcome) == kOutcomes.end()) return;
    milestones
        .Add({{"policy", std::string(json.Text({"data", "policy"}))},
              {"milestone", std::string(json.Text({"data", "milestone"}))},
              {"outcome", outcome}})
        .Increment();
  }

  // No output says when a touch came that was too late for its SLA, or had none: the row does. Only
  // the rep who had the lead at its first touch made it `working` for the first time.
  void ObserveFirstTouch(const std::string& lead) {
    const Result<LeadId> id = ParseLeadId(lead);
    const auto book = rules.Find(engine.status().meta.rules);
    if (!id.has_value() || book == nullptr) return;
    const std::unique_ptr<StoreView> view = engine.View();
    for (const std::string& desk : book->Desks()) {
      AssignmentRow row;
      const auto bytes = view->Get(RowKey<AssignmentRow>({DeskHash(desk), *id}));
      if (!bytes || !Decode(*bytes, &row) || row.touched_at == kNever) continue;
      if (row.assigned_at != kNever && row.touched_at < row.assigned_at) continue;
      first_touch.Observe(InSeconds(std::max((row.touched_at - row.routed_at).ms, int64_t{0})));
    }
  }

  void ReadStatus(const Embedded::Status& status) {
    records.Increment(static_cast<double>(status.counters.records - seen.records));
    failed_steps.Increment(static_cast<double>(status.counters.failed_steps - seen.failed_steps));
    seen = status.counters;
    lateness.Follow(status.counters.late_ms);
    commit_time.Follow(status.commits.took_us);
    batch.Follow(status.commits.records);
    input_queue.Set(static_cast<double>(status.queued));
    parked.Set(static_cast<double>(status.parked));
    refused_rules.Set(rules.last_refused() ? 1 : 0);
    if (status.meta.tick.ms > 0) tick_age.Set(InSeconds((clock.Now() - status.meta.tick).ms));
    open_slas.Set(static_cast<double>(status.meta.PendingOf(SlaRun::kPrefix)));
    std::map<std::string, double> kinds;
    for (const PendingDues& kind : status.meta.pending) {
      kinds[std::string(KindOfTimer(static_cast<char>(kind.prefix)))] +=
          static_cast<double>(kind.rows);
    }
    pending.Set(kinds);
  }

  void ReadPools(const RuleBook& book) {
    const std::unique_ptr<StoreView> view = engine.View();
    std::map<std::string, double> depths, skews;
    for (const Pool& pool : book.pools) {
      PoolRow row;
      const auto bytes = view->Get(RowKey<PoolRow>({DeskHash(pool.desk), pool.name}));
      if (bytes && !Decode(*bytes, &row)) continue;
      depths[pool.name] = 0;  // also when nothing waits
      if (pool.strategy == PoolStrategy::kWeighted) skews[pool.name] = SkewOf(pool, row);
    }
    const std::string prefix(1, PoolRow::kPrefix);
    for (auto key = view->NextKey(prefix, prefix); key; key = view->NextKey(prefix, *key)) {
      PoolRow row;
      if (!Decode(view->Get(*key).value_or(""), &row) || row.queued == 0) continue;
      depths[std::string(DeskNameKeyOf(*key).name)] += static_cast<double>(row.queued);
    }
    queue_depth.Set(depths);
    skew.Set(skews);
  }

  void Follow(HttpServer& server) {
    server.After(Seconds(1), [self = shared_from_this(), &server] {
      {
        const std::lock_guard lock(self->mutex);
        self->CatchUp();
      }
      self->Follow(server);
    });
  }
};

EngineMetrics::EngineMetrics(Embedded& engine, const RuleLibrary& rules, const Clock& clock)
    : impl_(std::make_shared<Impl>(engine, rules, clock)) {}
EngineMetrics::~EngineMetrics() = default;

void EngineMetrics::Follow(HttpServer& server) { impl_->Follow(server); }

void EngineMetrics::CountIn(EventType type, EventResult result) {
  const std::string_view name = type == EventType::kNone ? "unknown" : DeclOf(type).name;
  impl_->events_in.Add({{"type", std::string(name)}, {"result", std::string(ResultName(result))}})
      .Increment();
}

void EngineMetrics::CountProblem(std::string_view reason) {
  impl_->problems.Add({{"reason", std::string(reason)}}).Increment();
}

std::string EngineMetrics::Text() {
  const std::lock_guard lock(impl_->mutex);
  impl_->CatchUp();
  const Embedded::Status status = impl_->engine.status();
  impl_->ReadStatus(status);
  if (const auto book = impl_->rules.Find(status.meta.rules); book != nullptr) {
    impl_->version.Set({{ToText(book->version()), 1}});
    impl_->ReadPools(*book);
  }
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace pm
