#include "app/simulate/dry_run.h"

#include <algorithm>

#include "model/decode/decode.h"

namespace pm {
namespace {

constexpr size_t kRecordsPerCommit = 500;

}  // namespace

DryRun::DryRun(std::shared_ptr<const RuleBook> book, Observer observer)
    : first_(book->version()), observer_(std::move(observer)) {
  Know(std::move(book));
  const RuleProvider provider = [this](ContentHash hash) -> std::shared_ptr<const RuleBook> {
    const auto found = books_.find(hash);
    return found == books_.end() ? nullptr : found->second;
  };
  task_ = std::make_unique<Task>(store_, TaskSettings{}, RealStages(), provider);
}

void DryRun::Know(std::shared_ptr<const RuleBook> book) {
  books_[book->version()] = std::move(book);
}

void DryRun::Submit(std::string_view event) {
  SubmitAt(event, TimeOfEvent(event).value_or(now_ == kNever ? Instant{} : now_));
}

void DryRun::SubmitAt(std::string_view event, Instant at) {
  RunBefore(at);
  ++events_;
  Apply(EncodeMessageRecord(RootMessage(std::string(event), "", Mode::kLive, events_)));
}

void DryRun::Switch(std::shared_ptr<const RuleBook> book, Instant at) {
  RunBefore(at);
  const ContentHash version = book->version();
  Know(std::move(book));
  Apply(EncodeRecord(SwitchRecord{version}));
}

void DryRun::RunUntil(Instant until) {
  Begin(until);
  if (until < now_) return;
  RunBefore(until);
  FireBefore(until + Milliseconds(1));
}

void DryRun::Jump(Instant until) {
  Begin(until);
  now_ = std::max(now_, until);
  Apply(EncodeRecord(TickRecord{now_}));
}

void DryRun::Replay(const Record& record) {
  now_ = now_ == kNever ? record.at : std::max(now_, record.at);
  position_ = record.position;
  Apply(std::string(record.bytes));
}

void DryRun::Begin(Instant at) {
  if (now_ != kNever) return;
  now_ = at;
  Apply(EncodeRecord(SwitchRecord{first_}));
}

void DryRun::RunBefore(Instant until) {
  Begin(until);
  FireBefore(until);
  now_ = std::max(now_, until);
}

void DryRun::FireBefore(Instant end) {
  while (const auto due = task_->NextDue(end)) {
    // Ticks only rise: a due set behind the last one fires with the next.
    const Instant tick = std::max(*due, task_->meta().tick) + Milliseconds(1);
    if (tick > end) return;
    now_ = std::max(now_, tick);
    Apply(EncodeRecord(TickRecord{tick}));
  }
}

void DryRun::Apply(std::string bytes) {
  const Record record{bytes, position_++, now_};
  if (observer_.record) observer_.record(record);
  for (bool whole = task_->Apply(record); !whole; whole = task_->Resume()) Flush();
  if (++unsealed_ >= kRecordsPerCommit) Flush();
}

void DryRun::Flush() {
  unsealed_ = 0;
  if (!task_->HasWork()) return;
  const CommitSet set = task_->Seal();
  PM_CHECK(WriteState(store_, set).has_value());
  task_->Committed();
  if (!observer_.output) return;
  for (const SealedOutput& sealed : set.outputs) observer_.output(sealed.output);
}

}  // namespace pm
