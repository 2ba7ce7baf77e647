#include "app/server/metrics_catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/result.h"

namespace pm {
namespace {

using enum MetricKind;

constexpr std::string_view kTimersPending =
    "Timers that wait: sla, cadence, assignment (opening hours, claims), lead (holds, sweeps), "
    "rep, housekeeping; rehearsal: all of leads in mode shadow and test.";

constexpr auto kDecls = std::to_array<MetricDecl>({
    {"pointsman_events_in_total", kCounter, "type, result",
     "Events taken over HTTP: accepted, incomplete (some of it was left out), refused (a dead "
     "letter), unavailable (not taken; send again)."},
    {"pointsman_event_problems_total", kCounter, "reason",
     "Parts of events that were left out, and faults of refused ones; unknown_field is a field "
     "nobody declared."},
    {"pointsman_events_out_total", kCounter, "type", "Events put out."},
    {"pointsman_dead_letters_total", kCounter, "reason", "Dead letters written."},
    {"pointsman_speed_to_lead_seconds", kHistogram, "until",
     "From a lead's first routing until a rep had it (assigned) or a human reached out "
     "(first_touch); live leads, in elapsed time."},
    {"pointsman_sla_milestones_total", kCounter, "policy, milestone, outcome",
     "SLA milestones of live leads: started, met, breached, amended (late evidence turned a breach "
     "into met), cancelled."},
    {"pointsman_open_slas", kGauge, "", "Leads whose SLA has something yet to come; not paused."},
    {"pointsman_queue_depth_leads", kGauge, "pool",
     "Leads waiting in a pool's queue to be claimed or for capacity; not those held for its "
     "hours."},
    {"pointsman_rotation_skew_leads", kGauge, "pool",
     "How far the member furthest from its weighted share is from it; below 1 while the pool stays "
     "as it is."},
    {"pointsman_timers_pending", kGauge, "kind", kTimersPending},
    {"pointsman_timer_lateness_seconds", kHistogram, "",
     "How long a timer's due had passed when it fired, of every kind of timer; `time.tick` is the "
     "usual."},
    {"pointsman_tick_age_seconds", kGauge, "",
     "Since the last tick; if it grows, timers stand still."},
    {"pointsman_parked_rows", kGauge, "",
     "Rows whose timer failed and was set aside; `pointsman parked list` shows them."},
    {"pointsman_failed_steps_total", kCounter, "",
     "Steps undone by a broken invariant; each has a dead letter and an alert."},
    {"pointsman_records_in_total", kCounter, "", "Input records applied, ticks included."},
    {"pointsman_input_queue_records", kGauge, "", "Records taken but not yet committed."},
    {"pointsman_commit_seconds", kHistogram, "", "One commit to the store, its sync included."},
    {"pointsman_commit_batch_records", kHistogram, "", "Input records a commit made durable."},
    {"pointsman_rules_info", kGauge, "version", "1, for the version of the rules in force."},
    {"pointsman_rules_refused", kGauge, "",
     "1 while the rule folder, as last read since the start, is refused and older rules stay in "
     "force."},
    {"pointsman_build_info", kGauge, "version, compiler", "1, for the program that runs."},
});

// Those that an embedded engine has, too, mean the same of the tasks that run here.
constexpr auto kWorkerDecls = std::to_array<MetricDecl>({
    {"pointsman_worker_tasks", kGauge, "phase",
     "Tasks that are this worker's: begins, restores, awaits_rules, refused, runs."},
    {"pointsman_worker_unready", kGauge, "reason",
     "1 while `/readyz` says 503 for it: joins, awaits_rules, restores, refused, "
     "cannot_read, cannot_commit, clock_stands."},
    {"pointsman_worker_lag_records", kGauge, "stage",
     "Offsets that are there and not applied yet, markers of transactions among them, of the tasks "
     "and inputs that are read here."},
    {"pointsman_worker_restore_records_left", kGauge, "",
     "Of the changelogs of tasks that are being restored here."},
    {"pointsman_worker_restore_seconds_left", kGauge, "",
     "Until the last of them is restored, at the rate since it began."},
    {"pointsman_worker_restore_records_per_second", kGauge, "", "That rate, of all of them."},
    {"pointsman_worker_standby_lag_records", kGauge, "task",
     "Records that the warm copy of another worker's task, such as account/3, is behind; absent "
     "while nobody knows."},
    {"pointsman_worker_standbys_given_up", kGauge, "",
     "Tasks of others that are not followed, as their changelog cannot be read; the log says why."},
    {"pointsman_worker_restored_tasks_total", kCounter, "", "Tasks restored here."},
    {"pointsman_worker_restored_records_total", kCounter, "", "Records of changelogs read for it."},
    {"pointsman_worker_wiped_copies_total", kCounter, "",
     "Local copies that were not what their changelog says; made anew from it."},
    {"pointsman_worker_refused_tasks_total", kCounter, "",
     "Tasks whose changelog does not make the state it says; for people to look at."},
    {"pointsman_worker_fenced_owners_total", kCounter, "",
     "Workers that had left a group and may have held back what they had, tasks or inputs; what "
     "they left open was ended."},
    {"pointsman_worker_rebalances_total", kCounter, "group",
     "Times that this worker was told anew which tasks (stages) or inputs (intake) are its own."},
    {"pointsman_worker_rebalancing_seconds_total", kCounter, "",
     "Time in which not all of this worker's tasks ran: they moved, or were restored, as at the "
     "start."},
    {"pointsman_worker_lost_partitions_total", kCounter, "",
     "Partitions that others may have had already when we heard of it."},
    {"pointsman_worker_transactions_failed_total", kCounter, "group, reason",
     "Transactions that were not committed: retry, aborted (the group or broker would not have "
     "it), "
     "unknown (the answer was lost), fenced (another took our place), fatal, refused."},
    {"pointsman_worker_commit_seconds", kHistogram, "",
     "One commit of the tasks: transaction and local stores."},
    {"pointsman_worker_commit_batch_records", kHistogram, "", "Records of such a commit."},
    {"pointsman_worker_intake_commit_seconds", kHistogram, "", "One commit of intake."},
    {"pointsman_worker_intake_commit_batch_records", kHistogram, "", "Records of such a commit."},
    {"pointsman_worker_records_out_total", kCounter, "kind",
     "Records handed to Kafka, committed or not: messages, outputs, changelog."},
    {"pointsman_worker_input_records_total", kCounter, "",
     "Records of inputs that were read, each time anew after a failed commit."},
    {"pointsman_worker_input_events_total", kCounter, "", "Events in them."},
    {"pointsman_worker_input_gaps_total", kCounter, "",
     "Partitions of inputs whose next record was gone: retention, or the topic is a new one."},
    {"pointsman_worker_input_troubles", kGauge, "",
     "Partitions of inputs that cannot be read now."},
    {"pointsman_events_out_total", kCounter, "type", "Events put out."},
    {"pointsman_dead_letters_total", kCounter, "reason", "Dead letters written."},
    {"pointsman_worker_skipped_records_total", kCounter, "",
     "Records and timers set aside because no worker survived them; each has a dead letter."},
    {"pointsman_worker_ticks_total", kCounter, "",
     "Ticks sent by this worker, which keeps the clock while it reads the first input; forced ones "
     "are not among them."},
    {"pointsman_worker_tick_held_seconds", kGauge, "",
     "For which the next tick has waited for intake; timers wait with it."},
    {"pointsman_worker_forced_ticks_total", kCounter, "",
     "Ticks sent because intake had stood still for `max_hold`."},
    {"pointsman_worker_rules_awaited", kGauge, "",
     "Versions of rules that something here waits for."},
    {"pointsman_records_in_total", kCounter, "", "Input records applied, ticks included."},
    {"pointsman_failed_steps_total", kCounter, "",
     "Steps undone by a broken invariant; each has a dead letter and an alert."},
    {"pointsman_open_slas", kGauge, "", "Leads whose SLA has something yet to come; not paused."},
    {"pointsman_timers_pending", kGauge, "kind", kTimersPending},
    {"pointsman_timer_lateness_seconds", kHistogram, "",
     "How long a timer's due had passed when it fired, of every kind of timer."},
    {"pointsman_parked_rows", kGauge, "",
     "Rows of its tasks whose timer failed and was set aside; `pointsman parked list --url` it."},
    {"pointsman_tick_age_seconds", kGauge, "",
     "Since the last tick of the task that is furthest behind; up to 30 s while nothing is due."},
    {"pointsman_worker_without_tick_seconds", kGauge, "",
     "For which no word of the clock has come to the identity tasks here, in the time of what they "
     "read; above 90 s it stands: whoever reads the first input keeps it."},
    {"pointsman_rules_info", kGauge, "version", "1, for the version of the rules in force."},
    {"pointsman_rules_refused", kGauge, "",
     "1 while the rule folder, as last read since the start, is refused."},
    {"pointsman_build_info", kGauge, "version, compiler", "1, for the program that runs."},
});

constexpr std::string_view kWorkerQueries = R"(
| question | query |
|---|---|
| Do the workers keep up? | `sum by (stage) (pointsman_worker_lag_records) > 10000` |
| Are all tasks somewhere? | `sum(pointsman_worker_tasks{phase="runs"}) < 48` (three stages of 16 partitions) |
| Is a task stuck for people to look at? | `pointsman_worker_tasks{phase="refused"} > 0 or pointsman_worker_rules_awaited > 0` |
| Are events refused, as a form or a publisher changed? | `sum by (reason) (increase(pointsman_dead_letters_total[15m])) > 0` |
| Were events lost, gone from an input before they were read? | `increase(pointsman_worker_input_gaps_total[1h]) > 0` |
| Would a take-over be quick? | `max(pointsman_worker_standby_lag_records) > 100000 or sum(pointsman_worker_standbys_given_up) > 0` |
| Is a worker not ready, and why? | `pointsman_worker_unready > 0` |
| Do timers stand still? | `max(pointsman_worker_without_tick_seconds) > 90` |
| Are they held back by intake? | `pointsman_worker_tick_held_seconds > 60 or increase(pointsman_worker_forced_ticks_total[1h]) > 0` |
| Did anything break? | `sum(increase(pointsman_failed_steps_total[5m])) > 0 or pointsman_parked_rows > 0` |
| How late do timers fire, for 99 of 100? | `histogram_quantile(0.99, sum by (le) (rate(pointsman_timer_lateness_seconds_bucket[5m])))` |
| How long does a commit take, for 99 of 100? | `histogram_quantile(0.99, sum by (le) (rate(pointsman_worker_commit_seconds_bucket[5m])))` |
| What do rebalances cost? | `increase(pointsman_worker_rebalancing_seconds_total[1h])` |
)";

constexpr std::string_view kQueries = R"(
## Questions they answer

| question | query |
|---|---|
| How fast do we reach out, for nine leads of ten? | `histogram_quantile(0.9, sum by (le) (rate(pointsman_speed_to_lead_seconds_bucket{until="first_touch"}[1d])))` |
| What part of first touches came in time? | `sum(rate(pointsman_sla_milestones_total{milestone="first_touch",outcome="met"}[1d])) / sum(rate(pointsman_sla_milestones_total{milestone="first_touch",outcome=~"met\|breached"}[1d]))` |
| Does a form send what we do not understand? | `increase(pointsman_event_problems_total[1h]) > 0` |
| Are leads waiting with nobody to take them? | `max_over_time(pointsman_queue_depth_leads[15m]) > 20` |
| Does the engine keep up? | `pointsman_tick_age_seconds > 30 or pointsman_input_queue_records > 10000` |
| Do changed rules wait for somebody to mend them? | `pointsman_rules_refused > 0` |
| Did anything break? | `increase(pointsman_failed_steps_total[5m]) > 0 or pointsman_parked_rows > 0` |
)";

std::string TableOf(std::span<const MetricDecl> decls) {
  std::string table = "| metric | kind | labels | meaning |\n|---|---|---|---|\n";
  for (const MetricDecl& decl : decls) {
    table += fmt::format("| `{}` | {} | {} | {} |\n", decl.name, MetricKindName(decl.kind),
                         decl.labels, decl.help);
  }
  return table;
}

}  // namespace

std::string_view MetricKindName(MetricKind kind) {
  switch (kind) {
    case kCounter:
      return "counter";
    case kGauge:
      return "gauge";
    case kHistogram:
      return "histogram";
  }
  return "";
}

std::span<const MetricDecl> MetricDecls() { return kDecls; }
std::span<const MetricDecl> WorkerMetricDecls() { return kWorkerDecls; }

const MetricDecl& MetricNamed(std::string_view name) {
  const auto* it = std::ranges::find(kDecls, name, &MetricDecl::name);
  if (it != kDecls.end()) return *it;
  const auto* of_worker = std::ranges::find(kWorkerDecls, name, &MetricDecl::name);
  PM_CHECK(of_worker != kWorkerDecls.end());
  return *of_worker;
}

std::string MetricsPage() {
  return "# Metrics\n\n"
         "`GET /metrics` in the Prometheus text format. Counters and histograms begin at 0 when "
         "the "
         "program starts; gauges\nare what is, right from the first scrape after a restart. Made "
         "by `pointsman docs`.\n\n" +
         TableOf(kDecls) + std::string(kQueries) +
         "\n## A worker on Kafka\n\nInstead of the above, of the tasks that this worker has; those "
         "of all workers together are the whole.\n\n" +
         TableOf(kWorkerDecls) + std::string(kWorkerQueries);
}

}  // namespace pm
