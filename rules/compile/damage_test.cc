// Whatever is done to a rule folder's bytes, compiling answers: a book, or diagnostics.
#include <gmock/gmock.h>

#include "rules/compile/compile.h"
#include "rules/folder.h"

namespace pm {
namespace {

class Damage {
 public:
  explicit Damage(uint64_t seed) : state_(seed * 2 + 1) {}
  void Do(std::string* text) {
    if (text->empty()) return;
    const size_t at = Below(text->size());
    switch (Below(5)) {
      case 0:
        (*text)[at] = static_cast<char>(Below(256));
        return;
      case 1:
        text->erase(at, 1 + Below(20));
        return;
      case 2:
        text->insert(at, text->substr(Below(text->size()), Below(40)));
        return;
      case 3:
        text->insert(at, 1, "{}[]:,-#\"'|>&*!%\n\t"[Below(18)]);
        return;
      default:
        text->resize(at);
    }
  }
  size_t Below(size_t n) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<size_t>(state_ >> 33) % n;
  }

 private:
  uint64_t state_;
};

TEST(DamagedRules, AreRefusedOrTakenButNeverBreakTheCompiler) {
  const auto pack = ReadRuleFolder("rules/packs/inbound-saas");
  ASSERT_TRUE(pack.has_value());
  size_t refused = 0;
  for (uint64_t seed = 0; seed < 150; ++seed) {
    Damage damage(seed);
    std::vector<RuleFile> files = *pack;
    const size_t times = 1 + damage.Below(4);
    for (size_t i = 0; i < times; ++i) damage.Do(&files[damage.Below(files.size())].text);
    const CompileResult result = Compile(std::move(files));
    EXPECT_EQ(result.ok(), !result.diagnostics.has_errors()) << "seed " << seed;
    if (!result.ok()) ++refused;
  }
  EXPECT_GT(refused, 50u);
}

TEST(LargeRules, ATableOfManyRowsIsRead) {
  std::string table = "account.domain,pool\n";
  for (int i = 0; i < 20'000; ++i) table += "company" + std::to_string(i) + ".com,house\n";
  const CompileResult result = Compile({{"t.csv", table}, {"rules.yaml", R"(kind: team
pools: { house: { strategy: queue } }
---
kind: routing
routes: [ { name: Named, table: t.csv, match: account.domain, to: { pool: $pool } } ]
otherwise: { to: { pool: house } }
)"}});
  ASSERT_TRUE(result.ok()) << result.diagnostics.Render();
  FactSheet sheet(result.book->slots());
  sheet.Set(Field("account.domain"), Value::Text("company19999.com"));
  EXPECT_EQ(LookUp(*result.book->routing.routes[0].table, sheet.facts())->row, 20'001u);
}

TEST(LargeRules, AHundredThousandErrorsAreCountedAndTheFirstAreTold) {
  std::string table = "account.employees,pool\n";
  for (int i = 0; i < 100'000; ++i) table += "many,house\n";
  const CompileResult result = Compile({{"t.csv", table}, {"rules.yaml", R"(kind: team
pools: { house: { strategy: queue } }
---
kind: routing
routes: [ { name: Size, table: t.csv, match: account.employees, to: { pool: $pool } } ]
otherwise: { to: { pool: house } }
)"}});
  EXPECT_EQ(result.diagnostics.error_count(), 100'000u);
  EXPECT_EQ(result.diagnostics.Sorted().size(), Diagnostics::kMaxKept);
}

}  // namespace
}  // namespace pm
