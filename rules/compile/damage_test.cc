// Whatever is done to a rule folder's bytes, checking answers: fine, or diagnostics. Each seed is
// one course of damage.
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

// All that `rules check` does, on `mutants` damaged copies; how many of them were refused.
size_t Refused(const std::vector<RuleFile>& files, uint64_t first_seed, uint64_t mutants) {
  size_t refused = 0;
  for (uint64_t seed = first_seed; seed < first_seed + mutants; ++seed) {
    Damage damage(seed);
    std::vector<RuleFile> copy = files;
    const size_t times = 1 + damage.Below(4);
    for (size_t i = 0; i < times; ++i) damage.Do(&copy[damage.Below(copy.size())].text);
    const CheckReport report = Check(std::move(copy), /*colours=*/seed % 2 == 0, "rules");
    EXPECT_EQ(report.ok, report.errors == 0) << "seed " << seed;
    EXPECT_EQ(report.annotations.empty(), report.errors + report.warnings + report.notes == 0)
        << "seed " << seed;
    EXPECT_LT(report.text.size(), size_t{2} << 20) << "seed " << seed;
    if (!report.ok) ++refused;
  }
  return refused;
}

std::vector<RuleFile> FilesBelow(const std::string& folder, std::string_view ending) {
  std::vector<RuleFile> files = *ReadRuleFolder(folder);
  std::erase_if(files, [&](const RuleFile& file) { return !file.path.ends_with(ending); });
  return files;
}

TEST(DamagedRules, AreRefusedOrTakenButNeverBreakTheCompiler) {
  EXPECT_GT(Refused(*ReadRuleFolder("rules/packs/inbound-saas"), 0, 150), 50u);
  EXPECT_GT(Refused(*ReadRuleFolder("tests/rules/whole"), 1000, 300), 100u);
}

TEST(DamagedRules, OfEveryFaultThatIsKnown) {
  size_t refused = 0;
  const std::vector<RuleFile> faults = FilesBelow("tests/rules/bad", ".yaml");
  for (size_t i = 0; i < faults.size(); ++i) refused += Refused({faults[i]}, i * 1000, 75);
  EXPECT_GT(refused, faults.size() * 20);
}

// Tables, rosters and days off are damaged apart, so that the rules around them stay whole.
TEST(DamagedRules, OfTablesRostersAndDaysOff) {
  const std::vector<RuleFile> pack = *ReadRuleFolder("rules/packs/inbound-saas");
  for (const std::string_view ending : {".csv", ".ics"}) {
    for (uint64_t seed = 0; seed < 150; ++seed) {
      Damage damage(seed);
      std::vector<RuleFile> files = pack;
      for (RuleFile& file : files) {
        if (file.path.ends_with(ending)) damage.Do(&file.text);
      }
      const CheckReport report = Check(std::move(files));
      EXPECT_EQ(report.ok, report.errors == 0) << ending << " seed " << seed;
    }
  }
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

TEST(LargeRules, AHundredThousandWrongConditionsAreCountedInBothLanguages) {
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
    EXPECT_EQ(result.diagnostics.error_count(), 100'000u) << when;
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
