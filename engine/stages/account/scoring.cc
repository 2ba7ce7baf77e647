#include "engine/stages/account/account.h"
#include "engine/stages/account/earned.h"
#include "rules/rule_points.h"

namespace pm::account {
namespace {

constexpr int64_t kOne = int64_t{1} << 32;
constexpr size_t kMaxRulesKept = 64;  // of a decision, with their points

// How long a contribution can still count.
Duration HorizonOf(const ScoringRules& rules) {
  if (rules.window.ms > 0) return rules.window;
  if (rules.half_life.ms > 0) return {rules.half_life.ms * 32};
  return {INT64_MAX / 4};
}

// What a contribution is worth at `now`, in 2^-32 points.
int64_t WorthAt(const Contribution& c, Instant now, const ScoringRules& rules) {
  const Duration age = now - c.at;
  if (rules.window.ms > 0) return age < rules.window ? c.points * kOne : 0;
  if (rules.half_life.ms <= 0) return c.points * kOne;
  return c.points * static_cast<int64_t>(Decay(age, rules.half_life));
}

int64_t RoundPoints(int64_t worth) { return (worth + kOne / 2) >> 32; }

// Adds what the rule's limit leaves of its points; keeps the list by time and bounded.
bool AddContribution(std::vector<Contribution>* list, const ScoringRule& rule, Instant at,
                     Instant now, const ScoringRules& rules, size_t max_size) {
  const int64_t points = WithinLimit(*list, rule, rule.points, at);
  if (points == 0) return false;
  const Duration horizon = HorizonOf(rules);
  std::erase_if(*list, [&](const Contribution& c) {
    return now - c.at > std::max(horizon, c.rule == rule.id ? rule.at_most.per : Days(90));
  });
  const auto place = std::ranges::upper_bound(*list, at, {}, &Contribution::at);
  list->insert(place, {rule.id, points, at});
  if (list->size() > max_size) list->erase(list->begin());
  return true;
}

struct Part {
  std::string_view name;  // of the rule
  int64_t points = 0;
};

int64_t FitOf(const RuleBook& rules, Facts facts, std::vector<Part>* parts) {
  int64_t total = 0;
  Holding holding(rules.scoring.fit, rules.scoring.fit_index, facts);
  while (const ScoringRule* holds = holding.Next()) {
    const ScoringRule& rule = *holds;
    const int64_t points = PointsOf(rule, facts, rules.slots());
    if (points == 0) continue;
    total += points;
    parts->push_back({rule.name, points});
  }
  return std::min(total, rules.scoring.fit_cap);
}

// Contributions of rules that are no longer there are worth nothing.
int64_t EngagementOf(const Case& c, std::vector<Part>* parts) {
  const ScoringRules& scoring = c.step.rules.scoring;
  std::vector<std::pair<const ScoringRule*, int64_t>> worth;
  const auto add = [&](const std::vector<Contribution>& list) {
    worth.reserve(worth.size() + list.size());
    for (const Contribution& one : list) {
      const ScoringRule* rule = scoring.EngagementRule(one.rule);
      if (rule != nullptr) worth.emplace_back(rule, WorthAt(one, c.step.now, scoring));
    }
  };
  add(c.person->contributions);
  if (c.account != nullptr) add(c.account->contributions);
  std::ranges::sort(worth);
  int64_t total = 0;
  for (size_t i = 0; i < worth.size();) {
    const ScoringRule* rule = worth[i].first;
    int64_t of_rule = 0;
    for (; i < worth.size() && worth[i].first == rule; ++i) of_rule += worth[i].second;
    total += of_rule;
    const int64_t points = RoundPoints(of_rule);
    if (points != 0) parts->push_back({rule->name, points});
  }
  return std::min(RoundPoints(total), scoring.engagement_cap);
}

std::string GradeOf(const std::vector<Grade>& grades, int64_t score) {
  for (const Grade& grade : grades) {
    if (score >= grade.from) return grade.name;
  }
  return grades.empty() ? std::string() : grades.back().name;
}

void SortParts(std::vector<Part>* parts) {
  std::ranges::stable_sort(*parts, [](const Part& a, const Part& b) {
    return a.points != b.points ? a.points > b.points : a.name < b.name;
  });
}

// The first `most` of sorted parts.
std::vector<std::string> Describe(const std::vector<Part>& parts, size_t most) {
  std::vector<std::string> texts;
  texts.reserve(std::min(parts.size(), most));
  for (const Part& part : parts) {
    if (texts.size() == most) break;
    std::string& text = texts.emplace_back(part.name);
    const fmt::format_int points(part.points);
    text += part.points < 0 ? " " : " +";
    text.append(points.data(), points.size());
  }
  return texts;
}

}  // namespace

void Earn(Case& c, const Event& event) {
  const ScoringRules& scoring = c.step.rules.scoring;
  const SignalRules* signal = scoring.RulesOn(event.type);
  if (signal == nullptr) return;  // most events are no rule's signal
  // Points earned are no facts, so these hold for all of the rules.
  const Facts facts = c.facts().facts();
  RuleIndex::Cursor may_hold = signal->index.Find(facts);
  for (uint32_t i = may_hold.Next(0); i < signal->rules.size(); i = may_hold.Next(i + 1)) {
    const ScoringRule& rule = scoring.engagement[signal->rules[i]];
    if (!rule.when.Holds(facts)) continue;
    if (rule.account_scope) {
      AccountRow& account = c.EditAccount();
      if (AddContribution(&account.contributions, rule, event.occurred_at, c.step.now, scoring,
                          kMaxAccountContributions) &&
          account.people > 1)
        StartSweep(&c, c.step, c.home);
    } else {
      AddContribution(&c.person->contributions, rule, event.occurred_at, c.step.now, scoring,
                      kMaxContributions);
    }
  }
}

void EarnForAccount(Step& step, HomeId home, const Event& event, FieldBlock about) {
  const ScoringRules& scoring = step.rules.scoring;
  AccountRow& account = step.rows.Edit<AccountRow>({home});
  if (account.home_text.empty()) account.home_text = event.home;
  const SignalRules* signal = scoring.RulesOn(event.type);
  if (signal == nullptr) return;
  FactSheet sheet(step.rules.slots());
  sheet.Add(FieldBlock(account.fields.values));
  sheet.Add(about);
  sheet.Set(Field("event.type"), Value::Text(DeclOf(event.type).name));
  bool earned = false;
  RuleIndex::Cursor may_hold = signal->index.Find(sheet.facts());
  for (uint32_t i = may_hold.Next(0); i < signal->rules.size(); i = may_hold.Next(i + 1)) {
    const ScoringRule& rule = scoring.engagement[signal->rules[i]];
    if (!rule.when.Holds(sheet.facts())) continue;
    earned |= AddContribution(&account.contributions, rule, event.occurred_at, step.now, scoring,
                              kMaxAccountContributions);
  }
  if (earned) StartSweep(nullptr, step, home);
}

void Rescore(Case& c) {
  const RuleBook& rules = c.step.rules;
  if (rules.scoring.fit.empty() && rules.scoring.engagement.empty()) return;
  std::vector<Part> parts;
  ScoreState now;
  now.fit = FitOf(rules, c.facts().facts(), &parts);
  now.engagement = EngagementOf(c, &parts);
  now.fit_grade = GradeOf(rules.scoring.fit_grades, now.fit);
  now.engagement_grade = GradeOf(rules.scoring.engagement_grades, now.engagement);
  SortParts(&parts);
  now.reasons = Describe(parts, 3);
  const ScoreState& before = c.person->score;
  const bool same = c.person->scored && before.fit == now.fit &&
                    before.engagement == now.engagement && before.fit_grade == now.fit_grade &&
                    before.engagement_grade == now.engagement_grade;
  c.person->score = now;
  c.person->scored = true;
  if (same) return;
  StoredDecision decision;
  decision.kind = "scoring";
  decision.counted = Describe(parts, kMaxRulesKept);
  if (parts.size() > kMaxRulesKept)
    decision.counted.push_back(fmt::format("and {} more", parts.size() - kMaxRulesKept));
  decision.winner = now.fit_grade + now.engagement_grade;
  decision.reason = c.event_type == EventType::kNone ? "account" : DeclOf(c.event_type).name;
  Decide(c, std::move(decision));
  PublishLead(c, "lead.scored", LeadOutputOf(c));
}

}  // namespace pm::account
