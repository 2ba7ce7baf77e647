#include "app/commands/commands.h"

#include <gmock/gmock.h>

#include <sstream>

#include "app/commands/files.h"
#include "app/server/rule_library.h"
#include "engine/runtime/embedded.h"
#include "engine/runtime/testing.h"

namespace pm {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Outcome {
  int code;
  std::string out, err;
};

Outcome Call(std::string_view name, std::vector<std::pair<std::string, std::string>> options) {
  Arguments arguments;
  for (auto& [key, value] : options) arguments.Set(key, value);
  std::istringstream in;
  std::ostringstream out, err;
  Streams streams{in, out, err};
  const auto command = std::ranges::find(Commands(), name, &CommandDecl::name);
  EXPECT_NE(command, Commands().end()) << name;
  const int code = command->run(arguments, streams);
  return {code, out.str(), err.str()};
}

constexpr char kRules[] =
    "kind: routing\nroutes: []\notherwise: { to: { pool: house } }\n---\n"
    "kind: team\npools: { house: { strategy: queue } }\n";
constexpr char kEvent[] =
    R"({"specversion":"1.0","id":"1","source":"t","type":"lead.submitted",)"
    R"("time":"2026-03-02T09:00:00Z","data":{"email":"a@c.example","hand_raise":true}})";

class CommandsTest : public testing::Test {
 protected:
  CommandsTest() {
    Write("rules/rules.yaml", kRules);
    Write("events.jsonl", kEvent);
  }
  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }
  void Write(const std::string& name, std::string_view text) {
    EXPECT_TRUE(MakeFolder(Path(name.substr(0, name.find_last_of('/') + 1))).has_value());
    EXPECT_TRUE(WriteWholeFile(Path(name), text).has_value());
  }
  // An engine that took one lead under the folder `rules`, and stopped.
  void RunEngine(const std::string& data) const {
    const auto store = OpenRocks(data);
    const ManualClock clock(Instant{1'772'442'000'000});
    RuleLibrary library;
    const auto rules = library.Load(Path("rules"), {});
    ASSERT_TRUE(rules.has_value()) << rules.error().text;
    Embedded engine(
        *store, {}, RealStages(), [&](ContentHash hash) { return library.Find(hash); }, clock,
        rules->book->version(), rules->document);
    ASSERT_TRUE(engine.Submit({{kEvent, "", Mode::kLive}}, nullptr).has_value());
    engine.RunUntilIdle();
  }
  static void Damage(const std::string& data, const std::function<void(Store&)>& how) {
    how(*OpenRocks(data));
  }
  ScratchDirectory folder_;
};

TEST_F(CommandsTest, SimulateWritesOneFileATopicAndReplaysItsInput) {
  const Outcome run =
      Call("simulate",
           {{"rules", Path("rules")}, {"events", Path("events.jsonl")}, {"out", Path("out")}});
  EXPECT_EQ(run.code, kExitFine) << run.err;
  EXPECT_THAT(run.out, HasSubstr("queued"));
  EXPECT_THAT(*ReadWholeFile(Path("out/assignments.jsonl")), HasSubstr("assignment.queued"));
  const std::string input = Path("out/input.jsonl");
  const Outcome replayed = Call("simulate", {{"rules", Path("rules")}, {"input", input}});
  EXPECT_EQ(replayed.code, kExitFine);
  EXPECT_THAT(replayed.out, HasSubstr("records read  2\n"));
  EXPECT_THAT(replayed.err, HasSubstr("outputs agree with the recording"));
  std::string text = *ReadWholeFile(input);
  Write("out/cut.jsonl", text.substr(0, text.rfind('{')));
  const Outcome cut =
      Call("simulate", {{"rules", Path("rules")}, {"input", Path("out/cut.jsonl")}});
  EXPECT_EQ(cut.code, kExitFailed);
  EXPECT_THAT(cut.err, HasSubstr("nothing was compared"));
  text.replace(text.rfind(':') + 2, 32, 32, '0');
  Write("out/input.jsonl", text);
  EXPECT_EQ(Call("simulate", {{"rules", Path("rules")}, {"input", input}}).code, kExitFailed);
}

TEST_F(CommandsTest, SimulateRefusesWhatItCannotUse) {
  const std::string rules = Path("rules"), events = Path("events.jsonl");
  EXPECT_EQ(Call("simulate", {{"rules", rules}}).code, kExitUsage);
  EXPECT_EQ(Call("simulate", {{"rules", rules}, {"events", events}, {"until", "soon"}}).code,
            kExitUsage);
  EXPECT_EQ(Call("simulate", {{"rules", rules}, {"events", Path("none")}}).code, kExitUnavailable);
  EXPECT_EQ(Call("simulate", {{"rules", Path("none")}, {"events", events}}).code, kExitUnavailable);
  EXPECT_EQ(Call("simulate", {{"rules", rules}, {"input", events}}).code, kExitBadData);
  EXPECT_EQ(
      Call("simulate", {{"rules", rules}, {"input", events}, {"until", "2026-03-03T00:00:00Z"}})
          .code,
      kExitUsage);
  EXPECT_EQ(Call("simulate", {{"rules", rules}, {"events", events}, {"seed", "4"}}).code,
            kExitUsage);
  Write("bad/rules.yaml", "kind: nonsense\n");
  EXPECT_EQ(Call("simulate", {{"rules", Path("bad")}, {"events", events}}).code, kExitConfig);
}

TEST_F(CommandsTest, SimulateTellsWhatIsOddAboutTheTimesOfAFile) {
  const std::string odd = R"({"id":"2","source":"t","type":"site.visited",)"
                          R"("time":"9999-01-01T00:00:00Z","data":{"anonymous_id":"b"}})";
  Write("odd.jsonl", std::string("\xEF\xBB\xBF") + kEvent + "\n" + odd);
  const Outcome run = Call("simulate", {{"rules", Path("rules")}, {"events", Path("odd.jsonl")}});
  EXPECT_EQ(run.code, kExitFine);
  EXPECT_THAT(run.err, HasSubstr("note: line 2: time jumps on"));
  EXPECT_THAT(run.out, HasSubstr("queued"));
  EXPECT_THAT(run.out, Not(HasSubstr("dead letters"))) << "of the byte order mark";
}

TEST_F(CommandsTest, SimulateRefusesAFileThatNeverSaysATime) {
  Write("untimed.jsonl", R"({"id":"1","source":"t","type":"site.visited","data":{}})");
  const Outcome run =
      Call("simulate", {{"rules", Path("rules")}, {"events", Path("untimed.jsonl")}});
  EXPECT_EQ(run.code, kExitBadData);
  EXPECT_THAT(run.err, HasSubstr("PM0715"));
}

TEST_F(CommandsTest, SimulateReplaysTheInputOfADataDirectory) {
  const std::string rules = Path("rules"), data = Path("data");
  RunEngine(data);
  const Outcome good = Call("simulate", {{"input", data}, {"rules", rules}, {"out", Path("out")}});
  EXPECT_EQ(good.code, kExitFine) << good.err;
  EXPECT_THAT(good.out, HasSubstr("queued"));
  EXPECT_THAT(*ReadWholeFile(Path("out/assignments.jsonl")), HasSubstr("assignment.queued"));
  EXPECT_EQ(Call("simulate", {{"input", Path("out/input.jsonl")}, {"rules", rules}}).code,
            kExitFine);
  EXPECT_THAT(Call("simulate", {{"input", data}, {"json", "true"}}).out,
              HasSubstr(R"("same":true)"));
  Write("other/rules.yaml", std::string(kRules) + "# other\n");
  EXPECT_EQ(Call("simulate", {{"input", data}, {"rules", Path("other")}}).code, kExitConfig);
  EXPECT_EQ(Call("simulate", {{"input", data}, {"rules", Path("none")}}).code, kExitUnavailable);
}

TEST_F(CommandsTest, SimulateTellsWhereAReplayDiffers) {
  const std::string data = Path("data");
  RunEngine(data);
  Damage(data, [](Store& store) {
    TaskMeta meta = ReadTaskMeta(store);
    ++meta.outputs.hi;
    const Output other{Topic::kAssignments, "", "assignment.queued", {}, "{9}"};
    const std::vector<LogEntry> log = {
        {static_cast<uint8_t>(other.topic), 0, {}, 0, EncodeOutput(other)}};
    const std::vector<MetaWrite> changed = {{kTaskMetaName, Encoded(meta)}};
    EXPECT_TRUE(store.Commit({{}, {}, log, changed}).has_value());
  });
  const Outcome bad = Call("simulate", {{"input", data}, {"json", "true"}});
  EXPECT_EQ(bad.code, kExitFailed);
  EXPECT_THAT(bad.out, HasSubstr(R"("first_difference":{"topic":"assignments","offset":0})"));
  EXPECT_THAT(bad.err, HasSubstr("first in topic assignments at offset 0\n  recorded {9}\n"));
}

TEST_F(CommandsTest, SimulateTellsWhenOnlyRowsDiffer) {
  const std::string data = Path("data");
  RunEngine(data);
  Damage(data, [](Store& store) {
    TaskMeta meta = ReadTaskMeta(store);
    ++meta.digest.hi;
    const std::vector<MetaWrite> changed = {{kTaskMetaName, Encoded(meta)}};
    EXPECT_TRUE(store.Commit({{}, {}, {}, changed}).has_value());
  });
  const Outcome bad = Call("simulate", {{"input", data}});
  EXPECT_EQ(bad.code, kExitFailed);
  EXPECT_THAT(bad.err, HasSubstr("all outputs are the same"));
}

TEST_F(CommandsTest, SimulateSaysWhyADirectoryCannotBeReplayed) {
  const std::string data = Path("data");
  EXPECT_EQ(Call("simulate", {{"input", Path("rules")}}).code, kExitUnavailable);
  RunEngine(data);
  {
    const auto running = OpenRocks(data);
    const Outcome locked = Call("simulate", {{"input", data}});
    EXPECT_EQ(locked.code, kExitUnavailable);
    EXPECT_THAT(locked.err, HasSubstr("stop the engine first"));
  }
  Damage(data, [](Store& store) { EXPECT_TRUE(store.TrimLog(kInputTopic, 2).has_value()); });
  const Outcome trimmed = Call("simulate", {{"input", data}});
  EXPECT_EQ(trimmed.code, kExitBadData);
  EXPECT_THAT(trimmed.err, HasSubstr("trimmed"));
  EXPECT_EQ(Call("simulate", {{"input", data}, {"rules", Path("rules")}}).code, kExitBadData);
  Damage(data, [](Store& store) {
    const std::vector<MetaWrite> newer = {{"format", "99"}};
    EXPECT_TRUE(store.Commit({{}, {}, {}, newer}).has_value());
  });
  EXPECT_EQ(Call("simulate", {{"input", data}}).code, kExitBadData);
}

TEST_F(CommandsTest, RulesCheckAnswersForPeopleAndMachines) {
  EXPECT_EQ(Call("rules check", {{"dir", Path("rules")}}).code, kExitFine);
  Write("bad/rules.yaml", "kind: routng\n");
  const Outcome bad = Call("rules check", {{"dir", Path("bad")}, {"json", "true"}});
  EXPECT_EQ(bad.code, kExitFailed);
  EXPECT_THAT(bad.out, HasSubstr("\"ok\":false"));
  const std::string folder = Path("bad");
  const Outcome marked = Call("rules check", {{"dir", folder}, {"annotations", "true"}});
  EXPECT_EQ(marked.code, kExitFailed);
  EXPECT_THAT(marked.out, HasSubstr("::error file=" + folder +
                                    "/rules.yaml,line=1,col=7,endColumn=13,title=PM0202::"));
  EXPECT_THAT(marked.out, HasSubstr("%0Ahint: did you mean 'routing'?"));
}

TEST_F(CommandsTest, RulesSchemaKnowsTheFolder) {
  EXPECT_THAT(Call("rules schema", {}).out,
              HasSubstr("https://json-schema.org/draft/2020-12/schema"));
  const Outcome own = Call("rules schema", {{"dir", Path("rules")}});
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
  const Outcome told = Call("rules diff", {{"old", rules}, {"new", Path("other")}});
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
  const Outcome told = Call(
      "rules diff", {{"old", Path("one")}, {"new", Path("two")}, {"detailed-exitcode", "true"}});
  EXPECT_EQ(told.code, kExitFailed);
  EXPECT_THAT(told.out, HasSubstr("not proved\n  routing: leads of 'A'"));
}

TEST_F(CommandsTest, RulesDocsWritesAPage) {
  const Outcome page = Call("rules docs", {{"dir", Path("rules/")}});
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
  const Outcome told = Call("rules explain", {{"rules", rules}, {"lead", lead}});
  EXPECT_EQ(told.code, kExitFine) << told.err;
  EXPECT_THAT(told.out, HasSubstr("In the queue of pool house since 2026-03-02T09:00:00Z"));
  EXPECT_THAT(told.out, HasSubstr("  with priority normal\n"));
  const Outcome asked = Call("rules explain", {{"rules", rules},
                                               {"lead", lead},
                                               {"at", "2026-04-01T00:00:00Z"},
                                               {"why-not", "otherwise"},
                                               {"json", "true"}});
  EXPECT_THAT(asked.out, HasSubstr(R"("route":"otherwise","pool":"house")"));
  EXPECT_THAT(asked.out, HasSubstr(R"("why_not":{"asked":"route otherwise","taken":true)"));
  EXPECT_THAT(asked.out, HasSubstr("2026-04-01T00:00:00Z"));
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

TEST_F(CommandsTest, RulesTestRunsTheFoldersScenarios) {
  Write("rules/tests/a.yaml", R"(scenario: Leads wait in the house
events:
  - { at: 2026-03-02T09:00:00Z, type: lead.submitted, email: a@c.example, hand_raise: true }
expect: [ assignment.queued: { assignment.pool: house } ]
)");
  const Outcome good = Call("rules test", {{"dir", Path("rules")}, {"schemas", "true"}});
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
  const Outcome run = Call(
      "import", {{"file", Path("rows.csv")}, {"map", Path("map.yaml")}, {"to", Path("out.jsonl")}});
  EXPECT_EQ(run.code, kExitBadData);
  EXPECT_THAT(run.out, HasSubstr("rows 2: 1 taken, 0 skipped, 1 rejected"));
  EXPECT_THAT(run.out, HasSubstr(":3: 'n' of the id is empty"));
  EXPECT_THAT(*ReadWholeFile(Path("out.jsonl")), HasSubstr("a@c.example"));
}

TEST_F(CommandsTest, LeadShowAndExplainSayWhereToLook) {
  EXPECT_EQ(Call("lead show", {{"id", "x"}, {"data", Path("data")}}).code, kExitUsage);
  const std::string id = "L-00000000000000aa-0000000000000001-1";
  const Outcome both = Call("explain", {{"id", id}, {"url", "http://x"}, {"data", Path("data")}});
  EXPECT_EQ(both.code, kExitUsage);
  EXPECT_THAT(both.err, HasSubstr("PM0706"));
  const Outcome nobody = Call("explain", {{"id", id}, {"url", "http://127.0.0.1:1"}});
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
  const Outcome unheard = Call("parked list", {{"url", "http://127.0.0.1:1/"}});
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
