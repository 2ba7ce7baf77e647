#include "engine/runtime/memory_store.h"

#include <mutex>

namespace pm {

namespace {

class ReadThrough final : public StoreView {
 public:
  explicit ReadThrough(const MemoryStore& store) : store_(store) {}
  std::optional<std::string> Get(std::string_view key) const override { return store_.Get(key); }
  std::optional<std::string> NextKey(std::string_view prefix,
                                     std::string_view after) const override {
    return store_.NextKey(prefix, after);
  }
  std::optional<std::string> Meta(std::string_view name) const override {
    return store_.Meta(name);
  }
  std::vector<DueKey> Dues(const DueKey& from, Instant before, size_t limit) const override {
    return store_.Dues(from, before, limit);
  }
  Result<std::vector<LogEntry>> ReadLog(uint8_t topic, int64_t after, size_t limit,
                                        size_t limit_bytes) const override {
    return store_.ReadLog(topic, after, limit, limit_bytes);
  }
  int64_t LogFloor(uint8_t topic) const override { return store_.LogFloor(topic); }

 private:
  const MemoryStore& store_;
};

}  // namespace

std::optional<std::string> MemoryStore::Get(std::string_view key) const {
  std::shared_lock lock(mutex_);
  const auto it = rows_.find(key);
  return it == rows_.end() ? std::nullopt : std::optional(it->second);
}

std::optional<std::string> MemoryStore::NextKey(std::string_view prefix,
                                                std::string_view after) const {
  std::shared_lock lock(mutex_);
  const auto it = after < prefix ? rows_.lower_bound(prefix) : rows_.upper_bound(after);
  if (it == rows_.end() || !it->first.starts_with(prefix)) return std::nullopt;
  return it->first;
}

std::optional<std::string> MemoryStore::Meta(std::string_view name) const {
  std::shared_lock lock(mutex_);
  const auto it = meta_.find(name);
  return it == meta_.end() ? std::nullopt : std::optional(it->second);
}

std::vector<DueKey> MemoryStore::Dues(const DueKey& from, Instant before, size_t limit) const {
  std::shared_lock lock(mutex_);
  std::vector<DueKey> result;
  for (auto it = dues_.lower_bound(from);
       it != dues_.end() && it->due < before && result.size() < limit; ++it)
    result.push_back(*it);
  return result;
}

Result<std::vector<LogEntry>> MemoryStore::ReadLog(uint8_t topic, int64_t after, size_t limit,
                                                   size_t limit_bytes) const {
  std::shared_lock lock(mutex_);
  const auto floor = floors_.find(topic);
  if (floor != floors_.end() && after + 1 < floor->second)
    return std::unexpected(BelowFloor(topic, after, floor->second));
  std::vector<LogEntry> result;
  size_t bytes = 0;
  for (auto it = log_.upper_bound({topic, after}); it != log_.end() && it->first.first == topic &&
                                                   result.size() < limit && bytes <= limit_bytes;
       ++it) {
    bytes += it->second.bytes.size();
    result.push_back(it->second);
  }
  return result;
}

int64_t MemoryStore::LogFloor(uint8_t topic) const {
  std::shared_lock lock(mutex_);
  const auto it = floors_.find(topic);
  return it == floors_.end() ? 0 : it->second;
}

Result<void> MemoryStore::Commit(const CommitBatch& batch) {
  std::unique_lock lock(mutex_);
  for (const RowWrite& row : batch.rows) {
    if (row.value)
      rows_.insert_or_assign(row.key, *row.value);
    else
      rows_.erase(row.key);
  }
  for (const DueChange& change : batch.dues) {
    if (change.add)
      dues_.insert(change.key);
    else
      dues_.erase(change.key);
  }
  for (const LogEntry& entry : batch.log) log_.insert_or_assign({entry.topic, entry.offset}, entry);
  for (const MetaWrite& meta : batch.meta) meta_.insert_or_assign(meta.name, meta.value);
  return {};
}

Result<void> MemoryStore::WriteAhead(std::span<const MetaWrite> meta) {
  return Commit({{}, {}, {}, meta});
}

std::unique_ptr<StoreView> MemoryStore::Snapshot() const {
  return std::make_unique<ReadThrough>(*this);
}

Result<void> MemoryStore::TrimLog(uint8_t topic, int64_t floor) {
  std::unique_lock lock(mutex_);
  log_.erase(log_.lower_bound({topic, 0}), log_.lower_bound({topic, floor}));
  floors_[topic] = std::max(floors_[topic], floor);
  return {};
}

}  // namespace pm
