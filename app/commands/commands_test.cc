#include <set>

#include "app/commands/commands_testing.h"

namespace pm {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST_F(CommandsTest, RulesCheckAnswersForPeopleAndMachines) {
  EXPECT_EQ(Call("rules check", {{"dir", Path("rules")}}).code, kExitFine);
  Write("bad/rules.yaml", "kind: routng\n");
  const CommandOutcome bad = Call("rules check", {{"dir", Path("bad")}, {"json", "true"}});
  EXPECT_EQ(bad.code, kExitFailed);
  EXPECT_THAT(bad.out, HasSubstr("\"ok\":false"));
  const std::string folder = Path("bad");
  const CommandOutcome marked = Call("rules check", {{"dir", folder}, {"annotations", "true"}});
  EXPECT_EQ(marked.code, kExitFailed);
  EXPECT_THAT(marked.out, HasSubstr("::error file=" + folder +
                                    "/rules.yaml,line=1,col=7,endColumn=13,title=PM0202::"));
  EXPECT_THAT(marked.out, HasSubstr("%0Ahint: did you mean 'routing'?"));
}

std::string TextOf(const Result<void>& result) {
  return result.has_value() ? "" : result.error().text;
}

TEST(CommandLine, AMisspeltCommandIsNamedWithTheNearest) {
  const auto told = [](std::vector<std::string_view> words) {
    return TextOf(ExpectCommand(words));
  };
  EXPECT_EQ(told({}), "");
  EXPECT_EQ(told({"version"}), "");
  EXPECT_EQ(told({"rules", "check", "folder"}), "");
  EXPECT_EQ(told({"rulez", "check"}), "there is no command 'rulez'; did you mean 'rules'?");
  EXPECT_EQ(told({"rules", "chek"}), "there is no command 'rules chek'; did you mean 'check'?");
  EXPECT_EQ(told({"check"}), "there is no command 'check'; did you mean 'rules check'?");
  EXPECT_EQ(told({"parked"}), "`parked` wants one of: list, retry");
  EXPECT_EQ(told({"parked", "x"}), "there is no command 'parked x'; `parked` has list, retry");
}

TEST(CommandLine, EveryGroupSaysWhatItIsForAndWhatItsCommandsDo) {
  std::set<std::string_view> groups;
  for (const CommandDecl& command : Commands()) {
    const size_t blank = command.name.find(' ');
    if (blank == std::string_view::npos) continue;
    const std::string_view group = command.name.substr(0, blank);
    groups.insert(group);
    EXPECT_THAT(HelpOfGroup(group), HasSubstr(command.help)) << command.name;
  }
  std::set<std::string_view> described;
  for (const GroupDecl& group : Groups()) {
    EXPECT_FALSE(group.help.empty()) << group.name;
    described.insert(group.name);
  }
  EXPECT_EQ(described, groups);
  EXPECT_EQ(HelpOfGroup("version"), "");
}

TEST_F(CommandsTest, OptionsThatWouldBePassedOverAreRefused) {
  const std::string rules = Path("rules");
  const auto told = [](std::string_view name,
                       std::vector<std::pair<std::string, std::string>> options) {
    const CommandOutcome outcome = Call(name, std::move(options));
    EXPECT_EQ(outcome.code, kExitUsage) << name;
    return outcome.err;
  };
  EXPECT_THAT(told("simulate", {{"rules", rules}, {"events", "-"}, {"seed", "2"}}),
              HasSubstr("--seed has a meaning only with --split or --kafka (PM0706)"));
  EXPECT_THAT(told("rules check", {{"dir", rules}, {"json", "true"}, {"annotations", "true"}}),
              HasSubstr("--annotations and --json do not go together"));
  EXPECT_THAT(told("rules test", {{"scenarios", rules}, {"coverage", "true"}}),
              HasSubstr("--coverage has a meaning only with a rule folder"));
  EXPECT_THAT(told("lead show", {{"id", "L-1"}, {"rules", rules}}),
              HasSubstr("--rules has a meaning only with --data"));
  EXPECT_THAT(told("rules publish", {{"dir", rules}, {"detailed-exitcode", "true"}}),
              HasSubstr("--detailed-exitcode has a meaning only with --dry-run"));
}

TEST_F(CommandsTest, RulesPublishLooksAtTheUrlBeforeItRunsTests) {
  Write("rules/tests/one.yaml", "not: a scenario\n");
  const CommandOutcome told = Call("rules publish", {{"dir", Path("rules")}, {"to", "nonsense"}});
  EXPECT_EQ(told.code, kExitUsage);
  EXPECT_THAT(told.err, HasSubstr("PM0640"));
  EXPECT_THAT(told.err, Not(HasSubstr("FAILED")));
}

TEST_F(CommandsTest, AFolderWithoutTestsIsNoTest) {
  EXPECT_TRUE(MakeFolder(Path("rules/tests")).has_value());
  const CommandOutcome told = Call("rules test", {{"dir", Path("rules")}});
  EXPECT_EQ(told.code, kExitFailed);
  EXPECT_THAT(told.err, HasSubstr("holds no test"));
}

TEST_F(CommandsTest, RulesSchemaKnowsTheFolder) {
  EXPECT_THAT(Call("rules schema", {}).out,
              HasSubstr("https://json-schema.org/draft/2020-12/schema"));
  const CommandOutcome own = Call("rules schema", {{"dir", Path("rules")}});
  EXPECT_EQ(own.code, kExitFine);
  EXPECT_THAT(own.out, HasSubstr(R"("examples":["house"])"));
  EXPECT_EQ(Call("rules schema", {{"dir", Path("none")}}).code, kExitUnavailable);
}

TEST_F(CommandsTest, RulesDiffTellsWhoGoesWhere) {
  std::string other = kRules;
  other.replace(other.find("[]"), 2,
                "[ { name: German, when: { lead.country: DE }, to: { pool: house }, "
                "priority: high } ]");
  Write("other/rules.yaml", other);
  Write("named/rules.yaml", std::string(kRules) + "# the same\n");
  const std::string rules = Path("rules");
  const CommandOutcome told = Call("rules diff", {{"old", rules}, {"new", Path("other")}});
  EXPECT_EQ(told.code, kExitFine) << told.err;
  EXPECT_THAT(told.out,
              HasSubstr("  leads such as { lead.country: DE }\n"
                        "    before  otherwise (rules.yaml:3): pool house\n"
                        "    now     German (rules.yaml:2): pool house, priority high\n"));
  const auto code = [&](const std::string& to) {
    return Call(
               "rules diff",
               {{"old", rules}, {"new", Path(to)}, {"detailed-exitcode", "true"}, {"json", "true"}})
        .code;
  };
  EXPECT_EQ(code("other"), kExitDifferences);
  EXPECT_EQ(code("named"), kExitFine);
  EXPECT_EQ(code("none"), kExitUnavailable);
  Write("bad/rules.yaml", "kind: nonsense\n");
  EXPECT_EQ(code("bad"), kExitConfig);
  EXPECT_THAT(Call("rules diff", {{"old", rules}, {"new", Path("named")}}).out,
              HasSubstr("the same for every lead"));
}

TEST_F(CommandsTest, RulesDiffThatProvesNothingFailsWhenAsked) {
  const auto write = [this](const std::string& folder, std::string_view pattern) {
    std::string rules = kRules;
    rules.replace(rules.find("[]"), 2,
                  fmt::format("[ {{ name: A, when: {{ lead.title: {{ matches: '{}' }} }}, "
                              "to: {{ pool: house }}, priority: high }} ]",
                              pattern));
    Write(folder + "/rules.yaml", rules);
  };
  write("one", "^a+b$");
  write("two", "^aa*b$");
  const CommandOutcome told = Call(
      "rules diff", {{"old", Path("one")}, {"new", Path("two")}, {"detailed-exitcode", "true"}});
  EXPECT_EQ(told.code, kExitFailed);
  EXPECT_THAT(told.out, HasSubstr("not proved\n  routing: leads of 'A'"));
}

TEST_F(CommandsTest, RulesDocsWritesAPage) {
  const CommandOutcome page = Call("rules docs", {{"dir", Path("rules/")}});
  EXPECT_EQ(page.code, kExitFine) << page.err;
  EXPECT_THAT(page.out, HasSubstr("# The rules of rules\n"));
  EXPECT_EQ(Call("rules docs", {{"dir", Path("rules")}, {"out", Path("page.md")}}).code, kExitFine);
  EXPECT_EQ(*ReadWholeFile(Path("page.md")), page.out);
  EXPECT_EQ(Call("rules docs", {{"dir", Path("rules")}, {"out", Path("no/page.md")}}).code,
            kExitUnavailable);
  EXPECT_EQ(Call("rules docs", {{"dir", Path("none")}}).code, kExitUnavailable);
  Write("bad/rules.yaml", "kind: nonsense\n");
  EXPECT_EQ(Call("rules docs", {{"dir", Path("bad")}}).code, kExitConfig);
}

TEST_F(CommandsTest, RulesExplainTriesALead) {
  const std::string rules = Path("rules"), lead = Path("events.jsonl");
  const CommandOutcome told = Call("rules explain", {{"rules", rules}, {"lead", lead}});
  EXPECT_EQ(told.code, kExitFine) << told.err;
  EXPECT_THAT(told.out, HasSubstr("In the queue of pool house since 2026-03-02T09:00:00Z"));
  EXPECT_THAT(told.out, HasSubstr("  with priority normal\n"));
  const CommandOutcome asked = Call("rules explain", {{"rules", rules},
                                                      {"lead", lead},
                                                      {"at", "2026-04-01T00:00:00Z"},
                                                      {"why-not", "otherwise"},
                                                      {"json", "true"}});
  EXPECT_THAT(asked.out, HasSubstr(R"("route":"otherwise","pool":"house")"));
  EXPECT_THAT(asked.out, HasSubstr(R"("why_not":{"asked":"route otherwise","taken":true)"));
  EXPECT_THAT(asked.out, HasSubstr("2026-04-01T00:00:00Z"));
}

TEST_F(CommandsTest, RulesExplainTakesADateForItsNoon) {
  const CommandOutcome told =
      Call("rules explain",
           {{"rules", Path("rules")}, {"lead", Path("events.jsonl")}, {"at", "2026-04-01"}});
  EXPECT_EQ(told.code, kExitFine) << told.err;
  EXPECT_THAT(told.err, HasSubstr("note: 2026-04-01 is taken as 2026-04-01T12:00:00Z\n"));
  EXPECT_THAT(told.out, HasSubstr("since 2026-04-01T12:00:00Z"));
}

TEST_F(CommandsTest, RulesExplainRefusesWhatItCannotUse) {
  const std::string rules = Path("rules"), lead = Path("events.jsonl");
  const auto code = [this](std::vector<std::pair<std::string, std::string>> options) {
    return Call("rules explain", std::move(options)).code;
  };
  Write("bad/rules.yaml", "kind: nonsense\n");
  Write("list.yaml", "- a\n");
  Write("nobody.yaml", "{ email: nobody }\n");
  EXPECT_EQ(code({{"rules", rules}, {"lead", Path("none")}}), kExitUnavailable);
  EXPECT_EQ(code({{"rules", Path("none")}, {"lead", lead}}), kExitUnavailable);
  EXPECT_EQ(code({{"rules", Path("bad")}, {"lead", lead}}), kExitConfig);
  EXPECT_EQ(code({{"rules", rules}, {"lead", Path("list.yaml")}}), kExitBadData);
  EXPECT_EQ(code({{"rules", rules}, {"lead", Path("nobody.yaml")}}), kExitBadData);
  EXPECT_EQ(code({{"rules", rules}, {"lead", lead}, {"at", "soon"}}), kExitUsage);
  EXPECT_EQ(code({{"rules", rules}, {"lead", lead}, {"why-not", "nobody"}}), kExitUsage);
}

TEST_F(CommandsTest, RulesExplainRefusesLeadsThatCannotBe) {
  const auto told = [this](const std::string& lead) {
    Write("lead.yaml", lead);
    return Call("rules explain", {{"rules", Path("rules")}, {"lead", Path("lead.yaml")}});
  };
  const CommandOutcome keys = told("{ email: a@b.example, title: VP, lead.title: Boss }");
  EXPECT_EQ(keys.code, kExitBadData);
  EXPECT_THAT(keys.err, HasSubstr("contradicts itself: lead.title: 'lead.title' says Boss"));
  EXPECT_EQ(told("{ lead: { title: VP }, lead.title: VP }").code, kExitBadData);
  const CommandOutcome domain = told("{ email: a@b.example, lead.email_domain: c.example }");
  EXPECT_EQ(domain.code, kExitBadData);
  EXPECT_THAT(domain.err, HasSubstr("lead.email_domain: it is given as c.example"));
  EXPECT_EQ(told("{ email: a@b.example, score.fit: 1000 }").code, kExitBadData);
  const CommandOutcome nobody = told("{ country: DE, hand_raise: true }");
  EXPECT_EQ(nobody.code, kExitBadData);
  EXPECT_THAT(nobody.err, HasSubstr("says nothing of whom it is about"));
  const CommandOutcome shown = told("{ lead.country: DE, hand_raise: true }");
  EXPECT_EQ(shown.code, kExitFine);
  EXPECT_THAT(shown.err, HasSubstr("it is tried as somebody's"));
}

TEST_F(CommandsTest, RulesTestRunsTheFoldersScenarios) {
  Write("rules/tests/a.yaml", R"(scenario: Leads wait in the house
events:
  - { at: 2026-03-02T09:00:00Z, type: lead.submitted, email: a@c.example, hand_raise: true }
expect: [ assignment.queued: { assignment.pool: house } ]
)");
  const CommandOutcome good = Call("rules test", {{"dir", Path("rules")}, {"schemas", "true"}});
  EXPECT_EQ(good.code, kExitFine) << good.out;
  EXPECT_THAT(good.out, HasSubstr("reached by tests: 1 of 1 rules\n2 passed, 0 failed"));
  EXPECT_EQ(Call("rules test", {}).code, kExitUsage);
  EXPECT_EQ(Call("rules test", {{"dir", Path("none")}}).code, kExitUnavailable);
}

TEST_F(CommandsTest, RulesTestNamesWhatNoTestReaches) {
  Write(
      "rules/scoring.yaml",
      "kind: scoring\nfit: { rules: [ { name: Far, when: { lead.country: NZ }, points: 5 } ] }\n");
  Write("rules/tests/a.yaml", R"(scenario: Leads wait in the house
events:
  - { at: 2026-03-02T09:00:00Z, type: lead.submitted, email: a@c.example, hand_raise: true }
outcome: { pool: house }
)");
  const std::pair<std::string, std::string> dir = {"dir", Path("rules")};
  EXPECT_THAT(Call("rules test", {dir}).out,
              HasSubstr("reached by tests: 1 of 2 rules (--coverage names the others)\n1 passed"));
  EXPECT_THAT(Call("rules test", {dir, {"coverage", "true"}}).out,
              HasSubstr("no test reaches, or not all of:\n  scoring.yaml:2: fit 'Far'\n"));
  EXPECT_THAT(Call("rules test", {dir, {"json", "true"}}).out, Not(HasSubstr("coverage")));
  EXPECT_THAT(
      Call("rules test", {dir, {"json", "true"}, {"coverage", "true"}}).out,
      HasSubstr(R"({"coverage":{"rules":2,"reached":1,"rows":0,"rows_reached":0,"missed":)"));
}

TEST_F(CommandsTest, ImportReportsWhatItCouldNotTake) {
  Write("map.yaml",
        "type: lead.submitted\nsource: s\nid: \"{n}\"\n"
        "time: { from: 2026-03-02T09:00:00Z, step: +1m }\nfields: { email: mail }\n");
  Write("rows.csv", "n,mail\n1,a@c.example\n,b@c.example\n");
  const CommandOutcome run = Call(
      "import", {{"file", Path("rows.csv")}, {"map", Path("map.yaml")}, {"to", Path("out.jsonl")}});
  EXPECT_EQ(run.code, kExitBadData);
  EXPECT_THAT(run.out, HasSubstr("rows 2: 1 taken, 0 skipped, 1 rejected"));
  EXPECT_THAT(run.out, HasSubstr(":3: 'n' of the id is empty"));
  EXPECT_THAT(*ReadWholeFile(Path("out.jsonl")), HasSubstr("a@c.example"));
}

TEST_F(CommandsTest, LeadShowAndExplainSayWhereToLook) {
  EXPECT_EQ(Call("lead show", {{"id", "x"}, {"data", Path("data")}}).code, kExitUsage);
  const std::string id = "L-00000000000000aa-0000000000000001-1";
  const CommandOutcome both =
      Call("explain", {{"id", id}, {"url", "http://x"}, {"data", Path("data")}});
  EXPECT_EQ(both.code, kExitUsage);
  EXPECT_THAT(both.err, HasSubstr("PM0706"));
  const CommandOutcome nobody = Call("explain", {{"id", id}, {"url", "http://127.0.0.1:1"}});
  EXPECT_EQ(nobody.code, kExitUnavailable);
  EXPECT_THAT(nobody.err, HasSubstr("or a stopped one's directory by --data DIR"));
  EXPECT_EQ(Call("lead show", {{"id", id}, {"data", Path("data")}}).code, kExitUnavailable);
}

TEST_F(CommandsTest, ParkedTakesOneRowOrAllOfARunningEngine) {
  for (const auto& neither_or_both :
       {Call("parked retry", {}), Call("parked retry", {{"id", "1"}, {"all", "true"}})}) {
    EXPECT_EQ(neither_or_both.code, kExitUsage);
    EXPECT_THAT(neither_or_both.err, HasSubstr("PM0706"));
  }
  const CommandOutcome unheard = Call("parked list", {{"url", "http://127.0.0.1:1/"}});
  EXPECT_EQ(unheard.code, kExitUnavailable);
  EXPECT_THAT(unheard.err, HasSubstr("--url"));
}

TEST(Arguments, NumbersAreCheckedAgainstTheirBounds) {
  Arguments arguments;
  arguments.Set("seed", "12");
  arguments.Set("bad", "1x");
  EXPECT_EQ(arguments.Number("seed", 1, 0, 100).value(), 12);
  EXPECT_EQ(arguments.Number("none", 7, 0, 100).value(), 7);
  EXPECT_EQ(arguments.Number("seed", 1, 0, 10).error().code, 701);
  EXPECT_EQ(arguments.Number("bad", 1, 0, 10).error().code, 701);
}

}  // namespace
}  // namespace pm
