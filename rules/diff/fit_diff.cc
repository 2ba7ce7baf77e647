#include "rules/diff/fit_diff.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>

#include "rules/diff/fit_givers.h"
#include "rules/rule_points.h"

namespace pm {
namespace {

struct Fit {
  int64_t points = 0;
  std::string grade;
  std::string Text() const {
    return fmt::format("fit {}{}{}", points, grade.empty() ? "" : ", grade ", grade);
  }
};

Fit FitOf(const RuleBook& book, FieldBlock block) {
  FactSheet sheet(book.slots());
  sheet.Add(block);
  Fit fit;
  for (const ScoringRule& rule : book.scoring.fit) {
    if (rule.when.Holds(sheet.facts())) fit.points += PointsOf(rule, sheet.facts(), book.slots());
  }
  fit.points = std::min(fit.points, book.scoring.fit_cap);
  for (const Grade& grade : book.scoring.fit_grades) {
    fit.grade = grade.name;
    if (fit.points >= grade.from) break;  // the last has all below it, too
  }
  return fit;
}

// Points of what holds.
struct Sums {
  int64_t before = 0, after = 0;
};

class FitComparison {
 public:
  FitComparison(const RuleBook& before, const RuleBook& after, const LeadSpace& space,
                RuleDiff* diff, uint64_t budget)
      : before_(before),
        after_(after),
        slots_(space.slots),
        space_{space.fields, slots_},
        diff_(*diff),
        budget_(budget),
        givers_(GiversOf(before, after, space.fields, &slots_)) {}

  bool Run() {
    for (const std::vector<size_t>& group : GroupsOf(givers_)) {
      group_ = &group;
      known_.clear();
      const bool was_alike = std::exchange(alike_, true);
      Descend(0, {});
      if (alike_) TellRewritten();
      alike_ = alike_ && was_alike;
    }
    return alike_;
  }

 private:
  using Chosen = std::set<std::pair<size_t, size_t>>;  // giver, way: what holds
  // What is asked of a lead on the way down.
  struct Asked {
    std::vector<Condition> must, must_not;
    Chosen chosen;
    Sums sums;
  };

  LeadAnswer Find(const Asked& asked, bool least) {
    if (work_ >= budget_) return {.why = "the work bound is spent"};
    LeadQuery query{.must = asked.must, .must_not = asked.must_not};
    query.least = least;
    LeadAnswer answer = FindLead(space_, query);
    work_ += answer.work + 1;
    return answer;
  }

  // Each way of the group's rules from `at` on, none of them first, so that what few rules do is
  // known before what many do together.
  void Descend(size_t at, const Asked& asked) {
    if (work_ >= budget_) return TellSpent();
    if (at == group_->size()) return Judge(asked);
    if (at > 0 && Find(asked, false).none()) return;
    const size_t number = (*group_)[at];
    Asked none = asked;
    for (const PointsWay& way : givers_[number].ways) none.must_not.push_back(way.when);
    Descend(at + 1, none);
    for (size_t way = 0; way < givers_[number].ways.size(); ++way)
      Descend(at + 1, With(asked, number, way));
  }

  Asked With(const Asked& asked, size_t number, size_t way) const {
    const Giver& giver = givers_[number];
    Asked next = asked;
    next.must.push_back(giver.ways[way].when);
    next.chosen.insert({number, way});
    if (giver.of_before) next.sums.before += giver.ways[way].points;
    if (giver.of_after) next.sums.after += giver.ways[way].points;
    return next;
  }

  void Judge(const Asked& asked) {
    const int64_t change = asked.sums.after - asked.sums.before;
    if (change == 0 || Follows(asked.chosen, change)) {
      known_.emplace_back(asked.chosen, change);
      return;
    }
    const LeadAnswer answer = Find(asked, true);
    if (answer.none()) return;
    if (!answer.found()) return Doubt(asked, answer.why);
    if (Tell(asked, answer.facts) || Uncover(asked)) known_.emplace_back(asked.chosen, change);
  }

  // It is what sets that are known already come to together.
  bool Follows(Chosen chosen, int64_t change) const {
    for (const auto& [set, of_set] : known_) {
      if (set.empty() || !std::ranges::includes(chosen, set)) continue;
      for (const auto& one : set) chosen.erase(one);
      change -= of_set;
    }
    return chosen.empty() && change == 0;
  }

  std::string Names(const Asked& asked, bool of_after) const {
    std::vector<std::string> names;
    for (const auto& [number, way] : asked.chosen) {
      const Giver& giver = givers_[number];
      if (!giver.differs() || giver.of_after != of_after) continue;
      names.push_back(fmt::format("{} ({})", giver.rule->name, giver.rule->origin.Text()));
    }
    return fmt::format("{}", fmt::join(names, ", "));
  }

  void Doubt(const Asked& asked, const std::string& why) {
    alike_ = false;
    const std::string old = Names(asked, false), now = Names(asked, true);
    const std::string both = old.empty() || now.empty() ? old + now : old + ", now " + now;
    diff_.not_proved.push_back(
        fmt::format("score: leads of {} may score otherwise: {}", both, why));
  }

  void TellSpent() {
    alike_ = false;
    if (!std::exchange(spent_, true)) {
      diff_.not_proved.emplace_back(
          "score: not all rules of fit that differ were compared: the work bound is spent");
    }
  }

  bool Tell(const Asked& asked, const std::string& facts) {
    const Fit before = FitOf(before_, FieldBlock(facts)), after = FitOf(after_, FieldBlock(facts));
    if (before.points == after.points) return false;
    alike_ = false;
    diff_.regions.push_back({.what = "score",
                             .before_rule = Names(asked, false),
                             .before = before.Text(),
                             .after_rule = Names(asked, true),
                             .after = after.Text(),
                             .lead = ExampleOf(FieldBlock(facts), space_.fields)});
    return true;
  }

  // Rules beside the group hide the change, of that lead at least. True when another lead showed.
  bool Uncover(const Asked& asked) {
    std::vector<size_t> others;
    for (size_t g = 0; g < givers_.size(); ++g) {
      if (std::ranges::find(*group_, g) == group_->end()) others.push_back(g);
    }
    const Uncovered uncovered = UncoverAmong(others, 0, asked);
    if (uncovered == Uncovered::kUnknown) Doubt(asked, "other rules may make up for it");
    return uncovered == Uncovered::kYes;
  }

  enum class Uncovered : uint8_t { kYes, kNo, kUnknown };

  Uncovered UncoverAmong(const std::vector<size_t>& others, size_t at, const Asked& asked) {
    if (Capped(others, at, asked.sums)) return Uncovered::kNo;
    const LeadAnswer answer = Find(asked, true);
    if (answer.none()) return Uncovered::kNo;
    if (!answer.found()) return Uncovered::kUnknown;
    if (Tell(asked, answer.facts)) return Uncovered::kYes;
    if (at == others.size()) return Uncovered::kNo;
    Uncovered all = Uncovered::kNo;
    const Giver& giver = givers_[others[at]];
    for (size_t way = 0; way <= giver.ways.size(); ++way) {
      Asked next = asked;
      if (way < giver.ways.size()) {
        next = With(asked, others[at], way);
      } else {
        for (const PointsWay& one : giver.ways) next.must_not.push_back(one.when);
      }
      const Uncovered under = UncoverAmong(others, at + 1, next);
      if (under == Uncovered::kYes) return under;
      if (under == Uncovered::kUnknown) all = under;
    }
    return all;
  }

  // Whatever the others give, both sums reach the cap.
  bool Capped(const std::vector<size_t>& others, size_t at, Sums least) const {
    for (size_t i = at; i < others.size(); ++i) {
      const Giver& giver = givers_[others[i]];
      int64_t lowest = 0;
      for (const PointsWay& way : giver.ways) lowest = std::min(lowest, way.points);
      if (giver.of_before) least.before += lowest;
      if (giver.of_after) least.after += lowest;
    }
    return before_.scoring.fit_cap == after_.scoring.fit_cap &&
           least.before >= before_.scoring.fit_cap && least.after >= after_.scoring.fit_cap;
  }

  void TellRewritten() {
    Asked all;
    for (const size_t number : *group_) all.chosen.insert({number, 0});
    const auto named = [](const std::string& names) { return names.empty() ? "none" : names; };
    diff_.without_effect.push_back(fmt::format("points of fit are written otherwise: {}, now {}",
                                               named(Names(all, false)), named(Names(all, true))));
  }

  const RuleBook& before_;
  const RuleBook& after_;
  Slots slots_;  // of all rules of both
  const LeadSpace space_;
  RuleDiff& diff_;
  const uint64_t budget_;
  uint64_t work_ = 0;
  const std::vector<Giver> givers_;
  const std::vector<size_t>* group_ = nullptr;
  std::vector<std::pair<Chosen, int64_t>> known_;  // of the group: what rules come to together
  bool alike_ = true, spent_ = false;
};

}  // namespace

bool FitAlike(const RuleBook& before, const RuleBook& after, const LeadSpace& space, RuleDiff* diff,
              uint64_t budget) {
  return FitComparison(before, after, space, diff, budget).Run();
}

}  // namespace pm
