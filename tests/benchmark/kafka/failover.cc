// The owner of the desk is killed (-9), and the other worker goes on from the copies it kept warm:
// how long that takes with much state, and with little.
#include <filesystem>

#include "base/ids.h"
#include "engine/runtime/kafka/topics/topic_names.h"
#include "tests/benchmark/kafka/drain.h"

namespace pm::bench {

namespace {

constexpr int64_t kFewLeads = 10'000;
constexpr int64_t kLeadsBefore = 500;  // so that connections and transactions are warm
constexpr int64_t kLeadsAfter = 100;
constexpr std::chrono::milliseconds kBetweenLeads(10);
constexpr int kRounds = 3;

double Between(Moment from, Moment to) { return std::chrono::duration<double>(to - from).count(); }

std::string AssignmentsOf(const ProductSettings& settings) {
  return TopicNames{settings.prefix}.Output(Topic::kAssignments);
}

// From the kill.
struct FailOver {
  double first = 0;  // to the first assignment
  double all = 0;    // until all leads that came within a second are assigned
};

// Two workers, the second of which has the second half of the partitions.
class Pair {
 public:
  Pair(const KafkaPlan& plan, ProductSettings settings) : plan_(plan), settings_(settings) {
    settings_.standbys = 1;
    for (const uint32_t worker : {0U, 1U}) {
      std::filesystem::remove_all(DirectoryOf(worker));
      Start(worker);
    }
  }

  Result<void> AwaitWarmth() {
    for (const uint32_t worker : {0U, 1U})
      PM_TRY_VOID(Await(*workers_[worker], DirectoryOf(worker) + "/warm", kPatience * 10));
    return {};
  }
  // All assignments are the desk's.
  void KillTheDesks() {
    const auto desk =
        static_cast<int32_t>(Hash64("main") % static_cast<uint64_t>(settings_.partitions));
    killed_ = desk < (settings_.partitions + 1) / 2 ? 0 : 1;
    workers_[killed_]->Kill();
  }
  void Revive() {
    for (const uint32_t worker : {0U, 1U}) std::filesystem::remove(DirectoryOf(worker) + "/warm");
    workers_[1 - killed_]->Kill();
    for (const uint32_t worker : {0U, 1U}) Start(worker);
  }
  Child& survivor() { return *workers_[1 - killed_]; }

 private:
  std::string DirectoryOf(uint32_t worker) const {
    return fmt::format("{}/{}-{}", plan_.directory, settings_.prefix, worker);
  }
  void Start(uint32_t worker) {
    settings_.worker = worker;
    workers_[worker] = std::make_unique<Child>("product", DirectoryOf(worker), WordsOf(settings_));
  }

  const KafkaPlan& plan_;
  ProductSettings settings_;
  std::unique_ptr<Child> workers_[2];
  uint32_t killed_ = 0;
};

// For a second from the kill on leads come.
Result<FailOver> KillAndWatch(const KafkaPlan& plan, const ProductSettings& settings, Pair& pair,
                              int64_t first) {
  const Follower follower(plan.address, AssignmentsOf(settings), settings.partitions, first,
                          kLeadsAfter);
  Publisher publisher(plan.address, InputOf(settings.prefix));
  pair.KillTheDesks();
  const Moment killed = std::chrono::steady_clock::now();
  for (int64_t n = first; n < first + kLeadsAfter; ++n, Pass(kBetweenLeads))
    publisher.Send(LeadKey(settings.work, n), LeadEvent(settings.work, n));
  publisher.Flush();
  if (!follower.AwaitAll(kPatience)) {
    return Fail(kNoFigure, fmt::format("{} of {} leads were assigned: {}", follower.found(),
                                       kLeadsAfter, pair.survivor().LastLines()));
  }
  return FailOver{Between(killed, follower.ByRank(0)), Between(killed, follower.ByRank(1))};
}

// The middle one of some rounds.
Result<FailOver> Measure(const KafkaPlan& plan, const ProductSettings& settings, int64_t leads) {
  PM_TRY(int64_t next, Fill(plan, settings, leads));
  Pair pair(plan, settings);
  std::vector<FailOver> rounds;
  for (int i = 0; i < (plan.quick ? 1 : kRounds); ++i) {
    if (i > 0) pair.Revive();
    PM_TRY_VOID(pair.AwaitWarmth());
    {
      const Follower before(plan.address, AssignmentsOf(settings), settings.partitions, next,
                            kLeadsBefore);
      Publish(plan.address, settings.prefix, settings.work, next, kLeadsBefore);
      if (!before.AwaitAll(kPatience)) return Fail(kNoFigure, "leads before were not assigned");
    }
    PM_TRY(const FailOver took, KillAndWatch(plan, settings, pair, next + kLeadsBefore));
    fmt::print(stderr, "{} leads: first after {:.2f} s, all after {:.2f} s\n", leads, took.first,
               took.all);
    rounds.push_back(took);
    next += kLeadsBefore + kLeadsAfter;
  }
  std::ranges::sort(rounds, {}, &FailOver::first);
  return rounds[rounds.size() / 2];
}

void AddFailOver(const std::string& name, double many, double few, int64_t few_leads,
                 Figures* figures) {
  figures->Add({name, many, "s", fmt::format("{} leads {:.2f} s, and 1 s", few_leads, few),
                (few + 1) / many, 1.0});
}

}  // namespace

Result<void> MeasureKafkaFailOver(const KafkaPlan& plan, Figures* figures) {
  const int64_t few_leads = std::min(kFewLeads, plan.many_leads / 10);
  PM_TRY(const FailOver few, Measure(plan, Unhurried(plan.address, "few"), few_leads));
  PM_TRY(const FailOver many, Measure(plan, ManyLeads(plan.address), plan.many_leads));
  const std::string what = fmt::format("kill -9 with a standby, {} leads: ", plan.many_leads);
  AddFailOver(what + "to the other's first assignment", many.first, few.first, few_leads, figures);
  AddFailOver(what + "until a second's leads are assigned", many.all, few.all, few_leads, figures);
  return {};
}

}  // namespace pm::bench
