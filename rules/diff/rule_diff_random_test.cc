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

using Pairs = std::set<std::pair<std::string, std::string>>;

std::string Side(const Unit& unit) {
  return fmt::format("{} ({}): {}", unit.route, unit.origin, unit.outcome.words);
}

// Every class of leads that the conditions can tell apart.
Pairs TryAll(const RuleBook& before, const RuleBook& after) {
  Slots slots;
  const Renames none;
  const UnitList old(before, none, &slots), now(after, none, &slots);
  Pairs pairs;
  for (const char* country : {"", "DE", "FR", "US"}) {
    for (const int64_t employees : {-1, 0, 5, 10, 15}) {
      FactSheet sheet(slots);
      if (*country != '\0') sheet.Set(Field("lead.country"), Value::Text(country));
      if (employees >= 0) sheet.Set(Field("account.employees"), Value::Int(employees));
      const Unit& a = old.units()[old.Take(sheet.facts(), slots)];
      const Unit& b = now.units()[now.Take(sheet.facts(), slots)];
      if (a.outcome.signature != b.outcome.signature) pairs.insert({Side(a), Side(b)});
    }
  }
  return pairs;
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
