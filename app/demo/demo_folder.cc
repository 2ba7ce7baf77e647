#include "app/demo/demo_folder.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <utility>

namespace pm {
namespace {

namespace fs = std::filesystem;

constexpr int kNoFolder = 716;

}  // namespace

Result<DemoFolder> DemoFolder::Make(const std::string& named) {
  std::error_code problem;
  if (named.empty()) {
    std::string path = (fs::temp_directory_path(problem) / "pointsman-demo-XXXXXX").string();
    if (problem || mkdtemp(path.data()) == nullptr)
      return Fail(kNoFolder, "no temporary directory can be made");
    return DemoFolder(std::move(path), false);
  }
  if (fs::exists(named, problem) && !fs::is_empty(named, problem))
    return Fail(kNoFolder, fmt::format("{} is not empty; the demo's day begins anew", named));
  fs::create_directories(named, problem);
  if (problem) {
    return Fail(kNoFolder,
                fmt::format("the folder {} cannot be made: {}", named, problem.message()));
  }
  return DemoFolder(named, true);
}

DemoFolder::DemoFolder(DemoFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})), stays_(other.stays_) {}

DemoFolder::~DemoFolder() {
  std::error_code ignored;
  if (!stays_ && !path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace pm
