// Whether some fields of a lead could be other so that a route has it, all else being as it is:
// put to the solver behind the rules' proofs, with scores counted as the rules count them. What it
// knows nothing of, such as who is away, is for whoever asks to try out.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "app/simulate/route_goal.h"
#include "rules/diff/fit_givers.h"
#include "rules/prove/find_lead.h"

namespace pm {

using Changes = std::map<std::string, std::string>;  // field -> JSON; empty: left out

// One thread.
class LeadQuestion {
 public:
  struct Answer {
    enum class Kind : uint8_t {
      kFound,   // `changes` would do, as far as the rules alone tell
      kNone,    // proved: no values of these parts would do
      kUnknown  // neither
    };
    Kind kind = Kind::kUnknown;
    Changes changes;
  };

  // `trial` has a lead. All must outlive the question, `trial` but for the call.
  LeadQuestion(const RuleBook& book, const std::vector<RoutePath>& paths, const LeadTrial& trial,
               const Wish& wish);
  LeadQuestion(const LeadQuestion&) = delete;
  LeadQuestion& operator=(const LeadQuestion&) = delete;

  // How many parts may be other, each by itself: a field that a publisher sets, all that comes with
  // an address, and at last the engagement.
  size_t parts() const { return parts_.size(); }
  // Whether it would do that these parts are other. Changes in `refused` would not.
  Answer Ask(const std::set<size_t>& parts, const std::vector<Changes>& refused);
  uint64_t work() const { return work_; }  // of the solver, so far

 private:
  struct Part {
    std::string field;
    std::set<uint32_t> slots;
  };
  // What is asked of the lead, and from which rule on it is open whether it gives points.
  struct Branch {
    std::vector<Condition> must, must_not;
    size_t giver = 0;
  };

  void ReadLead(const LeadTrial& trial);
  void FindParts();
  void FindGivers();
  Condition Is(uint32_t slot, const Value& value) const;
  Condition Routed() const;
  bool FreesEngagement() const;
  Condition Scored() const;

  void AskForLess(const std::vector<Changes>& refused, Answer* answer);
  Branch Start(const std::vector<Changes>& refused) const;
  bool IsOpen(uint32_t slot) const { return freed_.contains(slot) || scores_.contains(slot); }
  Condition Settled(const Condition& condition) const;
  std::shared_ptr<const ConditionNode> SettledNode(
      const std::shared_ptr<const ConditionNode>& node) const;
  std::optional<Condition> Blocking(Facts found);
  std::vector<Value> Merged(Facts found) const;

  Answer Search(const Branch& branch);
  Answer Found(Facts facts);
  LeadAnswer Find(const Branch& branch);
  size_t NextGiver(size_t from) const;
  int64_t PointsOf(bool engagement, Facts facts) const;
  std::vector<Condition> ScoresOf(Facts facts) const;
  Changes ChangesIn(Facts facts) const;

  const RuleBook& book_;
  Slots slots_;                 // those of the rules come first
  std::string block_;           // holds the texts of `lead_`
  std::vector<Value> lead_;     // as it is, by slot
  bool routed_ = false;         // whatever the rules say of that
  int64_t earlier_points_ = 0;  // of engagement, that no rule gives now
  std::vector<Part> parts_;
  std::set<uint32_t> scores_;  // slots
  std::vector<Giver> givers_;  // of fit, then of engagement for what is submitted
  size_t fit_givers_ = 0;
  std::optional<RouteGoal> goal_;
  std::set<uint32_t> freed_;  // slots that may be other
  std::map<Changes, Condition> told_;
  bool lost_ = false;  // ways were given up that may have led on
  uint64_t work_ = 0;
};

}  // namespace pm
