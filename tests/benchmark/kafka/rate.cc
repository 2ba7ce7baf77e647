// Leads a second, exactly once, end to end: the product against the bare chain that writes just as
// much; and what that is, by kind.
#include "tests/benchmark/kafka/drain.h"

namespace pm::bench {

namespace {

constexpr double kMillion = 1e6;

std::string Shown(const ProductSettings& settings, const RecordKind& kind) {
  std::string name = kind.topic.substr(settings.prefix.size() + 1);
  return kind.hops == 0 ? fmt::format("{} {}", name, kind.what)
                        : fmt::format("{} {}, hop {}", name, kind.what, kind.hops);
}

void AddRecords(const ProductSettings& settings, const RecordCounts& counts, int64_t leads,
                double wanted, Figures* figures) {
  const auto count = static_cast<double>(leads);
  double records = 0, bytes = 0, ticks = 0;
  const std::string of(NameOf(settings.work));
  for (const auto& [kind, found] : counts) {
    const auto each = static_cast<double>(found.records) / count;
    (IsOfLeads(kind) ? records : ticks) += each;
    if (!IsOfLeads(kind)) continue;
    bytes += static_cast<double>(found.key_bytes + found.value_bytes) / count;
    figures->Add({fmt::format("{}: {}", of, Shown(settings, kind)),
                  each,
                  "records/lead",
                  fmt::format("{} bytes each", (found.key_bytes + found.value_bytes) /
                                                   std::max<int64_t>(1, found.records)),
                  {},
                  {}});
  }
  figures->Add({of + ": bytes out a lead", bytes, "bytes", "", {}, {}});
  figures->Add({of + ": ticks and switches", ticks, "records/lead", "", {}, {}});
  figures->Add({of + ": records out a lead", records, "records", fmt::format("{}", wanted),
                wanted / records, 1.0});
}

}  // namespace

void AddDrained(const std::string& name, const Drained& drained, Figures* figures) {
  const double millions = static_cast<double>(drained.leads) / kMillion;
  figures->Add(
      {name + ": client CPU a million leads", drained.client_cpu / millions, "CPU s", "", {}, {}});
  figures->Add(
      {name + ": broker CPU a million leads", drained.broker_cpu / millions, "CPU s", "", {}, {}});
}

Result<void> MeasureKafkaRate(const KafkaPlan& plan, Figures* figures) {
  ProductSettings settings{
      .address = plan.address, .prefix = "rate", .work = Work::kProduct, .workers = plan.workers};
  PM_TRY(const int64_t first, Prepare(plan, settings));
  const Offsets before = EndsOf(settings);
  PM_TRY(const Drained product, DrainProduct(plan, settings, first, plan.leads));
  const RecordCounts counts = CountRecords(settings, before);
  AddRecords(settings, counts, plan.leads, 13, figures);
  const ChainPlan chain = PlanChain(settings, counts, plan.leads, "rate-chain");
  WriteWords(plan.results + "/chain.words", WordsOf(chain));
  PM_TRY(const Drained bare, DrainChain(plan, chain, settings.work, plan.leads));
  WriteWords(plan.results + "/rate.words", {{"chain", fmt::format("{:.0f}", bare.rate)},
                                            {"product", fmt::format("{:.0f}", product.rate)}});
  figures->Add({"leads, exactly once, to assignment", product.rate, "leads/s",
                fmt::format("bare chain {:.0f}", bare.rate), product.rate / bare.rate, 0.6});
  AddDrained("product", product, figures);
  AddDrained("its bare chain", bare, figures);
  return {};
}

Result<void> MeasureKafkaRecords(const KafkaPlan& plan, Figures* figures) {
  // No timer fires meanwhile.
  const ProductSettings settings{
      .address = plan.address, .prefix = "records", .work = Work::kJob, .sla_ms = 3'600'000};
  PM_TRY(const int64_t first, Prepare(plan, settings));
  const Offsets before = EndsOf(settings);
  const int64_t leads = std::max<int64_t>(1'000, plan.leads / 5);
  PM_TRY_VOID(DrainProduct(plan, settings, first, leads));
  AddRecords(settings, CountRecords(settings, before), leads, 11, figures);
  return {};
}

}  // namespace pm::bench
