#include "engine/runtime/kafka/reshape/drain.h"

#include <fmt/format.h>

namespace pm {

namespace {

// Ends the driver once nothing is left to be read.
class UntilDrained final : public Log {
 public:
  UntilDrained(StageLog& log, std::function<Result<void>()> is_worked_off, const Clock& clock,
               Duration patience, size_t tasks, std::stop_source stop)
      : log_(log),
        is_worked_off_(std::move(is_worked_off)),
        clock_(clock),
        patience_(patience),
        tasks_(tasks),
        stop_(std::move(stop)),
        moved_at_(clock.Measure()) {}

  Result<std::span<const Record>> Poll(TaskId* task, const Bounds& bounds) override {
    const uint64_t read_before = log_.take_overs().records;
    PM_TRY(const std::span<const Record> given, log_.Poll(task, bounds));
    if (!given.empty() || log_.take_overs().records != read_before) {
      moved_at_ = clock_.Measure();
      return given;
    }
    PM_TRY_VOID(CheckTakeOvers());
    if (++polls_ % kLookEach == 0) PM_TRY_VOID(Look());
    return given;
  }
  Result<void> Commit(std::span<CommitSet> sets) override { return log_.Commit(sets); }
  bool GivesAgain() const override { return log_.GivesAgain(); }

 private:
  static constexpr int64_t kLookEach = 5;

  // What no patience mends.
  Result<void> CheckTakeOvers() const {
    for (const auto& [task, one] : log_.taking_over()) {
      const std::string text = fmt::format("{}: {}", ToText(task), one.why);
      if (one.phase == TaskPhase::kRefused) return Fail(kDigestMismatch, text);
      if (one.phase == TaskPhase::kAwaitsRules) return Fail(kUnknownRules, text);
    }
    if (const auto awaiting = log_.awaiting_rules(); !awaiting.empty())
      return Fail(kUnknownRules,
                  fmt::format("{}: rules {} are not compiled here", ToText(awaiting.begin()->first),
                              ToText(awaiting.begin()->second)));
    return {};
  }

  Result<void> Look() {
    const std::vector<TaskStatus> tasks = log_.Look();
    const bool all_run =
        tasks.size() == tasks_ && std::ranges::all_of(tasks, [](const TaskStatus& one) {
          return one.phase == TaskPhase::kRuns;
        });
    const Result<void> done =
        all_run ? is_worked_off_() : Fail(kCannotReshape, "not all tasks could be taken over");
    if (done) {
      stop_.request_stop();
      return {};
    }
    const bool waits = clock_.Measure() - moved_at_ < patience_;
    return done.error().code == kCannotReshape && waits ? Result<void>{} : done;
  }

  StageLog& log_;
  const std::function<Result<void>()> is_worked_off_;
  const Clock& clock_;
  const Duration patience_;
  const size_t tasks_;
  std::stop_source stop_;
  Duration moved_at_;  // when something was last read, as the clock measures
  int64_t polls_ = 0;  // that gave nothing
};

StageLogSettings LogSettingsOf(const KafkaPlace& place, const DrainSettings& settings) {
  StageLogSettings log;
  log.take_over.names = place.names;
  log.take_over.transactional_id = place.transactional_id();
  log.take_over.say = settings.say;
  log.address = "reshape";
  log.partitions = place.partitions;
  log.task = settings.task;
  log.commit = settings.commit;
  log.wait = settings.wait;
  if (place.fail_point) log.fail_point = [=](CommitStep) { return place.fail_point(); };
  return log;
}

}  // namespace

Result<void> Drain(const DrainClients& clients, LocalStores& stores, const KafkaPlace& place,
                   const DrainSettings& settings, const StageTable& stages,
                   const RuleProvider& rules, const Clock& clock) {
  const StageLogSettings log_settings = LogSettingsOf(place, settings);
  Tasks tasks;
  StageLog log(clients.member, {clients.member_reader}, stores, log_settings, stages, rules, clock,
               tasks);
  std::stop_source stop;
  const std::vector<TopicPartition> inputs = place.inputs();
  const auto is_worked_off = [&] {
    // A transaction that stays open is no reason to wait here: there will be another look.
    return CheckWorkedOff(clients.looker, clients.look_reader, place.tasks_group(), inputs,
                          Seconds(5));
  };
  UntilDrained until(log, is_worked_off, clock, settings.patience, inputs.size(), stop);
  const Result<void> ended = Drive(until, tasks, Bounds{}, stop.get_token());
  stores.CloseAllBut({});
  return ended;
}

}  // namespace pm
