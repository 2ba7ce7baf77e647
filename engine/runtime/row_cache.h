// Decoded rows between the steps and the store: the overlay of what is not committed, and a bounded
// cache of what is. Rows written since the last commit are pinned. One thread.
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstring>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/runtime/digest.h"
#include "engine/runtime/store.h"
#include "engine/stages/rows.h"

namespace pm {

// Of a row's key. It never leaves the process.
struct RowKeyHash {
  using is_avalanching = void;
  size_t operator()(std::string_view key) const {
    constexpr size_t kWord = sizeof(uint64_t);
    uint64_t hash = key.size();
    const char* at = key.data();
    if (key.size() <= kWord) return Mixed(hash ^ Word(at, key.size()));
    const char* const last = at + key.size() - kWord;
    for (; at < last; at += kWord) hash = Mixed(hash ^ Word(at, kWord));
    return Mixed(hash ^ Word(last, kWord));
  }

 private:
  static uint64_t Word(const char* from, size_t bytes) {
    uint64_t word = 0;
    std::memcpy(&word, from, bytes);
    return word;
  }
  static uint64_t Mixed(uint64_t word) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = Wide{word ^ 0x9e3779b97f4a7c15} * 0xd6e8feb86659fd93;
    return static_cast<uint64_t>(product >> 64) ^ static_cast<uint64_t>(product);
  }
};

class RowCache final : public RowReader {
 public:
  // The bound is on clean rows, by an estimate of their memory; 0 keeps none.
  RowCache(const Store& store, size_t bound_bytes) : store_(store), bound_bytes_(bound_bytes) {}

  // Valid until the row is written or Trim is called: for a step.
  const RowBox* Get(std::string_view key, RowDecoder decode) override;
  // Hands out the row itself: nothing is copied for a step that succeeds.
  std::unique_ptr<RowBox> Lend(std::string_view key, RowDecoder decode) override;
  // Leaves out rows that are lent: the step merges in its own.
  std::optional<std::string> NextKey(std::string_view prefix, std::string_view after) override;

  // Takes over what a step wrote, without decoding it again.
  void Adopt(RowEdit edit);
  // A step has ended: a row that was lent and not adopted is as it was before.
  void TakeBack();
  // Drops the clean rows that were not used for longest, until within the bound. Between steps.
  void Trim();

  // What was written since the last commit, in key order; the cache keeps no copy of the values.
  std::vector<RowWrite> TakeWrites();
  void Committed();
  void Abandon();

  // What was adopted since the last commit has changed the digest by this (modulo 2^128).
  Digest digest_change() const { return digest_change_; }
  size_t dirty_rows() const { return dirty_.size(); }
  size_t dirty_bytes() const { return dirty_bytes_; }
  size_t clean_bytes() const { return clean_bytes_; }
  uint64_t store_gets() const { return store_gets_; }

 private:
  struct Entry {
    std::string key;
    std::unique_ptr<RowBox> box;  // null: there is no such row, or it is lent
    std::string bytes;            // encoded, while dirty
    Digest digest;                // of the row as it stands; zero when there is none
    size_t size = 0;              // estimate of its memory
    bool dirty = false;
    RowDecoder lent = nullptr;  // what makes it anew
  };
  using Entries = std::list<Entry>;

  using Ordered = std::map<std::string_view, Entries::iterator>;

  Entry& Load(std::string_view key, RowDecoder decode);
  const Ordered& OrderedDirty();

  const Store& store_;
  const size_t bound_bytes_;
  Entries entries_;  // the most recently used first
  boost::unordered_flat_map<std::string_view, Entries::iterator, RowKeyHash>
      by_key_;                            // its keys lie in the entries
  std::vector<Entries::iterator> dirty_;  // as they came
  std::optional<Ordered> ordered_;        // the same, from when a step first asks for their order
  std::vector<Entries::iterator> lent_;   // and those adopted meanwhile
  Digest digest_change_;
  size_t clean_bytes_ = 0;
  size_t dirty_bytes_ = 0;
  uint64_t store_gets_ = 0;
};

}  // namespace pm
