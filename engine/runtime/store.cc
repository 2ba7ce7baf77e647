#include "engine/runtime/store.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "base/ids.h"
#include "base/wire.h"

namespace pm {

namespace {
constexpr uint64_t kSign = uint64_t{1} << 63;
}

void StorageFailed(std::string_view what) {
  fmt::print(stderr, "pointsman: PM0501 storage failed, ending at once: {}\n", what);
  std::fflush(stderr);
  std::_Exit(74);
}

Error BelowFloor(uint8_t topic, int64_t after, int64_t floor) {
  return {kBelowFloor, fmt::format("topic {} was trimmed: offset {} is gone, the first kept is {}",
                                   topic, after + 1, floor)};
}

std::string FloorName(uint8_t topic) { return fmt::format("floor/{}", topic); }

std::string EncodeDueKey(const DueKey& key) {
  std::string bytes;
  AppendBigEndian(&bytes, static_cast<uint64_t>(key.due.ms) ^ kSign);
  bytes += key.row;
  return bytes;
}

DueKey DecodeDueKey(std::string_view bytes) {
  return {Instant{static_cast<int64_t>(ReadBigEndian(bytes.substr(0, 8)) ^ kSign)},
          std::string(bytes.substr(8))};
}

std::string EncodeLogKey(uint8_t topic, int64_t offset) {
  std::string key(1, static_cast<char>(topic));
  AppendBigEndian(&key, static_cast<uint64_t>(offset));
  return key;
}

std::string EncodeLogValue(const LogEntry& entry) {
  std::string value;
  value.reserve(entry.bytes.size() + 12);
  AppendVarint(&value, ZigZag(entry.at.ms));
  AppendVarint(&value, static_cast<uint64_t>(entry.before));
  value += entry.bytes;
  return value;
}

bool DecodeLogValue(std::string_view value, LogEntry* entry) {
  uint64_t at = 0, before = 0;
  if (!TakeVarint(&value, &at) || !TakeVarint(&value, &before)) return false;
  entry->at = Instant{UnZigZag(at)};
  entry->before = static_cast<int64_t>(before);
  entry->bytes.assign(value);
  return true;
}

}  // namespace pm
