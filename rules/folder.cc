#include "rules/folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/text/utf8.h"

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

// Opened for reading without waiting for a writer, as a named pipe would.
class OpenFile {
 public:
  explicit OpenFile(const fs::path& path)
      : descriptor_(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {}
  ~OpenFile() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  bool is_regular() const {
    struct stat about{};
    return descriptor_ >= 0 && fstat(descriptor_, &about) == 0 && S_ISREG(about.st_mode);
  }
  bool is_open() const { return descriptor_ >= 0; }
  // Up to `most` bytes and one more, which says that there are others. False when it fails.
  bool Read(size_t most, std::string* text) const {
    constexpr size_t kChunk = size_t{64} << 10;
    while (text->size() <= most) {
      const size_t before = text->size();
      text->resize(before + std::min(kChunk, most + 1 - before));
      const ssize_t got = read(descriptor_, text->data() + before, text->size() - before);
      text->resize(before + static_cast<size_t>(std::max<ssize_t>(got, 0)));
      if (got <= 0) return got == 0;
    }
    return true;
  }

 private:
  int descriptor_;
};

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
    std::error_code failure;
    fs::directory_iterator entries(folder, failure);
    if (failure) {
      return Bad("the folder '{}' cannot be read: {}", folder.lexically_relative(root_).string(),
                 failure.message());
    }
    for (const fs::directory_entry& entry : entries) {
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
    if (ValidUtf8Prefix(relative) != relative.size())
      return Bad("the name of '{}' is not UTF-8", relative);
    const OpenFile file(path);
    if (file.is_open() && !file.is_regular())
      return Bad("'{}' is no file that can be read", relative);
    RuleFile read{std::move(relative), {}};
    if (!file.is_open() || !file.Read(kMaxFolderBytes - bytes_, &read.text))
      return Bad("'{}' cannot be read", read.path);
    bytes_ += read.text.size();
    files_.push_back(std::move(read));
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
