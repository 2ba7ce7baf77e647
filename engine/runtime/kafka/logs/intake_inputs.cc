// Which inputs an IntakeLog reads, and from where.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "engine/runtime/kafka/logs/intake_log.h"
#include "engine/runtime/kafka/topics/owner_note.h"

namespace pm {

namespace {

constexpr Duration kPauseOfLooks = Seconds(5);
constexpr Duration kPauseOfQuestions = Milliseconds(500);  // who is in the group

}  // namespace

// What comes behind a change of rules is read by these rules; what cannot be sent on is not read,
// nor what will be read anew. Polls go on, or the group would take us for dead.
Result<void> IntakeLog::HoldWhileNothingMayBeRead() {
  const bool holds = !caught_up_ || next_rules_ || assigned_ || !MaySend();
  if (holds == held_) return {};
  std::vector<TopicPartition> all;
  for (const auto& [partition, offset] : committed_) all.push_back(partition);
  PM_TRY_VOID(holds ? client_.Pause(all) : client_.Resume(all));
  held_ = holds;
  return {};
}

// Answers what the group gave, once there are rules to read by.
Result<void> IntakeLog::Read() {
  if (!assigned_ || !caught_up_ || next_rules_ || !tasks_.at(kTask).meta().rules) return {};
  PM_TRY(const bool may_read, FenceTheDead());
  if (!may_read) return {};
  std::map<TopicPartition, Error> troubles = unfenced_;
  std::vector<TopicPartition> others;
  std::ranges::copy_if(*assigned_, std::back_inserter(others),
                       [&](const TopicPartition& one) { return !troubles.contains(one); });
  const auto committed = client_.Committed("", others);
  if (!committed)
    return IsPassing(committed.error()) ? Result<void>{} : std::unexpected(committed.error());
  std::vector<PartitionOffset> from;
  std::vector<std::string> jumps;
  for (const PartitionOffset& one : *committed) {
    const auto start = StartOf(one, &jumps);
    if (start) {
      from.push_back(*start);
    } else if (start.error().code == kKafkaRefused) {
      troubles.emplace(one.partition, start.error());
    } else {
      return IsPassing(start.error()) ? Result<void>{} : std::unexpected(start.error());
    }
  }
  for (const auto& [partition, error] : troubles) {
    if (!troubles_.contains(partition)) Warn(error.text + "; the other inputs go on");
  }
  troubles_ = std::move(troubles);
  looked_at_ = clock_.Measure();
  PM_TRY_VOID(client_.Assign(from));
  PM_TRY(const bool is_told, TakeOwnership(*committed, from));
  if (!is_told) return {};
  for (const std::string& jump : jumps) Warn(jump);
  assigned_.reset();
  held_ = false;
  fenced_.clear();
  asked_at_.reset();
  committed_.clear();
  next_.clear();
  for (const PartitionOffset& one : from) committed_[one.partition] = one.offset;
  return {};
}

// Before anything is read, so that who comes after us knows whom to fence: also before there is a
// transaction that could be left open. False: not this time.
Result<bool> IntakeLog::TakeOwnership(std::span<const PartitionOffset> before,
                                      std::span<const PartitionOffset> from) {
  std::set<TopicPartition> ours;
  for (const PartitionOffset& one : before)
    if (OwnerIn(one.note) == settings_.transactional_id) ours.insert(one.partition);
  std::vector<PartitionOffset> next;
  for (const PartitionOffset& one : from) {
    if (!ours.contains(one.partition))
      next.push_back({one.partition, one.offset, OwnerNote(settings_.transactional_id)});
  }
  if (next.empty()) return true;
  const Result<void> done = client_.CommitAlone(next);
  if (!done && !IsPassing(done.error())) return std::unexpected(done.error());
  return done.has_value();
}

// Who read these before us may have died, or sleep, with a transaction open: it would hold back how
// far they were read, and whoever reads what it wrote. Whose they were, the last commits say; who
// is in the group ends its own. False: not this time.
Result<bool> IntakeLog::FenceTheDead() {
  if (!settings_.members) return true;
  const Duration now = clock_.Measure();
  if (asked_at_ && now - *asked_at_ < kPauseOfQuestions) return were_fenced_;
  asked_at_ = now;
  were_fenced_ = false;
  const auto last = client_.LastCommitted("", *assigned_);
  if (!last) return IsPassing(last.error()) ? Result<bool>(false) : std::unexpected(last.error());
  std::map<std::string, std::vector<TopicPartition>> owners;
  for (const PartitionOffset& one : *last) {
    const std::optional<std::string> owner = OwnerIn(one.note);
    if (owner && *owner != settings_.transactional_id && !fenced_.contains(*owner))
      owners[*owner].push_back(one.partition);
  }
  if (!owners.empty()) {
    const auto members = settings_.members();
    if (!members)
      return IsPassing(members.error()) ? Result<bool>(false) : std::unexpected(members.error());
    for (const std::string& instance : *members)
      owners.erase(settings_.names.IntakeTransactionalId(instance));
  }
  unfenced_.clear();
  for (const auto& [owner, its] : owners) PM_TRY_VOID(Fence(owner, its));
  were_fenced_ = true;
  return MaySend();
}

// With our own client, which has one producer at a time: ours is given up for it. What a dead owner
// had whom nobody can fence now is looked at again later; the other inputs do not wait for it.
Result<void> IntakeLog::Fence(const std::string& owner, std::span<const TopicPartition> its) {
  Result<void> done = Fail(kKafkaRetry, "it was not asked again yet");
  if (pace_.MayAsk(owner)) {
    needs_producer_ = true;
    done = pace_.Ask(owner, [&] { return client_.InitTransactions(owner); });
  }
  if (done) {
    fenced_.insert(owner);
    ++counters_.owners_fenced;
    Say(owner + " is gone, and its inputs are ours now: fenced");
    return {};
  }
  if (!IsPassing(done.error())) return done;
  for (const TopicPartition& one : its) {
    unfenced_.emplace(
        one,
        Error{kKafkaRetry, fmt::format("{}/{}: {} read it and is gone, with a transaction that "
                                       "may be open and cannot be ended yet: {}",
                                       one.topic, one.partition, owner, done.error().text)});
  }
  return {};
}

// Where it was read to, or the first record that is there: then a line for people is added.
Result<PartitionOffset> IntakeLog::StartOf(const PartitionOffset& committed,
                                           std::vector<std::string>* jumps) {
  PM_TRY(const auto bounds, client_.Bounds(committed.partition));
  const auto& [first, end] = bounds;
  if (committed.offset >= first && committed.offset <= end) return committed;
  if (committed.offset < 0 && first < end) {
    jumps->push_back(
        fmt::format("{}/{}: the group has no offset of it, it is read from {}: a new input, or the "
                    "brokers have forgotten it (offsets.retention.minutes)",
                    committed.partition.topic, committed.partition.partition, first));
  }
  if (committed.offset >= 0) {
    ++counters_.gaps;
    jumps->push_back(fmt::format(
        "{}/{}: offset {} is gone, {} is read next: retention, or a new topic",
        committed.partition.topic, committed.partition.partition, committed.offset, first));
  }
  return PartitionOffset{committed.partition, first};
}

// Every look makes the client begin anew: one that was told too often never learns that a topic
// is there again.
bool IntakeLog::MustLook() const {
  return looks_again_ && clock_.Measure() - refused_at_ >= kPauseOfLooks;
}

// At all of ours: one of them could not be read.
void IntakeLog::LookAgain() {
  if (assigned_ || dirty_) return;
  const bool waited = clock_.Measure() - looked_at_ >= settings_.look_again;
  const bool asks = !unfenced_.empty() && clock_.Measure() - looked_at_ >= kPauseOfLooks;
  needs_rewind_ |= asks || (waited && !troubles_.empty());
  if (!MustLook()) return;
  needs_rewind_ = true;
  looks_again_ = false;
  refused_at_ = clock_.Measure();
}

// One of the inputs is not as it was: which, the look at all of them will show.
Result<void> IntakeLog::Refused(const Error& error) {
  if (committed_.empty() && !assigned_) return {};
  const Duration now = clock_.Measure();
  if (now - last_refused_ > std::max(settings_.look_again, kPauseOfLooks + kPauseOfLooks))
    refused_.clear();
  last_refused_ = now;
  if (refused_.insert(error.text).second) Warn(error.text);
  looks_again_ = true;
  return {};
}

}  // namespace pm
