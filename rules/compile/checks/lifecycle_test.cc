// What the checks say of repeat rules, against trying out every submission there is.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/random.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

struct Submission {
  std::string_view stage, reason;
  int minutes;  // since the last, or since the lead was closed
  bool same_form;
  std::string_view hand_raise;  // empty: nobody said
};

constexpr std::string_view kStages[] = {"nurture", "disqualified", "working", "held"};
constexpr std::string_view kReasons[] = {"spam", "test", "other"};
constexpr std::string_view kHandRaises[] = {"", "true", "false"};
constexpr int kMinutes[] = {1, 7, 60};

std::vector<Submission> AllSubmissions() {
  std::vector<Submission> all;
  for (const auto stage : kStages) {
    for (const auto reason : kReasons) {
      for (const int minutes : kMinutes) {
        for (const bool same : {false, true}) {
          for (const auto raise : kHandRaises) all.push_back({stage, reason, minutes, same, raise});
        }
      }
    }
  }
  return all;
}

struct RepeatLine {
  std::vector<std::string_view> stages, reasons;
  int within = 0;
  bool same_form = false;
  std::string_view hand_raise;
};

template <class T>
bool Allows(const std::vector<T>& names, T name) {
  return names.empty() || std::ranges::find(names, name) != names.end();
}

bool Matches(const RepeatLine& rule, const Submission& one) {
  return Allows(rule.stages, one.stage) && Allows(rule.reasons, one.reason) &&
         (rule.within == 0 || one.minutes <= rule.within) && (!rule.same_form || one.same_form) &&
         (rule.hand_raise.empty() || rule.hand_raise == one.hand_raise);
}

RepeatLine RandomLine(Random& random) {
  RepeatLine rule;
  // A stage that no rule names stands for all others.
  for (const auto stage : {kStages[0], kStages[1], kStages[2]}) {
    if (random.OneIn(3)) rule.stages.push_back(stage);
  }
  for (const auto reason : {kReasons[0], kReasons[1]}) {
    if (random.OneIn(4)) rule.reasons.push_back(reason);
  }
  rule.within = random.Of({0, 0, 5, 10});
  rule.same_form = random.OneIn(3);
  if (random.OneIn(3)) rule.hand_raise = random.OneIn(2) ? "true" : "false";
  return rule;
}

std::string Yaml(const RepeatLine& rule) {
  std::string text = "  - { do: ignore";
  if (!rule.stages.empty()) text += fmt::format(", stage: [{}]", fmt::join(rule.stages, ", "));
  if (!rule.reasons.empty()) text += fmt::format(", reason: [{}]", fmt::join(rule.reasons, ", "));
  if (rule.within > 0) text += fmt::format(", within: {}m", rule.within);
  if (rule.same_form) text += ", same: form";
  if (!rule.hand_raise.empty()) {
    text += fmt::format(", when: {{ submission.hand_raise: {} }}", rule.hand_raise);
  }
  return text + " }\n";
}

TEST(LifecycleChecks, FindTheRepeatRulesThatNoSubmissionReachesAndNoOthers) {
  const std::vector<Submission> submissions = AllSubmissions();
  int unreachable = 0;
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    Random random(seed);
    std::vector<RepeatLine> rules(2 + random.Below(4u));
    std::string text = "kind: lifecycle\nrepeat:\n";
    for (RepeatLine& rule : rules) text += Yaml(rule = RandomLine(random));
    std::vector<bool> reached(rules.size());
    for (const Submission& one : submissions) {
      const auto first =
          std::ranges::find_if(rules, [&](const RepeatLine& rule) { return Matches(rule, one); });
      if (first != rules.end()) reached[static_cast<size_t>(first - rules.begin())] = true;
    }
    const std::string said =
        Check({{"rules.yaml", text + "---\nkind: routing\notherwise: { to: { pool: p } }\n---\n"
                                     "kind: team\npools: { p: { strategy: queue } }\n"}})
            .text;
    for (size_t i = 0; i < rules.size(); ++i) {
      const std::string told = fmt::format("rules.yaml:{}:5: error PM0228", i + 3);
      ASSERT_EQ(said.contains(told), !reached[i]) << seed << '\n' << text << said;
      unreachable += reached[i] ? 0 : 1;
    }
  }
  EXPECT_GT(unreachable, 200);
}

TEST(LifecycleChecks, LeaveThresholdsWithAShorterCooldownAlone) {
  const auto said = [](std::string_view second) {
    return Check({{"rules.yaml",
                   fmt::format("kind: lifecycle\nthresholds:\n"
                               "  - {{ to: mql, when: {{ lead.country: DE }}, cooldown: 30d }}\n"
                               "  - {{ to: mql, when: {{ lead.country: DE, lead.city: present }}, "
                               "cooldown: {} }}\n---\nkind: routing\notherwise: {{ to: {{ pool: p "
                               "}} }}\n---\nkind: team\npools: {{ p: {{ strategy: queue }} }}\n",
                               second)}})
        .text;
  };
  EXPECT_THAT(said("29d"), testing::StartsWith("fine: "));
  EXPECT_THAT(said("30d"), testing::HasSubstr("this threshold to mql never decides"));
}

}  // namespace
}  // namespace pm
