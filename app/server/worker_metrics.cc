#include "app/server/worker_metrics.h"

#include <prometheus/text_serializer.h>

#include <mutex>

#include "app/server/metric_families.h"
#include "app/views/parked_rows.h"
#include "engine/runtime/kafka/client/rebalances.h"
#include "engine/stages/desk/records/sla_run.h"

namespace pm {
namespace {

using metric_families::Counters;
using metric_families::Gauges;
using metric_families::GaugesBy;
using metric_families::Mirror;
using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;

double InSeconds(Duration time) { return static_cast<double>(time.ms) / 1000; }

std::string_view ReasonOf(int code) {
  switch (code) {
    case kKafkaRetry:
      return "retry";
    case kKafkaAborted:
      return "aborted";
    case kKafkaUnknown:
      return "unknown";
    case kKafkaFenced:
      return "fenced";
    case kKafkaFatal:
      return "fatal";
    default:
      return "refused";
  }
}

}  // namespace

struct WorkerMetrics::Impl {
  // Follows a count of the runtime's.
  class Count {
   public:
    Count(const char* name, prometheus::Registry& to) : shown_(Counters(name, to).Add({})) {}
    explicit Count(Counter& shown) : shown_(shown) {}
    void Follow(double now) {
      if (now > seen_) shown_.Increment(now - seen_);
      seen_ = now;
    }
    void Follow(uint64_t now) { Follow(static_cast<double>(now)); }

   private:
    Counter& shown_;
    double seen_ = 0;
  };

  Impl() {
    Gauges("pointsman_build_info", registry)
        .Add({{"version", PM_VERSION}, {"compiler", "g++ " __VERSION__}})
        .Set(1);
  }
  Gauge& Plain(const char* name) { return Gauges(name, registry).Add({}); }
  Count By(const char* family, const char* label, const char* value) {
    Family<Counter>& all = Counters(family, registry);
    return Count(all.Add({{label, value}}));
  }

  std::mutex mutex;
  prometheus::Registry registry;
  GaugesBy tasks{"pointsman_worker_tasks", registry};
  GaugesBy lag{"pointsman_worker_lag_records", registry};
  Gauge& records_left = Plain("pointsman_worker_restore_records_left");
  Gauge& seconds_left = Plain("pointsman_worker_restore_seconds_left");
  Gauge& restore_rate = Plain("pointsman_worker_restore_records_per_second");
  GaugesBy standby_lag{"pointsman_worker_standby_lag_records", registry};
  Gauge& standbys_given_up = Plain("pointsman_worker_standbys_given_up");
  Count restored{"pointsman_worker_restored_tasks_total", registry};
  Count restored_records{"pointsman_worker_restored_records_total", registry};
  Count wiped{"pointsman_worker_wiped_copies_total", registry};
  Count refused{"pointsman_worker_refused_tasks_total", registry};
  Count fenced{"pointsman_worker_fenced_owners_total", registry};
  Count stage_rebalances = By("pointsman_worker_rebalances_total", "group", "stages");
  Count intake_rebalances = By("pointsman_worker_rebalances_total", "group", "intake");
  Count rebalancing{"pointsman_worker_rebalancing_seconds_total", registry};
  Count lost{"pointsman_worker_lost_partitions_total", registry};
  Family<Counter>& failed = Counters("pointsman_worker_transactions_failed_total", registry);
  std::map<std::pair<std::string, std::string>, uint64_t> failures;
  Family<Counter>& events_out = Counters("pointsman_events_out_total", registry);
  Family<Counter>& dead_letters = Counters("pointsman_dead_letters_total", registry);
  std::map<std::pair<std::string, std::string>, uint64_t> produced;
  Mirror<12> commit_time{"pointsman_worker_commit_seconds", CommitTimes{}.us, 1e6, registry};
  Mirror<10> batch{"pointsman_worker_commit_batch_records", CommitTimes{}.records, 1, registry};
  Mirror<12> intake_time{"pointsman_worker_intake_commit_seconds", CommitTimes{}.us, 1e6, registry};
  Mirror<10> intake_batch{"pointsman_worker_intake_commit_batch_records", CommitTimes{}.records, 1,
                          registry};
  Count messages = By("pointsman_worker_records_out_total", "kind", "messages");
  Count outputs = By("pointsman_worker_records_out_total", "kind", "outputs");
  Count changelog = By("pointsman_worker_records_out_total", "kind", "changelog");
  Count input_records{"pointsman_worker_input_records_total", registry};
  Count input_events{"pointsman_worker_input_events_total", registry};
  Count gaps{"pointsman_worker_input_gaps_total", registry};
  Gauge& troubles = Plain("pointsman_worker_input_troubles");
  Count skipped{"pointsman_worker_skipped_records_total", registry};
  Count ticks{"pointsman_worker_ticks_total", registry};
  Gauge& tick_held = Plain("pointsman_worker_tick_held_seconds");
  Count forced{"pointsman_worker_forced_ticks_total", registry};
  Gauge& awaited = Plain("pointsman_worker_rules_awaited");
  Counter& records = Counters("pointsman_records_in_total", registry).Add({});
  Counter& failed_steps = Counters("pointsman_failed_steps_total", registry).Add({});
  std::map<TaskId, TaskCounters> counted;
  decltype(TaskCounters::late_ms) late_ms = TaskCounters{}.late_ms;  // of all of them
  Mirror<9> lateness{"pointsman_timer_lateness_seconds", late_ms, 1000, registry};
  GaugesBy pending{"pointsman_timers_pending", registry};
  Gauge& open_slas = Plain("pointsman_open_slas");
  Gauge& parked = Plain("pointsman_parked_rows");
  Gauge& tick_age = Plain("pointsman_tick_age_seconds");
  Gauge& without_tick = Plain("pointsman_worker_without_tick_seconds");
  GaugesBy unready{"pointsman_worker_unready", registry};
  GaugesBy version{"pointsman_rules_info", registry};
  Gauge& refused_rules = Plain("pointsman_rules_refused");

  // A task that went away and came back counts from nothing again.
  void CountTask(const TaskStatus& task) {
    TaskCounters& seen = counted[task.id];
    const TaskCounters& now = task.counters;
    if (now.records < seen.records) seen = {};
    records.Increment(static_cast<double>(now.records - seen.records));
    failed_steps.Increment(static_cast<double>(now.failed_steps - seen.failed_steps));
    for (size_t i = 0; i < late_ms.counts.size(); ++i)
      late_ms.counts[i] += now.late_ms.counts[i] - seen.late_ms.counts[i];
    late_ms.sum += now.late_ms.sum - seen.late_ms.sum;
    seen = now;
  }

  void CountFailures(const std::string& group, const std::map<int, uint64_t>& all) {
    for (const auto& [code, number] : all) {
      const std::string reason(ReasonOf(code));
      uint64_t& seen = failures[{group, std::to_string(code)}];
      failed.Add({{"group", group}, {"reason", reason}})
          .Increment(static_cast<double>(number - seen));
      seen = number;
    }
  }

  // `of` is "stages" or "intake".
  void CountProduced(const std::string& of, const ProducedCounters& all) {
    const auto follow = [&](const Counts& counts, const std::string& label,
                            Family<Counter>& family) {
      for (const auto& [name, number] : counts) {
        uint64_t& seen = produced[{of + label, name}];
        family.Add({{label, name}}).Increment(static_cast<double>(number - seen));
        seen = number;
      }
    };
    follow(all.events, "type", events_out);
    follow(all.dead_letters, "reason", dead_letters);
  }

  void ReadTasks(const WorkerStatus& status, Instant now) {
    std::map<std::string, double> phases, lags{{"intake", 0}};
    double left = 0, seconds = 0, rate = 0;
    size_t rows = 0;
    int64_t slas = 0;
    std::map<std::string, double> timers;
    Instant oldest = now;
    for (const TaskStatus& task : status.stages.tasks) {
      phases[std::string(PhaseName(task.phase))] += 1;
      lags[std::string(StageName(task.id.stage))] += static_cast<double>(task.lag.value_or(0));
      left += static_cast<double>(task.records_left);
      rate += static_cast<double>(task.records_per_second);
      seconds = std::max(seconds, static_cast<double>(task.seconds_left.value_or(0)));
      rows += task.parked;
      for (const PendingDues& kind : task.pending) {
        const auto prefix = static_cast<char>(kind.prefix);
        timers[std::string(KindOfTimer(prefix))] += static_cast<double>(kind.rows);
        if (prefix == SlaRun::kPrefix) slas += kind.rows;
      }
      CountTask(task);
      if (task.phase == TaskPhase::kRuns && task.tick.ms > 0) oldest = std::min(oldest, task.tick);
    }
    for (const InputStatus& input : status.intake.inputs)
      lags["intake"] += static_cast<double>(input.lag.value_or(0));
    tasks.Set(phases);
    lag.Set(lags);
    records_left.Set(left);
    seconds_left.Set(seconds);
    restore_rate.Set(rate);
    parked.Set(static_cast<double>(rows));
    lateness.Follow(late_ms);
    pending.Set(timers);
    open_slas.Set(static_cast<double>(slas));
    tick_age.Set(InSeconds(now - oldest));
    without_tick.Set(InSeconds(status.stages.without_tick()));
  }

  void ReadReadiness(const WorkerStatus& status) {
    std::map<std::string, double> reasons;
    for (const Unready reason : kUnready) reasons[std::string(UnreadyName(reason))] = 0;
    for (const UnreadyReason& one : status.not_ready())
      reasons[std::string(UnreadyName(one.reason))] = 1;
    unready.Set(reasons);
  }

  void ReadStandbys(const std::vector<StandbyStatus>& standbys) {
    std::map<std::string, double> lags;
    double given_up = 0;
    for (const StandbyStatus& one : standbys) {
      given_up += one.given_up.empty() ? 0 : 1;
      if (one.lag) lags[ToText(one.id)] = static_cast<double>(*one.lag);
    }
    standby_lag.Set(lags);
    standbys_given_up.Set(given_up);
  }

  void ReadStages(const StagesStatus& stages) {
    ReadStandbys(stages.standbys);
    restored.Follow(stages.take_overs.restored);
    restored_records.Follow(stages.take_overs.records);
    wiped.Follow(stages.take_overs.copies_wiped);
    refused.Follow(stages.take_overs.refused);
    stage_rebalances.Follow(stages.counters.rebalances);
    rebalancing.Follow(InSeconds(stages.rebalancing));
    lost.Follow(stages.counters.lost);
    skipped.Follow(stages.counters.skipped);
    CountFailures("stages", stages.counters.failures);
    commit_time.Follow(stages.commits.us);
    batch.Follow(stages.commits.records);
    changelog.Follow(stages.produced.changelog);
  }

  void ReadIntake(const IntakeStatus& intake) {
    intake_rebalances.Follow(intake.counters.rebalances);
    CountFailures("intake", intake.counters.failures);
    intake_time.Follow(intake.commits.us);
    intake_batch.Follow(intake.commits.records);
    input_records.Follow(intake.counters.records);
    input_events.Follow(intake.counters.events);
    gaps.Follow(intake.counters.gaps);
    troubles.Set(static_cast<double>(intake.troubles.size()));
    ticks.Follow(intake.ticks);
    tick_held.Set(InSeconds(intake.held));
    forced.Follow(intake.forced_ticks);
  }
};

WorkerMetrics::WorkerMetrics() : impl_(std::make_unique<Impl>()) {}
WorkerMetrics::~WorkerMetrics() = default;

std::string WorkerMetrics::Text(const WorkerStatus& status, const WorkerScene& scene) {
  const std::lock_guard lock(impl_->mutex);
  impl_->ReadReadiness(status);
  impl_->ReadTasks(status, scene.now);
  impl_->ReadStages(status.stages);
  impl_->ReadIntake(status.intake);
  impl_->fenced.Follow(status.stages.take_overs.owners_fenced +
                       status.intake.counters.owners_fenced);
  impl_->messages.Follow(status.stages.produced.messages + status.intake.produced.messages);
  impl_->CountProduced("stages", status.stages.produced);
  impl_->CountProduced("intake", status.intake.produced);
  impl_->outputs.Follow(status.stages.produced.outputs + status.intake.produced.outputs);
  impl_->awaited.Set(static_cast<double>(status.awaited_rules().size()));
  if (scene.rules) impl_->version.Set({{ToText(scene.rules), 1}});
  impl_->refused_rules.Set(scene.rules_refused ? 1 : 0);
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace pm
