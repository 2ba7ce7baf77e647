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

bool IsRuleEnding(std::string_view ending) {
  return ending == ".yaml" || ending == ".yml" || ending == ".csv" || ending == ".ics";
}

bool IsRuleFile(const fs::path& path) { return IsRuleEnding(path.extension().string()); }

// `rules.YAML`: meant to be read, but no rule could name it.
bool IsInCapitals(const fs::path& path) {
  std::string ending = path.extension().string();
  for (char& c : ending) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return !IsRuleFile(path) && IsRuleEnding(ending);
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
      if (entry.is_symlink()) {
        PM_TRY_VOID(CheckLink(entry.path(), relative));
        if (entry.is_directory()) continue;  // its files are found where they are
      }
      if (entry.is_directory()) {
        PM_TRY_VOID(Walk(entry.path()));
      } else if (IsInCapitals(relative)) {
        return Bad("'{}' would be passed over: write its ending in small letters",
                   relative.string());
      } else if (IsRuleFile(relative)) {
        if (!entry.is_regular_file()) {
          return Bad("'{}' is no file that can be read", relative.string());
        }
        PM_TRY_VOID(Load(entry.path(), relative.generic_string()));
      }
    }
    return {};
  }

  Result<void> CheckLink(const fs::path& path, const fs::path& relative) const {
    std::error_code failure;
    const fs::path target = fs::canonical(path, failure);
    if (failure) {
      return Bad("'{}' is a link that leads nowhere: {}", relative.string(), failure.message());
    }
    if (IsWithin(target, root_)) return {};
    return Bad("'{}' is a link that leads out of the rule folder; copy the file into it",
               relative.string());
  }

  Result<void> Load(const fs::path& path, std::string relative) {
    std::error_code failure;
    const uintmax_t size = fs::file_size(path, failure);
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    if (!failure && size > 0 && size <= kMaxFolderBytes) text << stream.rdbuf();
    if (failure || !stream.is_open() || stream.bad()) return Bad("'{}' cannot be read", relative);
    if (size > kMaxFolderBytes)
      return Bad("'{}' holds more than {} bytes", relative, kMaxFolderBytes);
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
