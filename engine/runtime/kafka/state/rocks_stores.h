// The local copies of a worker's tasks: a RocksDB each, DIRECTORY/<stage>-<NNN>. They share their
// memory, and nothing is synced: the changelog is the truth, and a copy's digest is checked. What
// is damaged is made anew, empty. RocksDB takes a file list that was cut short for an older one and
// opens without the rows of the files it does not name: so each copy that is closed leaves a list
// of its files behind, and one whose files are others, as after a kill, knows its digest no more.
// One thread.
#pragma once
#include <functional>

#include "engine/runtime/kafka/state/take_over.h"
#include "engine/runtime/rocks/rocks_store.h"

namespace pm {

// What was erased since does not stay in a copy that follows nothing any more, nor is its disk
// taken for good; and whose task comes back within this, as after a restart, reads a tail alone.
inline constexpr Duration kUnusedKept = Days(1);

struct RocksStoresSettings {
  std::string directory;
  size_t block_cache_bytes = size_t{128} << 20;   // of all together
  size_t write_buffer_bytes = size_t{192} << 20;  // of all together
  std::function<void(std::string_view line)> say;
};

class RocksStores final : public LocalStores {
 public:
  explicit RocksStores(RocksStoresSettings settings);
  ~RocksStores() override { CloseAllBut({}); }

  // PM0503 when another process has it open, PM0502 of a newer release: for people.
  Result<Store*> Open(TaskId task) override;
  Result<Store*> Wipe(TaskId task) override;
  void CloseAllBut(std::span<const TaskId> tasks) override;

  // For now and then. Removes one copy at most: none that is open or that CloseAllBut was told of
  // last, and none at all before it was told of any. What cannot be removed is said and left. Of
  // those that are open one at a time is purged.
  void KeepHouse(const Clock& clock);

 private:
  std::string DirectoryOf(TaskId task) const;
  Result<std::unique_ptr<RocksStore>> OpenAt(const std::string& directory) const;
  Result<std::unique_ptr<RocksStore>> OpenChecked(const std::string& directory) const;
  std::vector<TaskId> Copies() const;
  void RemoveUnused(Instant now);
  void Remove(TaskId task, Duration age) const;
  void PurgeNext(Instant now);

  const RocksStoresSettings settings_;
  const std::shared_ptr<RocksShared> shared_;
  std::map<TaskId, std::unique_ptr<RocksStore>> open_;
  std::optional<std::set<TaskId>> kept_;   // by the last CloseAllBut
  std::vector<TaskId> copies_, to_purge_;  // of the last look at all of them, still to be done
  std::optional<Duration> looks_next_;     // as the clock measures
};

}  // namespace pm
