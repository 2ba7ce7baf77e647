// Random pairs of rule sets with scores, grades, screening and tables whose rows overlap, against
// trying out every lead that they can tell apart.
#include <gmock/gmock.h>

#include <set>

#include "base/describe_json.h"
#include "base/random.h"
#include "rules/compile/compile.h"
#include "rules/diff/rule_diff.h"
#include "rules/diff/units.h"
#include "rules/prove/fit_sums.h"

namespace pm {
namespace {

constexpr uint64_t kPairs = 250;

struct Rules {
  std::vector<std::string> fit, screening, routes, rows;
  std::string hit;
  int cap = 100, grade = 20;
  bool engagement = false;
};

class Writer {
 public:
  explicit Writer(uint64_t seed) : random_(seed) {}

  Rules Some() {
    Rules rules;
    rules.engagement = random_.OneIn(2);
    engagement_ = rules.engagement;
    for (int i = 1 + Below(3); i > 0; --i) rules.fit.push_back(Fit());
    for (int i = Below(2); i > 0; --i) rules.screening.push_back(Field());
    for (int i = 1 + Below(4); i > 0; --i) rules.routes.push_back(Route());
    for (int i = Below(5); i > 0; --i) rules.rows.push_back(Row());
    rules.hit = random_.Of<std::string>({"unique", "first", "most_specific"});
    rules.cap = random_.Of({100, 30});
    rules.grade = random_.Of({10, 20, 30});
    return rules;
  }

  // Mostly a small change, as people make them.
  Rules Changed(Rules rules) {
    switch (Below(7)) {
      case 0:
        rules.fit[Index(rules.fit)] = Fit();
        break;
      case 1:
        rules.cap = random_.Of({100, 50, 20});
        break;
      case 2:
        rules.grade = random_.Of({10, 20, 25, 30});
        break;
      case 3:
        rules.routes[Index(rules.routes)] = Route();
        break;
      case 4:
        rules.screening = {Field()};
        break;
      case 5:
        if (!rules.rows.empty()) rules.rows[Index(rules.rows)] = Row();
        break;
      default:
        rules.fit.push_back(Fit());
        rules.routes.insert(rules.routes.begin(), Route());
    }
    return rules;
  }

 private:
  int Below(int bound) { return random_.Below(bound); }
  template <class T>
  size_t Index(const std::vector<T>& list) {
    return static_cast<size_t>(Below(static_cast<int>(list.size())));
  }

  std::string Field() {
    return random_.Of<std::string>({"{ lead.country: DE }", "{ lead.country: [FR, DE] }",
                                    "{ account.employees: { gte: 10 } }",
                                    "{ account.employees: { lt: 15, missing: match } }"});
  }
  std::string Fit() {
    return fmt::format("when: {}, points: {}", Field(), random_.Of({-10, 5, 10, 20, 30}));
  }
  std::string Score() {
    const int bound = 5 * (1 + Below(7));
    switch (Below(engagement_ ? 5 : 3)) {
      case 0:
        return fmt::format("{{ score.fit: {{ gte: {} }} }}", bound);
      case 1:
        return fmt::format("{{ score.fit: {{ lt: {} }} }}", bound);
      case 2:
        return fmt::format("{{ score.fit_grade: {} }}", random_.OneIn(2) ? "A" : "B");
      case 3:
        return fmt::format("{{ score.grade: [{}] }}", random_.OneIn(2) ? "A1, B1" : "A2");
      default:
        return fmt::format("{{ score.total: {{ gte: {} }} }}", bound);
    }
  }
  std::string Route() {
    const std::string when = random_.OneIn(2)   ? Score()
                             : random_.OneIn(2) ? Field()
                             : random_.OneIn(2)
                                 ? fmt::format("{{ any: [ {}, {} ] }}", Field(), Score())
                                 : fmt::format("{{ all: [ {}, {} ] }}", Field(), Score());
    return fmt::format("when: {}, to: {{ pool: {} }}", when, random_.OneIn(2) ? "a" : "b");
  }
  std::string Row() {
    return fmt::format(
        "{},{},{}", random_.Of<std::string>({"DE", "\"DE,FR\"", "\"FR,US\"", "-", "not(DE)"}),
        random_.Of<std::string>({"-", ">= 10", "< 15"}), random_.OneIn(2) ? "a" : "b");
  }

  Random random_;
  bool engagement_ = false;
};

// Null when the compiler refuses it.
std::shared_ptr<const RuleBook> Book(const Rules& rules) {
  std::string text = fmt::format("kind: scoring\nfit:\n  cap: {}\n  rules:\n", rules.cap);
  const auto add = [&](char letter, const std::vector<std::string>& list) {
    for (size_t i = 0; i < list.size(); ++i)
      text += fmt::format("    - {{ name: {}{}, {} }}\n", letter, i, list[i]);
  };
  add('F', rules.fit);
  if (rules.engagement) {
    text +=
        "engagement: { window: 5d, rules: [ { name: E, signal: site.visited, points: 10 } ] }\n";
  }
  text += fmt::format("grades: {{ fit: {{ A: {}, B: 0 }}{} }}\n---\n", rules.grade,
                      rules.engagement ? ", engagement: { 1: 20, 2: 0 }" : "");
  if (!rules.screening.empty()) {
    text +=
        fmt::format("kind: screening\nrules: [ {{ name: S, when: {}, as: competitor }} ]\n---\n",
                    rules.screening.front());
  }
  text += "kind: routing\nroutes:\n";
  if (!rules.rows.empty()) {
    text += fmt::format(
        "    - {{ name: T, table: t.csv, match: [lead.country, account.employees], hit: {}, "
        "to: {{ pool: $pool }} }}\n",
        rules.hit);
  }
  add('R', rules.routes);
  text +=
      "otherwise: { to: { pool: a } }\n---\nkind: team\n"
      "pools: { a: { strategy: queue }, b: { strategy: queue, claim: { at_most: 5 open } } }\n";
  std::vector<RuleFile> files;
  files.push_back({"rules.yaml", text});
  if (!rules.rows.empty()) {
    files.push_back({"t.csv", fmt::format("lead.country,account.employees,pool\n{}\n",
                                          fmt::join(rules.rows, "\n"))});
  }
  return Compile(std::move(files)).book;
}

std::string GradeOf(const std::vector<Grade>& grades, int64_t points) {
  for (const Grade& grade : grades) {
    if (points >= grade.from) return grade.name;
  }
  return grades.empty() ? "" : grades.back().name;
}

struct Lead {
  std::string country;
  int64_t employees = -1, engagement = 0;
};
struct Taken {
  bool screened = false;
  std::string where = {};  // `R1 -> pool a`
  std::string outcome = {};
};

class Naive {
 public:
  explicit Naive(const RuleBook& book) : book_(book), units_(book, kSame, &slots_) {}

  Taken Take(const Lead& lead) const {
    FactSheet sheet(book_.slots());
    if (!lead.country.empty()) sheet.Set(Field("lead.country"), Value::Text(lead.country));
    if (lead.employees >= 0) sheet.Set(Field("account.employees"), Value::Int(lead.employees));
    for (const ScreeningRule& rule : book_.screening) {
      if (rule.when.Holds(sheet.facts())) return {.screened = true};
    }
    const ScoringRules& rules = book_.scoring;
    const int64_t fit = FitOf(rules, sheet.facts(), book_.slots());
    const std::string fit_grade = GradeOf(rules.fit_grades, fit);
    const std::string other = GradeOf(rules.engagement_grades, lead.engagement);
    const std::string grade = fit_grade + other;
    sheet.Set(Field("score.fit"), Value::Int(fit));
    sheet.Set(Field("score.engagement"), Value::Int(lead.engagement));
    sheet.Set(Field("score.total"), Value::Int(fit + lead.engagement));
    sheet.Set(Field("score.fit_grade"), Value::Text(fit_grade));
    sheet.Set(Field("score.grade"), Value::Text(grade));
    const Unit& unit = units_.units()[units_.Take(sheet.facts())];
    return {.where = fmt::format("{} -> {}", unit.route, unit.outcome.words),
            .outcome = unit.outcome.words};
  }

 private:
  static inline const NamesThere kSame;
  const RuleBook& book_;
  Slots slots_;
  UnitList units_;
};

using Pairs = std::set<std::pair<std::string, std::string>>;

Pairs TryAll(const RuleBook& before, const RuleBook& after, bool engagement) {
  const Naive old(before), now(after);
  Pairs pairs;
  for (const char* country : {"", "DE", "FR", "US", "GB"}) {
    for (const int64_t employees : {-1, 0, 10, 14, 15}) {
      for (int64_t signals = 0; signals <= (engagement ? 100 : 0); signals += 10) {
        const Lead lead{country, employees, signals};
        const Taken a = old.Take(lead), b = now.Take(lead);
        if (!a.screened && !b.screened && a.outcome != b.outcome) pairs.insert({a.where, b.where});
      }
    }
  }
  return pairs;
}

std::string Side(const std::string& rule, const std::string& outcome) {
  return fmt::format("{} -> {}", rule.substr(0, rule.find(" (")), outcome);
}

TEST(ScoreDiffAgainstTryingAllLeads, FindsEachRegionOfScoresTablesAndScreening) {
  size_t compared = 0, different = 0;
  for (uint64_t seed = 1; seed <= kPairs; ++seed) {
    Writer writer(seed);
    const Rules rules = writer.Some();
    const auto before = Book(rules), after = Book(writer.Changed(rules));
    if (before == nullptr || after == nullptr) continue;
    ++compared;
    const RuleDiff diff = DiffRules(*before, *after);
    Pairs found;
    for (const DiffRegion& region : diff.regions) {
      if (region.what != "routing") continue;
      found.insert(
          {Side(region.before_rule, region.before), Side(region.after_rule, region.after)});
    }
    EXPECT_THAT(diff.not_proved, testing::IsEmpty()) << "seed " << seed;
    EXPECT_EQ(found, TryAll(*before, *after, rules.engagement))
        << "seed " << seed << "\n"
        << ToJson<RuleDiff>(diff) << "\n"
        << before->sources()[0].text << "\nNOW\n"
        << after->sources()[0].text;
    different += found.empty() ? 0 : 1;
  }
  EXPECT_GT(compared, kPairs / 2);
  EXPECT_GT(different, compared / 5);
  EXPECT_LT(different, compared);
}

}  // namespace
}  // namespace pm
