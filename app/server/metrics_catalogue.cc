#include "app/server/metrics_catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/result.h"

namespace pm {
namespace {

using enum MetricKind;

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
    {"pointsman_timers_pending", kGauge, "kind",
     "Timers that wait: sla, cadence, assignment (opening hours, claims), lead (holds, sweeps), "
     "rep, housekeeping; rehearsal: all of leads in mode shadow and test."},
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

const MetricDecl& MetricNamed(std::string_view name) {
  const auto* it = std::ranges::find(kDecls, name, &MetricDecl::name);
  PM_CHECK(it != kDecls.end());
  return *it;
}

std::string MetricsPage() {
  std::string page =
      "# Metrics\n\n"
      "`GET /metrics` in the Prometheus text format. Counters and histograms begin at 0 when the "
      "program starts; gauges\nare what is, right from the first scrape after a restart. Made by "
      "`pointsman docs`.\n\n"
      "| metric | kind | labels | meaning |\n|---|---|---|---|\n";
  for (const MetricDecl& decl : kDecls) {
    page += fmt::format("| `{}` | {} | {} | {} |\n", decl.name, MetricKindName(decl.kind),
                        decl.labels, decl.help);
  }
  return page + std::string(kQueries);
}

}  // namespace pm
