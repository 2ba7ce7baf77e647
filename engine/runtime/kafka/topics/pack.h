// What a commit sends to one partition shares records: a pack of them costs what one would. A
// task's positions count the parts: they are those of the offset times 1024, and the last part of a
// record always has the last position of its offset, so that a position alone says which offset
// comes next. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pm {

// Puts records (engine/runtime/record.h) together.
class RecordPack {
 public:
  // False, and nothing changes: it is full. An empty one takes any record.
  bool Add(std::string_view record);
  bool empty() const { return parts_ == 0; }
  // One record of all; a single one stays as it was. Empty afterwards.
  std::string Take();

 private:
  std::string bytes_;
  int parts_ = 0;
  size_t first_ = 0;  // where the first record begins
};

struct PackedPart {
  std::string_view bytes;  // of the record it was unpacked from
  int64_t position = 0;
};
// A record that is no pack, or a damaged one, is its own only part.
std::vector<PackedPart> Unpack(std::string_view record, int64_t offset);

// The offset to read on from behind a position: that of a record whose parts are not all through,
// or of the next one.
int64_t OffsetBehind(int64_t position);
int64_t OffsetOf(int64_t position);
// The position at which an offset begins.
int64_t FirstPosition(int64_t offset);

}  // namespace pm
