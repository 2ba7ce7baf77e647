#include "engine/runtime/split.h"

namespace pm {

namespace {
constexpr int kStepsAFeed = 3;
constexpr int kMostRounds = 1'000'000;
}  // namespace

SplitSimulation::SplitSimulation(const SplitSettings& settings, StageTable stages,
                                 RuleProvider provider, ContentHash rules)
    : settings_(settings),
      log_(settings_, std::move(stages), std::move(provider)),
      workers_(settings.workers) {
  for (const auto& [id, partition] : log_.partitions)
    log_.StartTask(workers_[log_.random.Below(workers_.size())], id);
  Switch(rules, Instant{0});
}

EventId SplitSimulation::Feed(Submission submission, Instant at) {
  const TaskId to = log_.PartitionOf(Stage::kIntake, submission.key);
  const Message message = RootMessage(std::move(submission.body), std::move(submission.key),
                                      submission.mode, ++ordinal_);
  Append(EncodeMessageRecord(message), at, to);
  for (int i = 0; i < kStepsAFeed; ++i) Step();
  return message.root;
}

// One transaction writes it to every partition.
void SplitSimulation::Switch(ContentHash rules, Instant at) {
  const std::string record = EncodeRecord(SwitchRecord{rules});
  for (const auto& [id, partition] : log_.partitions) Append(record, at, id);
}

void SplitSimulation::Finish(Instant until) {
  now_ = std::max(now_, until);
  // What is set to the last tick's time, or behind it, waits for a later one.
  for (int round = 0;; ++round) {
    PM_CHECK(round < kMostRounds);
    while (!Idle()) Step();
    bool waits = false;
    for (SplitWorker& worker : workers_) {
      for (auto& [id, task] : worker.tasks)
        waits |= task.NextDue(now_ + Milliseconds(1)).has_value();
    }
    if (!waits) return;
    if (last_tick_ >= now_) now_ = last_tick_ + Milliseconds(1);
    NoteTime();
  }
}

void SplitSimulation::VisitStores(const std::function<void(TaskId, const Store&)>& visit) {
  for (const SplitWorker& worker : workers_) {
    for (const auto& [id, task] : worker.tasks) visit(id, worker.copies.at(id)->store);
  }
}

Digest SplitSimulation::Fingerprint() const {
  Digest sum;
  for (const SplitWorker& worker : workers_) {
    for (const auto& [id, task] : worker.tasks) {
      sum += Digest{task.meta().outputs.hi, task.meta().outputs.lo};
      sum += task.meta().digest;
    }
  }
  return sum;
}

void SplitSimulation::Append(const std::string& record, Instant at, TaskId to) {
  now_ = std::max(now_, at);
  log_.partition(to).records.push_back({record, now_});
}

// One turn of somebody: a worker, the rebalancer or the clock task.
void SplitSimulation::Step() {
  if (log_.random.PerMille(settings_.moves_per_mille)) Move();
  if (!note_ && now_ - last_tick_ >= settings_.tick) NoteTime();
  RunWorker(workers_[log_.random.Below(workers_.size())]);
  PutTick();
}

void SplitSimulation::RunWorker(SplitWorker& worker) {
  if (!log_.Run(worker, now_)) log_.Restart(worker);
}

// A rebalance: the task goes to another worker, which may hold an old copy of it.
void SplitSimulation::Move() {
  SplitWorker& from = workers_[log_.random.Below(workers_.size())];
  SplitWorker& to = workers_[log_.random.Below(workers_.size())];
  if (&from == &to || from.tasks.empty()) return;
  const TaskId id = std::next(from.tasks.begin(),
                              static_cast<std::ptrdiff_t>(log_.random.Below(from.tasks.size())))
                        ->first;
  from.tasks.erase(id);
  from.next.erase(id);
  if (log_.random.PerMille(300)) {
    ++log_.faults.lost_disks;
    to.copies.erase(id);
  }
  ++log_.faults.moves;
  log_.StartTask(to, id);
}

void SplitSimulation::NoteTime() {
  Note note{now_, {}};
  for (uint32_t n = 0; n < settings_.partitions; ++n)
    note.marks.push_back(static_cast<int64_t>(log_.partition({Stage::kIntake, n}).records.size()));
  note_ = std::move(note);
}

// Once intake has committed up to the marks, all that came before the note is on its way.
void SplitSimulation::PutTick() {
  if (!note_) return;
  for (uint32_t n = 0; n < settings_.partitions; ++n) {
    if (log_.partition({Stage::kIntake, n}).committed < note_->marks[n]) return;
  }
  const std::string record = EncodeRecord(TickRecord{note_->now});
  for (uint32_t n = 0; n < settings_.partitions; ++n) Append(record, now_, {Stage::kIdentity, n});
  last_tick_ = note_->now;
  note_.reset();
}

bool SplitSimulation::Idle() const {
  if (note_) return false;
  for (const auto& [id, partition] : log_.partitions) {
    if (std::cmp_less(partition.committed, partition.records.size())) return false;
  }
  return true;
}

}  // namespace pm
