#include "rules/index/needs.h"

#include <algorithm>
#include <iterator>

#include "base/ids.h"
#include "rules/condition_node.h"

namespace pm::index {
namespace {

using Boxes = std::vector<Box>;

uint64_t Mixed(uint64_t x) {
  x ^= x >> 30;
  x *= 0xBF58476D1CE4E5B9;
  x ^= x >> 27;
  x *= 0x94D049BB133111EB;
  return x ^ x >> 31;
}

std::vector<Range> Complement(const std::vector<Range>& ranges) {
  std::vector<Range> rest;
  int64_t next = INT64_MIN;
  for (const Range& range : ranges) {
    if (range.first > next) rest.push_back({next, range.first - 1});
    if (range.last == INT64_MAX) return rest;
    next = range.last + 1;
  }
  rest.push_back({next, INT64_MAX});
  return rest;
}

std::vector<Range> Common(const std::vector<Range>& a, const std::vector<Range>& b) {
  std::vector<Range> common;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const Range both{std::max(a[i].first, b[j].first), std::min(a[i].last, b[j].last)};
    if (both.first <= both.last) common.push_back(both);
    if (a[i].last < b[j].last) {
      ++i;
    } else {
      ++j;
    }
  }
  return common;
}

void AddKeys(const ConditionNode& test, Need* need) {
  for (const Operand& one : test.operands) need->keys.push_back(KeyOf(one.text));
  std::ranges::sort(need->keys);
  const auto doubles = std::ranges::unique(need->keys);
  need->keys.erase(doubles.begin(), doubles.end());
}

class Reader {
 public:
  RuleNeeds Read(const Condition& condition) {
    Boxes boxes = {{}};
    if (!condition.always()) boxes = Of(*condition.shared_root(), true);
    return {std::move(boxes), loss_};
  }

 private:
  // Of the facts for which the node is true, or false.
  Boxes Of(const ConditionNode& node, bool verdict) {
    switch (node.kind) {
      case NodeKind::kTest:
        return OfTest(node, verdict);
      case NodeKind::kProgram:
        Lose(Loss::kExpression);
        return {{}};
      case NodeKind::kNot:
        return Of(*node.children.front(), !verdict);
      case NodeKind::kAll:
      case NodeKind::kAny:
        break;
    }
    return (node.kind == NodeKind::kAll) == verdict ? OfEach(node, verdict) : OfSome(node, verdict);
  }

  Boxes OfEach(const ConditionNode& node, bool verdict) {
    Boxes boxes = {{}};
    for (const auto& child : node.children) {
      const Boxes more = Of(*child, verdict);
      if (more.empty()) return {};
      if (boxes.size() * more.size() > kMaxBoxes) {
        Lose(Loss::kAlternatives);
        continue;
      }
      Boxes joined;
      for (const Box& box : boxes) {
        for (const Box& other : more) {
          Box both = box;
          if (std::ranges::all_of(other.needs,
                                  [&](const Need& need) { return AddNeed(need, &both); })) {
            joined.push_back(std::move(both));
          }
        }
      }
      boxes = std::move(joined);
      if (boxes.empty()) return {};
    }
    return boxes;
  }

  Boxes OfSome(const ConditionNode& node, bool verdict) {
    Boxes boxes;
    for (const auto& child : node.children) {
      std::ranges::move(Of(*child, verdict), std::back_inserter(boxes));
      if (boxes.size() > kMaxBoxes) {
        Lose(Loss::kAlternatives);
        return {{}};
      }
    }
    const auto open = [](const Box& box) { return box.needs.empty(); };
    if (std::ranges::any_of(boxes, open)) return {{}};
    return boxes;
  }

  Boxes OfTest(const ConditionNode& test, bool verdict) {
    Need need;
    need.column = {.slot = test.slot, .type = test.type};
    if (test.op == TestOp::kPresent || test.op == TestOp::kMissing) {
      need.present = (test.op == TestOp::kPresent) == verdict;
      need.missing = !need.present;
    } else {
      need.missing = test.on_missing == (verdict ? OnMissing::kMatch : OnMissing::kNoMatch);
      AddValues(test, verdict != IsNegative(test.op), &need);
    }
    if (need.impossible()) return {};
    Box box;
    box.needs.push_back(std::move(need));
    return {std::move(box)};
  }

  // The values of which the test, were it not negated, holds or not.
  void AddValues(const ConditionNode& test, bool holds, Need* need) {
    if (test.type == Type::kTextList) return AddItems(test, holds, need);
    if (test.type == Type::kText) return AddTexts(test, holds, need);
    need->ranges = PassingRanges(test);
    if (!holds) need->ranges = Complement(need->ranges);
  }

  void AddTexts(const ConditionNode& test, bool holds, Need* need) {
    const bool prefix = test.op == TestOp::kStartsWith;
    const bool of_set = test.op == TestOp::kEq || test.op == TestOp::kNe ||
                        test.op == TestOp::kIn || test.op == TestOp::kNotIn;
    const bool of_part = prefix || test.op == TestOp::kEndsWith;
    if (holds && of_part && !test.operands.front().text.empty()) {
      need->column.part = prefix ? Part::kPrefix : Part::kSuffix;
      need->column.length = static_cast<uint32_t>(test.operands.front().text.size());
      return AddKeys(test, need);
    }
    if (holds && of_set && !test.list) return AddKeys(test, need);
    need->present = true;
    Lose(holds && test.list ? Loss::kList : Loss::kText);
  }

  void AddItems(const ConditionNode& test, bool holds, Need* need) {
    const bool of_part = test.op == TestOp::kStartsWith || test.op == TestOp::kEndsWith;
    if (holds && !of_part && !test.list && test.op != TestOp::kMatches) {
      need->column.part = Part::kItem;
      return AddKeys(test, need);
    }
    need->present = true;
    Lose(holds && test.list ? Loss::kList : Loss::kText);
  }

  void Lose(Loss loss) {
    if (loss_ == Loss::kNone) loss_ = loss;
  }

  Loss loss_ = Loss::kNone;
};

// Leaves in `own` at least what both admit; they are of one slot.
void Narrow(Need other, Need* own) {
  const bool missing = own->missing && other.missing;
  const auto nothing = [](const Need& need) {
    return !need.present && need.keys.empty() && need.ranges.empty();
  };
  if (own->present || nothing(other)) {
    *own = std::move(other);
  } else if (!other.present && !nothing(*own)) {
    if (own->column != other.column) {  // `whole` says most, then the longer part
      const auto rank = [](const Need& n) {
        return std::pair(n.column.part != Part::kWhole, ~n.column.length);
      };
      if (rank(other) < rank(*own)) *own = std::move(other);
    } else if (own->column.part == Part::kItem) {  // a list may hold both
      if (other.keys.size() < own->keys.size()) *own = std::move(other);
    } else {
      std::vector<Key> common;
      std::ranges::set_intersection(own->keys, other.keys, std::back_inserter(common));
      own->keys = std::move(common);
      own->ranges = Common(own->ranges, other.ranges);
    }
  }
  own->missing = missing;
}

}  // namespace

Key KeyOf(std::string_view text) { return Hash64(text); }
Key KeyOf(int64_t number) { return Mixed(static_cast<uint64_t>(number) + 0x9E3779B97F4A7C15); }
Key Joined(Key first, Key second) { return Mixed(first * 0x9E3779B97F4A7C15 + second); }

bool AddNeed(Need need, Box* box) {
  const auto own = std::ranges::find(box->needs, need.column.slot,
                                     [](const Need& one) { return one.column.slot; });
  if (own == box->needs.end()) {
    box->needs.push_back(std::move(need));
    return !box->needs.back().impossible();
  }
  Narrow(std::move(need), &*own);
  return !own->impossible();
}

RuleNeeds NeedsOf(const Condition& condition) { return Reader().Read(condition); }

}  // namespace pm::index
