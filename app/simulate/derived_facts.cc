#include "app/simulate/derived_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "app/simulate/lead_trial.h"
#include "model/decode/json_tree.h"
#include "model/normalise/text.h"
#include "rules/compile/compile.h"
#include "rules/prove/find_address.h"
#include "rules/prove/find_lead.h"
#include "rules/prove/find_scores.h"
#include "rules/prove/score_sums.h"

namespace pm {
namespace {

constexpr int kNoLead = 720;
constexpr uint32_t kGivenId = 1;
constexpr std::string_view kGiver = "the lead file";
constexpr uint64_t kWorkOfSums = 2'000'000;

std::string TextOf(const std::string& json) {
  const Result<JsonNode> node = ParseJson(fmt::format(R"({{"is":{}}})", json));
  PM_CHECK(node.has_value());  // the file was read from such
  return std::string(node->Text({"is"}));
}

std::string GradeOf(const std::vector<Grade>& grades, int64_t score) {
  for (const Grade& grade : grades) {
    if (score >= grade.from) return grade.name;
  }
  return grades.empty() ? "" : grades.back().name;
}

using Said = std::map<std::string, std::string>;

std::optional<int64_t> NumberOf(const Said& said, const std::string& field) {
  const auto found = said.find(field);
  if (found == said.end()) return std::nullopt;
  int64_t number = 0;
  const std::string& text = found->second;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool IsWithin(ScoreRange range, int64_t score) {
  return score >= range.least && score <= range.most;
}

// Which of the numbers the points of the rules never come to; empty: none of them.
std::string NumberOutOfReach(const ScoringRules& rules, const Said& said) {
  const ScoreRange fit = FitRange(rules), engagement = EngagementRange(rules);
  const auto why_not = [&](const std::string& field, ScoreRange range) -> std::string {
    const auto score = NumberOf(said, field);
    if (!score || IsWithin(range, *score)) return {};
    return fmt::format("{} {}: the rules give it {} {}", field, *score,
                       *score > range.most ? "at most" : "at least",
                       *score > range.most ? range.most : range.least);
  };
  for (const std::string& why :
       {why_not("score.fit", fit), why_not("score.engagement", engagement),
        why_not("score.total", {fit.least + engagement.least, fit.most + engagement.most})}) {
    if (!why.empty()) return why;
  }
  return {};
}

bool AreAsSaid(const ScoringRules& rules, const Said& said, const GivenScores& scores) {
  if (!IsWithin(FitRange(rules), scores.fit) ||
      !IsWithin(EngagementRange(rules), scores.engagement)) {
    return false;
  }
  const std::string fit = GradeOf(rules.fit_grades, scores.fit);
  const std::string engagement = GradeOf(rules.engagement_grades, scores.engagement);
  const Said are = {{"score.fit", std::to_string(scores.fit)},
                    {"score.engagement", std::to_string(scores.engagement)},
                    {"score.total", std::to_string(scores.fit + scores.engagement)},
                    {"score.fit_grade", fit},
                    {"score.engagement_grade", engagement},
                    {"score.grade", fit + engagement}};
  return std::ranges::all_of(said,
                             [&](const auto& one) { return are.at(one.first) == one.second; });
}

GivenScores ScoresOf(const LeadTrial& trial) {
  if (trial.rows() == nullptr || !trial.rows()->person.scored) return {};
  const account::ScoreState& score = trial.rows()->person.score;
  return {score.fit, score.engagement};
}

// What the points of the rules come to.
ScoreSets SumsOf(const RuleBook& book) {
  Slots slots = book.slots();
  for (const FieldNumber field : kScoreFields) slots.Add(field);
  const LeadSpace space{
      .fields = book.fields(), .slots = slots, .mail = EmailRulesOf(book.identity)};
  uint64_t work = 0;
  return {.fit = FitSums(space, book.scoring, kWorkOfSums, &work).totals,
          .engagement = SumsOfEngagement(space, book.scoring, &work).possible};
}

// What lies between the least and the most of it.
ScoreSets RangesOf(const ScoringRules& rules) {
  const ScoreRange fit = FitRange(rules), engagement = EngagementRange(rules);
  return {.fit = {{fit.least, fit.most + 1}},
          .engagement = {{engagement.least, engagement.most + 1}}};
}

// The one that is said; else the lead's own, and the ends of what each grade has of the set.
std::vector<int64_t> ToTry(const std::optional<int64_t>& said, int64_t own, const Intervals& set,
                           const std::vector<Grade>& grades) {
  if (said) return {*said};
  std::vector<int64_t> scores;
  if (!Intersection(set, Intervals{OneNumber(own)}).empty()) scores.push_back(own);
  const auto add_ends = [&](const Intervals& some) {
    for (const Interval& one : some) scores.insert(scores.end(), {one.begin, one.end - 1});
  };
  for (size_t grade = 0; grade < grades.size(); ++grade)
    add_ends(Intersection(set, Intervals{RangeOfGrade(grades, grade)}));
  add_ends(set);
  return scores;
}

std::vector<GivenScores> ScoresToTry(const ScoringRules& rules, const ScoreSets& sets,
                                     const Said& said, const GivenScores& own) {
  std::vector<GivenScores> all;
  const auto total = NumberOf(said, "score.total");
  const auto fit_said = NumberOf(said, "score.fit"), rest_said = NumberOf(said, "score.engagement");
  const auto add = [&](int64_t fit, int64_t engagement) {
    const auto is_of = [](const Intervals& set, int64_t score) {
      return !Intersection(set, Intervals{OneNumber(score)}).empty();
    };
    if ((fit_said || is_of(sets.fit, fit)) && (rest_said || is_of(sets.engagement, engagement)))
      all.push_back({fit, engagement});
  };
  const std::vector<int64_t> engagements =
      ToTry(rest_said, own.engagement, sets.engagement, rules.engagement_grades);
  for (const int64_t fit : ToTry(fit_said, own.fit, sets.fit, rules.fit_grades)) {
    for (const int64_t engagement : engagements) {
      add(fit, engagement);
      if (!total) continue;
      add(fit, *total - fit);
      add(*total - engagement, engagement);
    }
  }
  return all;
}

ScoringRule Giving(std::string name, int64_t points) {
  ScoringRule rule;
  rule.name = std::move(name);
  rule.points = points;
  rule.id = kGivenId;
  rule.origin = {std::string(kGiver), 1};
  return rule;
}

void GiveEngagement(int64_t engagement, ScoringRules* rules) {
  rules->half_life = rules->window = {};
  rules->engagement = {Giving("Engagement as given", engagement)};
  rules->engagement.back().signal = EventType::kLeadSubmitted;
  rules->engagement_cap = std::max(rules->engagement_cap, engagement);
  rules->by_signal = {{EventType::kLeadSubmitted, {0}, {}}};
  rules->engagement_by_id = {{kGivenId, 0}};
}

// The same rules, which nobody else has.
std::shared_ptr<RuleBook> Again(const RuleBook& book) {
  const CompileResult again = Compile(book.sources());
  PM_CHECK(again.ok());
  return std::const_pointer_cast<RuleBook>(again.book);
}

}  // namespace

std::string GiveAddress(const FieldTable& fields, LeadFile* lead) {
  const auto domain = lead->Take("lead.email_domain"), free = lead->Take("lead.free_mail");
  if (!domain && !free) return {};
  const std::string at = domain            ? FoldText(TextOf(*domain))
                         : *free == "true" ? "gmail.com"
                                           : "company.example";
  const bool has_one = lead->Has("email") || lead->Has("lead.email");
  if (!has_one) lead->Set(fields, "lead.email", fmt::format("\"lead@{}\"", at));
  BlockBuilder said;
  if (domain) said.Set(Field("lead.email_domain"), Value::Text(at));
  if (free) said.Set(Field("lead.free_mail"), Value::Bool(*free == "true"));
  return said.Build();
}

Result<std::optional<GivenScores>> TakeScores(const std::shared_ptr<const RuleBook>& book,
                                              LeadFile* lead, Instant at) {
  Said said;
  for (const char* field : {"score.fit", "score.engagement", "score.total", "score.fit_grade",
                            "score.engagement_grade", "score.grade"}) {
    if (const auto json = lead->Take(field)) said[field] = TextOf(*json);
  }
  if (said.empty()) return std::optional<GivenScores>();
  const ScoringRules& rules = book->scoring;
  if (const std::string why = NumberOutOfReach(rules, said); !why.empty())
    return Fail(kNoLead, fmt::format("no lead has {}", why));
  const GivenScores own = ScoresOf(LeadTrial(book, *lead, at));
  if (AreAsSaid(rules, said, own)) return std::optional<GivenScores>();
  for (const ScoreSets& sets : {SumsOf(*book), RangesOf(rules)}) {
    for (const GivenScores& scores : ScoresToTry(rules, sets, said, own)) {
      if (AreAsSaid(rules, said, scores)) return std::optional<GivenScores>(scores);
    }
  }
  return Fail(kNoLead, "no lead has the scores that the file gives, all at once");
}

std::shared_ptr<const RuleBook> WithEngagement(const RuleBook& book, int64_t engagement) {
  const std::shared_ptr<RuleBook> given = Again(book);
  GiveEngagement(engagement, &given->scoring);
  return given;
}

std::shared_ptr<const RuleBook> WithScores(const RuleBook& book, const GivenScores& scores) {
  const std::shared_ptr<RuleBook> given = Again(book);
  ScoringRules& rules = given->scoring;
  rules.fit = {Giving("Fit as given", scores.fit)};
  rules.fit_index = {};
  rules.fit_cap = std::max(rules.fit_cap, scores.fit);
  GiveEngagement(scores.engagement, &rules);
  return given;
}

bool GivesScores(const ScoringRules& rules) {
  return rules.engagement.size() == 1 && rules.engagement.front().origin.file == kGiver;
}

}  // namespace pm
