#include "engine/runtime/kafka/worker/stage_worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/runtime/kafka/logs/group_look.h"

namespace pm {

namespace {

constexpr Duration kLookEvery = Milliseconds(500);
constexpr Duration kSayEvery = Seconds(5);
constexpr int64_t kWarmRecords = 1000;  // a standby that is less behind is warm
constexpr Stage kStages[] = {Stage::kIdentity, Stage::kAccount, Stage::kDesk};

// `clients` outlives what it returns.
StageLogSettings LogSettingsOf(const KafkaClients& clients, const WorkerSettings& settings) {
  StageLogSettings log;
  log.take_over.names.prefix = settings.topics.prefix;
  log.take_over.transactional_id = log.take_over.names.TransactionalId(InstanceOf(settings.number));
  // By a connection for this once: it is seldom asked.
  log.take_over.members = [&clients,
                           group = settings.topics.prefix]() -> Result<std::set<std::string>> {
    PM_TRY(const std::unique_ptr<KafkaAdmin> admin, clients.admin());
    return MembersOf(*admin, group);
  };
  log.take_over.uncommitted = clients.uncommitted;
  log.take_over.accept_lost = settings.accept_lost;
  log.take_over.say = settings.say;
  log.take_over.warn = settings.warn;
  log.take_over.fail = settings.fail;
  log.address = settings.address;
  log.partitions = static_cast<uint32_t>(settings.topics.partitions);
  log.task.late = settings.late;
  log.task.cache_bytes = settings.row_cache_bytes;
  log.task.batch_rows = settings.tick_rows;
  log.task.batch_work = settings.batch.work;
  log.commit = settings.commit;
  log.wait = settings.wait;
  log.standbys = settings.standbys;
  log.fail_point = settings.fail_point;
  return log;
}

// What the tasks read, and in `outputs` what they write.
KafkaMember MemberOf(const WorkerSettings& settings) {
  const TopicNames names{settings.topics.prefix};
  KafkaMember member;
  member.group = settings.topics.prefix;
  member.instance_id = InstanceOf(settings.number);
  member.session = settings.session;
  member.answer = settings.answer;
  for (const Stage stage : kStages) member.topics.push_back(names.Input(stage));
  member.outputs = member.topics;
  for (const Stage stage : kStages) member.outputs.push_back(names.Changelog(stage));
  member.outputs.push_back(names.Directory());
  for (int topic = 0; topic < kTopics; ++topic)
    member.outputs.push_back(names.Output(static_cast<Topic>(topic)));
  return member;
}

}  // namespace

std::string InstanceOf(uint32_t number) { return fmt::format("worker-{:03}", number); }

StageWorker::StageWorker(const KafkaClients& clients, const WorkerSettings& settings,
                         StageTable stages, RuleProvider rules, const Clock& clock)
    : clients_(clients),
      settings_(settings),
      log_settings_(LogSettingsOf(clients, settings)),
      stages_(std::move(stages)),
      rules_(std::move(rules)),
      clock_(clock),
      stores_({.directory = settings.directory + "/tasks",
               .block_cache_bytes = settings.block_cache_bytes,
               .write_buffer_bytes = settings.write_buffer_bytes,
               .say = settings.say}),
      last_look_(clock) {}

Result<void> StageWorker::Connect(std::stop_token stop) {
  KafkaMember member = MemberOf(settings_);
  member.stop = std::move(stop);
  PM_TRY(client_, clients_.client(member));
  PM_TRY(reader_, clients_.restorer());
  if (settings_.standbys > 0) {
    PM_TRY(standby_reader_,
           clients_.follower(StandbyGroup(settings_.topics.prefix, InstanceOf(settings_.number))));
  }
  log_ = std::make_unique<StageLog>(*client_, StageReaders{*reader_, standby_reader_.get()},
                                    stores_, log_settings_, stages_, rules_, clock_, tasks_);
  measured_ = std::make_unique<MeasuredLog>(*log_, clock_, kLookEvery, [this] { return Look(); });
  return {};
}

Result<void> StageWorker::Run(std::stop_token stop) {
  Result<void> ended = Drive(*measured_, tasks_, settings_.batch, std::move(stop));
  if (ended) ended = log_->End();
  PM_TRY_VOID(Look());
  last_look_.End();
  return ended;
}

void StageWorker::Disconnect() {
  measured_.reset();
  log_.reset();
  tasks_.clear();
  standby_reader_.reset();
  reader_.reset();
  client_.reset();
  stores_.CloseAllBut({});
}

Result<void> StageWorker::Look() {
  StagesStatus status;
  status.tasks = log_->Look();
  for (const auto& [task, standby] : log_->standbys())
    status.standbys.push_back({task, standby.lag(), standby.given_up});
  status.is_given = log_->is_given();
  const bool has_work = std::ranges::any_of(status.tasks, [](const TaskStatus& task) {
    return task.phase != TaskPhase::kRefused && task.phase != TaskPhase::kAwaitsRules &&
           task.lag != 0;
  });
  status.standstill = standstill_.Look(clock_.Measure(), log_->failure(), has_work);
  status.counters = log_->counters();
  status.take_overs = log_->take_overs();
  status.produced = log_->produced();
  status.commits = measured_->times();
  status.rebalancing = log_->rebalancing();
  SayProgress(status);
  SayStandbys(status);
  // Which copies will be wanted is not known while the group has not said what is ours.
  if (log_->is_given()) stores_.KeepHouse(clock_);
  last_look_.Note(std::move(status));
  return {};
}

void StageWorker::SayProgress(const StagesStatus& status) {
  const Duration now = clock_.Measure();
  size_t tasks = 0;
  int64_t left = 0, rate = 0;
  for (const TaskStatus& task : status.tasks) {
    if (task.phase != TaskPhase::kRestores) continue;
    ++tasks;
    left += task.records_left;
    rate += task.records_per_second;
  }
  if (tasks == 0) said_at_ = now;
  if (!settings_.say || now - said_at_ < kSayEvery) return;
  said_at_ = now;
  settings_.say(fmt::format("{} tasks are restored: {} records left, {} a second, {} seconds to go",
                            tasks, left, rate, rate > 0 ? std::to_string(left / rate) : "unknown"));
}

// When all are warm for the first time, or again; and every now and then how far it is to there.
void StageWorker::SayStandbys(const StagesStatus& status) {
  int64_t left = 0;
  bool warm = !status.standbys.empty();
  for (const StandbyStatus& one : status.standbys) {
    left += one.lag.value_or(0);
    warm = warm && (one.lag ? *one.lag < kWarmRecords : !one.given_up.empty());
  }
  const Duration now = clock_.Measure();
  const bool changed = std::exchange(standbys_are_warm_, warm) != warm;
  if (warm || status.standbys.empty() || changed) said_of_standbys_at_ = now;
  if (!settings_.say) return;
  if (changed && warm)
    settings_.say(fmt::format("the standbys of {} tasks are warm", status.standbys.size()));
  if (warm || now - said_of_standbys_at_ < kSayEvery) return;
  said_of_standbys_at_ = now;
  settings_.say(
      fmt::format("the standbys of {} tasks are {} records behind", status.standbys.size(), left));
}

}  // namespace pm
