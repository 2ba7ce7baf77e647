#include "app/simulate/derived_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "model/decode/json_tree.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

constexpr int kNoLead = 720;
constexpr uint32_t kGivenId = 1;

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

// The one that is said, else the ends of what each grade has.
std::vector<int64_t> Ends(const std::vector<Grade>& grades, const Said& said,
                          const std::string& field) {
  if (const auto number = NumberOf(said, field)) return {*number};
  std::vector<int64_t> scores = {0};
  for (const Grade& grade : grades) scores.insert(scores.end(), {grade.from, grade.from - 1});
  return scores;
}

std::vector<GivenScores> ScoresToTry(const ScoringRules& rules, const Said& said) {
  std::vector<GivenScores> all;
  const auto total = NumberOf(said, "score.total");
  for (const int64_t fit : Ends(rules.fit_grades, said, "score.fit")) {
    for (const int64_t engagement : Ends(rules.engagement_grades, said, "score.engagement")) {
      all.push_back({fit, engagement});
      if (!total) continue;
      all.push_back({fit, *total - fit});
      all.push_back({*total - engagement, engagement});
    }
  }
  return all;
}

bool AreAsSaid(const ScoringRules& rules, const Said& said, const GivenScores& scores) {
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

ScoringRule Giving(std::string name, int64_t points) {
  ScoringRule rule;
  rule.name = std::move(name);
  rule.points = points;
  rule.id = kGivenId;
  rule.origin = {"the lead file", 1};
  return rule;
}

}  // namespace

void GiveAddress(const FieldTable& fields, LeadFile* lead) {
  const auto domain = lead->Take("lead.email_domain"), free = lead->Take("lead.free_mail");
  if (!domain && !free) return;
  for (const std::string key : {"email", "lead.email"}) {
    if (auto has = lead->Take(key)) return lead->Set(fields, "lead.email", *has);
  }
  const std::string at = domain            ? TextOf(*domain)
                         : *free == "true" ? "gmail.com"
                                           : "company.example";
  lead->Set(fields, "lead.email", fmt::format("\"lead@{}\"", at));
}

Result<std::optional<GivenScores>> TakeScores(const ScoringRules& rules, LeadFile* lead) {
  Said said;
  for (const char* field : {"score.fit", "score.engagement", "score.total", "score.fit_grade",
                            "score.engagement_grade", "score.grade"}) {
    if (const auto json = lead->Take(field)) said[field] = TextOf(*json);
  }
  if (said.empty()) return std::optional<GivenScores>();
  for (const GivenScores& scores : ScoresToTry(rules, said)) {
    if (AreAsSaid(rules, said, scores)) return std::optional<GivenScores>(scores);
  }
  return Fail(kNoLead, "no lead has the scores that the file gives, all at once");
}

std::shared_ptr<const RuleBook> WithScores(const RuleBook& book, const GivenScores& scores) {
  const CompileResult again = Compile(book.sources());
  PM_CHECK(again.ok());
  // Nobody else has this one.
  const std::shared_ptr<RuleBook> given = std::const_pointer_cast<RuleBook>(again.book);
  ScoringRules& rules = given->scoring;
  rules.fit = {Giving("Fit as given", scores.fit)};
  rules.fit_index = {};
  rules.fit_cap = std::max(rules.fit_cap, scores.fit);
  rules.half_life = rules.window = {};
  rules.engagement = {Giving("Engagement as given", scores.engagement)};
  rules.engagement.back().signal = EventType::kLeadSubmitted;
  rules.engagement_cap = std::max(rules.engagement_cap, scores.engagement);
  rules.by_signal = {{EventType::kLeadSubmitted, {0}, {}}};
  rules.engagement_by_id = {{kGivenId, 0}};
  return given;
}

}  // namespace pm
