// From the moment at which a lead is published to the one at which its assignment can be read,
// committed, at a steady rate: the product and the bare chain.
#include "engine/runtime/kafka/topics/topic_names.h"
#include "tests/benchmark/kafka/drain.h"

namespace pm::bench {

namespace {

constexpr double kWantedRate = 20'000;
constexpr std::chrono::milliseconds kSlice(1);
constexpr int64_t kLeadsBefore = 500;  // so that transactions, caches and connections are warm
constexpr int64_t kSeconds = 8;

struct Load {
  std::string prefix;
  int32_t partitions = 0;
  int64_t first = 0, leads = 0;
  double rate = 0;
};

std::string AssignmentsOf(const Load& load) {
  return TopicNames{load.prefix}.Output(Topic::kAssignments);
}

Result<void> Warm(const KafkaPlan& plan, const Load& load, Child& child) {
  const Follower follower(plan.address, AssignmentsOf(load), load.partitions,
                          load.first - kLeadsBefore, kLeadsBefore);
  Publish(plan.address, load.prefix, Work::kProduct, load.first - kLeadsBefore, kLeadsBefore);
  PM_TRY_VOID(Watch(plan, child, follower, kLeadsBefore));
  return {};
}

// Milliseconds of each lead.
Result<std::vector<double>> Send(const KafkaPlan& plan, const Load& load, Child& child) {
  PM_TRY_VOID(Warm(plan, load, child));
  const Follower follower(plan.address, AssignmentsOf(load), load.partitions, load.first,
                          load.leads);
  Publisher publisher(plan.address, InputOf(load.prefix));
  const Moment begin = std::chrono::steady_clock::now();
  const auto planned = [&](int64_t n) {
    return begin + std::chrono::nanoseconds(
                       static_cast<int64_t>(static_cast<double>(n - load.first) * 1e9 / load.rate));
  };
  for (int64_t n = load.first; n < load.first + load.leads; Pass(kSlice)) {
    for (; n < load.first + load.leads && planned(n) <= std::chrono::steady_clock::now(); ++n)
      publisher.Send(LeadKey(Work::kProduct, n), LeadEvent(Work::kProduct, n));
  }
  PM_TRY_VOID(Watch(plan, child, follower, load.leads));
  std::vector<double> ms;
  for (int64_t n = load.first; n < load.first + load.leads; ++n)
    ms.push_back(std::chrono::duration<double, std::milli>(follower.of(n) - planned(n)).count());
  return ms;
}

struct Late {
  std::vector<double> product, chain;
};

Result<Late> MeasureAt(const KafkaPlan& plan, double rate, Duration commit,
                       const std::string& name) {
  const auto leads = static_cast<int64_t>(rate * static_cast<double>(plan.quick ? 1 : kSeconds));
  const ProductSettings settings{
      .address = plan.address, .prefix = "late-" + name, .work = Work::kProduct, .commit = commit};
  PM_TRY(const int64_t first, Prepare(plan, settings));
  ChainPlan chain = Renamed(ChainIn(ReadWords(plan.results + "/chain.words")), "bare-" + name);
  chain.commit = commit;
  PM_TRY_VOID(MakeTopicsOf(
      {.address = plan.address, .prefix = chain.prefix, .partitions = chain.partitions}));
  Load load{settings.prefix, settings.partitions, first + kLeadsBefore, leads, rate};
  Late late;
  {
    Child child("product", plan.directory + "/" + settings.prefix, WordsOf(settings));
    PM_TRY(late.product, Send(plan, load, child));
  }
  load.prefix = chain.prefix;
  Child child("chain", plan.directory + "/" + chain.prefix, WordsOf(chain));
  PM_TRY(late.chain, Send(plan, load, child));
  return late;
}

void AddLate(const Late& late, double rate, int64_t commit_ms, const std::string& what,
             std::optional<double> wanted, Figures* figures) {
  for (const auto& [name, q] : {std::pair("p50", 0.5), std::pair("p99", 0.99)}) {
    const double product = Quantile(late.product, q), chain = Quantile(late.chain, q);
    figures->Add({fmt::format("{}, commits every {} ms, {}", what, commit_ms, name), product, "ms",
                  fmt::format("bare chain {:.0f} at {:.0f} leads/s", chain, rate), chain / product,
                  wanted});
  }
}

}  // namespace

Result<void> MeasureKafkaLatency(const KafkaPlan& plan, Figures* figures) {
  const Words reached = ReadWords(plan.results + "/rate.words");
  if (reached.empty()) return Fail(kNoFigure, "it takes what the part `rate` found");
  const double half = static_cast<double>(NumberOf(reached, "chain")) / 2;
  const double own_half = static_cast<double>(NumberOf(reached, "product")) / 2;
  const double rate = std::min(kWantedRate, half);
  for (const int64_t commit_ms : {20, 100}) {
    PM_TRY(const Late late,
           MeasureAt(plan, rate, Milliseconds(commit_ms), fmt::format("{}", commit_ms)));
    AddLate(late, rate, commit_ms, "published to readable", 0.67, figures);
    if (own_half >= rate) continue;
    PM_TRY(const Late at_half,
           MeasureAt(plan, own_half, Milliseconds(commit_ms), fmt::format("{}-half", commit_ms)));
    AddLate(at_half, own_half, commit_ms, "at half of our own rate", {}, figures);
  }
  return {};
}

}  // namespace pm::bench
