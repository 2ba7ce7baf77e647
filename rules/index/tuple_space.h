// Tuple space search: boxes that ask for single values of the same columns (their *shape*) share a
// hash table from these values to the boxes. Immutable once made; any thread.
#pragma once
#include <span>
#include <vector>

#include "rules/index/fact_keys.h"

namespace pm::index {

// A box, where it is found: the rule to ask, and what else must hold before it is.
struct Posting {
  uint32_t rule = 0;
  uint32_t guard = 0;
  auto operator<=>(const Posting&) const = default;
};

class Shape {
 public:
  static constexpr size_t kMaxKeysOfBox = 64;  // values multiply; beyond, by fewer columns

  struct Entry {
    Key key;
    Posting posting;
    auto operator<=>(const Entry&) const = default;
  };
  // A bit for each column; of those of items at most one, and that is the last.
  Shape(std::vector<uint8_t> columns, size_t boxes, std::vector<Entry> entries);

  // Calls `run(postings, rising by rule)` for each list that the facts lead to.
  template <class Run>
  void Find(std::span<const Column> columns, const FactKeys& facts, const Run& run) const {
    Key key = kSeed;
    for (const uint8_t column : columns_) {
      if (columns[column].part == Part::kItem) {
        for (const Key item : facts.items(column)) Give(Joined(key, item), run);
      }
      key = Joined(key, facts.key(column));
    }
    Give(key, run);
  }

  static constexpr Key kSeed = 0x9E3779B97F4A7C15;
  const std::vector<uint8_t>& columns() const { return columns_; }
  size_t boxes() const { return boxes_; }
  size_t keys() const { return keys_; }
  size_t postings() const { return postings_.size(); }
  size_t longest() const { return longest_; }  // list of one key
  size_t bytes() const;

 private:
  struct Bucket {
    Key key = 0;
    uint32_t begin = 0, size = 0;  // in postings_; size 0: free
  };
  template <class Run>
  void Give(Key key, const Run& run) const {
    const Bucket* bucket = Look(key);
    if (bucket != nullptr) run(std::span(postings_).subspan(bucket->begin, bucket->size));
  }
  const Bucket* Look(Key key) const {
    const size_t mask = buckets_.size() - 1;
    for (size_t at = key & mask; buckets_[at].size > 0; at = (at + 1) & mask) {
      if (buckets_[at].key == key) return &buckets_[at];
    }
    return nullptr;
  }

  std::vector<uint8_t> columns_;
  size_t boxes_ = 0, keys_ = 0, longest_ = 0;
  std::vector<Bucket> buckets_;  // open addressing, a power of two
  std::vector<Posting> postings_;
};

}  // namespace pm::index
