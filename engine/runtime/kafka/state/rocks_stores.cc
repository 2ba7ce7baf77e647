#include "engine/runtime/kafka/state/rocks_stores.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/runtime/kafka/client/rebalances.h"
#include "engine/runtime/kafka/state/changelog.h"

namespace pm {

namespace {

// Of one store: many are open, and most have little.
constexpr size_t kWriteBufferBytes = size_t{16} << 20;
constexpr int kOpenFiles = 64;

constexpr Duration kLookEvery = Hours(1);  // for copies that are not wanted any more
constexpr int64_t kMsAnHour = Hours(1).ms;

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

// The newest of what lies in it; nullopt: nobody knows, or it is gone.
std::optional<Instant> LastWritten(const std::filesystem::path& directory) {
  std::error_code error;
  auto newest = std::filesystem::last_write_time(directory, error);
  if (error) return std::nullopt;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const auto written = entry.last_write_time(error);
    if (error) return std::nullopt;
    newest = std::max(newest, written);
  }
  if (error) return std::nullopt;
  const auto since = std::chrono::file_clock::to_sys(newest).time_since_epoch();
  return Instant{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
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
  kept_.emplace(tasks.begin(), tasks.end());
  for (auto it = open_.begin(); it != open_.end();) {
    if (kept_->contains(it->first)) {
      ++it;
      continue;
    }
    const std::filesystem::path directory = DirectoryOf(it->first);
    it = open_.erase(it);
    std::ofstream(directory / kClosed) << FilesOf(directory);  // half of it is as good as none
  }
}

void RocksStores::KeepHouse(const Clock& clock) {
  if (!kept_) return;
  const Duration now = clock.Measure();
  if (!looks_next_ || now >= *looks_next_) {
    looks_next_ = now + kLookEvery;
    copies_ = Copies();
    to_purge_.clear();
    for (const auto& [task, store] : open_) to_purge_.push_back(task);
  }
  RemoveUnused(clock.Now());
  PurgeNext(clock.Now());
}

// To remove one takes a while, in which our own tasks stand still.
void RocksStores::RemoveUnused(Instant now) {
  for (bool removed = false; !removed && !copies_.empty(); copies_.pop_back()) {
    const TaskId task = copies_.back();
    if (open_.contains(task) || kept_->contains(task)) continue;
    const std::optional<Instant> written = LastWritten(DirectoryOf(task));
    removed = written && now - *written >= kUnusedKept;
    if (removed) Remove(task, now - *written);
  }
}

// They share a disk, and threads that merge files.
void RocksStores::PurgeNext(Instant now) {
  const auto is_purging = [](const auto& one) { return one.second->is_purging(); };
  for (; !to_purge_.empty() && std::ranges::none_of(open_, is_purging); to_purge_.pop_back()) {
    const auto next = open_.find(to_purge_.back());
    if (next != open_.end()) next->second->Purge(now);
  }
}

// By their names, exactly: what else lies there is somebody else's.
std::vector<TaskId> RocksStores::Copies() const {
  std::vector<TaskId> copies;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(settings_.directory, error)) {
    const std::string name = entry.path().filename().string();
    const size_t dash = name.rfind('-');
    if (dash == std::string::npos || !std::filesystem::is_directory(entry.symlink_status(error)))
      continue;
    TaskId task;
    std::from_chars(name.data() + dash + 1, name.data() + name.size(), task.partition);
    for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk}) {
      task.stage = stage;
      if (DirectoryOf(task) == fmt::format("{}/{}", settings_.directory, name))
        copies.push_back(task);
    }
  }
  return copies;
}

void RocksStores::Remove(TaskId task, Duration age) const {
  const std::filesystem::path directory = DirectoryOf(task);
  Result<void> removed = RocksStore::Remove(directory.string());
  std::error_code error;
  if (removed) {
    std::filesystem::remove(directory / kClosed, error);
    if (!error) std::filesystem::remove(directory, error);
    if (error) removed = Fail(kStorageError, error.message());
  }
  if (!settings_.say) return;
  const std::string why =
      fmt::format("it is not this worker's, and was last written {} hours ago", age.ms / kMsAnHour);
  settings_.say(removed ? fmt::format("{}: its local copy is removed: {}", ToText(task), why)
                        : fmt::format("{}: its local copy cannot be removed: {} ({})", ToText(task),
                                      removed.error().text, why));
}

}  // namespace pm
