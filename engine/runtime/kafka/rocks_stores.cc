#include "engine/runtime/kafka/rocks_stores.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace pm {

namespace {

// Of one store: many are open, and most have little.
constexpr size_t kWriteBufferBytes = size_t{8} << 20;
constexpr int kOpenFiles = 64;

}  // namespace

RocksStores::RocksStores(RocksStoresSettings settings)
    : settings_(std::move(settings)),
      shared_(ShareRocks(settings_.block_cache_bytes, settings_.write_buffer_bytes)) {}

std::string RocksStores::DirectoryOf(TaskId task) const {
  return fmt::format("{}/{}-{:03}", settings_.directory, StageName(task.stage), task.partition);
}

Result<std::unique_ptr<RocksStore>> RocksStores::OpenAt(const std::string& directory) const {
  return RocksStore::Open({.directory = directory,
                           .write_buffer_bytes = kWriteBufferBytes,
                           .shared = shared_,
                           .synced = false,
                           .max_open_files = kOpenFiles});
}

Result<Store*> RocksStores::Open(TaskId task) {
  const auto found = open_.find(task);
  if (found != open_.end()) return found->second.get();
  auto opened = OpenAt(DirectoryOf(task));
  if (opened) return open_.emplace(task, *std::move(opened)).first->second.get();
  const int code = opened.error().code;
  if (code == kStoreLocked || code == kNewerFormat) return std::unexpected(opened.error());
  // Damaged, half written, or no place to write: then the next try fails, too.
  if (settings_.say) settings_.say(fmt::format("{}: begun anew", opened.error().text));
  return Wipe(task);
}

Result<Store*> RocksStores::Wipe(TaskId task) {
  open_.erase(task);
  const std::string directory = DirectoryOf(task);
  std::error_code error;
  std::filesystem::remove_all(directory, error);
  if (error)
    return Fail(kStorageError, fmt::format("cannot remove {}: {}", directory, error.message()));
  PM_TRY(auto opened, OpenAt(directory));
  return open_.emplace(task, std::move(opened)).first->second.get();
}

void RocksStores::CloseAllBut(std::span<const TaskId> tasks) {
  std::erase_if(
      open_, [&](const auto& one) { return std::ranges::find(tasks, one.first) == tasks.end(); });
}

}  // namespace pm
