// What /metrics says, declared once: the registry's help texts and docs/guide/metrics.md come from
// here, and a test compares both with what an engine really shows. Names follow Prometheus: base
// units, `_total` for counters. Labels are bounded: types, reasons, pools, policies and milestones,
// never leads or reps.
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace pm {

enum class MetricKind : uint8_t { kCounter, kGauge, kHistogram };
std::string_view MetricKindName(MetricKind kind);  // `counter`, `gauge`, `histogram`

struct MetricDecl {
  std::string_view name;
  MetricKind kind;
  std::string_view labels;  // names, `, ` between
  std::string_view help;    // one sentence
};
std::span<const MetricDecl> MetricDecls();             // of an embedded engine
std::span<const MetricDecl> WorkerMetricDecls();       // of a worker on Kafka
const MetricDecl& MetricNamed(std::string_view name);  // of either; PM_CHECKs that it is declared

// docs/guide/metrics.md.
std::string MetricsPage();

}  // namespace pm
