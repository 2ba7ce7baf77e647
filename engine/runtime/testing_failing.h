// A store whose writes begin to fail, for tests.
#pragma once
#include "engine/runtime/clock.h"
#include "engine/runtime/memory_store.h"
#include "engine/runtime/testing.h"

namespace pm {

// Commits as long as `left` is above zero, then fails as a full disk does.
class FailingStore final : public Store {
 public:
  explicit FailingStore(MemoryStore& store) : store_(store) {}
  std::optional<std::string> Get(std::string_view key) const override { return store_.Get(key); }
  std::optional<std::string> NextKey(std::string_view p, std::string_view after) const override {
    return store_.NextKey(p, after);
  }
  std::optional<std::string> Meta(std::string_view name) const override {
    return store_.Meta(name);
  }
  std::vector<DueKey> Dues(const DueKey& from, Instant before, size_t limit) const override {
    return store_.Dues(from, before, limit);
  }
  Result<std::vector<LogEntry>> ReadLog(uint8_t topic, int64_t after, size_t limit,
                                        size_t bytes) const override {
    return store_.ReadLog(topic, after, limit, bytes);
  }
  int64_t LogFloor(uint8_t topic) const override { return store_.LogFloor(topic); }
  Result<void> Commit(const CommitBatch& batch) override {
    if (left-- <= 0) return Fail(kStorageError, "disk full");
    if (slow != nullptr) slow->Advance(Milliseconds(2));
    return store_.Commit(batch);
  }
  Result<void> WriteAhead(std::span<const MetaWrite> meta) override {
    if (left <= 0) return Fail(kStorageError, "disk full");
    return store_.WriteAhead(meta);
  }
  std::unique_ptr<StoreView> Snapshot() const override { return store_.Snapshot(); }
  Result<void> TrimLog(uint8_t topic, int64_t floor) override {
    return store_.TrimLog(topic, floor);
  }
  int left = 1'000'000;
  ManualClock* slow = nullptr;  // a commit takes 2 ms of it

 private:
  MemoryStore& store_;
};

}  // namespace pm
