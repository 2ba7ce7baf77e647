#include "rules/index/tuple_space.h"

#include <algorithm>
#include <bit>

namespace pm::index {

Shape::Shape(std::vector<uint8_t> columns, size_t boxes, std::vector<Entry> entries)
    : columns_(std::move(columns)), boxes_(boxes) {
  std::ranges::sort(entries);
  const auto doubles = std::ranges::unique(entries);
  entries.erase(doubles.begin(), doubles.end());
  for (size_t i = 0; i < entries.size(); ++i) {
    if (i == 0 || entries[i].key != entries[i - 1].key) ++keys_;
  }
  buckets_.resize(std::bit_ceil(2 * keys_ + 1));
  postings_.reserve(entries.size());
  const size_t mask = buckets_.size() - 1;
  Bucket* bucket = nullptr;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (i == 0 || entries[i].key != entries[i - 1].key) {
      size_t at = entries[i].key & mask;
      while (buckets_[at].size > 0) at = (at + 1) & mask;
      bucket = &buckets_[at];
      *bucket = {entries[i].key, static_cast<uint32_t>(i), 0};
    }
    ++bucket->size;
    longest_ = std::max<size_t>(longest_, bucket->size);
    postings_.push_back(entries[i].posting);
  }
}

size_t Shape::bytes() const {
  return buckets_.capacity() * sizeof(Bucket) + postings_.capacity() * sizeof(Posting) +
         columns_.capacity() + sizeof(*this);
}

}  // namespace pm::index
