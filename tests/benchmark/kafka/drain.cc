#include "tests/benchmark/kafka/drain.h"

#include "engine/runtime/kafka/topics/topic_names.h"

namespace pm::bench {

namespace {

constexpr int64_t kLeadsBefore = 2'000;
constexpr std::chrono::milliseconds kLook(5);

double Between(Moment from, Moment to) {
  return std::max(1e-9, std::chrono::duration<double>(to - from).count());
}

std::string AssignmentsOf(const std::string& prefix) {
  return TopicNames{prefix}.Output(Topic::kAssignments);
}

}  // namespace

void Publish(const std::string& address, const std::string& prefix, Work work, int64_t first,
             int64_t leads) {
  Publisher publisher(address, InputOf(prefix));
  for (int64_t n = first; n < first + leads; ++n)
    publisher.Send(LeadKey(work, n), LeadEvent(work, n));
  publisher.Flush();
}

Result<int64_t> Prepare(const KafkaPlan& plan, const ProductSettings& settings) {
  PM_TRY_VOID(MakeTopicsOf(settings));
  PM_TRY_VOID(PutRulesInForce(settings));
  {
    Publisher publisher(plan.address, InputOf(settings.prefix));
    for (const std::string& event : EventsBefore(settings.work)) publisher.Send({}, event);
    publisher.Flush();
  }
  PM_TRY_VOID(DrainProduct(plan, settings, 0, kLeadsBefore));
  return kLeadsBefore;
}

Result<Drained> Watch(const KafkaPlan& plan, Child& child, const Follower& follower,
                      int64_t leads) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  for (; follower.found() == 0; Pass(kLook)) {
    if (!child.IsRunning()) return Fail(kNoFigure, "ended: " + child.LastLines());
    if (std::chrono::steady_clock::now() > end)
      return Fail(kNoFigure, "no lead was assigned: " + child.LastLines());
  }
  const double client = CpuOf(child.pid()), broker = CpuOf(plan.broker);
  if (!follower.AwaitAll(kPatience)) {
    return Fail(kNoFigure, fmt::format("{} of {} leads were assigned: {}", follower.found(), leads,
                                       child.LastLines()));
  }
  Drained drained{.leads = leads};
  drained.client_cpu = CpuOf(child.pid()) - client;
  drained.broker_cpu = CpuOf(plan.broker) - broker;
  const auto count = static_cast<double>(leads);
  drained.rate = count / Between(follower.ByRank(0), follower.ByRank(1));
  return drained;
}

Result<Drained> DrainProduct(const KafkaPlan& plan, const ProductSettings& settings, int64_t first,
                             int64_t leads) {
  Publish(plan.address, settings.prefix, settings.work, first, leads);
  const Follower follower(plan.address, AssignmentsOf(settings.prefix), settings.partitions, first,
                          leads);
  Child child("product", plan.directory + "/" + settings.prefix, WordsOf(settings));
  PM_TRY(const Drained drained, Watch(plan, child, follower, leads));
  PM_TRY_VOID(child.Stop(kPatience));
  return drained;
}

ProductSettings Unhurried(const std::string& address, const std::string& prefix) {
  constexpr int64_t kDayMs = 86'400'000;
  return {.address = address, .prefix = prefix, .work = Work::kJob, .sla_ms = kDayMs};
}

ProductSettings ManyLeads(const std::string& address) { return Unhurried(address, "restore"); }

// In pieces that the broker and the follower can hold.
Result<int64_t> Fill(const KafkaPlan& plan, const ProductSettings& settings, int64_t leads) {
  constexpr int64_t kPiece = 250'000;
  const std::string filled = fmt::format("{}/{}.filled", plan.results, settings.prefix);
  if (const Words words = ReadWords(filled); !words.empty()) return NumberOf(words, "next");
  PM_TRY(int64_t next, Prepare(plan, settings));
  for (const int64_t end = next + leads; next < end;) {
    const int64_t piece = std::min(kPiece, end - next);
    PM_TRY_VOID(DrainProduct(plan, settings, next, piece));
    next += piece;
  }
  WriteWords(filled, {{"next", fmt::format("{}", next)}});
  return next;
}

Result<Drained> DrainChain(const KafkaPlan& plan, const ChainPlan& chain, Work work,
                           int64_t leads) {
  PM_TRY_VOID(MakeTopicsOf(
      {.address = chain.address, .prefix = chain.prefix, .partitions = chain.partitions}));
  Publish(plan.address, chain.prefix, work, 0, leads);
  const Follower follower(plan.address, AssignmentsOf(chain.prefix), chain.partitions, 0, leads);
  Child child("chain", plan.directory + "/" + chain.prefix, WordsOf(chain));
  PM_TRY(const Drained drained, Watch(plan, child, follower, leads));
  PM_TRY_VOID(child.Stop(kPatience));
  return drained;
}

}  // namespace pm::bench
