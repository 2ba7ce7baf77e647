#include "app/simulate/topic_files.h"

#include <fmt/format.h>

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

Result<void> TopicFiles::Open(const std::string& folder) {
  if (folder.empty()) return {};
  PM_TRY_VOID(MakeFolder(folder));
  for (int i = 0; i < kTopics; ++i) {
    const std::string_view name = TopicName(static_cast<Topic>(i));
    PM_TRY_VOID(
        OpenOne(&topics_[static_cast<size_t>(i)], fmt::format("{}/{}.jsonl", folder, name)));
  }
  return OpenOne(&input_, folder + "/input.jsonl");
}

void TopicFiles::Write(const Output& output) {
  std::ofstream& file = topics_[static_cast<size_t>(output.topic)];
  if (file.is_open()) file << output.json << '\n';
}

void TopicFiles::Write(const Record& record) {
  if (input_.is_open()) input_ << RecordLine(record);
}

Result<void> TopicFiles::Close(EventId outputs) {
  if (!input_.is_open()) return {};
  input_ << ChainLine(outputs);
  bool good = true;
  for (std::ofstream& file : topics_) good = Closed(&file) && good;
  if (Closed(&input_) && good) return {};
  return Fail(kCannotWrite, "cannot write all of --out: is the disk full?");
}

}  // namespace pm
