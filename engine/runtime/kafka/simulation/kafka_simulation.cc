#include "engine/runtime/kafka/simulation/kafka_simulation.h"

#include <fmt/format.h>

#include "engine/runtime/kafka/logs/group_look.h"
#include "engine/runtime/kafka/logs/rules_switch.h"

namespace pm {

namespace {

constexpr int kKilled = -1;  // ends the driver; not an error of the product
constexpr int kStepsAFeed = 4;
constexpr int kMostRounds = 100'000;
constexpr uint64_t kPollsARun = 12;
constexpr uint64_t kMostTurnsAway = 100;
constexpr Stage kStatefulStages[] = {Stage::kIdentity, Stage::kAccount, Stage::kDesk};

// Ends the driver after some polls, or kills it.
class SomePolls final : public Log {
 public:
  SomePolls(Log& log, uint64_t polls, std::function<bool()> kills, std::stop_source stop)
      : log_(log), polls_(polls), kills_(std::move(kills)), stop_(std::move(stop)) {}
  Result<std::span<const Record>> Poll(TaskId* task, const Bounds& bounds) override {
    if (kills_()) return Fail(kKilled, "killed");
    if (--polls_ == 0) stop_.request_stop();
    return log_.Poll(task, bounds);
  }
  Result<void> Commit(std::span<CommitSet> sets) override { return log_.Commit(sets); }
  bool GivesAgain() const override { return log_.GivesAgain(); }

 private:
  Log& log_;
  uint64_t polls_;
  std::function<bool()> kills_;
  std::stop_source stop_;
};

void Add(const KafkaCounters& more, KafkaCounters* sum) {
  sum->commits += more.commits;
  sum->aborted += more.aborted;
  sum->unknown += more.unknown;
  sum->rebalances += more.rebalances;
  sum->lost += more.lost;
  sum->skipped += more.skipped;
}

void Add(const ProducedCounters& more, ProducedCounters* sum) {
  sum->messages += more.messages;
  sum->outputs += more.outputs;
  sum->changelog += more.changelog;
}

}  // namespace

Result<Store*> MemoryStores::Open(TaskId task) {
  std::unique_ptr<MemoryStore>& store = stores[task];
  if (store == nullptr) store = std::make_unique<MemoryStore>();
  return store.get();
}

Result<Store*> MemoryStores::Wipe(TaskId task) {
  ++wiped;
  stores.erase(task);
  return Open(task);
}

// One worker: its stages and its intake, each with a member of its group.
struct KafkaSimulation::Process {
  StageLogSettings stage_settings;
  IntakeSettings intake_settings;
  FakeClient stage_client, intake_client;
  FakeReader stage_reader, standby_reader, intake_reader;
  Tasks stage_tasks, intake_tasks;
  MemoryStore intake_store;
  StageLog stages;
  IntakeLog intake;

  Process(KafkaSimulation& sim, Host& host, StageLogSettings of_stages, IntakeSettings of_intake)
      : stage_settings(std::move(of_stages)),
        intake_settings(std::move(of_intake)),
        stage_client(sim.broker_, sim.names_.prefix, host.instance,
                     {sim.names_.Input(Stage::kIdentity), sim.names_.Input(Stage::kAccount),
                      sim.names_.Input(Stage::kDesk)}),
        intake_client(sim.broker_, intake_settings.ticks.group, host.instance,
                      {sim.inputs_.front().topic}),
        stage_reader(sim.broker_),
        standby_reader(sim.broker_),
        intake_reader(sim.broker_),
        stages(stage_client, {stage_reader, &standby_reader}, host.disks, stage_settings,
               sim.stages_, sim.provider_, host.clock, stage_tasks),
        intake(intake_client, intake_reader, intake_store, intake_settings, sim.stages_,
               sim.provider_, host.clock, intake_tasks) {}
};

KafkaSimulation::KafkaSimulation(const KafkaSimulationSettings& settings, StageTable stages,
                                 RuleProvider provider, ContentHash rules)
    : settings_(settings),
      stages_(std::move(stages)),
      provider_(std::move(provider)),
      broker_(settings_.broker),
      random_(settings.broker.seed * 6364136223846793005U + 1) {
  MakeTopics();
  broker_.CreateTopic({"events", static_cast<int32_t>(settings.inputs), 1, {}}, !settings.stamp);
  for (uint32_t n = 0; n < settings.inputs; ++n)
    inputs_.push_back({"events", static_cast<int32_t>(n)});
  for (uint32_t n = 0; n < settings.workers; ++n) {
    hosts_.push_back(std::make_unique<Host>());
    hosts_.back()->instance = fmt::format("worker-{:03}", n);
    Start(*hosts_.back());
  }
  Switch(rules, Instant{0});
}

KafkaSimulation::~KafkaSimulation() = default;

void KafkaSimulation::MakeTopics() {
  const auto partitions = static_cast<int32_t>(settings_.partitions);
  for (const Stage stage : kStatefulStages) {
    broker_.CreateTopic({names_.Input(stage), partitions, 1, {}});
    broker_.CreateTopic({names_.Changelog(stage), partitions, 1, {}});
  }
  for (const std::string& name : {names_.Directory(), names_.Control(), names_.Rules()})
    broker_.CreateTopic({name, 1, 1, {}});
  for (int topic = 0; topic < kTopics; ++topic)
    broker_.CreateTopic({names_.Output(static_cast<Topic>(topic)), 1, 1, {}});
  generations_.push_back(names_);
}

void KafkaSimulation::SetClock(Host& host) {
  const int64_t skew = settings_.skew.ms;
  if (skew > 0 && !broker_.quiet) host.skew = Milliseconds(random_.Below(2 * skew + 1) - skew);
  const Instant before = host.clock.Now();
  host.clock.Set(clock_.Now() + host.skew);
  counts_.set_back += host.process != nullptr && host.clock.Now() < before;
}

void KafkaSimulation::Start(Host& host) {
  SetClock(host);
  StageLogSettings stages;
  stages.take_over.names = names_;
  stages.take_over.transactional_id = names_.TransactionalId(host.instance);
  stages.take_over.members = [this, group = names_.prefix] {
    FakeAdmin admin(broker_);
    return MembersOf(admin, group);
  };
  stages.take_over.uncommitted = [this] { return UncommittedReader(broker_); };
  stages.take_over.slice = 1 + random_.Below(size_t{200});
  stages.address = fmt::format("{} process {}", host.instance, ++processes_);
  stages.partitions = settings_.partitions;
  stages.standbys = settings_.standbys;
  stages.standby_slice = 1 + random_.Below(size_t{50});
  stages.task = settings_.task;
  stages.fail_point = [this, &host](CommitStep step) { return AtStep(host, step, false); };
  IntakeSettings intake;
  intake.names = names_;
  intake.ticks.group = IntakeGroup();
  intake.transactional_id = names_.IntakeTransactionalId(host.instance);
  intake.members = [this] {
    FakeAdmin admin(broker_);
    return MembersOf(admin, IntakeGroup());
  };
  intake.fail_point = [this, &host](CommitStep step) { return AtStep(host, step, true); };
  intake.partitions = settings_.partitions;
  intake.inputs = inputs_;
  intake.ticks.rest = Seconds(5);
  host.process = std::make_unique<Process>(*this, host, std::move(stages), std::move(intake));
}

// Dies here, or is stopped for so long that others take over, and goes on as if nothing had been.
Result<void> KafkaSimulation::AtStep(Host& host, CommitStep step, bool of_intake) {
  if (broker_.quiet) return {};
  if (OneOf(settings_.rebalances_per_mille)) {
    Host& somebody = *hosts_[random_.Below(hosts_.size())];
    if (somebody.process != nullptr) {
      ++counts_.rebalances;
      EndSessions(somebody);
    }
  }
  const bool may_kill =
      !settings_.kills_at || (step == *settings_.kills_at && of_intake == settings_.kills_intake);
  if (may_kill && random_.PerMille(settings_.kills_per_mille)) {
    ++(of_intake ? counts_.intake_killed_at : counts_.killed_at)[step];
    return Fail(kKilled, "killed");
  }
  if (in_a_step_ || !random_.PerMille(settings_.sleeps_per_mille)) return {};
  ++counts_.slept_at[step];
  in_a_step_ = host.in_a_step = true;
  EndSessions(host);
  for (uint64_t turns = random_.Below(kMostTurnsAway); turns > 0; --turns) Step();
  in_a_step_ = host.in_a_step = false;
  return {};
}

// Time does not move for it: it is the publishers' here.
void KafkaSimulation::EndSessions(Host& host) {
  broker_.EndSession(host.process->stage_client.number());
  broker_.EndSession(host.process->intake_client.number());
}

void KafkaSimulation::Count(const Process& process, KafkaSimulationCounts* counts) {
  Add(process.stages.counters(), &counts->logs);
  Add(process.stages.produced(), &counts->produced);
  Add(process.intake.produced(), &counts->produced);
}

KafkaSimulationCounts KafkaSimulation::counts() const {
  KafkaSimulationCounts counts = counts_;
  counts.broker = broker_.counts;
  for (const auto& host : hosts_) {
    counts.wiped += host->disks.wiped;
    if (host->process != nullptr) Count(*host->process, &counts);
  }
  return counts;
}

void KafkaSimulation::Kill(Host& host) {
  Count(*host.process, &counts_);
  const bool is_missed = random_.OneIn(3);
  if (is_missed) EndSessions(host);
  host.process.reset();
  if (random_.PerMille(settings_.lost_disks_per_mille)) SpoilDisks(host);
  // Mostly at once again, now and then so late that others have taken over.
  if (is_missed) host.away = static_cast<int>(random_.Below(kMostTurnsAway));
}

void KafkaSimulation::RunSome(Host& host) {
  const auto kills = [this] {
    const bool may_kill = !broker_.quiet && !settings_.kills_at;
    if (!may_kill || !random_.PerMille(settings_.kills_per_mille / 4)) return false;
    ++counts_.killed_at_polls;
    return true;
  };
  Process& process = *host.process;
  const bool intake = random_.OneIn(3);
  Log& log = intake ? static_cast<Log&>(process.intake) : process.stages;
  std::stop_source stop;
  SomePolls some(log, 1 + random_.Below(kPollsARun), kills, stop);
  const Bounds bounds{static_cast<uint32_t>(1 + random_.Below(20)), size_t{1} << 20};
  Tasks& tasks = intake ? process.intake_tasks : process.stage_tasks;
  try {
    const Result<void> ended = Drive(some, tasks, bounds, stop.get_token());
    if (ended) return;
    const int code = ended.error().code;
    const bool may_end = code == kKilled || code == kKafkaFenced;
    PM_CHECK(may_end);
  } catch (const std::bad_alloc&) {
    ++counts_.out_of_memory;
  }
  Kill(host);
}

void KafkaSimulation::StopAll() {
  stopped_ = true;
  ++counts_.stops;
  for (const auto& host : hosts_) {
    if (host->process != nullptr) Kill(*host);
  }
}

void KafkaSimulation::StartAll() {
  stopped_ = false;
  for (const auto& host : hosts_) host->away = 0;
}

void KafkaSimulation::Work(int turns) {
  for (int i = 0; i < turns; ++i) Step();
}

// One turn of somebody.
void KafkaSimulation::Step() {
  if (stopped_) return;
  Host& host = *hosts_[random_.Below(hosts_.size())];
  if (!broker_.quiet && random_.PerMille(settings_.compactions_per_mille)) CompactOne();
  if (!broker_.quiet && OneOf(settings_.skews_per_mille)) SetClock(host);
  if (host.in_a_step || host.away-- > 0) return;
  host.away = 0;
  if (host.process == nullptr) return Start(host);
  if (!broker_.quiet && random_.PerMille(settings_.sleeps_per_mille)) {
    ++counts_.sleeps;
    EndSessions(host);
    host.away = static_cast<int>(random_.Below(kMostTurnsAway));
    return;
  }
  RunSome(host);
}

void KafkaSimulation::CompactOne() {
  ++counts_.compactions;
  const Stage stage = kStatefulStages[random_.Below(std::size(kStatefulStages))];
  broker_.Compact(
      {names_.Changelog(stage), static_cast<int32_t>(random_.Below(settings_.partitions))});
}

void KafkaSimulation::SetTime(Instant now) {
  clock_.Set(std::max(clock_.Now(), now));
  for (const auto& host : hosts_) host->clock.Set(clock_.Now() + host->skew);
  broker_.Advance(clock_.Now());
}

void KafkaSimulation::Feed(Submission submission, Instant at) {
  SetTime(at);
  FakeEntry entry;
  if (settings_.stamp) {
    entry.at = *settings_.stamp;
    ++counts_.stamped;
  }
  entry.key = submission.key;
  entry.value = std::move(submission.body);
  const TopicPartition& input = inputs_[Hash64(entry.key) % inputs_.size()];
  broker_.Publish(input, std::move(entry));
  Work(kStepsAFeed);
}

void KafkaSimulation::Switch(ContentHash rules, Instant at) {
  SetTime(at);
  FakeClient client(broker_, "rules", "rules", {});
  // Someone who puts rules in force tries until it is done.
  for (int i = 0; i < kMostRounds; ++i) {
    if (SwitchRules(client, names_, settings_.partitions, rules)) return;
  }
  PM_CHECK(false);
}

bool KafkaSimulation::HasUnread() {
  const auto has_unread = [&](const std::string& group, const TopicPartition& partition) {
    const auto& committed = broker_.group(group).committed;
    const auto found = committed.find(partition);
    int64_t position = found == committed.end() ? 0 : found->second;
    return broker_.NextCommitted(partition, &position) != nullptr ||
           broker_.LastStable(partition) < broker_.Find(partition)->end;
  };
  for (const TopicPartition& input : inputs_) {
    if (has_unread(IntakeGroup(), input)) return true;
  }
  for (const Stage stage : kStatefulStages)
    for (uint32_t n = 0; n < settings_.partitions; ++n)
      if (has_unread(names_.prefix, {names_.Input(stage), static_cast<int32_t>(n)})) return true;
  return false;
}

bool KafkaSimulation::WaitsForTimers(Instant until) {
  size_t running = 0;
  for (const auto& host : hosts_) {
    if (host->process == nullptr) return true;
    for (auto& [id, task] : host->process->stage_tasks) {
      ++running;
      if (task.NextDue(until + Milliseconds(1)) || task.meta().tick <= until) return true;
    }
  }
  return running < std::size(kStatefulStages) * settings_.partitions;
}

void KafkaSimulation::Finish(Instant until) {
  broker_.quiet = true;
  for (const auto& host : hosts_) host->skew = {};
  constexpr int kStepsARound = 20;
  for (int round = 0;; ++round) {
    PM_CHECK(round < kMostRounds);
    Work(kStepsARound);
    const bool unread = HasUnread();
    if (!unread && !WaitsForTimers(until)) return;
    // All that was sent is read in its time, and only then the time of the last timers comes.
    const Instant soon = clock_.Now() + Milliseconds(200);
    SetTime(unread ? soon : std::max(soon, until + Milliseconds(1)));
  }
}

void KafkaSimulation::VisitStores(const std::function<void(TaskId, const Store&)>& visit) {
  for (const auto& host : hosts_) {
    if (host->process == nullptr) continue;
    for (const auto& [id, task] : host->process->stage_tasks) visit(id, *host->disks.stores.at(id));
  }
}

}  // namespace pm
