#include "rules/diff/score_cases.h"

#include "rules/diff/fit_givers.h"
#include "rules/prove/find_address.h"
#include "rules/prove/find_lead.h"

namespace pm {
namespace {

constexpr uint64_t kCaseBudget = 20'000'000;  // of the solver's work

class CaseSearch {
 public:
  CaseSearch(const std::vector<Giver>& givers, const LeadSpace& space)
      : givers_(givers), space_(space) {}

  ScoreCases Run() {
    Descend(0, {});
    return std::move(found_);
  }

 private:
  // None of the rules first: what few do is looked at before what many do together.
  void Descend(size_t at, const ScoreCase& so_far) {
    if (found_.cases.size() == kMostScoreCases || work_ >= kCaseBudget) {
      found_.complete = false;
      return;
    }
    while (at < givers_.size() && !givers_[at].differs()) ++at;
    if (at == givers_.size()) return found_.cases.push_back(so_far);
    const Giver& giver = givers_[at];
    ScoreCase none = so_far;
    for (const PointsWay& way : giver.ways) none.must_not.push_back(way.when);
    if (Possible(none)) Descend(at + 1, none);
    for (const PointsWay& way : giver.ways) {
      ScoreCase given = so_far;
      given.must.push_back(way.when);
      given.more += giver.of_after ? way.points : -way.points;
      if (Possible(given)) Descend(at + 1, given);
    }
  }

  bool Possible(const ScoreCase& one) {
    LeadQuery query{.must = one.must, .must_not = one.must_not};
    query.least = false;
    const LeadAnswer answer = FindLead(space_, query);
    work_ += answer.work + 1;
    return !answer.none();
  }

  const std::vector<Giver>& givers_;
  const LeadSpace space_;
  uint64_t work_ = 0;
  ScoreCases found_;
};

}  // namespace

ScoreCases ScoreCasesOf(const RuleBook& before, const RuleBook& after, const FieldTable& fields,
                        Slots* slots) {
  const std::vector<Giver> givers = GiversOf(before, after, fields, slots);
  return CaseSearch(givers,
                    {.fields = fields, .slots = *slots, .mail = EmailRulesOf(after.identity)})
      .Run();
}

}  // namespace pm
