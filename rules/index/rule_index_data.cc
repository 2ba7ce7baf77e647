#include "rules/index/rule_index_data.h"

#include <algorithm>
#include <bit>
#include <map>

#include "rules/index/rule_index.h"

namespace pm {
namespace {

using namespace index;

using Mask = uint64_t;  // of columns

// A box of a rule, its needs by number of their column.
struct Placed {
  uint32_t rule = 0;
  std::vector<Guards::Asked> needs;
  Mask shape = 0;  // the columns by which it can be hashed
};

bool IsPoints(const Need& need) {
  return std::ranges::all_of(need.ranges, [](const Range& r) { return r.first == r.last; });
}

// How many keys stand for the need; 0: keys cannot, or too many.
size_t KeyCount(const Need& need) {
  if (need.present || !IsPoints(need)) return 0;
  const size_t values = need.keys.size() + need.ranges.size();
  return values == 0 ? 0 : values + (need.missing ? 1 : 0);
}

std::vector<Key> KeysOf(const Need& need) {
  std::vector<Key> keys = need.keys;
  for (const Range& point : need.ranges) keys.push_back(KeyOf(point.first));
  if (need.missing) keys.push_back(kMissingKey);
  return keys;
}

// All columns with few values, as long as their combinations are not too many; of items only one.
Mask ShapeOf(const Placed& box, const std::vector<Column>& columns) {
  std::vector<std::pair<size_t, size_t>> by_keys;  // how many, column
  for (const auto& [column, need] : box.needs) {
    if (const size_t keys = KeyCount(*need); keys > 0) by_keys.emplace_back(keys, column);
  }
  std::ranges::sort(by_keys);
  Mask shape = 0;
  size_t combinations = 1;
  bool items = false;
  for (const auto& [keys, column] : by_keys) {
    const bool of_items = columns[column].part == Part::kItem;
    if (keys > Shape::kMaxKeysOfBox / combinations || (of_items && items)) continue;
    combinations *= keys;
    items |= of_items;
    shape |= Mask{1} << column;
  }
  return shape;
}

std::vector<Key> CombinedKeys(const Placed& box, Mask shape) {
  std::vector<Key> keys = {Shape::kSeed};
  for (const auto& [column, need] : box.needs) {
    if ((shape >> column & 1) == 0) continue;
    std::vector<Key> longer;
    for (const Key key : keys) {
      for (const Key value : KeysOf(*need)) longer.push_back(Joined(key, value));
    }
    keys = std::move(longer);
  }
  return keys;
}

class Maker {
 public:
  explicit Maker(std::span<const RuleNeeds> rules) : rules_(rules) {}

  RuleIndexData Make() {
    ChooseColumns();
    for (uint32_t rule = 0; rule < rules_.size(); ++rule) Place(rule);
    const std::vector<Mask> common = CommonShapes();
    std::map<Mask, std::vector<const Placed*>> by_shape;
    for (const Placed& box : boxes_) by_shape[Widest(common, box.shape)].push_back(&box);
    std::vector<const Placed*> rest = std::move(by_shape[0]);
    by_shape.erase(0);
    for (const auto& [shape, boxes] : by_shape) {
      if (!AddShape(shape, boxes)) rest.insert(rest.end(), boxes.begin(), boxes.end());
    }
    std::ranges::stable_sort(data_.shapes, std::greater<>(), &Shape::boxes);
    AddRest(std::move(rest));
    data_.guards.Finish();
    return std::move(data_);
  }

 private:
  // Those of which most boxes ask something, items last.
  void ChooseColumns() {
    std::map<Column, size_t> counts;
    for (const RuleNeeds& rule : rules_) {
      for (const Box& box : rule.boxes) {
        for (const Need& need : box.needs) ++counts[need.column];
      }
    }
    std::vector<std::pair<Column, size_t>> by_count(counts.begin(), counts.end());
    std::ranges::stable_sort(by_count, std::greater<>(), &std::pair<Column, size_t>::second);
    if (by_count.size() > kMaxColumns) by_count.resize(kMaxColumns);
    for (const auto& [column, count] : by_count) data_.columns.push_back(column);
    std::ranges::stable_partition(data_.columns,
                                  [](const Column& c) { return c.part != Part::kItem; });
    for (size_t i = 0; i < data_.columns.size(); ++i) number_[data_.columns[i]] = i;
  }

  void Place(uint32_t rule) {
    const RuleNeeds& needs = rules_[rule];
    std::vector<Placed> placed;
    for (const Box& box : needs.boxes) {
      Placed& one = placed.emplace_back();
      one.rule = rule;
      for (const Need& need : box.needs) {
        const auto column = number_.find(need.column);
        if (column != number_.end()) one.needs.push_back({column->second, &need});
      }
      std::ranges::sort(one.needs, {}, &Guards::Asked::column);
      one.shape = ShapeOf(one, data_.columns);
      if (!one.needs.empty()) continue;
      data_.always.push_back({rule, Guards::kNothing});
      data_.why.push_back(WhyOf(needs, box));
      return;
    }
    if (placed.empty()) ++data_.never;
    std::ranges::move(placed, std::back_inserter(boxes_));
  }

  static WhyAlways WhyOf(const RuleNeeds& needs, const Box& box) {
    if (!box.needs.empty()) return WhyAlways::kColumns;
    switch (needs.loss) {
      case Loss::kNone:
        return WhyAlways::kOpen;
      case Loss::kExpression:
        return WhyAlways::kExpression;
      case Loss::kText:
        return WhyAlways::kText;
      case Loss::kList:
        return WhyAlways::kList;
      case Loss::kAlternatives:
        return WhyAlways::kAlternatives;
    }
    return WhyAlways::kOpen;
  }

  std::vector<Mask> CommonShapes() const {
    std::map<Mask, size_t> counts;
    for (const Placed& box : boxes_) {
      if (box.shape != 0) ++counts[box.shape];
    }
    std::vector<std::pair<Mask, size_t>> by_count(counts.begin(), counts.end());
    std::ranges::stable_sort(by_count, std::greater<>(), &std::pair<Mask, size_t>::second);
    if (by_count.size() > RuleIndex::kMaxShapes) by_count.resize(RuleIndex::kMaxShapes);
    std::vector<Mask> shapes;
    for (const auto& [shape, count] : by_count) shapes.push_back(shape);
    return shapes;
  }

  // The one with most columns that asks for none the box does not.
  static Mask Widest(std::span<const Mask> shapes, Mask within) {
    Mask widest = 0;
    for (const Mask shape : shapes) {
      if ((shape & ~within) == 0 && std::popcount(shape) > std::popcount(widest)) widest = shape;
    }
    return widest;
  }

  // False when so many boxes share their keys that a walk along the bitmaps is shorter.
  bool AddShape(Mask shape, const std::vector<const Placed*>& boxes) {
    std::vector<Shape::Entry> entries;
    std::vector<Key> keys;
    for (const Placed* box : boxes) {
      for (const Key key : CombinedKeys(*box, shape)) {
        entries.push_back({key, {box->rule, 0}});
        keys.push_back(key);
      }
    }
    std::ranges::sort(keys);
    const auto doubles = std::ranges::unique(keys);
    keys.erase(doubles.begin(), doubles.end());
    const size_t list = entries.size() / keys.size();
    constexpr size_t kColumnsOfBox = 4;
    if (list > RuleIndex::kBitmapsFrom && list > boxes.size() / 64 * kColumnsOfBox) return false;
    size_t entry = 0;
    for (const Placed* box : boxes) {
      const uint32_t guard = GuardOf(*box, [&](size_t column) { return shape >> column & 1; });
      for (size_t n = CombinedKeys(*box, shape).size(); n > 0; --n) {
        entries[entry++].posting.guard = guard;
      }
    }
    std::vector<uint8_t> columns;
    for (Mask left = shape; left != 0; left &= left - 1) {
      columns.push_back(static_cast<uint8_t>(std::countr_zero(left)));
    }
    data_.shapes.emplace_back(std::move(columns), boxes.size(), std::move(entries));
    return true;
  }

  // Of the needs of all columns that are not `settled`.
  template <class Settled>
  uint32_t GuardOf(const Placed& box, const Settled& settled) {
    std::vector<Guards::Asked> asked;
    for (const Guards::Asked& one : box.needs) {
      if (!settled(one.column)) asked.push_back(one);
    }
    return data_.guards.Add(asked);
  }

  void AddRest(std::vector<const Placed*> rest) {
    std::ranges::stable_sort(rest, {}, &Placed::rule);
    if (rest.size() >= RuleIndex::kBitmapsFrom) return AddBitmaps(rest);
    for (const Placed* box : rest) {
      const uint32_t guard = GuardOf(*box, [](size_t) { return false; });
      const Posting posting{box->rule, guard};
      const auto at = std::ranges::lower_bound(data_.always, posting);
      data_.why.insert(data_.why.begin() + (at - data_.always.begin()), WhyAlways::kFew);
      data_.always.insert(at, posting);
    }
  }

  void AddBitmaps(const std::vector<const Placed*>& rest) {
    const auto of_items = [&](size_t column) { return data_.columns[column].part == Part::kItem; };
    std::vector<Bitmaps::Item> items;
    for (const Placed* box : rest) {
      Bitmaps::Item& item = items.emplace_back();
      item.posting = {box->rule, GuardOf(*box, [&](size_t column) { return !of_items(column); })};
      for (const auto& [column, need] : box->needs) {
        if (!of_items(column)) item.needs.emplace_back(static_cast<uint8_t>(column), need);
      }
    }
    data_.bitmaps = Bitmaps(items);
  }

  const std::span<const RuleNeeds> rules_;
  std::map<Column, size_t> number_;
  std::vector<Placed> boxes_;
  RuleIndexData data_;
};

}  // namespace

RuleIndexData MakeRuleIndex(std::span<const RuleNeeds> rules) { return Maker(rules).Make(); }

size_t RuleIndexData::bytes() const {
  size_t bytes = sizeof(*this) + guards.bytes() + bitmaps.bytes() +
                 always.capacity() * sizeof(Posting) + columns.capacity() * sizeof(Column);
  for (const Shape& shape : shapes) bytes += shape.bytes();
  return bytes;
}

}  // namespace pm
