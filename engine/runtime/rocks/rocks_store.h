// A store on disk: RocksDB with its write-ahead log, one synced WriteBatch a commit (DESIGN section
// 7, docs/STORAGE_FORMAT.md). One process has a directory open at a time.
#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "engine/runtime/store.h"

namespace rocksdb {
class Env;
}

namespace pm {

inline constexpr int kStorageFormat = 1;
// What was overwritten or deleted so long ago, or its topic trimmed of, has left the disk once the
// next purge has run. That reads and writes the whole state: of 10 GB 17 KB a second on average.
inline constexpr Duration kPurgeEvery = Days(7);

// Memory that several stores of a process share: a cache of blocks and a budget of what is not in
// files yet.
struct RocksShared;
std::shared_ptr<RocksShared> ShareRocks(size_t block_cache_bytes, size_t write_buffer_bytes);

struct RocksSettings {
  std::string directory;
  bool create = true;           // made when missing; else PM0513
  rocksdb::Env* env = nullptr;  // null: the operating system's; must outlive the store
  size_t block_cache_bytes = size_t{256} << 20;  // shared by all column families
  size_t write_buffer_bytes = size_t{64} << 20;  // of `rows`; the others take half of it
  std::shared_ptr<RocksShared> shared;           // null: a block cache of its own
  bool synced = true;        // false: commits may be lost with the machine, the last ones first
  int max_open_files = 512;  // of the store
  int64_t log_file_bytes = int64_t{64} << 20;  // topics are given up in files of this size
};

class RocksStore final : public Store {
 public:
  // PM0501 the directory cannot be used, PM0502 newer format, PM0503 open elsewhere, PM0504
  // damaged, PM0513 no data directory.
  static Result<std::unique_ptr<RocksStore>> Open(const RocksSettings& settings);
  // The database of a directory, and the directory if nothing else lies there. PM0503 when it is
  // open, PM0501.
  static Result<void> Remove(const std::string& directory);
  ~RocksStore() override;

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
  // In a thread of its own, and again from the start when the store was closed meanwhile. The first
  // call only notes the time.
  void Purge(Instant now) override;
  bool is_purging() const { return is_purging_; }
  void AwaitPurge();  // of this thread's last Purge

  struct Database;  // the handles; rocks/database.h

 private:
  RocksStore(std::unique_ptr<Database> database, bool synced);
  std::unique_ptr<StoreView> Live() const;

  const bool synced_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<StoreView> live_;  // reads of the engine's thread; its iterator ends at a commit
  std::atomic<bool> is_purging_ = false;
  std::thread purge_;
};

}  // namespace pm
