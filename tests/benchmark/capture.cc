#include "tests/benchmark/capture.h"

#include "base/ids.h"

namespace pm::bench {

namespace {

void Note(CapturedCommit* commit, StoreCall::Kind kind, Family family, std::string_view key,
          std::string_view value = {}, size_t limit = 0) {
  commit->calls.push_back({kind, family, static_cast<uint32_t>(key.size()),
                           static_cast<uint32_t>(value.size()), static_cast<uint32_t>(limit)});
  commit->bytes += key;
  commit->bytes += value;
}

}  // namespace

std::optional<std::string> RecordingStore::Get(std::string_view key) const {
  Note(&open_, StoreCall::Kind::kGet, Family::kRows, key);
  return below_.Get(key);
}

std::optional<std::string> RecordingStore::NextKey(std::string_view prefix,
                                                   std::string_view after) const {
  Note(&open_, StoreCall::Kind::kSeek, Family::kRows, after < prefix ? prefix : after);
  return below_.NextKey(prefix, after);
}

std::optional<std::string> RecordingStore::Meta(std::string_view name) const {
  return below_.Meta(name);
}

std::vector<DueKey> RecordingStore::Dues(const DueKey& from, Instant before, size_t limit) const {
  Note(&open_, StoreCall::Kind::kScan, Family::kDue, EncodeDueKey(from), EncodeDueKey({before, {}}),
       limit);
  return below_.Dues(from, before, limit);
}

Result<std::vector<LogEntry>> RecordingStore::ReadLog(uint8_t topic, int64_t after, size_t limit,
                                                      size_t limit_bytes) const {
  return below_.ReadLog(topic, after, limit, limit_bytes);
}

int64_t RecordingStore::LogFloor(uint8_t topic) const { return below_.LogFloor(topic); }

Result<void> RecordingStore::Commit(const CommitBatch& batch) {
  using enum StoreCall::Kind;
  for (const RowWrite& row : batch.rows)
    Note(&open_, row.value ? kPut : kDelete, Family::kRows, row.key, row.value.value_or(""));
  for (const DueChange& change : batch.dues)
    Note(&open_, change.add ? kPut : kDelete, Family::kDue, EncodeDueKey(change.key));
  for (const LogEntry& entry : batch.log)
    Note(&open_, kPut, Family::kLog, EncodeLogKey(entry.topic, entry.offset),
         EncodeLogValue(entry));
  for (const MetaWrite& meta : batch.meta) Note(&open_, kPut, Family::kMeta, meta.name, meta.value);
  commits_.push_back(std::exchange(open_, {}));
  return below_.Commit(batch);
}

Result<void> RecordingStore::WriteAhead(std::span<const MetaWrite> meta) {
  return below_.WriteAhead(meta);
}

std::unique_ptr<StoreView> RecordingStore::Snapshot() const { return below_.Snapshot(); }

Result<void> RecordingStore::TrimLog(uint8_t topic, int64_t floor) {
  return below_.TrimLog(topic, floor);
}

}  // namespace pm::bench
