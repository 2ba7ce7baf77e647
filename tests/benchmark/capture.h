// What an engine asks of its store and writes to it, kept so that it can be done again without the
// engine.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/runtime/store.h"

namespace pm::bench {

// Families as in docs/STORAGE_FORMAT.md.
enum class Family : uint8_t { kMeta, kRows, kDue, kLog };

// One call at the database. Keys and values are those on disk; they lie in the commit's `bytes`.
struct StoreCall {
  enum class Kind : uint8_t { kGet, kSeek, kScan, kPut, kDelete };
  Kind kind = Kind::kGet;
  Family family = Family::kRows;
  uint32_t key_bytes = 0;
  uint32_t value_bytes = 0;  // kPut: the value; kScan: the key that ends it, exclusive
  uint32_t limit = 0;        // kScan: entries at most
};

// Reads since the commit before, then the writes, which are one synced batch.
struct CapturedCommit {
  std::vector<StoreCall> calls;
  std::string bytes;  // of each call its key, then its value
};

// Passes everything on and notes it. Log reads and meta reads on opening are not noted.
class RecordingStore final : public Store {
 public:
  explicit RecordingStore(Store& below) : below_(below) {}

  std::vector<CapturedCommit> TakeCommits() { return std::exchange(commits_, {}); }

  std::optional<std::string> Get(std::string_view key) const override;
  std::optional<std::string> NextKey(std::string_view prefix,
                                     std::string_view after) const override;
  std::optional<std::string> Meta(std::string_view name) const override;
  std::vector<DueKey> Dues(const DueKey& from, Instant before, size_t limit) const override;
  Result<std::vector<LogEntry>> ReadLog(uint8_t topic, int64_t after, size_t limit,
                                        size_t limit_bytes) const override;
  int64_t LogFloor(uint8_t topic) const override;
  Result<void> Commit(const CommitBatch& batch) override;
  Result<void> WriteAhead(std::span<const MetaWrite> meta) override;
  std::unique_ptr<StoreView> Snapshot() const override;
  Result<void> TrimLog(uint8_t topic, int64_t floor) override;

 private:
  Store& below_;
  mutable CapturedCommit open_;  // reading is const and is noted
  std::vector<CapturedCommit> commits_;
};

}  // namespace pm::bench
