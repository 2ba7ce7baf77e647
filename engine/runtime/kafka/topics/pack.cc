#include "engine/runtime/kafka/topics/pack.h"

#include <utility>

#include "base/wire.h"

namespace pm {

namespace {

constexpr char kPackKind = 5;  // beside the kinds of records
constexpr int64_t kPositions = 1024;
constexpr int kMostParts = 1000;
constexpr size_t kMostBytes = size_t{128} << 10;

std::vector<std::string_view> Parts(std::string_view record) {
  std::vector<std::string_view> parts;
  std::string_view rest = record.substr(1);
  while (!rest.empty()) {
    uint64_t size = 0;
    if (!TakeVarint(&rest, &size) || size > rest.size() || parts.size() == kMostParts)
      return {record};
    parts.push_back(rest.substr(0, size));
    rest.remove_prefix(size);
  }
  return parts.empty() ? std::vector{record} : parts;
}

}  // namespace

bool RecordPack::Add(std::string_view record) {
  if (parts_ == kMostParts || (parts_ > 0 && bytes_.size() + record.size() > kMostBytes))
    return false;
  if (parts_ == 0) bytes_ = kPackKind;
  AppendVarint(&bytes_, record.size());
  if (parts_++ == 0) first_ = bytes_.size();
  bytes_ += record;
  return true;
}

std::string RecordPack::Take() {
  if (parts_ == 1) bytes_.erase(0, first_);
  parts_ = 0;
  return std::exchange(bytes_, {});
}

std::vector<PackedPart> Unpack(std::string_view record, int64_t offset) {
  const bool is_pack = record.starts_with(kPackKind);
  const std::vector<std::string_view> parts = is_pack ? Parts(record) : std::vector{record};
  std::vector<PackedPart> placed;
  placed.reserve(parts.size());
  for (const std::string_view part : parts)
    placed.push_back({part, FirstPosition(offset) + static_cast<int64_t>(placed.size())});
  placed.back().position = FirstPosition(offset + 1) - 1;
  return placed;
}

int64_t OffsetBehind(int64_t position) { return (position + 1) / kPositions; }

int64_t OffsetOf(int64_t position) { return position / kPositions; }

int64_t FirstPosition(int64_t offset) { return offset * kPositions; }

}  // namespace pm
