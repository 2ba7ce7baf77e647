#include "rules/compile/conditions.h"

#include <gmock/gmock.h>

#include <random>

#include "rules/cel/program.h"

namespace pm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<RuleFile> Folder(const std::string& when) {
  return {{"rules.yaml",
           "kind: routing\nroutes:\n  - name: A\n    to: { pool: house }\n    when: " + when +
               "\notherwise: { to: { pool: house } }\n---\nkind: team\npools: { house: { strategy: "
               "queue } }\n---\nkind: fields\nlead.tags: { type: text_list }\nlead.seats: { type: "
               "decimal }\nlead.wait: { type: duration }\nlead.demo_at: { type: instant "
               "}\n---\nkind: lists\nrivals: [Acme, "
               "Beta]\npeople: [Ann@Acme.com]\n"}};
}

// One condition of a route over facts that are set by name.
class Conditions : public testing::Test {
 protected:
  void Use(const std::string& when) {
    const CompileResult result = Compile(Folder(when));
    if (!result.ok()) throw std::runtime_error(result.diagnostics.Render());
    book_ = result.book;
    sheet_.emplace(book_->slots());
  }
  void UseCel(const std::string& expression) { Use("|\n      " + expression); }
  const Condition& condition() const { return book_->routing.routes[0].when; }
  void Set(std::string_view field, const Value& value) {
    sheet_->Set({book_->fields().Find(field)->number}, value);
  }
  Tri Verdict() const { return condition().Eval(sheet_->facts()); }
  std::vector<std::string> Trace() const {
    std::vector<std::string> lines;
    for (const ConditionTrace& leaf :
         condition().Trace(sheet_->facts(), book_->slots(), book_->fields())) {
      lines.push_back(leaf.text + " -> " + std::to_string(static_cast<int>(leaf.verdict)) + ", " +
                      leaf.saw);
    }
    return lines;
  }
  std::shared_ptr<const RuleBook> book_;
  std::optional<FactSheet> sheet_;
};

TEST_F(Conditions, AskAFieldThatMayBeMissingAsAnOptional) {
  UseCel("lead.?title.orValue('none') == 'none' || lead.?title.orValue('') == 'VP'");
  EXPECT_EQ(Verdict(), Tri::kTrue);
  Set("lead.title", Value::Text("VP"));
  EXPECT_EQ(Verdict(), Tri::kTrue);
  Set("lead.title", Value::Text("CEO"));
  EXPECT_EQ(Verdict(), Tri::kFalse);
  UseCel("lead.?seats.optMap(s, s > 5.0).orValue(true)");
  EXPECT_EQ(Verdict(), Tri::kTrue);
}

TEST_F(Conditions, OfBothLanguagesAreOneForm) {
  const std::vector<std::pair<std::string, std::string>> same = {
      {"{ account.employees: { gte: 200 } }", "account.employees >= 200"},
      {"{ account.employees: { lt: 200 } }", "200 > account.employees"},
      {"{ lead.country: [DE, AT] }", R"(lead.country in ["AT", "DE"])"},
      {"{ lead.title: present }", "has(lead.title)"},
      {"{ lead.title: missing }", "!has(lead.title)"},
      {"{ lead.country: { starts_with: d } }", R"(lead.country.startsWith("D"))"},
      {"{ not: { lead.title: missing } }", "!!has(lead.title)"},
      {"{ any: [ { lead.title: missing }, { not: { lead.title: present } } ] }",
       "!has(lead.title) || !has(lead.title)"},
      {"{ account.employees: { gt: 5 } }", "account.employees > 5.0"},
      {"{ lead.wait: { gte: 90m, lt: 2d } }",
       "lead.wait >= duration('1.5h') && lead.wait < duration('48h')"},
      {"{ submission.hand_raise: true, lead.country: DE }",
       R"(submission.hand_raise && lead.country == "DE")"},
      {"{ any: [ { lead.country: DE }, { any: [ { lead.country: AT }, { lead.country: CH } ] } ] }",
       R"(lead.country == "DE" || (lead.country == "AT" || lead.country == "CH"))"},
      {"{ lead.city: present, not: { lead.city: { in: lists.rivals } } }",
       "has(lead.city) && !(lead.city in lists.rivals)"},
      {"{ lead.seats: { gte: 0.1 } }", "lead.seats >= 0.1"},
      {"{ lead.tags: { contains: vip } }", R"("vip" in lead.tags)"},
      {"{ lead.title: { matches: '(?i)\\bvp' } }", R"(lead.title.matches(r'(?i)\bvp'))"},
      {"{ lead.demo_at: { gt: 2026-01-01T00:00:00Z } }",
       R"(lead.demo_at > timestamp("2026-01-01T00:00:00Z"))"}};
  for (const auto& [structured, cel] : same) {
    const auto normal = [](const std::string& when) {
      const DumpReport report = Dump(Folder(when), ConditionPass::kNormalise);
      EXPECT_TRUE(report.ok) << report.problems;
      return report.text.substr(report.text.find('\n'));
    };
    EXPECT_EQ(normal(structured), normal("|\n      " + cel));
    EXPECT_THAT(normal(structured), testing::Not(HasSubstr("expression")));
  }
}

TEST_F(Conditions, OfExpressionsAreUnknownWhereAMissingFieldDecides) {
  UseCel(R"(account.employees > 100 || lead.title.size() > 3 + account.employees)");
  EXPECT_EQ(Verdict(), Tri::kUnknown);
  Set("account.employees", Value::Int(101));
  EXPECT_EQ(Verdict(), Tri::kTrue);
  Set("account.employees", Value::Int(1));
  EXPECT_EQ(Verdict(), Tri::kUnknown);
  Set("lead.title", Value::Text("Boss"));
  EXPECT_EQ(Verdict(), Tri::kFalse);
  Set("lead.title", Value::Text("Bosses"));
  EXPECT_EQ(Verdict(), Tri::kTrue);
}

TEST_F(Conditions, OfExpressionsSeeEveryTypeOfField) {
  UseCel(
      R"(lead.tags.exists(t, t.startsWith("v")) && lead.seats * 2.0 == 3.0 && lead.demo_at.getFullYear() == 2026)");
  Set("lead.seats", Value::Decimal(1'500'000));
  Set("lead.demo_at", Value::At(*ParseInstant("2026-06-01T00:00:00Z")));
  std::string tags;
  AppendListItem(&tags, "x");
  AppendListItem(&tags, "vip");
  Set("lead.tags", Value::List(tags));
  EXPECT_EQ(Verdict(), Tri::kTrue);
  Set("lead.demo_at", Value::At(*ParseInstant("1969-12-31T23:59:59.999Z")));
  EXPECT_EQ(Verdict(), Tri::kFalse);
}

TEST_F(Conditions, OfExpressionsReadListsOfTheRules) {
  UseCel(R"(lead.title.lowerAscii() in lists.rivals || lists.rivals.exists(r, r == lead.title))");
  Set("lead.title", Value::Text("ACME"));
  EXPECT_EQ(Verdict(), Tri::kTrue);
  Set("lead.title", Value::Text("Gamma"));
  EXPECT_EQ(Verdict(), Tri::kFalse);
  EXPECT_THAT(ListsOf(condition()), HasSubstr("rivals=acme,beta"));
}

TEST_F(Conditions, UnderNotSayWhatMissingMeansInBothLanguages) {
  for (const char* when :
       {"{ not: { lead.country: DE } }", "{ not: { any: [ { lead.title: { contains: x } } ] } }",
        "{ not: { lead.country: { ne: DE, missing: match }, lead.title: x } }",
        "{ not: { not: { not: { lead.country: DE } } } }",
        "{ not: { all: [ { lead.country: DE }, { lead.country: { ne: AT } } ] } }",
        "{ any: [ { lead.country: DE }, { lead.country: { ne: AT } } ] }",
        "{ any: [ { lead.country: present }, { not: { lead.country: DE } } ] }",
        "{ not: \"lead.country == 'DE'\" }", "\"!(lead.country == 'DE')\"",
        "\"(lead.country == 'DE') == false\"", "\"lead.tags.all(t, t != 'a')\""}) {
    const std::string said = Compile(Folder(when)).diagnostics.Render();
    EXPECT_THAT(said, testing::AnyOf(HasSubstr("PM0213"), HasSubstr("PM0257"))) << when;
  }
  for (const char* when :
       {"{ lead.country: present, not: { lead.country: DE } }",
        "{ all: [ { lead.country: { present: true } }, { not: { lead.country: DE } } ] }",
        "{ any: [ { lead.country: missing }, { not: { lead.country: DE } } ] }",
        "{ not: { lead.country: { eq: DE, missing: match } } }",
        "{ account.employees: { gte: 5, not_in: [7] } }",
        "{ account.employees: { gte: 5 }, not: { account.employees: 7 } }",
        "{ any: [ { lead.country: missing }, { lead.country: { ne: DE } } ] }",
        "\"account.employees >= 5 && account.employees != 7\"",
        "{ not: { not: { lead.country: DE } } }", "{ not: { lead.country: missing } }",
        "{ not: { lead.stage: converted } }", "{ not: \"lead.country != 'DE'\" }",
        "submission.hand_raise == false"}) {
    EXPECT_EQ(Compile(Folder(when)).diagnostics.Render(), "") << when;
  }
}

TEST_F(Conditions, OverListsOfTheRulesDisregardCaseInBothLanguages) {
  std::string tags;
  AppendListItem(&tags, "Gamma");
  AppendListItem(&tags, " ACME");
  for (const char* when : {"{ lead.title: { in: lists.rivals } }",
                           "{ lead.title: { not_in: lists.rivals, missing: match } }",
                           "{ lead.tags: { in: lists.rivals } }", "lead.title in lists.rivals",
                           "lead.tags.exists(t, t in lists.rivals)",
                           "(lead.title + '') in lists.rivals || account.employees + 0 > 1"}) {
    Use(when);
    const bool negative = std::string_view(when).find("not_in") != std::string::npos;
    Set("lead.tags", Value::List(tags));
    for (const char* title : {"ACME", "Acme", "acme"}) {
      Set("lead.title", Value::Text(title));
      EXPECT_EQ(Verdict(), negative ? Tri::kFalse : Tri::kTrue) << when << " of " << title;
    }
    tags.clear();
    AppendListItem(&tags, "Gamma");
    Set("lead.tags", Value::List(tags));
    Set("lead.title", Value::Text("Gamma"));
    Set("account.employees", Value::Int(0));
    EXPECT_EQ(Verdict(), negative ? Tri::kTrue : Tri::kFalse) << when;
    AppendListItem(&tags, "ACME");
  }
  const std::string head = "(lead.title + '", end = "') in lists.rivals";
  const size_t room = cel::kMaxExpressionBytes - 1 - head.size() - end.size();
  const auto large = Compile(Folder("|\n      " + head + std::string(room, 'a') + end));
  EXPECT_THAT(large.diagnostics.Render(), HasSubstr("PM0251"));
}

TEST_F(Conditions, OfMacrosOverFieldsThatAreListsAreCheapEnough) {
  for (const char* when : {"account.technologies.exists(t, t in ['salesforce', 'hubspot'])",
                           "account.technologies.exists(t, t in lists.rivals)",
                           "lead.tags.exists(t, t == 'a' || t.contains('b') || t.matches('c+'))"}) {
    UseCel(when);
    EXPECT_EQ(Verdict(), Tri::kUnknown) << when;
  }
}

TEST_F(Conditions, AreBoundByTheItemsThatAFieldMayHave) {
  const std::string pairs = "lead.tags.exists(t, lead.tags.exists(u, t + 'x' == u))";
  for (const auto& [max, ok] : {std::pair("64", false), {"8", true}}) {
    std::vector<RuleFile> files = Folder("|\n      " + pairs);
    const std::string type = "lead.tags: { type: text_list";
    files[0].text.insert(files[0].text.find(type) + type.size(), std::string(", max: ") + max);
    EXPECT_EQ(Compile(files).ok(), ok) << max;
  }
}

TEST_F(Conditions, ThatFailAreNoMatchAndTellWhy) {
  UseCel("1000 / account.employees > 3");
  Set("account.employees", Value::Int(0));
  EXPECT_EQ(Verdict(), Tri::kUnknown);
  EXPECT_THAT(Trace(), ElementsAre(HasSubstr("1000 / account.employees > 3 -> 2, "
                                             "account.employees 0 people; it failed: ")));
}

TEST_F(Conditions, TellEachPartBetweenAndOrAndNotWithWhatItSaw) {
  UseCel(
      R"(account.employees >= 200 && (lead.title.size() > account.employees || (has(lead.country) && !(lead.country == "DE"))))");
  Set("account.employees", Value::Int(300));
  Set("lead.country", Value::Text("AT"));
  EXPECT_THAT(Trace(),
              ElementsAre("account.employees >= 200 -> 1, 300 people",
                          "lead.title.size() > account.employees -> 2, lead.title missing, "
                          "account.employees 300 people",
                          "has(lead.country) -> 1, AT", "lead.country == \"DE\" -> 0, AT"));
}

TEST_F(Conditions, ReadTheirFieldsAndGoOverToOtherSlots) {
  UseCel(R"(lead.title.size() > account.employees && lead.country == "DE")");
  std::vector<FieldNumber> fields;
  condition().CollectFields(book_->slots(), &fields);
  EXPECT_THAT(fields,
              ElementsAre(Field("lead.title"), Field("account.employees"), Field("lead.country")));
  Slots other;
  other.Add(Field("lead.country"));
  const Condition there = condition().Rebound(&other);
  FactSheet sheet(other);
  sheet.Set(Field("lead.title"), Value::Text("Boss"));
  sheet.Set(Field("lead.country"), Value::Text("DE"));
  sheet.Set(Field("account.employees"), Value::Int(3));
  EXPECT_EQ(there.Eval(sheet.facts()), Tri::kTrue);
}

// Splitting an expression into tests never changes its verdict: against the whole as one program.
class RandomExpression {
 public:
  explicit RandomExpression(uint32_t seed) : random_(seed) {}
  std::string Text(int depth) {
    if (depth == 0 || Pick(4) == 0) return Leaf();
    switch (Pick(3)) {
      case 0:
        return "(" + Text(depth - 1) + " && " + Text(depth - 1) + ")";
      case 1:
        return "(" + Text(depth - 1) + " || " + Text(depth - 1) + ")";
      default:
        return "!(" + Text(depth - 1) + ")";
    }
  }
  uint32_t Pick(uint32_t n) { return static_cast<uint32_t>(random_() % n); }

 private:
  std::string Leaf() {
    static const std::vector<std::string> kLeaves = {
        "account.employees >= 2",
        "3 > account.employees",
        "account.employees == 1",
        "account.employees != 2",
        "account.employees in [1, 3]",
        "lead.country in ['DE', 'AT']",
        "lead.country == 'DE'",
        "'AT' != lead.country",
        "lead.country.startsWith('D')",
        "has(lead.country)",
        "submission.hand_raise",
        "submission.hand_raise == false",
        "lead.country.size() == account.employees",
        "6 / account.employees > 2",
        "account.employees > 1 ? submission.hand_raise : lead.country == 'AT'"};
    return kLeaves[Pick(static_cast<uint32_t>(kLeaves.size()))];
  }
  std::mt19937 random_;
};

TEST_F(Conditions, AnswerAsTheWholeExpressionWould) {
  cel::Declarations names;
  ASSERT_TRUE(names.AddVariable("account.employees", "int").has_value());
  ASSERT_TRUE(names.AddVariable("lead.country", "string").has_value());
  ASSERT_TRUE(names.AddVariable("submission.hand_raise", "bool").has_value());
  cel::Evaluation evaluation;
  int compared = 0;
  for (uint32_t seed = 0; seed < 300; ++seed) {
    RandomExpression random(seed);
    const std::string text = random.Text(4);
    const CompileResult result = Compile(Folder("|\n      " + text));
    if (!result.ok()) continue;  // unguarded, or a contradiction
    const auto whole = cel::Compile(text, names);
    ASSERT_TRUE(whole.has_value()) << text;
    for (int i = 0; i < 40; ++i) {
      FactSheet sheet(result.book->slots());
      std::vector<cel::Value> bindings(3, cel::Value::Missing());
      if (const uint32_t n = random.Pick(5); n < 4) {
        sheet.Set(Field("account.employees"), Value::Int(n));
        bindings[0] = cel::Value::Int(n);
      }
      static constexpr std::string_view kCountries[] = {"DE", "AT", "FR"};
      if (const uint32_t n = random.Pick(4); n < 3) {
        sheet.Set(Field("lead.country"), Value::Text(kCountries[n]));
        bindings[1] = cel::Value::String(kCountries[n]);
      }
      if (const uint32_t n = random.Pick(3); n < 2) {
        sheet.Set(Field("submission.hand_raise"), Value::Bool(n == 1));
        bindings[2] = cel::Value::Bool(n == 1);
      }
      const cel::Value answer = whole->Evaluate(bindings, &evaluation);
      const Tri wanted = answer.is_true()    ? Tri::kTrue
                         : answer.is_false() ? Tri::kFalse
                                             : Tri::kUnknown;
      EXPECT_EQ(result.book->routing.routes[0].when.Eval(sheet.facts()), wanted) << text;
      ++compared;
    }
  }
  EXPECT_GT(compared, 2000);
}

TEST_F(Conditions, AnAddressMatchesInWhateverCaseItWasTyped) {
  for (const char* when :
       {"{ lead.email: Ann@Acme.com }", "{ lead.email: [bo@acme.com, ANN@acme.com] }",
        "{ lead.email: { starts_with: Ann@ } }", "{ lead.email: { ends_with: '@ACME.com' } }",
        "{ lead.email: { contains: NN@ } }", "{ lead.email: { matches: '^ann@' } }",
        "{ lead.email: { in: lists.people } }", R"('lead.email == "ann@acme.com"')",
        R"('lead.email in ["ann@acme.com", "bo@acme.com"]')", "lead.email in lists.people",
        R"('lead.email.startsWith("ann")')", R"('lead.email + "" == "ann@acme.com"')",
        R"('(lead.email + "") in lists.people')"}) {
    Use(when);
    Set("lead.email", Value::Text("Ann@acme.com"));
    EXPECT_EQ(Verdict(), Tri::kTrue) << when;
    Set("lead.email", Value::Text("Bea@acme.de"));
    EXPECT_EQ(Verdict(), Tri::kFalse) << when;
  }
}

}  // namespace
}  // namespace pm
