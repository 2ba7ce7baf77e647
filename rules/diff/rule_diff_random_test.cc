// Random pairs of small rule sets against trying out every lead there is.
#include <gmock/gmock.h>

#include <set>

#include "base/describe_json.h"
#include "base/random.h"
#include "rules/compile/compile.h"
#include "rules/diff/rule_diff.h"
#include "rules/diff/units.h"

namespace pm {
namespace {

constexpr uint64_t kPairs = 300;

class Writer {
 public:
  explicit Writer(uint64_t seed) : random_(seed) {}

  std::vector<std::string> Routes() {
    std::vector<std::string> routes;
    const uint64_t count = 1 + Below(5);
    for (uint64_t i = 0; i < count; ++i) {
      routes.push_back(fmt::format("{{ name: R{}, when: {}, to: {{ pool: {} }} }}", i, Condition(2),
                                   Below(2) == 0 ? "a" : "b"));
    }
    return routes;
  }

  // Mostly a small change, as people make them.
  std::vector<std::string> Changed(std::vector<std::string> routes) {
    const uint64_t how = Below(4);
    const size_t at = Below(routes.size());
    if (how == 0) std::swap(routes[at], routes[Below(routes.size())]);
    if (how == 1 && routes.size() > 1) routes.erase(routes.begin() + static_cast<ptrdiff_t>(at));
    if (how == 2) {
      routes.insert(routes.begin() + static_cast<ptrdiff_t>(at),
                    fmt::format("{{ name: New, when: {}, to: {{ pool: b }} }}", Condition(2)));
    }
    if (how == 3) {
      routes[at] = fmt::format("{{ name: New, when: {}, to: {{ pool: a }} }}", Condition(2));
    }
    return routes;
  }

 private:
  uint64_t Below(uint64_t bound) { return random_.Below(bound); }

  std::string Condition(int depth) {
    const uint64_t kind = Below(depth == 0 ? 4 : 7);
    const std::string bound = std::to_string(5 * (1 + Below(3)));
    switch (kind) {
      case 0:
        return Below(2) == 0 ? "{ lead.country: DE }" : "{ lead.country: [FR, DE] }";
      case 1:
        return fmt::format("{{ account.employees: {{ gte: {} }} }}", bound);
      case 2:
        return fmt::format("{{ account.employees: {{ lt: {}, missing: {} }} }}", bound,
                           Below(2) == 0 ? "match" : "no_match");
      case 3:
        return "{ lead.country: { ne: DE, missing: match } }";
      case 4:
        return fmt::format("{{ any: [ {}, {} ] }}", Condition(depth - 1), Condition(depth - 1));
      case 5:
        return fmt::format("{{ all: [ {}, {} ] }}", Condition(depth - 1), Condition(depth - 1));
      default:
        return fmt::format(
            "{{ all: [ {{ lead.country: present }}, {{ not: {{ lead.country: FR }} }}, {} ] }}",
            Condition(depth - 1));
    }
  }

  Random random_;
};

// Null when some tests contradict each other, which the compiler refuses.
std::shared_ptr<const RuleBook> Book(const std::vector<std::string>& routes) {
  std::string text = "kind: routing\nroutes:\n";
  for (const std::string& route : routes) text += "  - " + route + "\n";
  text +=
      "otherwise: { to: { pool: a } }\n---\nkind: team\n"
      "pools: { a: { strategy: queue }, b: { strategy: queue, claim: { at_most: 5 open } } }\n";
  std::vector<RuleFile> files;
  files.push_back({"rules.yaml", text});
  return Compile(std::move(files)).book;
}

// Every class of leads that the conditions can tell apart, over these slots.
template <class F>
void EachLead(const Slots& slots, const F& visit) {
  for (const char* country : {"", "DE", "FR", "US"}) {
    for (const int64_t employees : {-1, 0, 5, 10, 13, 15}) {
      FactSheet sheet(slots);
      if (*country != '\0') sheet.Set(Field("lead.country"), Value::Text(country));
      if (employees >= 0) sheet.Set(Field("account.employees"), Value::Int(employees));
      visit(sheet.facts());
    }
  }
}

using Pairs = std::set<std::pair<std::string, std::string>>;

std::string Side(const Unit& unit) {
  return fmt::format("{} ({}): {}", unit.route, unit.origin, unit.outcome.words);
}

// Who takes each lead before and after, where that differs.
Pairs TryAll(const RuleBook& before, const RuleBook& after) {
  Slots slots;
  const NamesThere none;
  const UnitList old(before, none, &slots), now(after, none, &slots);
  Pairs pairs;
  EachLead(slots, [&](Facts facts) {
    const Unit& a = old.units()[old.Take(FactsIn(before, facts, slots))];
    const Unit& b = now.units()[now.Take(FactsIn(after, facts, slots))];
    if (a.outcome.signature != b.outcome.signature) pairs.insert({Side(a), Side(b)});
  });
  return pairs;
}

// Some rules of fit, and the same with one of them changed, split or put as bands.
class FitWriter {
 public:
  explicit FitWriter(uint64_t seed) : random_(seed) {}

  std::vector<std::string> Rules() {
    std::vector<std::string> rules;
    for (uint64_t i = 1 + random_.Below(4); i > 0; --i) rules.push_back(Rule());
    return rules;
  }
  std::vector<std::string> Changed(std::vector<std::string> rules) {
    const size_t at = random_.Below(rules.size());
    const uint64_t how = random_.Below(3);
    if (how == 0) rules[at] = Rule();
    if (how == 1) rules.push_back(Rule());
    if (how == 2) {
      const std::string points = rules[at].substr(rules[at].rfind(' ') + 1);
      rules[at].replace(rules[at].size() - points.size(), points.size(), "4");
      rules.push_back(rules[at]);
      const int64_t rest = std::stoll(points) - 4 + (random_.Below(4) == 0 ? 1 : 0);
      rules.back().replace(rules.back().size() - 1, 1, std::to_string(rest));
    }
    return rules;
  }

 private:
  std::string Rule() {
    static constexpr const char* kWhen[] = {
        "when: { lead.country: DE }",
        "when: { lead.country: [FR, DE] }",
        "when: { account.employees: { gte: 5 } }",
        "when: { account.employees: { lt: 10, missing: match } }",
        "when: { lead.country: { ne: DE, missing: match } }",
        "when: { lead.country: FR, account.employees: { between: [5, 12] } }"};
    return fmt::format("{}, points: {}", kWhen[random_.Below(6)],
                       10 * static_cast<int64_t>(random_.Below(6)) - 20);
  }
  Random random_;
};

std::shared_ptr<const RuleBook> FitBook(const std::vector<std::string>& rules) {
  std::string text = "kind: scoring\nfit:\n  cap: 30\n  rules:\n";
  for (size_t i = 0; i < rules.size(); ++i)
    text += fmt::format("    - {{ name: R{}, {} }}\n", i, rules[i]);
  text +=
      "---\nkind: routing\notherwise: { to: { pool: a } }\n---\nkind: team\n"
      "pools: { a: { strategy: queue } }\n";
  std::vector<RuleFile> files;
  files.push_back({"rules.yaml", text});
  return Compile(std::move(files)).book;
}

// The points of fit of each lead.
std::vector<int64_t> AllPoints(const RuleBook& book) {
  std::vector<int64_t> all;
  EachLead(book.slots(), [&](Facts facts) {
    int64_t points = 0;
    for (const ScoringRule& rule : book.scoring.fit)
      points += rule.when.Holds(facts) ? rule.points : 0;
    all.push_back(std::min(points, book.scoring.fit_cap));
  });
  return all;
}

TEST(RuleDiffAgainstTryingAllLeads, KnowsWhetherAnyLeadHasOtherPoints) {
  size_t same = 0, different = 0;
  for (uint64_t seed = 1; seed <= kPairs; ++seed) {
    FitWriter writer(seed);
    const std::vector<std::string> rules = writer.Rules();
    const auto before = FitBook(rules), after = FitBook(writer.Changed(rules));
    if (before == nullptr || after == nullptr) continue;
    const RuleDiff diff = DiffRules(*before, *after);
    EXPECT_THAT(diff.not_proved, testing::IsEmpty()) << "seed " << seed;
    const bool alike = AllPoints(*before) == AllPoints(*after);
    EXPECT_EQ(diff.regions.empty(), alike) << "seed " << seed << "\n" << ToJson<RuleDiff>(diff);
    ++(alike ? same : different);
  }
  EXPECT_GT(same, kPairs / 10);
  EXPECT_GT(different, kPairs / 10);
}

TEST(RuleDiffAgainstTryingAllLeads, FindsEachRegionAndNoOther) {
  size_t compared = 0, different = 0;
  for (uint64_t seed = 1; seed <= kPairs; ++seed) {
    Writer writer(seed);
    const std::vector<std::string> routes = writer.Routes();
    const auto before = Book(routes), after = Book(writer.Changed(routes));
    if (before == nullptr || after == nullptr) continue;
    ++compared;
    const RuleDiff diff = DiffRules(*before, *after);
    Pairs found;
    for (const DiffRegion& region : diff.regions) {
      found.insert({fmt::format("{}: {}", region.before_rule, region.before),
                    fmt::format("{}: {}", region.after_rule, region.after)});
    }
    EXPECT_THAT(diff.not_proved, testing::IsEmpty());
    EXPECT_EQ(found, TryAll(*before, *after)) << "seed " << seed << "\n" << ToJson<RuleDiff>(diff);
    different += found.empty() ? 0 : 1;
  }
  EXPECT_GT(compared, kPairs / 2);
  EXPECT_GT(different, compared / 4);
  EXPECT_LT(different, compared);
}

}  // namespace
}  // namespace pm
