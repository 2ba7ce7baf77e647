// Small rule sets to be compared in tests.
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe_json.h"
#include "rules/compile/compile.h"
#include "rules/diff/rule_diff.h"

namespace pm {

inline constexpr char kTeam[] =
    "kind: team\nroster: reps.csv\npools:\n"
    "  dach: { members: [ana, bo] }\n"
    "  west: { members: [eva] }\n"
    "  house: { strategy: queue }\n";

class RuleDiffTesting : public testing::Test {
 protected:
  static std::shared_ptr<const RuleBook> Book(const std::string& rules,
                                              const std::string& table = {}) {
    std::vector<RuleFile> files;
    files.push_back({"rules.yaml", rules});
    files.push_back(
        {"reps.csv", "id,email\nana,a@us.example\nbo,b@us.example\neva,e@us.example\n"});
    if (!table.empty()) files.push_back({"t.csv", table});
    const CompileResult result = Compile(std::move(files));
    EXPECT_TRUE(result.ok()) << result.diagnostics.Render();
    return result.book;
  }
  // Routing documents with the team behind them.
  static std::string Routing(const std::string& routes, const std::string& before = {}) {
    return before + "kind: routing\nroutes:\n" + (routes.empty() ? "  []\n" : routes) +
           "otherwise: { to: { pool: house } }\n---\n" + kTeam;
  }
  static RuleDiff Diff(const std::string& before, const std::string& after,
                       const std::string& old_table = {}, const std::string& new_table = {}) {
    const auto old = Book(before, old_table), now = Book(after, new_table);
    return DiffRules(*old, *now);
  }
  static RuleDiff DiffRoutes(const std::string& before, const std::string& after) {
    return Diff(Routing(before), Routing(after));
  }
  static std::string Told(const RuleDiff& diff) { return ToJson<RuleDiff>(diff); }
};

}  // namespace pm
