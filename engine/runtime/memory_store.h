// A store in memory, for simulation and tests: ordered maps under one lock. Safe from any thread;
// snapshots read through and see later commits.
#pragma once
#include <map>
#include <set>
#include <shared_mutex>

#include "engine/runtime/store.h"

namespace pm {

class MemoryStore final : public Store {
 public:
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
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::string, std::less<>> rows_;
  std::set<DueKey> dues_;
  std::map<std::pair<uint8_t, int64_t>, LogEntry> log_;
  std::map<std::string, std::string, std::less<>> meta_;
  std::map<uint8_t, int64_t> floors_;
};

}  // namespace pm
