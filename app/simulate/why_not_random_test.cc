// Random rule sets: whenever trying out all values of a few fields finds a small change, so does
// the question why not, and none larger.
#include <gtest/gtest.h>

#include <set>

#include "app/simulate/lead_trial.h"
#include "app/simulate/why_not.h"
#include "base/random.h"
#include "base/time/text.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

constexpr uint64_t kRuleSets = 120;
constexpr size_t kFields = 4;

// A lead by which of its values each field has; 0: missing.
using Choice = std::array<size_t, kFields>;
constexpr std::string_view kNames[kFields] = {"lead.country", "account.employees", "account.tier",
                                              "hand_raise"};
const std::vector<std::string> kValues[kFields] = {
    {"", "DE", "FR", "US"}, {"", "3", "7", "12"}, {"", "a", "b"}, {"", "true"}};

class Writer {
 public:
  explicit Writer(uint64_t seed) : random_(seed) {}

  std::vector<RuleFile> Rules() {
    std::string text = "kind: scoring\nfit:\n  rules:\n";
    for (int i = 0; i < 3; ++i)
      text += fmt::format("    - {{ name: S{}, when: {}, points: {} }}\n", i, Condition(1, false),
                          10 * (1 + Below(3)));
    text +=
        "---\nkind: screening\nrules: [ { name: Out, when: { lead.country: FR, account.tier: b }, "
        "as: other } ]\n---\nkind: checks\nunreachable_route: off\nunreachable_score: "
        "off\nnever_holds: off\n";
    text += "---\nkind: routing\nroutes:\n";
    for (uint64_t i = 0, count = 2 + Below(4); i < count; ++i)
      text +=
          fmt::format("  - {{ name: R{}, when: {}, to: {{ pool: p }} }}\n", i, Condition(2, true));
    return {{"rules.yaml", text + "otherwise: { to: { pool: p } }\n---\nkind: team\n"
                                  "pools: { p: { strategy: queue } }\n"}};
  }
  Choice Lead() {
    Choice choice;
    for (size_t f = 0; f < kFields; ++f) choice[f] = Below(kValues[f].size());
    return choice;
  }
  uint64_t Below(uint64_t bound) { return random_.Below(bound); }

 private:
  std::string Condition(int depth, bool scored) {
    switch (Below(depth == 0 ? 4 : scored ? 7 : 6)) {
      case 0:
        return Below(2) == 0 ? "{ lead.country: DE }" : "{ lead.country: [FR, US] }";
      case 1:
        return fmt::format("{{ account.employees: {{ gte: {} }} }}", Below(2) == 0 ? 5 : 10);
      case 2:
        return "{ account.tier: { ne: a, missing: no_match } }";
      case 3:
        return Below(2) == 0 ? "{ account.tier: missing }" : "{ account.tier: a }";
      case 4:
        return fmt::format("{{ any: [ {}, {} ] }}", Condition(depth - 1, scored),
                           Condition(depth - 1, scored));
      case 5:
        return fmt::format("{{ all: [ {}, {} ] }}", Condition(depth - 1, scored),
                           Condition(depth - 1, scored));
      default:
        return fmt::format("{{ score.fit: {{ gte: {} }} }}", 10 * (1 + Below(4)));
    }
  }
  Random random_;
};

LeadFile FileOf(const Choice& choice) {
  std::string text = "{ email: ann@acme.example";
  for (size_t f = 0; f < kFields; ++f) {
    if (choice[f] != 0) text += fmt::format(", {}: {}", kNames[f], kValues[f][choice[f]]);
  }
  return *LeadFile::Read("lead.yaml", text + " }");
}

class WhyNotAgainstTryingAllLeads : public testing::Test {
 protected:
  std::string RouteOf(const Choice& choice) const {
    return LeadTrial(book_, FileOf(choice), at_).route();
  }
  // By the number of fields that are other: the routes that leads go to.
  std::array<std::set<std::string>, 3> Near(const Choice& lead) const {
    std::array<std::set<std::string>, 3> near;
    near[0].insert(RouteOf(lead));
    for (size_t a = 0; a < kFields; ++a) {
      for (size_t b = a; b < kFields; ++b) EachOther(lead, a, b, &near);
    }
    return near;
  }

  std::shared_ptr<const RuleBook> book_;
  const Instant at_ = *ParseInstant("2026-03-03T10:00:00Z");

 private:
  void EachOther(const Choice& lead, size_t a, size_t b,
                 std::array<std::set<std::string>, 3>* near) const {
    for (size_t x = 0; x < kValues[a].size(); ++x) {
      for (size_t y = 0; y < (a == b ? 1 : kValues[b].size()); ++y) {
        Choice other = lead;
        other[a] = x;
        if (a != b) other[b] = y;
        size_t changes = 0;
        for (size_t f = 0; f < kFields; ++f) changes += other[f] == lead[f] ? 0 : 1;
        if (changes == (a == b ? 1U : 2U)) (*near)[changes].insert(RouteOf(other));
      }
    }
  }
};

TEST_F(WhyNotAgainstTryingAllLeads, FindsAChangeNoLargerThanTheirs) {
  size_t asked = 0, found_two = 0;
  for (uint64_t seed = 1; seed <= kRuleSets; ++seed) {
    Writer writer(seed);
    book_ = Compile(writer.Rules()).book;
    ASSERT_NE(book_, nullptr) << "seed " << seed;
    const Choice lead = writer.Lead();
    const auto near = Near(lead);
    for (const Route& route : book_->routing.routes) {
      if (near[0].contains(route.name)) continue;
      const size_t least = near[1].contains(route.name) ? 1 : near[2].contains(route.name) ? 2 : 3;
      const WhyNot answer = *AskWhyNot(book_, FileOf(lead), at_, route.name);
      if (answer.found) {
        LeadFile changed = FileOf(lead);
        for (const FieldChange& one : answer.changes)
          changed.Set(book_->fields(), one.field, one.to);
        EXPECT_EQ(LeadTrial(book_, changed, at_).route(), route.name) << ToText(answer);
      }
      if (least > 2) continue;
      ++asked;
      found_two += least == 2 ? 1 : 0;
      EXPECT_TRUE(answer.found) << "seed " << seed << "\n" << ToText(answer);
      EXPECT_LE(answer.changes.size(), least) << "seed " << seed << "\n" << ToText(answer);
    }
  }
  EXPECT_GT(asked, kRuleSets);
  EXPECT_GT(found_two, kRuleSets / 8);
}

}  // namespace
}  // namespace pm
