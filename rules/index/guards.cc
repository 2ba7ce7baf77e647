#include "rules/index/guards.h"

#include <algorithm>

namespace pm::index {
namespace {

template <class T>
void AppendBytes(const T& value, std::string* out) {
  out->append(reinterpret_cast<const char*>(&value), sizeof(value));
}

// The same for the same needs.
std::string NameOf(std::span<const Guards::Asked> asked) {
  std::string name;
  for (const auto& [column, need] : asked) {
    AppendBytes(column, &name);
    name += need->missing ? 'm' : '-';
    name += need->present ? 'p' : '-';
    AppendBytes(need->keys.size(), &name);
    for (const Key key : need->keys) AppendBytes(key, &name);
    for (const Range& range : need->ranges) AppendBytes(range, &name);
  }
  return name;
}

template <class T>
size_t BytesOf(const std::vector<T>& list) {
  return list.capacity() * sizeof(T);
}

}  // namespace

uint32_t Guards::Add(std::span<const Asked> asked) {
  if (asked.empty()) return kNothing;
  const auto guard = static_cast<uint32_t>(first_need_.size() - 1);
  const auto [known, is_new] = known_.emplace(NameOf(asked), guard);
  if (!is_new) return known->second;
  for (const auto& [column, need] : asked) {
    Test test{.column = static_cast<uint8_t>(column),
              .missing = need->missing,
              .present = need->present,
              .of_keys = need->ranges.empty()};
    test.begin = static_cast<uint32_t>(test.of_keys ? keys_.size() : ranges_.size());
    keys_.insert(keys_.end(), need->keys.begin(), need->keys.end());
    ranges_.insert(ranges_.end(), need->ranges.begin(), need->ranges.end());
    test.end = static_cast<uint32_t>(test.of_keys ? keys_.size() : ranges_.size());
    tests_.push_back(test);
  }
  first_need_.push_back(static_cast<uint32_t>(tests_.size()));
  return guard;
}

void Guards::Finish() {
  known_.clear();
  first_need_.shrink_to_fit();
  tests_.shrink_to_fit();
  keys_.shrink_to_fit();
  ranges_.shrink_to_fit();
}

bool Guards::PassAll(uint32_t guard, std::span<const Column> columns, const FactKeys& facts) const {
  for (uint32_t i = first_need_[guard]; i < first_need_[guard + 1]; ++i) {
    if (!PassOne(tests_[i], columns[tests_[i].column], facts)) return false;
  }
  return true;
}

bool Guards::PassOne(const Test& test, const Column& column, const FactKeys& facts) const {
  if (facts.key(test.column) == kMissingKey && test.missing) return true;
  if (!test.of_keys) {
    const Value* value = facts.value(column);
    if (value == nullptr) return false;
    const auto* const begin = ranges_.data() + test.begin;
    const auto* const end = ranges_.data() + test.end;
    const auto* const after = std::upper_bound(
        begin, end, value->number, [](int64_t n, const Range& range) { return n < range.first; });
    return after != begin && value->number <= (after - 1)->last;
  }
  if (test.present) return facts.value(column) != nullptr;
  const auto has = [&](Key key) {
    return std::binary_search(keys_.begin() + test.begin, keys_.begin() + test.end, key);
  };
  if (column.part == Part::kItem) return std::ranges::any_of(facts.items(test.column), has);
  return has(facts.key(test.column));
}

size_t Guards::bytes() const {
  return BytesOf(first_need_) + BytesOf(tests_) + BytesOf(keys_) + BytesOf(ranges_);
}

}  // namespace pm::index
