#include "base/time/intervals.h"

#include <algorithm>
#include <iterator>

namespace pm {
namespace {

void Append(Interval next, Intervals* list) {
  if (next.begin >= next.end) return;
  if (!list->empty() && next.begin <= list->back().end) {
    list->back().end = std::max(list->back().end, next.end);
  } else {
    list->push_back(next);
  }
}

}  // namespace

Intervals Normalised(Intervals list) {
  std::sort(list.begin(), list.end());
  Intervals normal;
  normal.reserve(list.size());
  for (const Interval& interval : list) Append(interval, &normal);
  return normal;
}

Intervals Union(std::span<const Interval> a, std::span<const Interval> b) {
  Intervals sorted, united;
  sorted.reserve(a.size() + b.size());
  std::merge(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(sorted));
  for (const Interval& interval : sorted) Append(interval, &united);
  return united;
}

Intervals Intersection(std::span<const Interval> a, std::span<const Interval> b) {
  Intervals common;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    Append({std::max(a[i].begin, b[j].begin), std::min(a[i].end, b[j].end)}, &common);
    a[i].end < b[j].end ? ++i : ++j;
  }
  return common;
}

Intervals Difference(std::span<const Interval> a, std::span<const Interval> b) {
  Intervals left;
  size_t j = 0;
  for (const Interval& interval : a) {
    int64_t begin = interval.begin;
    while (j < b.size() && b[j].end <= begin) ++j;
    // What reaches past this interval is looked at again for the next.
    for (; j < b.size() && b[j].begin < interval.end; ++j) {
      Append({begin, b[j].begin}, &left);
      begin = b[j].end;
      if (begin >= interval.end) break;
    }
    Append({begin, interval.end}, &left);
  }
  return left;
}

}  // namespace pm
