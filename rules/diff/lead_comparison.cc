#include "rules/diff/lead_comparison.h"

#include <algorithm>
#include <tuple>

#include "rules/compile/checks/prover.h"
#include "rules/condition_make.h"
#include "rules/prove/find_address.h"
#include "rules/prove/find_scores.h"

namespace pm {
namespace {

constexpr uint64_t kSumsBudget = 2'000'000;
constexpr int64_t kMostSamples = 32;  // of an interval of engagement

// Who takes what is told once for all cases.
void Merge(MatchDiff more, const ListSide& before, const ListSide& after, MatchDiff* all) {
  const auto told = [&](const auto& one) {
    const Unit &a = before.units[one.before], &b = after.units[one.after];
    return std::tuple(a.route, a.outcome.signature, b.route, b.outcome.signature);
  };
  all->work += more.work;
  for (MatchRegion& region : more.regions) {
    const auto same = std::ranges::find(all->regions, told(region), told);
    if (same == all->regions.end()) {
      all->regions.push_back(std::move(region));
    } else {
      same->all_before.merge(region.all_before);
      same->all_after.merge(region.all_after);
      same->complete = same->complete && region.complete;
    }
  }
  for (MatchDoubt& doubt : more.doubts) {
    if (std::ranges::find(all->doubts, told(doubt), told) == all->doubts.end())
      all->doubts.push_back(std::move(doubt));
  }
}

}  // namespace

// The list of free mail is fixed at first start, so that both sides have the same.
LeadSpace LeadComparison::Space() const {
  return {.fields = fields_,
          .slots = slots_,
          .scoring = common_ ? &*common_ : nullptr,
          .sums = sums_ ? &*sums_ : nullptr,
          .mail = EmailRulesOf(after_.identity)};
}
LeadSpace LeadComparison::SpaceOfAnyScores() const {
  LeadSpace space = Space();
  space.scoring = nullptr;
  space.sums = nullptr;
  return space;
}

void LeadComparison::JoinScores(const ScoresAlike& alike) {
  const ScoringRules &a = before_.scoring, &b = after_.scoring;
  for (const FieldNumber field : kScoreFields) slots_.Add(field);
  const bool both = Scores(a) && Scores(b);
  fit_alike_ = alike.fit || !both;
  as_they_say_ = alike.fit && alike.grades && Scores(a) == Scores(b);
  if (both && !alike.fit) cases_ = ScoreCasesOf(before_, after_, fields_, &slots_);
  common_ = Rebound(as_they_say_ || !Scores(a) ? b : a, &slots_);
  if (!as_they_say_) {
    common_->fit_grades = common_->engagement_grades = {};
    if (!fit_alike_) common_->fit_cap = kFarScore;
  }
  uint64_t work = 0;
  const LeadSpace space = SpaceOfAnyScores();
  sums_.emplace(FitSums(space, *common_, kSumsBudget, &work),
                SumsOfEngagement(space, *common_, &work));
  if (alike.engagement) return;
  // Of whatever engagement leads can have in one of them.
  for (const ScoringRules* rules : {&a, &b}) {
    const EngagementSums sums = SumsOfEngagement(space, Rebound(*rules, &slots_), &work);
    sums_->engagement.sure = Union(sums_->engagement.sure, sums.sure);
    sums_->engagement.possible = Union(sums_->engagement.possible, sums.possible);
  }
}

void LeadComparison::LeaveOutScreened() {
  for (const RuleBook* book : {&before_, &after_}) {
    for (const ScreeningRule* rule : KeepingRules(*book)) {
      const Condition when = rule->when.Rebound(&slots_);
      if (!ReadsScore(when, slots_)) screened_.push_back(when);
    }
  }
}

// As the common points are told by each set; none: as the facts say.
MatchSide LeadComparison::SideOf(const ListSide& list, const std::vector<Unit>& units,
                                 const CommonPoints* points) const {
  const auto own = [this, &list, points](Facts facts) {
    return points == nullptr ? FactsIn(list.book, facts, slots_)
                             : FactsIn(list.book, points->WithOwn(facts, slots_), slots_);
  };
  MatchSide side{units, [&list, own](Facts facts) { return list.take(own(facts)); }};
  if (list.table_rows == nullptr) return side;
  side.instead = [&list, &units, own](size_t asked, size_t taken, Facts facts) {
    return list.table_rows->Instead(units, asked, taken, own(facts));
  };
  return side;
}

MatchDiff LeadComparison::CompareScreening(const ListSide& before, const ListSide& after) const {
  LeadSpace space = as_they_say_ ? Space() : SpaceOfAnyScores();
  space.sums = nullptr;
  space.earlier_scores = true;
  return DiffFirstMatch(SideOf(before, before.units, nullptr), SideOf(after, after.units, nullptr),
                        space);
}

MatchDiff LeadComparison::Compare(std::string_view what, const ListSide& before,
                                  const ListSide& after, std::vector<std::string>* not_proved) {
  const auto reads = [this](const ListSide& list) {
    return std::ranges::any_of(list.units,
                               [&](const Unit& unit) { return ReadsScore(unit.when, slots_); });
  };
  const bool scored = Scores(*common_) && (reads(before) || reads(after));
  LeadQuery among;
  among.must_not = screened_;
  if (scored) among.must = Scored();
  MatchDiff all;
  if (as_they_say_ || !scored) {
    all = DiffFirstMatch(SideOf(before, before.units, nullptr), SideOf(after, after.units, nullptr),
                         Space(), kDiffBudget, among);
    Confirm(before, after, &all);
    return all;
  }
  for (const ScoreCase& one : cases_.cases) {
    LeadQuery of_case = among;
    std::ranges::copy(one.must, std::back_inserter(of_case.must));
    std::ranges::copy(one.must_not, std::back_inserter(of_case.must_not));
    if (!CompareCase(before, after, one.more, of_case, &all)) {
      not_proved->push_back(
          fmt::format("{}: an expression reads a score, which the sets give or grade otherwise, "
                      "so only leads of the same scores were compared",
                      what));
      return CompareSameScores(before, after);
    }
  }
  if (!cases_.complete) {
    not_proved->push_back(fmt::format(
        "{}: not all leads were compared whose points several rules change together", what));
  }
  Confirm(before, after, &all);
  return all;
}

// Rules that only pass the lead by look at its scores, too: so these are asked for.
std::vector<Condition> LeadComparison::Scored() {
  std::vector<Condition> there;
  for (const std::string_view score : {"score.fit", "score.engagement"}) {
    const TestSpec spec{
        .field = fields_.Find(score), .op = TestOp::kPresent, .literals = {}, .list = nullptr};
    there.push_back(MakeTest(spec, &slots_).value_or(Condition()));
  }
  return there;
}

// False when an expression reads a score, so that it cannot be told by common points.
bool LeadComparison::CompareCase(const ListSide& before, const ListSide& after, int64_t more,
                                 const LeadQuery& among, MatchDiff* all) {
  const CommonPoints old(before_.scoring, 0, fit_alike_), now(after_.scoring, more, fit_alike_);
  const auto old_units = old.Told(before.units, fields_, &slots_);
  const auto new_units = now.Told(after.units, fields_, &slots_);
  if (!old_units || !new_units) return false;
  const uint64_t left = kDiffBudget - std::min(kDiffBudget, all->work);
  Merge(DiffFirstMatch(SideOf(before, *old_units, &old), SideOf(after, *new_units, &now), Space(),
                       left, among),
        before, after, all);
  return true;
}

// Of the same scores and grades.
MatchDiff LeadComparison::CompareSameScores(const ListSide& before, const ListSide& after) const {
  LeadQuery among;
  among.must_not = screened_;
  MatchDiff found =
      DiffFirstMatch(SideOf(before, before.units, nullptr), SideOf(after, after.units, nullptr),
                     SpaceOfAnyScores(), kDiffBudget, among);
  Confirm(before, after, &found);
  return found;
}

// By what each set gives to the lead as it is, its signals being the same.
void LeadComparison::Confirm(const ListSide& before, const ListSide& after,
                             MatchDiff* found) const {
  std::erase_if(found->regions, [&](MatchRegion& region) {
    FactSheet sheet(slots_);
    sheet.Add(FieldBlock(region.facts));
    const auto taken_by = [&](const ListSide& list, int64_t engagement) {
      const CommonPoints points(list.book.scoring, 0, true);
      const std::vector<Value> own = FactsIn(list.book, sheet.facts(), slots_);
      const int64_t fit = FitOf(list.book.scoring, own, list.book.slots());
      return list.take(points.With({fit, engagement}, own, list.book.slots()));
    };
    const auto is_such = [&](int64_t engagement) {
      return taken_by(before, engagement) == region.before &&
             taken_by(after, engagement) == region.after;
    };
    const Value& signals = sheet.facts()[slots_.Of(Field("score.engagement"))];
    const int64_t engagement = signals.missing() ? 0 : signals.number;
    if (is_such(engagement)) {
      const bool matters = !std::ranges::all_of(SomeEngagements(), is_such);
      region.facts = AsShown(sheet.facts(), matters ? std::optional(engagement) : std::nullopt);
      return false;
    }
    found->doubts.push_back({region.before, region.after,
                             "the lead that was found is taken otherwise by its own scores"});
    return true;
  });
}

// Of what there can be the ends, and some between them.
std::vector<int64_t> LeadComparison::SomeEngagements() const {
  std::vector<int64_t> some;
  for (const Interval& one : sums_->engagement.sure) {
    const int64_t step = std::max<int64_t>((one.end - one.begin) / kMostSamples, 1);
    for (int64_t at = one.begin; at < one.end; at += step) some.push_back(at);
    some.push_back(one.end - 1);
  }
  return some;
}

// The lead; of its scores those that its fields do not tell, as far as they matter and both sets
// give them.
std::string LeadComparison::AsShown(Facts facts, std::optional<int64_t> engagement) const {
  BlockBuilder block;
  for (size_t slot = 0; slot < facts.size(); ++slot) {
    const FieldNumber field = slots_.fields()[slot];
    const bool score = std::ranges::find(kScoreFields, field) != kScoreFields.end();
    if (!facts[slot].missing() && !score) block.Set(field, facts[slot]);
  }
  if (engagement) {
    if (fit_alike_) block.Set(Field("score.fit"), Value::Int(FitOf(*common_, facts, slots_)));
    block.Set(Field("score.engagement"), Value::Int(*engagement));
  }
  return block.Build();
}

}  // namespace pm
