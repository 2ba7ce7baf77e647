#include "engine/runtime/reshape.h"

#include <algorithm>
#include <unordered_map>

#include "base/ids.h"
#include "engine/stages/row_place.h"
#include "engine/stages/told_row.h"

namespace pm {

namespace {

constexpr size_t kWriteBytes = size_t{4} << 20;
constexpr char kUnknownDesk[] = "there is state of a desk that the rules do not name";

void CountRow(const std::string& key, const std::string& value, StageDigest* to) {
  // What intake told of lately: a worker forgets it with each start.
  if (!IsDigested(key) || key[0] == ToldRow::kPrefix) return;
  ++to->rows;
  to->digest += RowDigest(key, value);
}

// A task's new store, written in parts.
class Part {
 public:
  explicit Part(Store& store) : store_(store) {}

  std::optional<std::string> Find(const std::string& key) {
    const auto unwritten = rows_.find(key);
    return unwritten != rows_.end() ? unwritten->second : store_.Get(key);
  }
  Result<void> Put(const std::string& key, const std::string& value, std::optional<Instant> due) {
    digest_ += RowDigest(key, value);
    bytes_ += key.size() + value.size();
    rows_.emplace(key, value);
    if (due) {
      ++pending_[static_cast<uint8_t>(key[0])];
      dues_.push_back({{*due, key}, true});
    }
    return bytes_ < kWriteBytes ? Result<void>{} : Write({});
  }
  // `meta` says what is the same for all tasks.
  Result<void> Finish(TaskMeta meta) {
    meta.digest = digest_;
    for (const auto& [prefix, rows] : pending_) meta.pending.push_back({prefix, rows});
    const std::vector<MetaWrite> writes = {{kTaskMetaName, Encoded(meta)}};
    PM_TRY_VOID(Write(writes));
    if (FullDigest(store_) == digest_) return {};
    return Fail(kDigestMismatch, "what was written is not what is read back");
  }

 private:
  Result<void> Write(std::span<const MetaWrite> meta) {
    std::vector<RowWrite> rows;
    for (auto& [key, value] : rows_) rows.push_back({key, std::move(value)});
    PM_TRY_VOID(store_.Commit({rows, dues_, {}, meta}));
    rows_.clear();
    dues_.clear();
    bytes_ = 0;
    return {};
  }

  Store& store_;
  std::map<std::string, std::string> rows_;  // not written yet
  std::vector<DueChange> dues_;
  size_t bytes_ = 0;
  Digest digest_;
  std::map<uint8_t, int64_t> pending_;
};

// What all tasks of the source agree on. The least tick: what is due between it and the others' has
// fired there already and is due no more.
Result<TaskMeta> CommonMeta(std::span<const StoreView* const> from) {
  TaskMeta common;
  Instant tick = kNever;
  for (const StoreView* source : from) {
    const TaskMeta meta = ReadTaskMeta(*source);
    if (meta.fired_to) return Fail(kCannotReshape, "a tick is under way: let it end first");
    if (common.rules && meta.rules && common.rules != meta.rules)
      return Fail(kCannotReshape, "rules are in force in some tasks that are not in others");
    if (meta.rules) common.rules = meta.rules;
    common.at = std::max(common.at, meta.at);
    // Intake keeps no time.
    if (meta.rules) tick = std::min(tick, meta.tick);
  }
  if (!common.rules) return Fail(kCannotReshape, "there is no state: no rules came into force");
  common.tick = tick;
  return common;
}

std::unordered_map<std::string, Instant> DuesOf(const StoreView& source) {
  constexpr size_t kALook = 10'000;
  std::unordered_map<std::string, Instant> dues;
  DueKey from{Instant{INT64_MIN}, {}};
  for (bool more = true; more;) {
    const std::vector<DueKey> found = source.Dues(from, kNever, kALook);
    for (const DueKey& due : found) dues[due.row] = due.due;
    more = found.size() == kALook;
    if (more) from = {found.back().due, found.back().row + '\0'};
  }
  return dues;
}

class Division {
 public:
  explicit Division(const ReshapeLayout& layout) : layout_(layout) {}

  Result<void> Open(const ReshapeTarget& target) {
    PM_TRY_VOID(Open({Stage::kIntake, 0}, target));
    for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk})
      for (uint32_t n = 0; n < layout_.partitions && !layout_.fused; ++n)
        PM_TRY_VOID(Open({stage, n}, target));
    return {};
  }

  Result<void> Take(const StoreView& source) {
    const std::unordered_map<std::string, Instant> dues = DuesOf(source);
    Digest digest;
    std::optional<std::string> key;
    for (std::string after; (key = source.NextKey("", after)); after = *key) {
      const std::string value = source.Get(*key).value();
      const auto due = dues.find(*key);
      digest += RowDigest(*key, value);
      PM_TRY_VOID(Put(*key, value, due == dues.end() ? std::nullopt : std::optional(due->second)));
    }
    counts_.dues += static_cast<int64_t>(dues.size());
    if (digest == ReadTaskMeta(source).digest) return {};
    return Fail(kDigestMismatch, "the rows are not those that were written with the task's digest");
  }

  Result<void> Finish(const TaskMeta& meta) {
    for (auto& [task, part] : parts_) PM_TRY_VOID(part.Finish(meta));
    return {};
  }

  const ReshapeCounts& counts() const { return counts_; }

 private:
  Result<void> Open(TaskId task, const ReshapeTarget& target) {
    PM_TRY(Store * store, target(task));
    const bool is_empty = !store->NextKey("", "") && !store->Meta(kTaskMetaName);
    PM_CHECK(is_empty);
    parts_.emplace(task, *store);
    return {};
  }

  Result<void> Put(const std::string& key, const std::string& value, std::optional<Instant> due) {
    const std::optional<RowPlace> place = PlaceOfRow(key, layout_.desks);
    if (!place) return Fail(kCannotReshape, kUnknownDesk);
    ++counts_.rows;
    if (place->key) {
      Count(place->stage, key, value);
      const auto n = static_cast<uint32_t>(Hash64(*place->key) % layout_.partitions);
      return PutInto(PartOf({place->stage, n}), key, value, due);
    }
    const uint32_t homes = place->stage == Stage::kIntake ? 1 : layout_.partitions;
    for (uint32_t n = 0; n < homes; ++n) PM_TRY_VOID(PutShared({place->stage, n}, key, value, due));
    return {};
  }

  // Each task of the source may bring it.
  Result<void> PutShared(TaskId to, const std::string& key, const std::string& value,
                         std::optional<Instant> due) {
    Part& part = PartOf(to);
    const std::optional<std::string> there = part.Find(key);
    if (!there) {
      if (to.partition == 0) Count(to.stage, key, value);
      return PutInto(part, key, value, due);
    }
    if (*there == value || !IsDigested(key)) return {};
    return Fail(kCannotReshape, "the end of a suppression is at work in a part of the tasks");
  }

  Result<void> PutInto(Part& part, const std::string& key, const std::string& value,
                       std::optional<Instant> due) {
    ++counts_.written;
    return part.Put(key, value, due);
  }

  void Count(Stage stage, const std::string& key, const std::string& value) {
    CountRow(key, value, &counts_.stages[stage]);
  }

  Part& PartOf(TaskId task) { return parts_.at(layout_.fused ? TaskId{Stage::kIntake, 0} : task); }

  const ReshapeLayout& layout_;
  std::map<TaskId, Part> parts_;
  ReshapeCounts counts_;
};

}  // namespace

Result<ReshapeCounts> Reshape(std::span<const StoreView* const> from, const ReshapeLayout& layout,
                              const ReshapeTarget& target) {
  PM_TRY(const TaskMeta common, CommonMeta(from));
  Division division(layout);
  PM_TRY_VOID(division.Open(target));
  for (const StoreView* source : from) PM_TRY_VOID(division.Take(*source));
  PM_TRY_VOID(division.Finish(common));
  return division.counts();
}

Result<std::map<Stage, StageDigest>> DigestsOf(const std::map<TaskId, const StoreView*>& stores,
                                               std::span<const std::string> desks) {
  std::map<Stage, StageDigest> all;
  for (const auto& [task, store] : stores) {
    std::optional<std::string> key;
    for (std::string after; (key = store->NextKey("", after)); after = *key) {
      const std::optional<RowPlace> place = PlaceOfRow(*key, desks);
      if (!place) return Fail(kCannotReshape, kUnknownDesk);
      const bool counts = place->key || task.partition == 0;
      if (counts) CountRow(*key, store->Get(*key).value(), &all[place->stage]);
    }
  }
  return all;
}

}  // namespace pm
