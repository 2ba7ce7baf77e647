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

namespace {

inline bool Take(const char** at, const char* end, uint64_t* value) {
  const char* p = *at;
  const auto byte = [&](size_t i) { return uint64_t{static_cast<unsigned char>(p[i])}; };
  if (end - p > 1) {
    if (byte(0) < 0x80) {
      *value = byte(0);
      *at = p + 1;
      return true;
    }
    if (byte(1) < 0x80) {
      *value = byte(1) << 7 | (byte(0) & 0x7f);
      *at = p + 2;
      return true;
    }
  }
  std::string_view rest(p, static_cast<size_t>(end - p));
  if (!TakeLongVarint(&rest, value)) return false;
  *at = rest.data();
  return true;
}

}  // namespace

// All that is stored, sent or decided on comes through here.
bool WireReader::Next() {
  if (rest_.empty() || !ok_) return false;
  ok_ = false;
  const char* at = rest_.data();
  const char* const end = at + rest_.size();
  uint64_t tag = 0, size = 0;
  if (!Take(&at, end, &tag) || tag >> 3 == 0 || tag >> 3 > 0x1fffffff) return false;
  number_ = static_cast<uint32_t>(tag >> 3);
  type_ = static_cast<WireType>(tag & 7);
  if (type_ == WireType::kVarint) {
    ok_ = Take(&at, end, &varint_);
  } else if (type_ == WireType::kBytes) {
    if (!Take(&at, end, &size) || size > static_cast<size_t>(end - at)) return false;
    bytes_ = {at, size};
    at += size;
    ok_ = true;
  }
  rest_ = {at, static_cast<size_t>(end - at)};
  return ok_;
}

}  // namespace pm
