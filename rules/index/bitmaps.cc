#include "rules/index/bitmaps.h"

#include <algorithm>
#include <bit>

namespace pm::index {
namespace {

void Set(std::vector<uint64_t>* bits, size_t row, size_t box) {
  (*bits)[row + box / 64] |= uint64_t{1} << (box % 64);
}

// The columns that most items ask about.
std::vector<uint8_t> CommonColumns(std::span<const Bitmaps::Item> items) {
  std::array<size_t, kMaxColumns> counts = {};
  for (const Bitmaps::Item& item : items) {
    for (const auto& [column, need] : item.needs) ++counts[column];
  }
  std::vector<uint8_t> columns;
  for (size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) columns.push_back(static_cast<uint8_t>(i));
  }
  std::ranges::stable_sort(columns, std::greater<>(), [&](uint8_t i) { return counts[i]; });
  if (columns.size() > Bitmaps::kMaxBitmapColumns) columns.resize(Bitmaps::kMaxBitmapColumns);
  return columns;
}

// Where the classes of a column of numbers begin: at every bound of a range, or at every nth when
// they are too many.
std::vector<int64_t> BeginsOf(uint8_t column, std::span<const Bitmaps::Item> items) {
  std::vector<int64_t> bounds;
  for (const Bitmaps::Item& item : items) {
    for (const auto& [of, need] : item.needs) {
      if (of != column) continue;
      for (const Range& range : need->ranges) {
        bounds.push_back(range.first);
        if (range.last < INT64_MAX) bounds.push_back(range.last + 1);
      }
    }
  }
  if (bounds.empty()) return bounds;
  bounds.push_back(INT64_MIN);
  std::ranges::sort(bounds);
  const auto doubles = std::ranges::unique(bounds);
  bounds.erase(doubles.begin(), doubles.end());
  const size_t step = (bounds.size() + Bitmaps::kMaxClasses - 1) / Bitmaps::kMaxClasses;
  std::vector<int64_t> begins;
  for (size_t i = 0; i < bounds.size(); i += step) begins.push_back(bounds[i]);
  return begins;
}

size_t HashClasses(uint8_t column, std::span<const Bitmaps::Item> items) {
  std::vector<Key> keys;
  for (const Bitmaps::Item& item : items) {
    for (const auto& [of, need] : item.needs) {
      if (of == column) keys.insert(keys.end(), need->keys.begin(), need->keys.end());
    }
  }
  std::ranges::sort(keys);
  const auto doubles = std::ranges::unique(keys);
  keys.erase(doubles.begin(), doubles.end());
  return std::min(Bitmaps::kMaxClasses, std::bit_ceil(2 * keys.size() + 1));
}

}  // namespace

Bitmaps::Bitmaps(std::span<const Item> items) : words_((items.size() + 63) / 64) {
  for (const Item& item : items) postings_.push_back(item.posting);
  for (const uint8_t column : CommonColumns(items)) {
    tables_.push_back(MakeTable(column, items));
  }
}

Bitmaps::Table Bitmaps::MakeTable(uint8_t column, std::span<const Item> items) const {
  Table table{.column = column, .classes = 0, .begins = BeginsOf(column, items), .bits = {}};
  table.classes = 1 + (table.begins.empty() ? HashClasses(column, items) : table.begins.size());
  table.bits.resize(table.classes * words_);
  // Boxes that any value satisfies are put into every row at the end.
  std::vector<uint64_t> open(words_);
  std::vector<uint64_t> present(words_);
  for (size_t box = 0; box < items.size(); ++box) {
    const auto& needs = items[box].needs;
    const auto found = std::ranges::find(needs, column, &std::pair<uint8_t, const Need*>::first);
    if (found == needs.end()) {
      Set(&open, 0, box);
    } else {
      if (found->second->present) Set(&present, 0, box);
      Fill(*found->second, box, &table);
    }
  }
  for (size_t i = 0; i < table.bits.size(); ++i) {
    table.bits[i] |= open[i % words_] | (i < words_ ? 0 : present[i % words_]);
  }
  return table;
}

void Bitmaps::Fill(const Need& need, size_t box, Table* table) const {
  if (need.missing) Set(&table->bits, 0, box);
  for (const Key key : need.keys) Set(&table->bits, ClassOf(*table, key) * words_, box);
  for (const Range& range : need.ranges) {
    const size_t last = ClassOf(*table, range.last);
    for (size_t i = ClassOf(*table, range.first); i <= last; ++i) {
      Set(&table->bits, i * words_, box);
    }
  }
}

size_t Bitmaps::ClassOf(const Table& table, Key key) { return 1 + (key & (table.classes - 2)); }

size_t Bitmaps::ClassOf(const Table& table, int64_t number) {
  const auto after = std::ranges::upper_bound(table.begins, number);
  return static_cast<size_t>(after - table.begins.begin());
}

Bitmaps::Cursor Bitmaps::Find(std::span<const Column> columns, const FactKeys& facts) const {
  Cursor cursor;
  cursor.of_ = this;
  for (const Table& table : tables_) {
    const Value* value = facts.value(columns[table.column]);
    size_t row = 0;
    if (value != nullptr) {
      row = table.begins.empty() ? ClassOf(table, facts.key(table.column))
                                 : ClassOf(table, value->number);
    }
    cursor.rows_[cursor.count_++] = table.bits.data() + row * words_;
  }
  return cursor;
}

size_t Bitmaps::Cursor::Next(size_t from) const {
  if (of_ == nullptr) return SIZE_MAX;
  uint64_t mask = ~uint64_t{0} << (from % 64);
  for (size_t word = from / 64; word < of_->words_; ++word) {
    uint64_t bits = mask;
    for (size_t i = 0; i < count_ && bits != 0; ++i) bits &= rows_[i][word];
    mask = ~uint64_t{0};
    if (bits == 0) continue;
    const size_t box = word * 64 + static_cast<size_t>(std::countr_zero(bits));
    return box < of_->postings_.size() ? box : SIZE_MAX;
  }
  return SIZE_MAX;
}

std::vector<std::pair<uint8_t, size_t>> Bitmaps::Statistics() const {
  std::vector<std::pair<uint8_t, size_t>> columns;
  for (const Table& table : tables_) columns.emplace_back(table.column, table.classes);
  return columns;
}

size_t Bitmaps::bytes() const {
  size_t bytes = postings_.capacity() * sizeof(Posting);
  for (const Table& table : tables_) {
    bytes += sizeof(Table) + (table.bits.capacity() + table.begins.capacity()) * sizeof(uint64_t);
  }
  return bytes;
}

}  // namespace pm::index
