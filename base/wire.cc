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

bool TakeLongVarint(std::string_view* bytes, uint64_t* value) {
  uint64_t result = 0;
  for (size_t i = 0; i < 10 && i < bytes->size(); ++i) {
    const auto byte = static_cast<unsigned char>((*bytes)[i]);
    result |= uint64_t{byte & 0x7fu} << (7 * i);
    if (byte < 0x80) {
      bytes->remove_prefix(i + 1);
      *value = result;
      return true;
    }
  }
  return false;
}

bool WireReader::Next() {
  if (rest_.empty() || !ok_) return false;
  ok_ = false;
  uint64_t tag = 0;
  if (!TakeVarint(&rest_, &tag) || tag >> 3 == 0 || tag >> 3 > 0x1fffffff) return false;
  number_ = static_cast<uint32_t>(tag >> 3);
  if ((tag & 7) == static_cast<uint64_t>(WireType::kVarint)) {
    type_ = WireType::kVarint;
    return ok_ = TakeVarint(&rest_, &varint_);
  }
  if ((tag & 7) != static_cast<uint64_t>(WireType::kBytes)) return false;
  type_ = WireType::kBytes;
  uint64_t size = 0;
  if (!TakeVarint(&rest_, &size) || size > rest_.size()) return false;
  bytes_ = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return ok_ = true;
}

}  // namespace pm
