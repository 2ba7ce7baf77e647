#include "engine/runtime/simulated.h"

namespace pm {

namespace {
constexpr size_t kMostPlanned = 500;
}

// Gives out what is planned, one record at a time, since each may set dues that come before the
// next.
class Simulation::FileLog final : public Log {
 public:
  FileLog(Simulation& simulation, std::stop_source stop)
      : simulation_(simulation), stop_(std::move(stop)) {}

  Result<std::span<const Record>> Poll(TaskId* task, const Bounds&) override {
    *task = simulation_.task().settings().id;
    while (!simulation_.planned_.empty()) {
      if (const auto tick = NextTick(simulation_.planned_.front().fire_before)) {
        GoOnTo(*tick);
        return Give(EncodeRecord(TickRecord{*tick}));
      }
      Planned next = std::move(simulation_.planned_.front());
      simulation_.planned_.pop_front();
      GoOnTo(next.at);
      if (next.record.empty()) continue;
      if (next.position >= 0) simulation_.position_ = next.position;
      return Give(std::move(next.record));
    }
    stop_.request_stop();
    return std::span<const Record>{};
  }

  Result<void> Commit(std::span<CommitSet> sets) override {
    for (const CommitSet& set : sets) {
      PM_TRY_VOID(WriteState(simulation_.store_, set));
      if (!simulation_.observer_.output) continue;
      for (const SealedOutput& sealed : set.outputs) simulation_.observer_.output(sealed.output);
    }
    return {};
  }

 private:
  std::optional<Instant> NextTick(std::optional<Instant> fire_before) {
    if (!fire_before || simulation_.now_ == kNever) return std::nullopt;
    const Instant end = std::max(*fire_before, simulation_.now_);
    Task& task = simulation_.tasks_.begin()->second;
    const auto due = task.NextDue(end);
    if (!due) return std::nullopt;
    // Ticks only rise: a due set behind the last one fires with the next.
    const Instant tick = std::max(due->due, task.meta().tick) + Milliseconds(1);
    return tick <= end ? std::optional(tick) : std::nullopt;
  }
  void GoOnTo(Instant at) {
    Instant& now = simulation_.now_;
    now = now == kNever ? at : std::max(now, at);
  }
  std::span<const Record> Give(std::string bytes) {
    bytes_ = std::move(bytes);
    given_ = {bytes_, simulation_.position_++, simulation_.now_};
    if (simulation_.observer_.record) simulation_.observer_.record(given_);
    return {&given_, 1};
  }

  Simulation& simulation_;
  std::stop_source stop_;
  std::string bytes_;
  Record given_;
};

Simulation::Simulation(StageTable stages, RuleProvider provider, Observer observer,
                       TaskSettings settings)
    : observer_(std::move(observer)) {
  const TaskId id = settings.id;
  tasks_.emplace(
      std::piecewise_construct, std::forward_as_tuple(id),
      std::forward_as_tuple(store_, std::move(settings), std::move(stages), std::move(provider)));
}

EventId Simulation::Feed(Submission submission, Instant at) {
  const Message message = RootMessage(std::move(submission.body), std::move(submission.key),
                                      submission.mode, ++ordinal_);
  Plan({EncodeMessageRecord(message), at, at});
  return message.root;
}

void Simulation::Switch(ContentHash rules, Instant at, bool propagate) {
  Plan({EncodeRecord(SwitchRecord{rules, propagate}), at, at});
}

void Simulation::AdvanceTo(Instant until) { Plan({{}, until, until}); }

void Simulation::AdvanceThrough(Instant until) { Plan({{}, until, until + Milliseconds(1)}); }

void Simulation::Jump(Instant until) {
  Run();
  until = now_ == kNever ? until : std::max(now_, until);
  Plan({EncodeRecord(TickRecord{until}), until, std::nullopt});
}

void Simulation::Replay(const Record& record) {
  Plan({std::string(record.bytes), record.at, std::nullopt, record.position});
}

void Simulation::Plan(Planned next) {
  planned_.push_back(std::move(next));
  if (planned_.size() >= kMostPlanned) Run();
}

void Simulation::Run() {
  if (planned_.empty()) return;
  std::stop_source stop;
  FileLog log(*this, stop);
  // A store in memory and a log that takes everything have no errors.
  PM_CHECK(Drive(log, tasks_, Bounds{}, stop.get_token()).has_value());
}

}  // namespace pm
