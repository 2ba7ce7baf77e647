#include "base/wire.h"

#include <array>

namespace pm {

void WireWriter::CloseNested(size_t begin) {
  const size_t size = out_->size() - begin;
  if (size < 0x80) {
    (*out_)[begin - 1] = static_cast<char>(size);
    return;
  }
  std::array<char, 10> length{};
  const char* end = WriteVarint(length.data(), size);
  (*out_)[begin - 1] = length[0];
  out_->insert(begin, length.data() + 1, static_cast<size_t>(end - length.data()) - 1);
}

bool TakeLongVarint(const char** at, const char* end, uint64_t* value) {
  uint64_t result = 0;
  const char* p = *at;
  for (int shift = 0; shift < 70 && p < end; shift += 7) {
    const auto byte = static_cast<unsigned char>(*p++);
    result |= uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) {
      *at = p;
      *value = result;
      return true;
    }
  }
  return false;
}

}  // namespace pm
