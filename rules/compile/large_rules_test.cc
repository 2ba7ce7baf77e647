// Rules of a size that nobody writes by hand are read, or refused, in bounded time. Damaged ones
// are the matter of tests/fuzz.
#include <gmock/gmock.h>

#include "rules/compile/compile.h"

namespace pm {
namespace {

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

// One cause; all its places are counted, whatever the language.
TEST(LargeRules, ANameThatIsUnknownAtAHundredThousandPlacesIsOneError) {
  for (const char* when : {"{ lead.nope7: 1 }", "lead.nope7 == 1"}) {
    std::string text =
        "kind: scoring\nfit:\n  rules:\n    - name: A\n      points: 1\n      when:\n"
        "        any:\n";
    for (int i = 0; i < 100'000; ++i) text += std::string("          - ") + when + "\n";
    const CompileResult result = Compile({{"rules.yaml", text + R"(---
kind: team
pools: { house: { strategy: queue } }
---
kind: routing
otherwise: { to: { pool: house } }
)"}});
    EXPECT_EQ(result.diagnostics.error_count(), 1u) << when;
    EXPECT_EQ(result.diagnostics.errors_met(), 100'000u) << when;
    EXPECT_EQ(result.diagnostics.Sorted().front().also_more, 99'991u) << when;
  }
}

TEST(LargeRules, ATextThatIsTooLongIsNamedAndLeftOut) {
  const std::string huge(2u << 20, 'a');
  const CompileResult result = Compile({{"rules.yaml", "kind: lists\nnames: [" + huge + "]\n"}});
  EXPECT_THAT(result.diagnostics.Render(), testing::HasSubstr("PM0109: a text of more than"));
  EXPECT_LT(result.diagnostics.Render().size(), 2000u);
}

}  // namespace
}  // namespace pm
