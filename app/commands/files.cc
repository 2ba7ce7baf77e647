#include "app/commands/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <system_error>

namespace pm {
namespace {

namespace fs = std::filesystem;

constexpr int kCannotRead = 702;
constexpr int kCannotWrite = 703;

std::string Reason() { return std::generic_category().message(errno); }

bool Hidden(const fs::path& relative) {
  return std::ranges::any_of(relative,
                             [](const fs::path& part) { return part.string().starts_with('.'); });
}

}  // namespace

Result<std::string> ReadWholeFile(const std::string& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    return Fail(kCannotRead, fmt::format("{} is a folder, but a file is wanted", path));
  }
  if (path == "-") {
    return std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) return Fail(kCannotRead, fmt::format("cannot read {}: {}", path, Reason()));
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (in.bad()) return Fail(kCannotRead, fmt::format("cannot read {}: {}", path, Reason()));
  return text;
}

Result<void> WriteWholeFile(const std::string& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  if (!out) return Fail(kCannotWrite, fmt::format("cannot write {}: {}", path, Reason()));
  return {};
}

Result<void> MakeFolder(const std::string& path) {
  std::error_code problem;
  fs::create_directories(path, problem);
  if (problem) {
    return Fail(kCannotWrite,
                fmt::format("cannot make the folder {}: {}", path, problem.message()));
  }
  return {};
}

Result<std::vector<RuleFile>> ReadFolder(const std::string& folder,
                                         const std::vector<std::string>& endings) {
  std::error_code problem;
  if (!fs::is_directory(folder, problem)) {
    return Fail(kCannotRead, fmt::format("{} is no folder", folder));
  }
  std::vector<std::string> paths;
  for (fs::recursive_directory_iterator it(folder, problem), end; !problem && it != end;
       it.increment(problem)) {
    const fs::path relative = fs::relative(it->path(), folder);
    const std::string text = relative.generic_string();
    const bool wanted =
        std::ranges::any_of(endings, [&](const std::string& e) { return text.ends_with(e); });
    if (wanted && it->is_regular_file() && !Hidden(relative)) paths.push_back(text);
  }
  if (problem) {
    return Fail(kCannotRead, fmt::format("cannot read {}: {}", folder, problem.message()));
  }
  std::ranges::sort(paths);
  std::vector<RuleFile> files;
  for (std::string& path : paths) {
    PM_TRY(std::string text, ReadWholeFile((fs::path(folder) / path).string()));
    files.push_back({std::move(path), std::move(text)});
  }
  return files;
}

}  // namespace pm
