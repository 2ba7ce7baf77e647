// Which inputs an IntakeLog reads, and from where.
#include <fmt/format.h>

#include <algorithm>

#include "engine/runtime/kafka/logs/intake_log.h"

namespace pm {

namespace {

constexpr Duration kPauseOfLooks = Seconds(5);

bool IsPassing(const Error& error) { return error.code == kKafkaRetry; }

}  // namespace

// What comes behind a change of rules is read by these rules.
Result<void> IntakeLog::HoldWhileRulesAreUnknown() {
  const bool holds = !caught_up_ || next_rules_.has_value();
  if (holds == held_ || assigned_) return {};
  std::vector<TopicPartition> all;
  for (const auto& [partition, offset] : committed_) all.push_back(partition);
  PM_TRY_VOID(holds ? client_.Pause(all) : client_.Resume(all));
  held_ = holds;
  return {};
}

// Answers what the group gave, once there are rules to read by.
Result<void> IntakeLog::Read() {
  if (!assigned_ || !caught_up_ || next_rules_ || !tasks_.at(kTask).meta().rules) return {};
  const auto committed = client_.Committed("", *assigned_);
  if (!committed)
    return IsPassing(committed.error()) ? Result<void>{} : std::unexpected(committed.error());
  std::vector<PartitionOffset> from;
  std::map<TopicPartition, Error> troubles;
  for (const PartitionOffset& one : *committed) {
    const auto start = StartOf(one);
    if (start) {
      from.push_back(*start);
    } else if (start.error().code == kKafkaRefused) {
      troubles.emplace(one.partition, start.error());
    } else {
      return IsPassing(start.error()) ? Result<void>{} : std::unexpected(start.error());
    }
  }
  for (const auto& [partition, error] : troubles) {
    if (!troubles_.contains(partition)) Say(error.text + "; the other inputs go on");
  }
  troubles_ = std::move(troubles);
  looked_at_ = clock_.Measure();
  PM_TRY_VOID(client_.Assign(from));
  assigned_.reset();
  held_ = false;
  committed_.clear();
  next_.clear();
  for (const PartitionOffset& one : from) committed_[one.partition] = one.offset;
  return {};
}

// Where it was read to, or the first record that is there.
Result<PartitionOffset> IntakeLog::StartOf(const PartitionOffset& committed) {
  PM_TRY(const auto bounds, client_.Bounds(committed.partition));
  const auto& [first, end] = bounds;
  if (committed.offset >= first && committed.offset <= end) return committed;
  if (committed.offset >= 0) {
    ++counters_.gaps;
    Say(fmt::format("{}/{}: offset {} is gone, {} is read next: retention, or a new topic",
                    committed.partition.topic, committed.partition.partition, committed.offset,
                    first));
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
  needs_rewind_ |= waited && !troubles_.empty();
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
  if (refused_.insert(error.text).second) Say(error.text);
  looks_again_ = true;
  return {};
}

}  // namespace pm
