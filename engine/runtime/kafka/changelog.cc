#include "engine/runtime/kafka/changelog.h"

#include "base/ids.h"

namespace pm {

namespace {

constexpr char kRow = 'r', kDue = 'd', kMeta = 'm', kOwner = 'o', kSkip = 's';
constexpr size_t kWriteBytes = size_t{4} << 20;

std::string Prefixed(char letter, std::string_view rest) {
  std::string key(1, letter);
  key += rest;
  return key;
}

// A row has at most one due: what was taken out and put in elsewhere is one change.
std::map<std::string_view, std::optional<Instant>> DuesAfter(const CommitSet& set) {
  std::map<std::string_view, std::optional<Instant>> dues;
  for (const DueChange& change : set.dues) {
    if (change.add)
      dues[change.key.row] = change.key.due;
    else
      dues.try_emplace(change.key.row);
  }
  return dues;
}

}  // namespace

Result<void> VisitChangelog(const CommitSet& set, const ChangelogVisitor& visit) {
  for (const RowWrite& row : set.rows) PM_TRY_VOID(visit(Prefixed(kRow, row.key), row.value));
  for (const auto& [row, due] : DuesAfter(set)) {
    std::optional<std::string> value;
    if (due) AppendBigEndian(&value.emplace(), static_cast<uint64_t>(due->ms));
    PM_TRY_VOID(visit(Prefixed(kDue, row), value));
  }
  return visit(std::string(1, kMeta), Encoded(set.meta));
}

std::string OwnerKey() { return std::string(1, kOwner); }

std::string SkipKey(int64_t offset) {
  std::string key(1, kSkip);
  AppendBigEndian(&key, static_cast<uint64_t>(offset));
  return key;
}

std::optional<CopyState> ReadCopyState(const StoreView& store) {
  const std::optional<std::string> bytes = store.Meta(kCopyStateName);
  CopyState state;
  if (!bytes || !Decode(*bytes, &state)) return std::nullopt;
  return state;
}

Result<void> WriteCopy(Store& store, const CommitSet& set, int64_t from) {
  const std::vector<MetaWrite> meta = {
      {kTaskMetaName, Encoded(set.meta)},
      {kCopyStateName, Encoded(CopyState{from, set.meta.digest, true})}};
  return store.Commit({set.rows, set.dues, {}, meta});
}

Restore::Restore(Store& store) : store_(store), state_(ReadCopyState(store).value_or(CopyState{})) {
  last_meta_ = state_.from;
}

Result<void> Restore::Apply(const KafkaRecord& record) {
  ++records_;
  if (record.key.empty()) return {};
  switch (record.key[0]) {
    case kRow:
      ApplyRow(record);
      break;
    case kDue:
      ApplyDue(record);
      break;
    case kMeta:
      last_meta_ = record.offset;
      if (!Decode(record.value, &meta_.emplace()))
        return Fail(kDigestMismatch, "the task's meta in the changelog cannot be read");
      break;
    case kOwner:
      if (!Decode(record.value, &owner_.emplace())) owner_.reset();
      break;
    default:
      break;
  }
  return bytes_ >= kWriteBytes ? Write() : Result<void>{};
}

void Restore::ApplyRow(const KafkaRecord& record) {
  const std::string key(record.key.substr(1));
  if (state_.digest_known) {
    const auto unwritten = rows_.find(key);
    const std::optional<std::string> before =
        unwritten != rows_.end() ? unwritten->second : store_.Get(key);
    if (before) state_.digest -= RowDigest(key, *before);
    if (!record.tombstone) state_.digest += RowDigest(key, record.value);
  }
  rows_[key] = record.tombstone ? std::nullopt : std::optional(std::string(record.value));
  bytes_ += key.size() + record.value.size();
}

void Restore::ApplyDue(const KafkaRecord& record) {
  LoadDues();
  const std::string row(record.key.substr(1));
  if (const auto before = dues_.find(row); before != dues_.end()) {
    changes_.push_back({{before->second, row}, false});
    dues_.erase(before);
  }
  bytes_ += row.size();
  if (record.value.size() != 8) return;
  const Instant due{static_cast<int64_t>(ReadBigEndian(record.value))};
  dues_[row] = due;
  changes_.push_back({{due, row}, true});
}

// The index says which rows are due when; here it takes the other way round.
void Restore::LoadDues() {
  if (std::exchange(dues_loaded_, true)) return;
  constexpr size_t kChunk = 10'000;
  DueKey from{Instant{INT64_MIN}, {}};
  for (bool more = true; more;) {
    const std::vector<DueKey> found = store_.Dues(from, kNever, kChunk);
    for (const DueKey& due : found) dues_[due.row] = due.due;
    more = found.size() == kChunk;
    if (more) from = {found.back().due, found.back().row + '\0'};
  }
}

Result<void> Restore::Write() {
  std::vector<RowWrite> rows;
  for (auto& [key, value] : rows_) rows.push_back({key, std::move(value)});
  // Reading on begins with the last meta, so that a copy is always held against the changelog's.
  state_.from = last_meta_;
  std::vector<MetaWrite> meta = {{kCopyStateName, Encoded(state_)}};
  if (meta_) meta.push_back({kTaskMetaName, Encoded(*meta_)});
  PM_TRY_VOID(store_.Commit({rows, changes_, {}, meta}));
  rows_.clear();
  changes_.clear();
  bytes_ = 0;
  return {};
}

Result<void> Restore::Finish() {
  PM_TRY_VOID(Write());
  if (!meta_) {
    const bool is_empty = !store_.NextKey("", "") && !store_.Meta(kTaskMetaName);
    if (is_empty) return {};
    return Fail(kDigestMismatch, "the changelog knows nothing of what lies in the local copy");
  }
  if (!state_.digest_known) {
    state_.digest = FullDigest(store_);
    state_.digest_known = true;
    PM_TRY_VOID(Write());
  }
  if (state_.digest != meta_->digest)
    return Fail(kDigestMismatch, "the digest over the restored rows is not the changelog's");
  if (!dues_loaded_) return {};
  int64_t pending = 0;
  for (const PendingDues& kind : meta_->pending) pending += kind.rows;
  if (std::cmp_not_equal(pending, dues_.size()))
    return Fail(kDigestMismatch, "the restored timers are not as many as the changelog says");
  return {};
}

}  // namespace pm
