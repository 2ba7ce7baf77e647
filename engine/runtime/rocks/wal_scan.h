// Reads a RocksDB write-ahead log (the format of "Write Ahead Log File Format", without recycling:
// blocks of 32 KiB, records of masked CRC-32C, length, type) only to say where damage lies.
#pragma once
#include <cstdint>
#include <string_view>

namespace pm {

enum class WalState : uint8_t {
  kWhole,            // every record is sound; the last may be cut short
  kDamagedAtTheEnd,  // a record is garbled, and no sound record begins behind it
  kDamagedInside     // sound records follow the garbled one: acknowledged data would be lost
};
WalState ScanWal(std::string_view wal);

}  // namespace pm
