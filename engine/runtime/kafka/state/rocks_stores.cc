#include "engine/runtime/kafka/state/rocks_stores.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "engine/runtime/kafka/state/changelog.h"

namespace pm {

namespace {

// Of one store: many are open, and most have little.
constexpr size_t kWriteBufferBytes = size_t{16} << 20;
constexpr int kOpenFiles = 64;

constexpr char kClosed[] = "CLOSED";  // lists the files as they were left

// Those that hold data, a line each with its size.
std::string FilesOf(const std::filesystem::path& directory) {
  std::set<std::string> lines;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const std::string name = entry.path().filename().string();
    const bool holds_data =
        name.ends_with(".sst") || name.ends_with(".log") || name.starts_with("MANIFEST-");
    if (holds_data) lines.insert(fmt::format("{} {}\n", name, entry.file_size(error)));
  }
  return fmt::format("{}", fmt::join(lines, ""));
}

bool IsAsItWasLeft(const std::filesystem::path& directory) {
  std::ifstream file(directory / kClosed);
  return file && std::string(std::istreambuf_iterator<char>(file), {}) == FilesOf(directory);
}

Result<void> ForgetDigest(Store& store) {
  std::optional<CopyState> state = ReadCopyState(store);
  if (!state || !state->digest_known) return {};
  state->digest_known = false;
  const std::vector<MetaWrite> meta = {{kCopyStateName, Encoded(*state)}};
  return store.Commit({{}, {}, {}, meta});
}

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

Result<std::unique_ptr<RocksStore>> RocksStores::OpenChecked(const std::string& directory) const {
  const bool is_as_left = IsAsItWasLeft(directory);
  std::error_code error;
  std::filesystem::remove(std::filesystem::path(directory) / kClosed, error);
  PM_TRY(auto store, OpenAt(directory));
  if (!is_as_left) PM_TRY_VOID(ForgetDigest(*store));
  return store;
}

Result<Store*> RocksStores::Open(TaskId task) {
  const auto found = open_.find(task);
  if (found != open_.end()) return found->second.get();
  auto opened = OpenChecked(DirectoryOf(task));
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
  for (auto it = open_.begin(); it != open_.end();) {
    if (std::ranges::find(tasks, it->first) != tasks.end()) {
      ++it;
      continue;
    }
    const std::filesystem::path directory = DirectoryOf(it->first);
    it = open_.erase(it);
    std::ofstream(directory / kClosed) << FilesOf(directory);  // half of it is as good as none
  }
}

}  // namespace pm
