#include "rules/prove/engagement_sums.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <set>

#include "rules/prove/find_lead.h"

namespace pm {
namespace {

constexpr uint64_t kWorkOfQuery = 20'000;
// So many contributions are kept of a person and of an account.
constexpr int64_t kMostOfPerson = 128, kMostOfAccount = 256;
constexpr size_t kMostSources = 16;  // that are put together for sure
constexpr int64_t kMostBursts = 4096;
constexpr int kFraction = 20;          // bits of a point
constexpr int64_t kMostHalvings = 32;  // then nothing is left

int64_t RoundedUp(int64_t a, int64_t b) { return (a + b - 1) / b; }

// Ages are told apart by so many parts of a half-life.
constexpr int64_t kParts = 16;

// 2^(-part / 16) in 2^-20, rounded down.
constexpr std::array<int64_t, kParts> kPowers = {1048576, 1004119, 961548, 920781, 881743, 844360,
                                                 808562,  774282,  741455, 710019, 679917, 651091,
                                                 623487,  597053,  571740, 547500};

// What is left of points after so many parts of half-lives, in 2^-20: never more than that, and
// never less with `up`.
int64_t LeftOf(int64_t points, int64_t parts, bool up) {
  const int64_t halvings = parts / kParts;
  const int64_t power = kPowers[static_cast<size_t>(parts % kParts)];
  if (!up) return (points * power) >> halvings;
  return RoundedUp(points * (power + 1), int64_t{1} << halvings);
}

bool IsLimited(const ScoringRule& rule) { return rule.at_most.points > 0 && rule.points > 0; }

// Multiples of the step from 0 to the most; all between when these are too many.
Intervals Multiples(int64_t step, int64_t most) {
  if (step == 1 || most / step >= static_cast<int64_t>(kMostSumParts)) return {{0, most + 1}};
  Intervals list;
  for (int64_t number = 0; number <= most; number += step) list.push_back(OneNumber(number));
  return list;
}

// What a rule with `at_most` can come to: no more than that within each length of time.
class Limit {
 public:
  Limit(const ScoringRule& rule, const ScoringRules& rules)
      : points_(rule.points),
        limit_(rule.at_most.points),
        per_(std::max<int64_t>(rule.at_most.per.ms, 1)),
        window_(rules.window.ms),
        half_life_(std::max<int64_t>(rules.half_life.ms, 1)) {}

  // Signals bring their points, or what the limit leaves of them.
  int64_t Step() const { return std::gcd(points_, limit_); }
  // Never more than this, fading or not.
  int64_t Most() const {
    if (window_ > 0) return std::min(limit_ * RoundedUp(window_, per_), kFarScore);
    if (half_life_ * kMostHalvings / per_ >= kMostBursts) return kFarScore;
    int64_t sum = 0;
    for (int64_t age = 0; age < half_life_ * kMostHalvings; age += per_) {
      sum += LeftOf(limit_, age * kParts / half_life_, /*up=*/true);
    }
    return (sum + (int64_t{1} << (kFraction - 1))) >> kFraction;
  }

 private:
  int64_t points_, limit_, per_, window_, half_life_;  // lengths in ms
};

// A signal that counts for these rules and no other.
using Source = std::vector<const ScoringRule*>;

class Signals {
 public:
  Signals(const LeadSpace& space, const ScoringRules& rules, uint64_t* work)
      : space_{space.fields, space.slots}, rules_(rules), work_(*work) {}

  EngagementSums Sums() {
    for (const ScoringRule& rule : rules_.engagement) {
      if (rule.points != 0) Look(rule);
    }
    std::ranges::stable_sort(sources_, [](const Source& a, const Source& b) {
      return a.size() != b.size() ? a.size() > b.size() : a[0]->points > b[0]->points;
    });
    DropShared();
    if (sources_.size() > kMostSources) sources_.resize(kMostSources);
    return rules_.half_life.ms > 0 ? Fading() : OverWindow();
  }

 private:
  // Whether the rule can count, and for which others the signal counts that it counts for.
  void Look(const ScoringRule& rule) {
    LeadQuery query{.must = {rule.when}, .must_not = {}, .budget = kWorkOfQuery, .least = false};
    LeadAnswer any = Find(query);
    if (any.none()) return;
    counting_.push_back(&rule);
    for (const ScoringRule& other : rules_.engagement) {
      if (&other != &rule && other.signal == rule.signal) query.must_not.push_back(other.when);
    }
    const LeadAnswer alone = query.must_not.empty() ? any : Find(query);
    if (alone.found()) return sources_.push_back({&rule});
    if (!any.found()) return;
    FactSheet sheet(space_.slots);
    sheet.Add(FieldBlock(any.facts));
    Source source = {&rule};
    for (const ScoringRule& other : rules_.engagement) {
      const bool counts = &other != &rule && other.signal == rule.signal && other.points != 0 &&
                          other.when.Holds(sheet.facts());
      if (counts) source.push_back(&other);
    }
    sources_.push_back(std::move(source));
  }

  LeadAnswer Find(const LeadQuery& query) {
    LeadAnswer answer = FindLead(space_, query);
    work_ += answer.work;
    return answer;
  }

  // Of two sources that one limit holds for only the first is sure.
  void DropShared() {
    std::set<const ScoringRule*> limited;
    std::erase_if(sources_, [&](const Source& source) {
      const bool shared = std::ranges::any_of(
          source, [&](const ScoringRule* rule) { return limited.contains(rule); });
      for (const ScoringRule* rule : source) {
        if (!shared && IsLimited(*rule)) limited.insert(rule);
      }
      return shared;
    });
  }

  int64_t SignalsEach() const {
    return kMostOfPerson / std::max<int64_t>(static_cast<int64_t>(ContributionsOf()), 1);
  }
  size_t ContributionsOf() const {
    size_t count = 0;
    for (const Source& source : sources_) count += source.size();
    return count;
  }

  // What so many signals of one source come to at once, and how to go on from there.
  struct Burst {
    Intervals sums;
    int64_t most = 0;
    int64_t times = 1;  // that it can be repeated, each `per` after the one before
    int64_t per = 1;    // ms
  };
  static Burst BurstOf(const Source& source, int64_t signals) {
    Burst burst;
    int64_t needed = 1;  // signals for the most
    for (int64_t count = 0; count <= signals; ++count) {
      int64_t sum = 0;
      for (const ScoringRule* rule : source) {
        const int64_t points = rule->points * count;
        sum += IsLimited(*rule) ? std::min(points, rule->at_most.points) : points;
      }
      burst.sums.push_back(OneNumber(sum));
      if (sum > burst.most) needed = std::max<int64_t>(count, 1), burst.most = sum;
    }
    burst.sums = Normalised(std::move(burst.sums));
    burst.times = std::max<int64_t>(signals / needed, 1);
    for (const ScoringRule* rule : source) {
      if (IsLimited(*rule)) burst.per = std::max(burst.per, rule->at_most.per.ms);
    }
    return burst;
  }

  Intervals SureOf(const Source& source) const {
    const Burst burst = BurstOf(source, SignalsEach());
    const int64_t times = std::min(burst.times, RoundedUp(rules_.window.ms, burst.per));
    Intervals sums = burst.sums;
    for (int64_t i = 1; i < times; ++i) {
      const Intervals more = Shifted(burst.sums, i * burst.most);
      sums.insert(sums.end(), more.begin(), more.end());
    }
    return Normalised(std::move(sums));
  }

  // What is left of bursts one after the other when the last is made, and the least of one.
  Interval SureOfFading(const Source& source) const {
    const Burst burst = BurstOf(source, SignalsEach());
    int64_t sum = 0;
    for (int64_t i = 0; i < burst.times; ++i) {
      const int64_t parts = RoundedUp(i * burst.per * kParts, rules_.half_life.ms);
      if (parts >= kMostHalvings * kParts) break;
      sum += LeftOf(burst.most, parts, /*up=*/false);
    }
    return {std::min<int64_t>(burst.sums.front().begin, 0), (sum >> kFraction) + 1};
  }

  // The most by the number of contributions that are kept, and by the cap.
  int64_t Highest() const {
    int64_t of_person = 0, of_account = 0;
    for (const ScoringRule* rule : counting_) {
      int64_t& most = rule->account_scope ? of_account : of_person;
      most = std::max(most, rule->points);
    }
    return std::min(kMostOfPerson * of_person + kMostOfAccount * of_account, rules_.engagement_cap);
  }
  bool TakesAway() const {
    return std::ranges::any_of(counting_, [](const auto* rule) { return rule->points < 0; });
  }

  // Points that last for a window and then are gone.
  EngagementSums OverWindow() {
    EngagementSums sums{.sure = {OneNumber(0)}, .possible = {OneNumber(0)}};
    for (const Source& source : sources_) {
      const Intervals of_source = SureOf(source);
      // A set that is made coarser is not sure any more.
      if (sums.sure.size() * of_source.size() > kMostSumParts) continue;
      sums.sure = AddedUp(sums.sure, of_source, &work_);
    }
    const int64_t cap = rules_.engagement_cap;
    for (const ScoringRule* rule : counting_) {
      if (rule->points < 0) continue;
      const Limit limit(*rule, rules_);
      const Intervals of_rule =
          IsLimited(*rule) ? Multiples(limit.Step(), std::min(limit.Most(), cap + limit.Step()))
                           : Multiples(rule->points, cap + rule->points);
      sums.possible = Capped(AddedUp(sums.possible, of_rule, &work_), cap);
    }
    return Bounded(std::move(sums));
  }

  // Points that fade pass through every number on their way to nothing.
  EngagementSums Fading() const {
    int64_t least = 0, most = 0, possible = 0;
    for (const Source& source : sources_) {
      const Interval sure = SureOfFading(source);
      least += sure.begin;
      most += sure.end - 1;
    }
    for (const ScoringRule* rule : counting_) {
      if (rule->points < 0) continue;
      possible += IsLimited(*rule) ? Limit(*rule, rules_).Most() : kFarScore;
      possible = std::min(possible, kFarScore);
    }
    return Bounded({.sure = {{least, most + 1}}, .possible = {{0, possible + 1}}});
  }

  EngagementSums Bounded(EngagementSums sums) const {
    const int64_t highest = Highest();
    sums.sure = Capped(sums.sure, rules_.engagement_cap);
    sums.possible =
        Intersection(Capped(sums.possible, rules_.engagement_cap), Intervals{{0, highest + 1}});
    // With points taken away sums come down from above the cap, too, and run on below 0.
    if (TakesAway()) sums.possible = {{-kFarScore, sums.possible.back().end}};
    sums.sure = Intersection(sums.sure, sums.possible);
    return sums;
  }

  const LeadSpace space_;
  const ScoringRules& rules_;
  uint64_t& work_;
  std::vector<const ScoringRule*> counting_;  // can count, or may
  std::vector<Source> sources_;               // there is such a signal
};

}  // namespace

EngagementSums SumsOfEngagement(const LeadSpace& space, const ScoringRules& rules, uint64_t* work) {
  return Signals(space, rules, work).Sums();
}

}  // namespace pm
