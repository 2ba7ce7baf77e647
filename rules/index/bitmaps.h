// Ordered bitmaps: of many boxes in the order of their rules, those that may hold, found by
// combining one row of bits for each column. A column's values fall into few classes: elementary
// intervals of numbers, hashes of texts; with too many of them neighbours share one, which only
// lets more boxes through. Immutable once made; any thread.
#pragma once
#include <array>
#include <span>
#include <vector>

#include "rules/index/tuple_space.h"

namespace pm::index {

class Bitmaps {
 public:
  static constexpr size_t kMaxClasses = 256;  // of a column, besides `missing`
  static constexpr size_t kMaxBitmapColumns = 16;

  struct Item {
    Posting posting;
    std::vector<std::pair<uint8_t, const Need*>> needs;  // by column, items' not
  };
  Bitmaps() = default;
  // In the order of their rules.
  explicit Bitmaps(std::span<const Item> items);

  // Boxes for one set of facts, by their place in `postings`.
  class Cursor {
   public:
    // The first box at `from` or after that may hold; SIZE_MAX when there is none.
    size_t Next(size_t from) const;

   private:
    friend class Bitmaps;
    const Bitmaps* of_ = nullptr;
    size_t count_ = 0;
    std::array<const uint64_t*, kMaxBitmapColumns> rows_;
  };
  Cursor Find(std::span<const Column> columns, const FactKeys& facts) const;

  // Rising by rule. What a box asks of columns that have no bitmap is for its guard.
  const std::vector<Posting>& postings() const { return postings_; }
  // The columns, each with how many classes it has.
  std::vector<std::pair<uint8_t, size_t>> Statistics() const;
  size_t bytes() const;

 private:
  struct Table {
    uint8_t column = 0;
    size_t classes = 0;           // the first is `missing`
    std::vector<int64_t> begins;  // of numbers: of each class but the first; else empty
    std::vector<uint64_t> bits;   // a row a class
  };
  Table MakeTable(uint8_t column, std::span<const Item> items) const;
  void Fill(const Need& need, size_t box, Table* table) const;
  static size_t ClassOf(const Table& table, Key key);
  static size_t ClassOf(const Table& table, int64_t number);

  size_t words_ = 0;  // of a row
  std::vector<Table> tables_;
  std::vector<Posting> postings_;
};

}  // namespace pm::index
