// Reading a changelog into a store.
#include <algorithm>

#include "engine/runtime/kafka/state/changelog.h"
#include "engine/runtime/kafka/state/changelog_keys.h"
#include "engine/runtime/task.h"

namespace pm {

using namespace changelog_keys;

namespace {

constexpr size_t kWriteBytes = size_t{4} << 20;
constexpr size_t kChunk = 10'000;
constexpr size_t kRiders = 10'000;  // remembered; some 100 bytes each

std::unexpected<Error> Damaged() {
  return Fail(kDigestMismatch, "a record of the changelog cannot be read");
}

// The rows of a bundle, each by its number among those that may belong to the head; nullopt:
// damage.
std::optional<std::map<uint64_t, std::string_view>> Unbundle(std::string_view value) {
  std::map<uint64_t, std::string_view> rows;
  while (!value.empty()) {
    uint64_t number = 0, size = 0;
    if (!TakeVarint(&value, &number) || !TakeVarint(&value, &size) || size > value.size())
      return std::nullopt;
    rows[number] = value.substr(0, size);
    value.remove_prefix(size);
  }
  return rows;
}

bool IsParking(std::string_view key) { return key.starts_with(ParkedRow::kPrefix); }
std::string ParkingOf(std::string_view row) { return Prefixed(ParkedRow::kPrefix, row); }

}  // namespace

// Two bits of each.
void KeyFilter::Add(std::string_view key) {
  if (bits_.empty()) bits_.resize(kBits);
  const uint64_t hash = Hash64(key);
  bits_[hash % bits_.size()] = bits_[(hash >> 32) % bits_.size()] = true;
}

bool KeyFilter::MayHave(std::string_view key) const {
  if (bits_.empty()) return false;
  const uint64_t hash = Hash64(key);
  return bits_[hash % bits_.size()] && bits_[(hash >> 32) % bits_.size()];
}

Restore::Restore(Store& store, StateRows rows)
    : store_(store),
      state_rows_(std::move(rows)),
      state_(ReadCopyState(store).value_or(CopyState{})),
      has_parked_(store.NextKey(std::string(1, ParkedRow::kPrefix), "").has_value()) {
  last_meta_ = state_.from;
  if (!store.NextKey("", "")) written_.emplace();
}

bool Restore::Follows() {
  const bool is_empty = rows_.empty() && !store_.NextKey("", "");
  state_.digest_known = state_.digest_known || is_empty;
  return state_.digest_known;
}

Result<void> Restore::Apply(const KafkaRecord& record) {
  ++records_;
  if (record.key.empty()) return {};
  const std::string_view rest = record.key.substr(1);
  switch (record.key[0]) {
    case kRow:
      if (rest.empty()) return Damaged();
      ApplyRow(std::string(rest),
               record.tombstone ? std::nullopt : std::optional(std::string(record.value)));
      break;
    case kBundle:
      if (!ApplyBundle(rest, record)) return Damaged();
      break;
    case kMeta:
      last_meta_ = record.offset;
      if (!Decode(record.value, &meta_.emplace())) return Damaged();
      break;
    case kOwner:
      if (!Decode(record.value, &state_.owner.emplace())) state_.owner.reset();
      break;
    default:
      break;
  }
  return bytes_ >= kWriteBytes ? Write() : Result<void>{};
}

void Restore::ApplyRow(const std::string& key, std::optional<std::string> value) {
  const auto [row, is_first] = rows_.try_emplace(key);
  Changed& changed = row->second;
  if (state_.digest_known) {
    if (is_first) changed.before = Stored(key);
    const std::optional<std::string>& old = is_first ? changed.before : changed.after;
    if (old) state_.digest -= RowDigest(key, *old);
    if (value) state_.digest += RowDigest(key, *value);
  }
  bytes_ += key.size() + (value ? value->size() : 0);
  has_parked_ = has_parked_ || IsParking(key);
  if (written_ && value) written_->Add(key);
  riders_.erase(key);
  changed.after = std::move(value);
}

// False: damage.
bool Restore::ApplyBundle(std::string_view head, const KafkaRecord& record) {
  const auto listed = Unbundle(record.value);
  if (!listed || head.empty()) return false;
  const auto first = listed->find(0);
  const std::vector<std::string> keys =
      state_rows_.rows(head, first == listed->end() ? std::nullopt : std::optional(first->second));
  const std::string rider = state_rows_.rider(head);
  const bool rides = !rider.empty() && rider != head;
  if (!listed->empty() && listed->rbegin()->first >= keys.size() + (rides ? 1 : 0)) return false;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (const auto row = listed->find(i); row != listed->end()) {
      ApplyRow(keys[i], std::string(row->second));
      continue;
    }
    const std::optional<std::string> now = Now(keys[i]);
    // It may have gone over to another head.
    if (now && state_rows_.head(keys[i], *now) == head) ApplyRow(keys[i], std::nullopt);
  }
  if (!rides || listed->empty()) return true;
  const auto found = listed->find(keys.size());
  ApplyRider(rider, found == listed->end() ? std::nullopt : std::optional(found->second));
  return true;
}

void Restore::ApplyRider(const std::string& key, std::optional<std::string_view> value) {
  const ContentHash hash = value ? HashContent(*value) : ContentHash{};
  if (const auto known = riders_.find(key); known != riders_.end() && known->second == hash) return;
  if (Now(key) != value) ApplyRow(key, value ? std::optional(std::string(*value)) : std::nullopt);
  if (riders_.size() >= kRiders) riders_.clear();
  riders_[key] = hash;
}

std::optional<std::string> Restore::Now(const std::string& key) const {
  const auto unwritten = rows_.find(key);
  return unwritten != rows_.end() ? unwritten->second.after : Stored(key);
}

std::optional<std::string> Restore::Stored(const std::string& key) const {
  return written_ && !written_->MayHave(key) ? std::nullopt : store_.Get(key);
}

// What the index says of a row before and after what is not written yet.
void Restore::ChangeDue(const std::string& row, std::vector<DueChange>* changes) {
  const auto versions = [&](const std::string& key) {
    const auto found = rows_.find(key);
    if (found != rows_.end()) return found->second;
    const std::optional<std::string> same = Stored(key);
    return Changed{same, same};
  };
  const Changed bytes = versions(row), parked = has_parked_ ? versions(ParkingOf(row)) : Changed{};
  const auto due = [&](const std::optional<std::string>& is, bool is_parked) {
    return is && !is_parked ? state_rows_.due(row, *is) : kNever;
  };
  const Instant before = due(bytes.before, parked.before.has_value());
  const Instant after = due(bytes.after, parked.after.has_value());
  if (before == after) return;
  if (before != kNever) changes->push_back({{before, row}, false});
  if (after != kNever) changes->push_back({{after, row}, true});
  state_.dues += (after != kNever ? 1 : 0) - (before != kNever ? 1 : 0);
}

std::vector<DueChange> Restore::DueChanges() {
  std::vector<DueChange> changes;
  for (const auto& [key, changed] : rows_) {
    if (!IsParking(key)) {
      ChangeDue(key, &changes);
    } else if (!rows_.contains(key.substr(1))) {
      ChangeDue(key.substr(1), &changes);
    }
  }
  return changes;
}

Result<void> Restore::Write() {
  std::vector<DueChange> changes;
  if (state_.digest_known) changes = DueChanges();
  std::vector<RowWrite> rows;
  for (auto& [key, changed] : rows_) rows.push_back({key, std::move(changed.after)});
  // Reading on begins with the last meta, so that a copy is always held against the changelog's.
  state_.from = last_meta_;
  std::vector<MetaWrite> meta = {{kCopyStateName, Encoded(state_)}};
  if (meta_) meta.push_back({kTaskMetaName, Encoded(*meta_)});
  PM_TRY_VOID(store_.Commit({rows, changes, {}, meta}));
  rows_.clear();
  bytes_ = 0;
  return {};
}

// Digest and dues of all that lies there, in one go.
Result<void> Restore::IndexAll() {
  const auto commit = [&](std::vector<DueChange>* changes) {
    const Result<void> done = store_.Commit({{}, *changes, {}, {}});
    changes->clear();
    return done;
  };
  std::vector<DueChange> changes;
  // One that ended in here left some.
  const DueKey first{Instant{INT64_MIN}, {}};
  for (std::vector<DueKey> old; !(old = store_.Dues(first, kNever, kChunk)).empty();) {
    for (DueKey& due : old) changes.push_back({std::move(due), false});
    PM_TRY_VOID(commit(&changes));
  }
  state_.digest = {};
  state_.dues = 0;
  std::optional<std::string> key;
  for (std::string after; (key = store_.NextKey("", after)); after = *key) {
    const std::string bytes = store_.Get(*key).value();
    state_.digest += RowDigest(*key, bytes);
    const Instant due = IsParking(*key) ? kNever : state_rows_.due(*key, bytes);
    if (due == kNever || (has_parked_ && store_.Get(ParkingOf(*key)))) continue;
    ++state_.dues;
    changes.push_back({{due, *key}, true});
    if (changes.size() >= kChunk) PM_TRY_VOID(commit(&changes));
  }
  PM_TRY_VOID(commit(&changes));
  state_.digest_known = true;
  return Write();
}

Result<void> Restore::Finish() {
  PM_TRY_VOID(Write());
  if (!meta_) {
    const bool is_empty = !store_.NextKey("", "") && !store_.Meta(kTaskMetaName);
    if (is_empty) return {};
    return Fail(kDigestMismatch, "the changelog knows nothing of what lies in the local copy");
  }
  if (!state_.digest_known) PM_TRY_VOID(IndexAll());
  if (state_.digest != meta_->digest)
    return Fail(kDigestMismatch, "the digest over the restored rows is not the changelog's");
  if (state_.dues != DuesOf(*meta_))
    return Fail(kDigestMismatch, "the restored timers are not as many as the changelog says");
  return {};
}

}  // namespace pm
