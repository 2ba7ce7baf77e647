#include "engine/runtime/digest.h"

#include "base/ids.h"
#include "engine/runtime/store.h"

namespace pm {

Digest RowDigest(std::string_view key, std::string_view value) {
  if (!IsDigested(key)) return {};
  static thread_local std::string
      bytes;  // its memory is kept: every row that is written comes here
  bytes.clear();
  AppendVarint(&bytes, key.size());
  bytes += key;
  bytes += value;
  const EventId hash = HashEvent(bytes);
  return {hash.hi, hash.lo};
}

Digest FullDigest(const StoreView& store) {
  Digest sum;
  std::optional<std::string> key;
  for (std::string after; (key = store.NextKey("", after)); after = *key)
    sum += RowDigest(*key, store.Get(*key).value());
  return sum;
}

}  // namespace pm
