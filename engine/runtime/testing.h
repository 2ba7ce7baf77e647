// For tests of the runtime only: scratch directories and stores in them.
#pragma once
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

#include "engine/runtime/rocks/rocks_store.h"

namespace pm {

// A new directory, removed at the end.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pm_XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline RocksSettings SmallRocks(const std::string& directory) {
  RocksSettings settings;
  settings.directory = directory;
  settings.block_cache_bytes = 8 << 20;
  settings.write_buffer_bytes = 4 << 20;
  return settings;
}

inline std::unique_ptr<RocksStore> OpenRocks(const std::string& directory) {
  auto store = RocksStore::Open(SmallRocks(directory));
  EXPECT_TRUE(store.has_value()) << store.error().text;
  return store.has_value() ? std::move(*store) : nullptr;
}

}  // namespace pm
