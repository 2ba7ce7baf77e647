// A way through the fit rules: which of them give points and which do not, one after the other, and
// what scores are left after each. Rules of one group stand together.
#pragma once
#include <vector>

#include "rules/prove/fit_sums.h"

namespace pm {

class FitCourse {
 public:
  // Groups that read one of the fields `asked` come first. `sums` must outlive the course.
  FitCourse(const FitSums& sums, const std::vector<FieldNumber>& asked, uint64_t* work);

  bool done() const { return taken_.size() == rules_.size(); }
  const PointsWays& next() const { return *rules_[taken_.size()].ways; }
  // The sums that can still come out when the next rule gives so many points, without the cap.
  Intervals LeftAfter(int64_t points, uint64_t* work) const;

  void Take(int64_t points) { taken_.push_back(taken_.empty() ? points : taken_.back() + points); }
  size_t Mark() const { return taken_.size(); }
  void Undo(size_t mark) { taken_.resize(mark); }

 private:
  struct Rule {
    const PointsWays* ways;
    const Intervals* rest;  // of the group after it
    size_t group;           // among groups_
  };
  struct Group {
    const FitGroup* group;
    size_t begin;     // its first rule
    Intervals after;  // what all groups after it come to, with what is tied to nothing
  };
  // By all rules before this one.
  int64_t TakenBefore(size_t rule) const { return rule == 0 ? 0 : taken_[rule - 1]; }

  std::vector<Rule> rules_;
  std::vector<Group> groups_;
  std::vector<int64_t> taken_;  // points of all rules so far, after each
};

}  // namespace pm
