// Somebody reshapes the state of simulated workers.
#include <fmt/format.h>

#include "engine/runtime/kafka/reshape/kafka_target.h"
#include "engine/runtime/kafka/simulation/fake_clients.h"
#include "engine/runtime/kafka/simulation/kafka_simulation.h"

namespace pm {

namespace {

constexpr int kKilled = -1;
constexpr int kMostTries = 1000;

// Time goes on with each look at it: what waits for something would wait for ever.
class RunningClock final : public Clock {
 public:
  explicit RunningClock(std::function<Instant()> go_on) : go_on_(std::move(go_on)) {}
  Instant Now() const override { return go_on_(); }
  int64_t MeasureUs() const override { return Now().ms * 1000; }

 private:
  const std::function<Instant()> go_on_;
};

// By its user.
bool MayBeDoneAgain(const Error& error) {
  constexpr int kCodes[] = {kKilled,      kKafkaRetry, kKafkaAborted, kKafkaUnknown,
                            kKafkaFenced, kKafkaFatal, kStillAtWork,  kCannotReshape};
  return std::ranges::find(kCodes, error.code) != std::end(kCodes);
}

TopicNeeds NeedsOf(const TopicNames& names, uint32_t partitions) {
  return {.prefix = names.prefix,
          .inputs = {},
          .partitions = static_cast<int32_t>(partitions),
          .replication = 1};
}

}  // namespace

void KafkaSimulation::EndAllSessions() {
  for (const TopicNames& names : generations_) {
    for (const char* more : {"", ".intake"}) broker_.EndSessions(names.prefix + more);
  }
}

void KafkaSimulation::Reshape(uint32_t partitions, const std::vector<std::string>& desks) {
  StopAll();
  // Their transactions have come to an end by the time somebody begins with it.
  FakeClient other(broker_, "other", "", {});
  for (const auto& host : hosts_) {
    for (const char* more : {"-", "-intake-"}) {
      const std::string id = names_.prefix + more + host->instance;
      for (int i = 0; i < kMostTries && !other.InitTransactions(id); ++i) continue;
    }
  }
  const TopicNames to{fmt::format("reshaped{}", generations_.size())};
  const auto plan = PlanTopics(NeedsOf(to, partitions));
  PM_CHECK(plan.has_value());
  for (const WantedTopic& wanted : *plan) {
    // One partition, so that a reader sees a desk's doings in the desk's own order.
    if (!wanted.partitions_fixed) broker_.CreateTopic({wanted.name, 1, 1, wanted.settings});
  }
  for (int tries = 0;; ++tries) {
    PM_CHECK(tries < kMostTries);
    const Result<void> done = TryReshape(to, partitions, desks);
    if (done) break;
    if (!MayBeDoneAgain(done.error())) StorageFailed(done.error().text);
  }
  ++counts_.reshaped;
  EndAllSessions();
  for (const auto& host : hosts_) {
    host->disks.stores.clear();
    host->old_disks.stores.clear();
  }
  StartAll();
}

Result<void> KafkaSimulation::TryReshape(const TopicNames& to, uint32_t partitions,
                                         const std::vector<std::string>& desks) {
  const auto at_fail_point = [this]() -> Result<void> {
    if (broker_.quiet || !random_.PerMille(settings_.kills_per_mille * 2)) return {};
    ++counts_.reshapes_killed;
    return Fail(kKilled, "killed");
  };
  const KafkaClients clients = ClientsOf(broker_);
  const auto wait = [this](Duration) { EndAllSessions(); };
  const RunningClock clock([this] {
    SetTime(clock_.Now() + Milliseconds(1));
    return clock_.Now();
  });
  MemoryStores copies, read, written, back;
  MemoryStore documents;
  KafkaSourceSettings of_source;
  of_source.name = names_.prefix;
  of_source.place = {names_, settings_.partitions, stages_.state_rows, Minutes(2), at_fail_point};
  of_source.drain.task = settings_.task;
  KafkaSource source(clients, of_source, copies, read, documents, stages_, provider_, clock, wait);
  KafkaTargetSettings of_target;
  of_target.name = to.prefix;
  of_target.topics = NeedsOf(to, partitions);
  of_target.topics.inputs = {inputs_.front().topic};
  of_target.place = {to, partitions, stages_.state_rows, Minutes(2), at_fail_point};
  of_target.inputs = inputs_;
  of_target.offsets_of = IntakeGroup();
  KafkaTarget target(clients, of_target, written, back, wait);
  generations_.push_back(to);  // its groups, too, when sessions end
  const auto moved = MoveState(
      source, target,
      {[&](const StateRules&) { return desks; }, [&](MoveStep) { return at_fail_point(); }});
  generations_.pop_back();
  // Of the last try that came so far, also when the next one finds that it was done.
  if (!written.stores.empty()) begun_with_.stores = std::move(written.stores);
  if (!moved) return std::unexpected(moved.error());
  names_ = to;
  settings_.partitions = partitions;
  generations_.push_back(to);
  return {};
}

}  // namespace pm
