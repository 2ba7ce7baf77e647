// What the catalogue declares, as prometheus-cpp has it. For metrics.cc alone: the library's
// headers stay out of ours.
#pragma once
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/server/metrics_catalogue.h"
#include "base/result.h"
#include "engine/runtime/histogram.h"

namespace pm::metric_families {

using prometheus::Family;
using prometheus::Gauge;

template <class Builder>
auto& Registered(Builder builder, MetricKind kind, std::string_view name,
                 prometheus::Registry& registry) {
  const MetricDecl& decl = MetricNamed(name);
  PM_CHECK(decl.kind == kind);
  return builder.Name(std::string(name)).Help(std::string(decl.help)).Register(registry);
}
inline Family<prometheus::Counter>& Counters(std::string_view name,
                                             prometheus::Registry& registry) {
  return Registered(prometheus::BuildCounter(), MetricKind::kCounter, name, registry);
}
inline Family<Gauge>& Gauges(std::string_view name, prometheus::Registry& registry) {
  return Registered(prometheus::BuildGauge(), MetricKind::kGauge, name, registry);
}
inline Family<prometheus::Histogram>& Histograms(std::string_view name,
                                                 prometheus::Registry& registry) {
  return Registered(prometheus::BuildHistogram(), MetricKind::kHistogram, name, registry);
}

// A gauge by the value of one label; values that are not set in a round are gone from it.
class GaugesBy {
 public:
  GaugesBy(std::string_view name, prometheus::Registry& registry)
      : family_(Gauges(name, registry)), label_(MetricNamed(name).labels) {}

  void Set(const std::map<std::string, double>& values) {
    std::erase_if(shown_, [&](const auto& one) {
      if (values.contains(one.first)) return false;
      family_.Remove(one.second);
      return true;
    });
    for (const auto& [value, number] : values) {
      Gauge*& gauge = shown_[value];
      if (gauge == nullptr) gauge = &family_.Add({{label_, value}});
      gauge->Set(number);
    }
  }

 private:
  Family<Gauge>& family_;
  const std::string label_;
  std::map<std::string, Gauge*> shown_;
};

// Follows one of the runtime's own histograms, whose values are `scale` to Prometheus' unit.
template <size_t N>
class Mirror {
 public:
  Mirror(std::string_view name, const Histogram<N>& like, double scale,
         prometheus::Registry& registry)
      : scale_(scale), shown_(Histograms(name, registry).Add({}, Bounds(like, scale))) {}

  void Follow(const Histogram<N>& now) {
    std::vector<double> more;
    for (size_t i = 0; i < now.counts.size(); ++i) {
      more.push_back(static_cast<double>(now.counts[i] - seen_.counts[i]));
    }
    shown_.ObserveMultiple(more, static_cast<double>(now.sum - seen_.sum) / scale_);
    seen_ = now;
  }

 private:
  static prometheus::Histogram::BucketBoundaries Bounds(const Histogram<N>& like, double scale) {
    prometheus::Histogram::BucketBoundaries bounds;
    for (const int64_t bound : like.bounds) bounds.push_back(static_cast<double>(bound) / scale);
    return bounds;
  }

  const double scale_;
  prometheus::Histogram& shown_;
  Histogram<N> seen_;
};

}  // namespace pm::metric_families
