// Tuple space search: of many numbered rules, those that may match given facts, without looking at
// the rest. Rules that ask for single values of the same set of columns (their *shape*) share a
// hash table from these values to their numbers; rules that ask for none are looked at always. It
// only ever leaves out rules that cannot match; who asks verifies the others. Immutable; any
// thread.
#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/field_block.h"

namespace pm {

class TupleIndex {
 public:
  static constexpr size_t kMaxColumns = 64;
  static constexpr size_t kMaxShapes = 32;      // rarer ones are indexed by fewer of their columns
  static constexpr size_t kMaxKeysOfRule = 64;  // values multiply; beyond, by fewer columns

  using Key = uint64_t;
  static Key KeyOf(const Value& value);  // the value must not be missing nor a list
  static Key KeyOf(std::string_view text);
  static Key KeyOf(int64_t number);

  // The values one rule allows, by column; a column without any is not to be indexed for it.
  using Rule = std::vector<std::vector<Key>>;

  // An index of nothing.
  TupleIndex() = default;
  TupleIndex(size_t columns, std::span<const Rule> rules);

  // Candidates for one set of facts, rising.
  class Cursor {
   public:
    // The first candidate that is `from` or more; UINT32_MAX when there is none. `from` must not
    // fall from call to call.
    uint32_t Next(uint32_t from);

   private:
    friend class TupleIndex;
    struct Run {
      const uint32_t* at;
      const uint32_t* end;
    };
    std::array<Run, kMaxShapes> runs_;
    size_t count_ = 0;
  };
  // `facts` by column; nothing for a value that is missing or a list.
  Cursor Find(std::span<const std::optional<Key>> facts) const;

  // For people: each shape with the numbers of its columns, rules and keys.
  struct ShapeStatistics {
    std::vector<size_t> columns;  // empty: looked at always
    size_t rules = 0;
    size_t keys = 0;
  };
  std::vector<ShapeStatistics> Statistics() const;
  size_t bytes() const;

 private:
  struct Bucket {
    uint64_t hash = 0;
    uint32_t begin = 0, size = 0;  // in postings; size 0: free
  };
  struct Shape {
    uint64_t columns = 0;  // a bit each
    size_t rules = 0, keys = 0;
    std::vector<Bucket> buckets;     // open addressing, a power of two
    std::vector<uint32_t> postings;  // rising within each bucket
  };
  struct Posting {
    uint64_t hash;
    uint32_t rule;
    auto operator<=>(const Posting&) const = default;
  };

  static Shape MakeShape(uint64_t columns, size_t rules, std::vector<Posting> postings);
  static const Bucket* Look(const Shape& shape, uint64_t hash);

  std::vector<Shape> shapes_;
};

}  // namespace pm
