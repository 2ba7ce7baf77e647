#include "app/commands/scratch_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "engine/runtime/generation.h"

namespace pm {
namespace {

constexpr int kMostTries = 100;

Error CannotBeMade(const std::string& path, const std::error_code& error) {
  return {kStorageError, fmt::format("cannot make {}: {}", path, error.message())};
}

// Who had it before us may have removed it between our opening and our lock.
bool IsStillAt(const std::string& path, int folder) {
  struct stat ours = {}, there = {};
  return ::fstat(folder, &ours) == 0 && ::stat(path.c_str(), &there) == 0 &&
         ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

Result<void> Empty(const std::string& path) {
  std::error_code error;
  for (std::filesystem::directory_iterator it(path, error), end; !error && it != end;
       it.increment(error)) {
    std::filesystem::remove_all(it->path(), error);
    if (error) break;
  }
  if (!error) return {};
  return Fail(kStorageError, fmt::format("cannot empty {}: {}", path, error.message()));
}

}  // namespace

Result<std::unique_ptr<ScratchFolder>> ScratchFolder::Take(std::string path) {
  for (int tries = 0;; ++tries) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) return std::unexpected(CannotBeMade(path, error));
    const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool is_ours = folder >= 0 && ::flock(folder, LOCK_EX | LOCK_NB) == 0;
    error.assign(is_ours ? 0 : errno, std::system_category());
    if (is_ours && IsStillAt(path, folder)) {
      std::unique_ptr<ScratchFolder> taken(new ScratchFolder(std::move(path), folder));
      PM_TRY_VOID(Empty(taken->path()));
      return taken;
    }
    if (folder >= 0) ::close(folder);
    if (error.value() == EWOULDBLOCK)
      return Fail(kStillAtWork, fmt::format("another reshape is at work in {}", path));
    if ((error && error.value() != ENOENT) || tries == kMostTries)
      return std::unexpected(CannotBeMade(path, error));
  }
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
  ::close(folder_);
}

}  // namespace pm
