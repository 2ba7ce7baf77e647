#include "engine/runtime/rocks/wal_scan.h"

#include <boost/crc.hpp>

namespace pm {

namespace {

constexpr size_t kBlock = 32 * 1024;
constexpr size_t kHeader = 7;
constexpr uint8_t kFull = 1, kFirst = 2, kLast = 4;

uint8_t ByteAt(std::string_view bytes, size_t at) { return static_cast<uint8_t>(bytes[at]); }

uint32_t MaskedCrc(std::string_view bytes) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  const uint32_t value = crc.checksum();
  return ((value >> 15) | (value << 17)) + 0xa282ead8U;
}

enum class At : uint8_t { kSound, kCut, kEmpty, kGarbled };

// What lies at `at`, which leaves room for a header in its block.
At Look(std::string_view wal, size_t at, size_t* length) {
  if (at + kHeader > wal.size()) return At::kCut;
  *length = ByteAt(wal, at + 4) | static_cast<size_t>(ByteAt(wal, at + 5)) << 8;
  const uint8_t type = ByteAt(wal, at + 6);
  if (type == 0 && *length == 0) return At::kEmpty;
  if (type < kFull || type > kLast || at % kBlock + kHeader + *length > kBlock) return At::kGarbled;
  if (at + kHeader + *length > wal.size()) return At::kCut;
  const uint32_t stored = ByteAt(wal, at) | static_cast<uint32_t>(ByteAt(wal, at + 1)) << 8 |
                          static_cast<uint32_t>(ByteAt(wal, at + 2)) << 16 |
                          static_cast<uint32_t>(ByteAt(wal, at + 3)) << 24;
  return stored == MaskedCrc(wal.substr(at + 6, 1 + *length)) ? At::kSound : At::kGarbled;
}

// The damaged length cannot be trusted, so every place is tried. Later fragments of the damaged
// record itself do not count.
bool RecordBeginsBehind(std::string_view wal, size_t damage) {
  for (size_t at = damage + 1; at + kHeader < wal.size(); ++at) {
    const uint8_t type = ByteAt(wal, at + 6);
    if ((type != kFull && type != kFirst) || at % kBlock + kHeader > kBlock) continue;
    size_t length = 0;
    if (Look(wal, at, &length) == At::kSound) return true;
  }
  return false;
}

}  // namespace

WalState ScanWal(std::string_view wal) {
  size_t at = 0;
  while (at < wal.size()) {
    const size_t left = kBlock - at % kBlock;
    if (left < kHeader) {
      at += left;
      continue;
    }
    size_t length = 0;
    const At what = Look(wal, at, &length);
    if (what == At::kSound) {
      at += kHeader + length;
    } else if (what == At::kCut && !RecordBeginsBehind(wal, at)) {
      return WalState::kWhole;
    } else if (what == At::kEmpty) {
      at += left;
    } else {
      return RecordBeginsBehind(wal, at) ? WalState::kDamagedInside : WalState::kDamagedAtTheEnd;
    }
  }
  return WalState::kWhole;
}

}  // namespace pm
