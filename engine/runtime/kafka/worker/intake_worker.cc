#include "engine/runtime/kafka/worker/intake_worker.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/runtime/kafka/logs/group_look.h"
#include "engine/runtime/kafka/topics/topic_check.h"

namespace pm {

namespace {

constexpr Duration kLookEvery = Milliseconds(500);
constexpr Duration kUnknownInputs = Seconds(5);  // the group gave what we have not heard of

std::string GroupOf(const WorkerSettings& settings) { return settings.topics.prefix + ".intake"; }

IntakeSettings LogSettingsOf(const KafkaClients& clients, const WorkerSettings& settings) {
  IntakeSettings log;
  log.names.prefix = settings.topics.prefix;
  log.transactional_id = log.names.IntakeTransactionalId(InstanceOf(settings.number));
  // By a connection for this once: it is seldom asked.
  log.members = [&clients, group = GroupOf(settings)]() -> Result<std::set<std::string>> {
    PM_TRY(const std::unique_ptr<KafkaAdmin> admin, clients.admin());
    return MembersOf(*admin, group);
  };
  log.partitions = static_cast<uint32_t>(settings.topics.partitions);
  log.commit = settings.commit;
  log.wait = settings.wait;
  log.look_again = settings.look_again;
  log.ticks.group = GroupOf(settings);
  log.ticks.tasks = settings.topics.prefix;
  log.ticks.tick = settings.tick;
  log.ticks.rest = settings.rest();
  log.ticks.max_hold = settings.max_hold;
  log.say = settings.say;
  log.warn = settings.warn;
  log.fail_point = settings.intake_fail_point;
  return log;
}

KafkaMember MemberOf(const WorkerSettings& settings) {
  const TopicNames names{settings.topics.prefix};
  KafkaMember member;
  member.group = GroupOf(settings);
  member.instance_id = InstanceOf(settings.number);
  member.session = settings.session;
  member.answer = settings.answer;
  member.topics = settings.topics.inputs;
  member.look_again = settings.look_again;
  for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk})
    member.outputs.push_back(names.Input(stage));
  for (int topic = 0; topic < kTopics; ++topic)
    member.outputs.push_back(names.Output(static_cast<Topic>(topic)));
  return member;
}

}  // namespace

IntakeWorker::IntakeWorker(const KafkaClients& clients, const WorkerSettings& settings,
                           StageTable stages, RuleProvider rules, const Clock& clock)
    : clients_(clients),
      settings_(settings),
      log_settings_(LogSettingsOf(clients, settings)),
      stages_(std::move(stages)),
      rules_(std::move(rules)),
      clock_(clock),
      last_look_(clock) {}

Result<void> IntakeWorker::Connect(std::stop_token stop) {
  PM_TRY(log_settings_.inputs, FindThem());
  inputs_at_ = clock_.Measure();
  KafkaMember member = MemberOf(settings_);
  member.stop = stop_ = std::move(stop);
  PM_TRY(client_, clients_.client(member));
  PM_TRY(reader_, clients_.reader());
  log_ = std::make_unique<IntakeLog>(*client_, *reader_, store_, log_settings_, stages_, rules_,
                                     clock_, tasks_);
  measured_ = std::make_unique<MeasuredLog>(*log_, clock_, kLookEvery, [this] { return Look(); });
  return {};
}

Result<void> IntakeWorker::Run(std::stop_token stop) {
  const Result<void> ended = Drive(*measured_, tasks_, settings_.batch, std::move(stop));
  NoteStatus();
  last_look_.End();
  return ended;
}

void IntakeWorker::Disconnect() {
  measured_.reset();
  log_.reset();
  tasks_.clear();
  reader_.reset();
  client_.reset();
}

Result<void> IntakeWorker::Look() {
  const Duration again = log_->KnowsItsInputs() ? settings_.look_again
                                                : std::min(kUnknownInputs, settings_.look_again);
  const bool is_time = clock_.Measure() - inputs_at_ >= again;
  if (is_time && !stop_.stop_requested()) FindInputsAgain();
  NoteStatus();
  return {};
}

// By a connection for this once: one that is kept costs more.
Result<std::vector<TopicPartition>> IntakeWorker::FindThem() {
  PM_TRY(const std::unique_ptr<KafkaAdmin> admin, clients_.admin());
  return FindInputs(*admin, settings_.topics);
}

// The clock waits for all of them; who reads which, the group says by itself.
void IntakeWorker::FindInputsAgain() {
  inputs_at_ = clock_.Measure();
  const auto inputs = FindThem();
  const std::string failed = inputs ? "" : inputs.error().text;
  if (settings_.warn && !failed.empty() && failed != inputs_failed_)
    settings_.warn("which inputs there are by now is not known: " + failed);
  inputs_failed_ = failed;
  if (!inputs || *inputs == log_->inputs()) return;
  if (settings_.say)
    settings_.say(fmt::format("the inputs have {} partitions now, {} before", inputs->size(),
                              log_->inputs().size()));
  log_->SetInputs(*inputs);
}

void IntakeWorker::NoteStatus() {
  IntakeStatus status;
  // Where no input is yet, the group has nothing to give.
  status.is_given = log_->is_given() || log_->inputs().empty();
  status.is_reading = log_->is_reading() || log_->inputs().empty();
  status.inputs = log_->Look();
  status.troubles = log_->troubles();
  status.counters = log_->counters();
  status.produced = log_->produced();
  status.commits = measured_->times();
  status.awaits_rules = log_->awaits_rules();
  status.keeps_time = log_->KeepsTime();
  const bool has_work =
      status.keeps_time ||
      std::ranges::any_of(status.inputs, [](const auto& one) { return one.lag != 0; });
  status.standstill = standstill_.Look(clock_.Measure(), log_->failure(), has_work);
  status.last_tick = log_->ticks().last();
  if (status.keeps_time) status.held = log_->ticks().held(clock_.Measure());
  status.ticks = log_->ticks().sent();
  status.forced_ticks = log_->ticks().forced();
  last_look_.Note(std::move(status));
}

}  // namespace pm
