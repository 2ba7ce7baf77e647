// Of many numbered rules, those that may match given facts, without looking at the rest. Boxes of
// single values are found by hash (tuple_space.h); boxes of ranges, or of values that too many
// share, by bitmaps (bitmaps.h); what asks for neither is looked at always. It only ever leaves out
// rules that cannot match; who asks evaluates the others, so it never changes an answer. Immutable;
// any thread.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "rules/index/bitmaps.h"

namespace pm {

class RuleIndex {
 public:
  static constexpr size_t kScanBelow = 16;    // so few rules are simply looked at, each
  static constexpr size_t kMaxShapes = 31;    // rarer ones are found by fewer of their columns
  static constexpr size_t kBitmapsFrom = 64;  // boxes without single values

  // Looks at every rule, whatever their number.
  RuleIndex() = default;
  explicit RuleIndex(std::span<const index::RuleNeeds> rules, size_t scan_below = kScanBelow);

  // Candidates for one set of facts, which must outlive it, as must the index.
  class Cursor {
   public:
    // The first candidate that is `from` or more; UINT32_MAX when there is none (without an index:
    // `from`). `from` must not fall from call to call.
    uint32_t Next(uint32_t from);

   private:
    friend class RuleIndex;
    using Run = std::span<const index::Posting>;
    void Take(Run run);
    uint32_t NextOfRun(uint32_t from, uint32_t below, Run* run) const;
    uint32_t NextOfBitmaps(uint32_t from, uint32_t below);
    bool Passes(index::Posting posting) const;

    const struct RuleIndexData* data_ = nullptr;
    index::FactKeys facts_;
    size_t count_ = 0;
    std::array<Run, kMaxShapes + 1> runs_;
    std::vector<Run> more_runs_;  // of lists with many items
    index::Bitmaps::Cursor bitmaps_;
    size_t next_box_ = 0;
  };
  Cursor Find(Facts facts) const;

  bool scans() const { return data_ == nullptr; }
  size_t bytes() const;

  // For people: shapes, bitmaps, what is looked at always and why, bytes a rule; a line each.
  struct Words {
    std::function<std::string(uint32_t slot)> field;
    std::function<std::string(uint32_t rule)> rule;  // name and place
    std::string_view rules = "rules";                // what they are called
  };
  std::string PlanText(size_t rules, const Words& words) const;

 private:
  std::shared_ptr<const RuleIndexData> data_;  // null: looks at every rule
};

// Goes through the rules whose conditions hold, in their order: the index names candidates, the
// naive evaluator decides. All that is given must outlive it.
template <class Rule>
class Holding {
 public:
  Holding(const std::vector<Rule>& rules, const RuleIndex& index, Facts facts)
      : rules_(rules), facts_(facts), cursor_(index.Find(facts)) {}
  // Null when there is no more.
  const Rule* Next() {
    for (next_ = cursor_.Next(next_); next_ < rules_.size(); next_ = cursor_.Next(next_ + 1)) {
      if (rules_[next_].when.Holds(facts_)) return &rules_[next_++];
    }
    return nullptr;
  }

 private:
  const std::vector<Rule>& rules_;
  const Facts facts_;
  RuleIndex::Cursor cursor_;
  uint32_t next_ = 0;
};

// Over the conditions of rules.
template <class Rule>
RuleIndex IndexOf(const std::vector<Rule>& rules, size_t scan_below = RuleIndex::kScanBelow) {
  if (rules.size() < scan_below) return {};
  std::vector<index::RuleNeeds> needs;
  needs.reserve(rules.size());
  for (const Rule& rule : rules) needs.push_back(index::NeedsOf(rule.when));
  return RuleIndex(needs, scan_below);
}

}  // namespace pm
