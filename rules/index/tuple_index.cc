#include "rules/index/tuple_index.h"

#include <algorithm>
#include <map>

#include "base/ids.h"

namespace pm {
namespace {

constexpr uint64_t kSeed = 0x9E3779B97F4A7C15;

uint64_t Mixed(uint64_t x) {
  x ^= x >> 30;
  x *= 0xBF58476D1CE4E5B9;
  x ^= x >> 27;
  x *= 0x94D049BB133111EB;
  return x ^ x >> 31;
}
uint64_t Joined(uint64_t hash, uint64_t key) { return Mixed(hash * kSeed + key); }

// The columns by which a rule is indexed: all that have values, less those with most as long as
// their combinations are too many.
uint64_t ShapeOf(const TupleIndex::Rule& rule) {
  uint64_t shape = 0;
  size_t combinations = 1;
  std::vector<size_t> columns;
  for (size_t i = 0; i < rule.size() && i < TupleIndex::kMaxColumns; ++i) {
    if (!rule[i].empty()) columns.push_back(i);
  }
  std::ranges::stable_sort(columns, {}, [&](size_t column) { return rule[column].size(); });
  for (const size_t column : columns) {
    if (rule[column].size() > TupleIndex::kMaxKeysOfRule / combinations) break;
    combinations *= rule[column].size();
    shape |= uint64_t{1} << column;
  }
  return shape;
}

// The shapes that most rules have; those of no column are always among them.
std::vector<uint64_t> CommonShapes(std::span<const uint64_t> shape_of_rule) {
  std::map<uint64_t, size_t> counts = {{0, SIZE_MAX}};
  for (const uint64_t shape : shape_of_rule) {
    if (shape != 0) ++counts[shape];
  }
  std::vector<std::pair<uint64_t, size_t>> by_count(counts.begin(), counts.end());
  std::ranges::stable_sort(by_count, std::greater<>(), &std::pair<uint64_t, size_t>::second);
  if (by_count.size() > TupleIndex::kMaxShapes) by_count.resize(TupleIndex::kMaxShapes);
  std::vector<uint64_t> shapes;
  for (const auto& [shape, count] : by_count) shapes.push_back(shape);
  return shapes;
}

// The one with most columns that asks for none the rule does not.
uint64_t Widest(std::span<const uint64_t> shapes, uint64_t within) {
  uint64_t widest = 0;
  for (const uint64_t shape : shapes) {
    if ((shape & ~within) == 0 && std::popcount(shape) > std::popcount(widest)) widest = shape;
  }
  return widest;
}

// A hash for each combination of the rule's values in the shape's columns.
std::vector<uint64_t> HashesOf(const TupleIndex::Rule& rule, uint64_t shape) {
  std::vector<uint64_t> hashes = {kSeed};
  for (uint64_t left = shape; left != 0; left &= left - 1) {
    const auto column = static_cast<size_t>(std::countr_zero(left));
    std::vector<uint64_t> longer;
    for (const uint64_t hash : hashes) {
      for (const TupleIndex::Key key : rule[column]) longer.push_back(Joined(hash, key));
    }
    hashes = std::move(longer);
  }
  return hashes;
}

}  // namespace

TupleIndex::Key TupleIndex::KeyOf(std::string_view text) { return Hash64(text); }
TupleIndex::Key TupleIndex::KeyOf(int64_t number) { return Mixed(static_cast<uint64_t>(number)); }
TupleIndex::Key TupleIndex::KeyOf(const Value& value) {
  return value.type == Type::kText ? KeyOf(value.text) : KeyOf(value.number);
}

TupleIndex::TupleIndex(size_t columns, std::span<const Rule> rules) {
  PM_CHECK(columns <= kMaxColumns);
  std::vector<uint64_t> shape_of_rule;
  for (const Rule& rule : rules) shape_of_rule.push_back(ShapeOf(rule));
  const std::vector<uint64_t> shapes = CommonShapes(shape_of_rule);
  std::map<uint64_t, std::vector<Posting>> postings;
  std::map<uint64_t, size_t> counts;
  for (uint32_t i = 0; i < rules.size(); ++i) {
    const uint64_t shape = Widest(shapes, shape_of_rule[i]);
    ++counts[shape];
    for (const uint64_t hash : HashesOf(rules[i], shape)) postings[shape].push_back({hash, i});
  }
  for (auto& [shape, list] : postings) {
    shapes_.push_back(MakeShape(shape, counts[shape], std::move(list)));
  }
}

TupleIndex::Shape TupleIndex::MakeShape(uint64_t columns, size_t rules,
                                        std::vector<Posting> postings) {
  std::ranges::sort(postings);
  const auto doubles = std::ranges::unique(postings);
  postings.erase(doubles.begin(), doubles.end());
  Shape shape{.columns = columns, .rules = rules, .keys = 0, .buckets = {}, .postings = {}};
  for (size_t i = 0; i < postings.size(); ++i) {
    if (i == 0 || postings[i].hash != postings[i - 1].hash) ++shape.keys;
  }
  shape.buckets.resize(std::bit_ceil(2 * shape.keys));
  const size_t mask = shape.buckets.size() - 1;
  Bucket* bucket = nullptr;
  for (size_t i = 0; i < postings.size(); ++i) {
    if (i == 0 || postings[i].hash != postings[i - 1].hash) {
      size_t at = postings[i].hash & mask;
      while (shape.buckets[at].size > 0) at = (at + 1) & mask;
      bucket = &shape.buckets[at];
      *bucket = {postings[i].hash, static_cast<uint32_t>(i), 0};
    }
    ++bucket->size;
    shape.postings.push_back(postings[i].rule);
  }
  return shape;
}

const TupleIndex::Bucket* TupleIndex::Look(const Shape& shape, uint64_t hash) {
  const size_t mask = shape.buckets.size() - 1;
  for (size_t at = hash & mask; shape.buckets[at].size > 0; at = (at + 1) & mask) {
    if (shape.buckets[at].hash == hash) return &shape.buckets[at];
  }
  return nullptr;
}

TupleIndex::Cursor TupleIndex::Find(std::span<const std::optional<Key>> facts) const {
  Cursor cursor;
  for (const Shape& shape : shapes_) {
    uint64_t hash = kSeed;
    bool known = true;
    for (uint64_t left = shape.columns; known && left != 0; left &= left - 1) {
      const std::optional<Key>& fact = facts[static_cast<size_t>(std::countr_zero(left))];
      known = fact.has_value();
      if (known) hash = Joined(hash, *fact);
    }
    const Bucket* bucket = known ? Look(shape, hash) : nullptr;
    if (bucket == nullptr) continue;
    const uint32_t* first = shape.postings.data() + bucket->begin;
    cursor.runs_[cursor.count_++] = {first, first + bucket->size};
  }
  return cursor;
}

uint32_t TupleIndex::Cursor::Next(uint32_t from) {
  uint32_t next = UINT32_MAX;
  for (size_t i = 0; i < count_; ++i) {
    Run& run = runs_[i];
    // Mostly the next one, so a few steps before a search.
    for (int steps = 0; steps < 4 && run.at != run.end && *run.at < from; ++steps) ++run.at;
    if (run.at != run.end && *run.at < from) run.at = std::lower_bound(run.at, run.end, from);
    if (run.at != run.end) next = std::min(next, *run.at);
  }
  return next;
}

std::vector<TupleIndex::ShapeStatistics> TupleIndex::Statistics() const {
  std::vector<ShapeStatistics> all;
  for (const Shape& shape : shapes_) {
    ShapeStatistics one{.columns = {}, .rules = shape.rules, .keys = shape.keys};
    for (uint64_t left = shape.columns; left != 0; left &= left - 1) {
      one.columns.push_back(static_cast<size_t>(std::countr_zero(left)));
    }
    all.push_back(std::move(one));
  }
  return all;
}

size_t TupleIndex::bytes() const {
  size_t bytes = 0;
  for (const Shape& shape : shapes_) {
    bytes += sizeof(Shape) + shape.buckets.size() * sizeof(Bucket) +
             shape.postings.size() * sizeof(uint32_t);
  }
  return bytes;
}

}  // namespace pm
