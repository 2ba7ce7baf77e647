#include "engine/runtime/kafka/state/standbys.h"

#include <fmt/format.h>

#include "engine/runtime/kafka/client/rebalances.h"

namespace pm {

namespace {

constexpr int64_t kMeasureEveryUs = 1'000'000;
constexpr int64_t kNoteEveryUs = 5'000'000;

struct Share {
  uint32_t from = 0, to = 0;
  bool operator==(const Share&) const = default;
};

// Kafka's `range`: the first get one more where it does not come out even.
Share ShareOf(uint32_t member, uint32_t members, uint32_t partitions) {
  const uint32_t each = partitions / members, more = partitions % members;
  const uint32_t from = member * each + std::min(member, more);
  return {from, from + each + (member < more ? 1 : 0)};
}

}  // namespace

std::string StandbyGroup(const std::string& prefix, const std::string& instance) {
  return fmt::format("{}.standby.{}", prefix, instance);
}

std::set<uint32_t> PartitionsAfterDeaths(const std::set<uint32_t>& own, uint32_t partitions,
                                         uint32_t deaths) {
  std::set<uint32_t> more;
  // Who has nothing comes behind those who have one each.
  if (own.empty()) {
    for (uint32_t n = 0; n < std::min(deaths, partitions); ++n) more.insert(partitions - 1 - n);
    return more;
  }
  const Share share{*own.begin(), *own.rbegin() + 1};
  // There may be members with nothing, too.
  for (uint32_t members = 1; members <= partitions + deaths; ++members) {
    for (uint32_t member = 0; member < members; ++member) {
      if (ShareOf(member, members, partitions) != share) continue;
      for (uint32_t dead = 1; dead <= std::min(deaths, members - 1); ++dead) {
        // So many of the dead came before it.
        for (uint32_t before = 0; before <= std::min(dead, member); ++before) {
          if (member - before >= members - dead) continue;
          const Share then = ShareOf(member - before, members - dead, partitions);
          for (uint32_t n = then.from; n < then.to; ++n)
            if (!own.contains(n)) more.insert(n);
        }
      }
    }
  }
  return more;
}

Result<void> Standbys::Follow(const std::set<TaskId>& tasks) {
  for (auto one = all_.begin(); one != all_.end();) {
    if (tasks.contains(one->first)) {
      ++one;
      continue;
    }
    if (one->second.restore != nullptr) PM_TRY_VOID(one->second.restore->Flush());
    LetGo(one->second);
    one = all_.erase(one);
  }
  for (const TaskId& task : tasks) {
    const auto partition = static_cast<int32_t>(task.partition);
    all_[task].changelog = {settings_.names.Changelog(task.stage), partition};
  }
  return {};
}

Result<void> Standbys::Advance(size_t most) {
  has_more_ = false;
  for (auto& [task, one] : all_) {
    if (one.store != nullptr || !one.given_up.empty()) continue;
    if (!pace_.MayAsk(ToText(task))) continue;
    PM_TRY_VOID(Begin(task, one));
    if (one.store == nullptr) continue;
    // To open a store takes a while, in which our own tasks stand still.
    has_more_ = true;
    return {};
  }
  PM_TRY_VOID(AssignReader());
  PM_TRY_VOID(Read(most));
  return Measure();
}

Result<void> Standbys::Begin(TaskId task, Standby& one) {
  const auto bounds = pace_.Ask(ToText(task), [&] { return client_.Bounds(one.changelog); });
  if (!bounds)
    return IsPassing(bounds.error()) ? Result<void>{}
                                     : Fail(bounds.error().code, bounds.error().text);
  PM_TRY(one.store, stores_.Open(task));
  one.restore = std::make_unique<Restore>(*one.store, rows_);
  // Another cluster's; or its digest is not known, as after a kill or in the middle of a restore:
  // to count it takes long, and our own tasks would stand still meanwhile.
  if (one.restore->from() > bounds->second || !one.restore->Follows()) {
    PM_TRY(one.store, stores_.Wipe(task));
    one.restore = std::make_unique<Restore>(*one.store, rows_);
    PM_CHECK(one.restore->Follows());
  }
  one.next = one.restore->from();
  one.high = bounds->second;
  return {};
}

// Once; what is of no use twice is left to the take-over.
Result<void> Standbys::Wipe(TaskId task, Standby& one, const Error& error) {
  LetGo(one);
  PM_TRY_VOID(stores_.Wipe(task));
  one.store = nullptr;
  one.restore.reset();
  const bool again = std::exchange(one.wiped, true);
  if (again) one.given_up = error.text;
  Say(task, fmt::format("its standby is {}: {}", again ? "given up" : "made anew", error.text));
  return {};
}

// Again only when what is read has changed; those that go on do so where they stand.
Result<void> Standbys::AssignReader() {
  std::map<TopicPartition, TaskId> wanted;
  for (const auto& [task, one] : all_)
    if (one.store != nullptr) wanted[one.changelog] = task;
  if (wanted == read_ && !reads_too_much_) return {};
  std::vector<PartitionOffset> from;
  for (const auto& [partition, task] : wanted) from.push_back({partition, all_.at(task).next});
  PM_TRY_VOID(reader_.Assign(from));
  read_ = std::move(wanted);
  reads_too_much_ = false;
  return {};
}

void Standbys::LetGo(const Standby& one) { reads_too_much_ |= read_.erase(one.changelog) > 0; }

Result<void> Standbys::Read(size_t most) {
  size_t read = 0;
  // Where one of them ends the others go on.
  for (size_t ends = 0; read < most && ends < read_.size();) {
    PM_TRY(const std::optional<KafkaRecord> record, reader_.Poll({}));
    if (!record) {
      ++ends;
      continue;
    }
    ++read;
    const auto reads = read_.find(*record->partition);
    if (reads == read_.end()) continue;
    const TaskId task = reads->second;
    Standby& one = all_.at(task);
    one.next = record->offset + 1;
    const Result<void> applied = one.restore->Apply(*record);
    if (applied) continue;
    if (applied.error().code != kDigestMismatch) return applied;
    PM_TRY_VOID(Wipe(task, one, applied.error()));
  }
  has_more_ = read == most;
  return {};
}

// Markers and gaps count as read.
Result<void> Standbys::Measure() {
  const int64_t now_us = clock_.MeasureUs();
  if (now_us < measure_next_us_) return {};
  measure_next_us_ = now_us + kMeasureEveryUs;
  if (read_.empty()) return {};
  std::vector<PartitionOffset> next;
  for (const auto& [partition, task] : read_) {
    Standby& one = all_.at(task);
    PM_TRY(one.next, reader_.Position(partition));
    one.high = reader_.End(partition).value_or(one.high);
    next.push_back({partition, one.next});
  }
  if (now_us < note_next_us_ || next == noted_) return {};
  note_next_us_ = now_us + kNoteEveryUs;
  reader_.Note(next);
  noted_ = std::move(next);
  return {};
}

void Standbys::Say(TaskId task, std::string_view what) const {
  if (settings_.say) settings_.say(fmt::format("{}: {}", ToText(task), what));
}

}  // namespace pm
