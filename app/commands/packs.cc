#include "app/commands/packs.h"

#include <fmt/ranges.h>

#include <cstdlib>
#include <filesystem>

#include "app/commands/files.h"
#include "base/text/diagnostic.h"

namespace pm {
namespace {

namespace fs = std::filesystem;

constexpr int kNoPacks = 734, kNoSuchPack = 750;

std::optional<fs::path> FolderOfPacks() {
  if (const char* named = std::getenv("PM_PACKS")) return named;
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (fs::path root : {fs::current_path(ignored), program}) {
    for (; root.has_relative_path(); root = root.parent_path()) {
      for (const std::string_view place : {"rules/packs", "share/pointsman/packs"}) {
        if (fs::is_directory(root / place / "inbound-saas", ignored)) return root / place;
      }
    }
  }
  return std::nullopt;
}

// `# name: what it is` on the first line.
std::string AboutOf(const fs::path& folder) {
  const std::string readme = ReadWholeFile((folder / "README.md").string()).value_or("");
  const std::string title = readme.substr(0, readme.find('\n'));
  const size_t colon = title.find(": ");
  return colon == std::string::npos ? "" : title.substr(colon + 2);
}

}  // namespace

Result<std::vector<Pack>> FindPacks() {
  std::vector<Pack> packs;
  const std::optional<fs::path> folder = FolderOfPacks();
  std::error_code problem;
  for (fs::directory_iterator it(folder.value_or(""), problem), end; !problem && it != end;
       it.increment(problem)) {
    const fs::path& path = it->path();
    if (!it->is_directory() || path.filename().native().starts_with('.')) continue;
    packs.push_back({path.filename().string(), path.string(), AboutOf(path)});
  }
  if (packs.empty()) {
    return Fail(kNoPacks, folder ? fmt::format("there are no rule packs in {}", folder->string())
                                 : "the rule packs are not beside the program");
  }
  std::ranges::sort(packs, {}, &Pack::name);
  return packs;
}

Result<Pack> FindPack(std::string_view name) {
  PM_TRY(const std::vector<Pack> packs, FindPacks());
  const auto found = std::ranges::find(packs, name, &Pack::name);
  if (found != packs.end()) return *found;
  std::vector<std::string_view> names;
  for (const Pack& pack : packs) names.push_back(pack.name);
  return Fail(kNoSuchPack,
              fmt::format("there is no pack '{}', but {}", name, fmt::join(names, ", ")));
}

}  // namespace pm
