#include "engine/runtime/simulated.h"

namespace pm {

// At most one record behind the ticks that come before it.
class Simulation::FileLog final : public Log {
 public:
  FileLog(Simulation& simulation, std::string record, std::stop_source stop)
      : simulation_(simulation), record_(std::move(record)), stop_(std::move(stop)) {}

  Result<std::span<const Record>> Poll(TaskId* task, const Bounds&) override {
    Task& only = simulation_.tasks_.begin()->second;
    *task = only.settings().id;
    const Instant now = simulation_.now_;
    if (const auto due = only.NextDue(now)) {
      // A due that was set behind the last tick waits for the next one.
      const Instant until = std::max(*due, only.meta().tick) + Milliseconds(1);
      if (until <= now) return Give(EncodeRecord(TickRecord{until}), until);
    }
    if (!record_.empty()) return Give(std::exchange(record_, {}), now);
    stop_.request_stop();
    return std::span<const Record>{};
  }

  Result<void> Commit(std::span<CommitSet> sets) override {
    for (CommitSet& set : sets) {
      PM_TRY_VOID(WriteState(simulation_.store_, set));
      std::ranges::move(set.outputs, std::back_inserter(simulation_.outputs_));
    }
    return {};
  }

 private:
  std::span<const Record> Give(std::string bytes, Instant at) {
    bytes_ = std::move(bytes);
    given_ = {bytes_, simulation_.position_++, at};
    return {&given_, 1};
  }

  Simulation& simulation_;
  std::string record_;
  std::stop_source stop_;
  std::string bytes_;
  Record given_;
};

Simulation::Simulation(StageTable stages, RuleProvider provider, ContentHash rules,
                       TaskSettings settings) {
  const TaskId id = settings.id;
  tasks_.emplace(
      std::piecewise_construct, std::forward_as_tuple(id),
      std::forward_as_tuple(store_, std::move(settings), std::move(stages), std::move(provider)));
  Switch(rules, Instant{0});
}

EventId Simulation::Feed(Submission submission, Instant at) {
  const Message message = RootMessage(std::move(submission.body), std::move(submission.key),
                                      submission.mode, ++ordinal_);
  Run(EncodeMessageRecord(message), at);
  return message.root;
}

void Simulation::Switch(ContentHash rules, Instant at) {
  Run(EncodeRecord(SwitchRecord{rules}), at);
}

void Simulation::AdvanceTo(Instant until) { Run({}, until); }

std::vector<SealedOutput> Simulation::TakeOutputs() { return std::exchange(outputs_, {}); }

void Simulation::Run(std::string record, Instant at) {
  now_ = std::max(now_, at);
  std::stop_source stop;
  FileLog log(*this, std::move(record), stop);
  // A store in memory and a log that takes everything have no errors.
  PM_CHECK(Drive(log, tasks_, Bounds{}, stop.get_token()).has_value());
}

}  // namespace pm
