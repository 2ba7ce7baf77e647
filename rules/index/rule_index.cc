#include "rules/index/rule_index.h"

#include <algorithm>

#include "rules/index/rule_index_data.h"

namespace pm {

using index::Bitmaps;
using index::Posting;
using index::Shape;

RuleIndex::RuleIndex(std::span<const index::RuleNeeds> rules, size_t scan_below) {
  if (rules.size() < scan_below) return;
  data_ = std::make_shared<const RuleIndexData>(MakeRuleIndex(rules));
}

RuleIndex::Cursor RuleIndex::Find(Facts facts) const {
  Cursor cursor;
  if (data_ == nullptr) return cursor;
  const RuleIndexData& data = *data_;
  cursor.data_ = &data;
  cursor.facts_.Encode(data.columns, facts);
  for (const Shape& shape : data.shapes) {
    shape.Find(data.columns, cursor.facts_, [&](Cursor::Run run) { cursor.Take(run); });
  }
  if (!data.always.empty()) cursor.Take(data.always);
  if (!data.bitmaps.postings().empty()) {
    cursor.bitmaps_ = data.bitmaps.Find(data.columns, cursor.facts_);
  }
  return cursor;
}

void RuleIndex::Cursor::Take(Run run) {
  if (count_ < runs_.size()) {
    runs_[count_++] = run;
  } else {
    more_runs_.push_back(run);
  }
}

uint32_t RuleIndex::Cursor::Next(uint32_t from) {
  if (data_ == nullptr) return from;
  uint32_t next = UINT32_MAX;
  for (size_t i = 0; i < count_; ++i) next = std::min(next, NextOfRun(from, next, &runs_[i]));
  for (Run& run : more_runs_) next = std::min(next, NextOfRun(from, next, &run));
  return std::min(next, NextOfBitmaps(from, next));
}

// The first of the run from `from` on, if it comes before `below`.
uint32_t RuleIndex::Cursor::NextOfRun(uint32_t from, uint32_t below, Run* run) const {
  constexpr size_t kSteps = 8;  // mostly it is near; else a search finds it
  for (size_t i = 0; i < kSteps && !run->empty() && run->front().rule < from; ++i) {
    *run = run->subspan(1);
  }
  if (!run->empty() && run->front().rule < from) {
    const auto far = std::ranges::lower_bound(*run, from, {}, &Posting::rule);
    *run = run->subspan(static_cast<size_t>(far - run->begin()));
  }
  for (; !run->empty() && run->front().rule < below; *run = run->subspan(1)) {
    if (Passes(run->front())) return run->front().rule;
  }
  return UINT32_MAX;
}

uint32_t RuleIndex::Cursor::NextOfBitmaps(uint32_t from, uint32_t below) {
  const std::vector<Posting>& postings = data_->bitmaps.postings();
  if (next_box_ >= postings.size()) return UINT32_MAX;
  if (postings[next_box_].rule < from) {
    const auto at = std::ranges::lower_bound(postings.begin() + static_cast<int64_t>(next_box_),
                                             postings.end(), from, {}, &Posting::rule);
    next_box_ = static_cast<size_t>(at - postings.begin());
  }
  for (;; ++next_box_) {
    next_box_ = bitmaps_.Next(next_box_);
    if (next_box_ >= postings.size() || postings[next_box_].rule >= below) return UINT32_MAX;
    if (Passes(postings[next_box_])) return postings[next_box_].rule;
  }
}

bool RuleIndex::Cursor::Passes(Posting posting) const {
  return data_->guards.Pass(posting.guard, data_->columns, facts_);
}

size_t RuleIndex::bytes() const { return data_ == nullptr ? 0 : data_->bytes(); }

}  // namespace pm
