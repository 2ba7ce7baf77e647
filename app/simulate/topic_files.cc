#include "app/simulate/topic_files.h"

#include <fmt/format.h>

#include <filesystem>

#include "app/commands/files.h"

namespace pm {
namespace {

constexpr int kCannotWrite = 703;

Result<void> OpenOne(std::ofstream* file, const std::string& path) {
  file->open(path, std::ios::binary | std::ios::trunc);
  if (!*file) return Fail(kCannotWrite, fmt::format("cannot write {}", path));
  return {};
}

bool Closed(std::ofstream* file) {
  file->close();
  return !file->fail();
}

}  // namespace

Result<void> TopicFiles::Open(const std::string& folder, bool with_input) {
  if (folder.empty()) return {};
  PM_TRY_VOID(MakeFolder(folder));
  for (int i = 0; i < kTopics; ++i) {
    const std::string_view name = TopicName(static_cast<Topic>(i));
    PM_TRY_VOID(
        OpenOne(&topics_[static_cast<size_t>(i)], fmt::format("{}/{}.jsonl", folder, name)));
  }
  const std::string input = folder + "/input.jsonl";
  if (with_input) return OpenOne(&input_, input);
  std::error_code ignored;
  std::filesystem::remove(input, ignored);
  return {};
}

void TopicFiles::Write(const Output& output) {
  std::ofstream& file = topics_[static_cast<size_t>(output.topic)];
  if (file.is_open()) file << output.json << '\n';
}

void TopicFiles::Write(const Record& record) {
  if (input_.is_open()) input_ << RecordLine(record);
}

Result<void> TopicFiles::Close(EventId outputs) {
  if (!topics_.front().is_open()) return {};
  bool good = true;
  for (std::ofstream& file : topics_) good = Closed(&file) && good;
  if (input_.is_open()) {
    input_ << ChainLine(outputs);
    good = Closed(&input_) && good;
  }
  if (good) return {};
  return Fail(kCannotWrite, "cannot write all of --out: is the disk full?");
}

}  // namespace pm
