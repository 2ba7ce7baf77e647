#include "rules/folder.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace pm {
namespace {

namespace fs = std::filesystem;

constexpr int kBadFolder = 205;

template <class... A>
std::unexpected<Error> Bad(fmt::format_string<A...> text, A&&... values) {
  return Fail(kBadFolder, fmt::format(text, std::forward<A>(values)...));
}

bool IsRuleFile(const fs::path& path) {
  const std::string ending = path.extension().string();
  return ending == ".yaml" || ending == ".yml" || ending == ".csv" || ending == ".ics";
}

bool IsPassedOver(const fs::path& relative) {
  return relative.filename().string().starts_with('.') || *relative.begin() == "tests";
}

// Both canonical: whether `path` is the root or below it.
bool IsWithin(const fs::path& path, const fs::path& root) {
  return std::ranges::mismatch(root, path).in1 == root.end();
}

class FolderReader {
 public:
  explicit FolderReader(fs::path root) : root_(std::move(root)) {}

  Result<std::vector<RuleFile>> Read() {
    PM_TRY_VOID(Walk(root_));
    std::ranges::sort(files_, {}, &RuleFile::path);
    return std::move(files_);
  }

 private:
  Result<void> Walk(const fs::path& folder) {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      const fs::path relative = entry.path().lexically_relative(root_);
      if (IsPassedOver(relative)) continue;
      if (entry.is_symlink() && !IsWithin(fs::canonical(entry.path()), root_)) {
        return Bad("'{}' is a link that leads out of the rule folder", relative.string());
      }
      if (entry.is_symlink() && entry.is_directory())
        continue;  // its files are found where they are
      if (entry.is_directory()) {
        PM_TRY_VOID(Walk(entry.path()));
      } else if (entry.is_regular_file() && IsRuleFile(relative)) {
        PM_TRY_VOID(Load(entry.path(), relative.generic_string()));
      }
    }
    return {};
  }

  Result<void> Load(const fs::path& path, std::string relative) {
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    if (!stream || text.fail()) {
      if (fs::file_size(path) != 0) return Bad("'{}' cannot be read", relative);
    }
    files_.push_back({std::move(relative), std::move(text).str()});
    bytes_ += files_.back().text.size();
    if (bytes_ > kMaxFolderBytes || files_.size() > kMaxFolderFiles) {
      return Bad("the rule folder holds more than {} files or {} bytes", kMaxFolderFiles,
                 kMaxFolderBytes);
    }
    return {};
  }

  const fs::path root_;
  std::vector<RuleFile> files_;
  size_t bytes_ = 0;
};

}  // namespace

Result<std::vector<RuleFile>> ReadRuleFolder(const std::string& folder) {
  try {
    const fs::path root = fs::canonical(folder);
    if (!fs::is_directory(root)) return Bad("'{}' is no folder", folder);
    return FolderReader(root).Read();
  } catch (const fs::filesystem_error& error) {
    return Bad("the rule folder '{}' cannot be read: {}", folder, error.code().message());
  }
}

}  // namespace pm
