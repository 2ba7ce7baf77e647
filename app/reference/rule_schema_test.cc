#include "app/reference/rule_schema.h"

#include <gmock/gmock.h>

#include <map>

#include "app/commands/files.h"
#include "app/scenario/scenario.h"
#include "app/scenario/schema.h"
#include "rules/compile/compile.h"
#include "rules/folder.h"

namespace pm {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// As an editor sees it: plain numbers and booleans of YAML 1.2, all else text.
std::vector<JsonNode> DocumentsOf(const RuleFile& file) {
  const Source source(file.path, file.text);
  Diagnostics diagnostics;
  std::vector<JsonNode> documents;
  for (const YamlNode& node : ParseYaml(source, diagnostics)) {
    const auto json = YamlToJson(
        node, [](std::string_view text) -> Result<std::string> { return std::string(text); });
    documents.push_back(*ParseJson(*json));
  }
  EXPECT_FALSE(diagnostics.has_errors()) << diagnostics.Render();
  return documents;
}

// What the schema says of a text, the first problem.
std::string ProblemOf(const std::string& yaml, const RuleNames* names = nullptr) {
  static const JsonNode kPlain = *ParseJson(RuleSchema(nullptr));
  const JsonNode own = names == nullptr ? JsonNode() : *ParseJson(RuleSchema(names));
  for (const JsonNode& document : DocumentsOf({"rules.yaml", yaml})) {
    std::string problem = SchemaProblem(names == nullptr ? kPlain : own, document);
    if (!problem.empty()) return problem;
  }
  return {};
}

std::vector<std::string> Packs() {
  std::vector<std::string> folders;
  const Result<std::vector<RuleFile>> files = ReadFolder("rules/packs", {"routing.yaml"});
  for (const RuleFile& file : *files) {
    folders.push_back("rules/packs/" + file.path.substr(0, file.path.find('/')));
  }
  return folders;
}

TEST(RuleSchema, AcceptsEveryDocumentOfThePacks) {
  ASSERT_FALSE(Packs().empty());
  for (const std::string& folder : Packs()) {
    const std::vector<RuleFile> files = *ReadRuleFolder(folder);
    const RuleNames names = NamesOfRules(files);
    for (const RuleFile& file : files) {
      if (!file.path.ends_with(".yaml")) continue;
      EXPECT_EQ(ProblemOf(file.text), "") << folder << "/" << file.path;
      EXPECT_EQ(ProblemOf(file.text, &names), "") << folder << "/" << file.path;
    }
  }
}

TEST(RuleSchema, AcceptsTheRulesOfTheScenarios) {
  size_t documents = 0;
  const Result<std::vector<RuleFile>> files = ReadFolder("tests/scenarios", {".yaml"});
  for (const RuleFile& file : *files) {
    if (file.path.contains("rules/")) {
      EXPECT_EQ(ProblemOf(file.text), "") << file.path;
      ++documents;
      continue;
    }
    for (const JsonNode& scenario : DocumentsOf(file)) {
      const JsonNode* rules = scenario.Find("rules");
      if (rules == nullptr || !rules->text.contains('\n')) continue;
      EXPECT_EQ(ProblemOf(rules->text), "") << file.path;
      ++documents;
    }
  }
  EXPECT_GT(documents, 3U);
}

TEST(RuleSchema, RefusesWhatIsMistyped) {
  const auto routes = [](const std::string& route) {
    return "kind: routing\nroutes: [ " + route + " ]\notherwise: { to: { pool: house } }\n";
  };
  EXPECT_EQ(
      ProblemOf(routes("{ name: A, when: { account.employees: { gte: 5 } }, to: { pool: a } }")),
      "");
  EXPECT_THAT(ProblemOf("kind: routng\n"), HasSubstr("/kind is 'routng'"));
  EXPECT_THAT(ProblemOf("routes: []\n"), HasSubstr("/kind is missing"));
  EXPECT_THAT(ProblemOf("kind: routing\nroutes: []\n"), HasSubstr("/otherwise is missing"));
  EXPECT_EQ(ProblemOf(routes("{ name: A, wen: { account.tier: a }, to: { pool: a } }")),
            "/routes/0/wen is not allowed");
  EXPECT_EQ(ProblemOf(routes("{ name: A, to: { pool: a, poool: a } }")),
            "/routes/0/to/poool is not allowed");
  EXPECT_THAT(ProblemOf(routes("{ name: A, when: { account.employes: 5 }, to: { pool: a } }")), "")
      << "it may be a field of one's own";
  EXPECT_THAT(ProblemOf(routes("{ name: A, when: { acount.employees: 5 }, to: { pool: a } }")),
              HasSubstr("/routes/0/when/acount.employees is not allowed"));
  EXPECT_THAT(
      ProblemOf(routes("{ name: A, when: { account.employees: { gt: many } }, to: { pool: a } }")),
      HasSubstr("gt is no integer"));
  EXPECT_THAT(ProblemOf(routes("{ name: A, when: { lead.title: { gte: 5 } }, to: { pool: a } }")),
              HasSubstr("lead.title/gte is not allowed"));
  EXPECT_THAT(ProblemOf(routes("{ name: A, hit: frist, to: { pool: a } }")),
              HasSubstr("/routes/0/hit is 'frist'"));
  EXPECT_THAT(ProblemOf("kind: identity\nstale_after: soon\n"),
              HasSubstr("/stale_after is 'soon'"));
  EXPECT_THAT(ProblemOf("kind: calendars\nc: { weekly: { mon-fry: 09:00-17:00 } }\n"),
              HasSubstr("/c/weekly/mon-fry is 'mon-fry'"));
  EXPECT_THAT(ProblemOf("kind: team\npools: { a: { members: [ { rep: ana, weight: 0 } ] } }\n"),
              HasSubstr("weight is 0, out of range"));
}

// One route of a folder with a pool, a rep, an SLA, a list and a cadence.
const RuleNames& Company() {
  static const RuleNames kNames =
      NamesOfRules({{"rules.yaml",
                     "kind: lists\nfree: [a]\n---\n"
                     "kind: team\nroster: reps.csv\npools: { house: { strategy: queue }, 7: { "
                     "members: [ana] } }\n"
                     "---\nkind: sla\nhot: { milestones: { accept: { within: 5m } } }\n---\n"
                     "kind: cadence\nname: calls\nsteps: [ { call: {} } ]\n---\n"
                     "kind: routing\nroutes: []\notherwise: { to: { pool: house } }\n"},
                    {"reps.csv", "id,email,name,zone,hours\nana,ana@c.example,Ana,UTC,always\n"}});
  return kNames;
}
std::string ProblemOfRoute(const std::string& route) {
  return ProblemOf("kind: routing\nroutes: [ " + route + " ]\notherwise: { to: { pool: house } }\n",
                   &Company());
}
std::string ProblemOfCondition(const std::string& when) {
  return ProblemOfRoute("{ name: A, when: " + when + ", to: { pool: house } }");
}

TEST(RuleSchema, NamesThatTheFolderDoesNotDeclareAreRefused) {
  for (const char* good :
       {"{ name: A, to: { pool: house }, sla: hot, cadence: calls }",
        "{ name: A, to: { pool: 7 } }", "{ name: A, to: { rep: ana, else: { pool: house } } }",
        "{ name: A, table: t.csv, match: [lead.country], to: { pool: $pool } }"}) {
    EXPECT_EQ(ProblemOfRoute(good), "") << good;
  }
  for (const char* bad : {"{ name: A, to: { pool: hose } }", "{ name: A, to: { rep: anna } }",
                          "{ name: A, to: { pool: house }, sla: hott }",
                          "{ name: A, to: { pool: house }, cadence: call }",
                          "{ name: A, to: { rep: ana, else: { pool: hose } } }",
                          "{ name: A, table: t.csv, match: [lead.contry], to: { pool: $pool } }",
                          "{ name: A, table: t.csv, match: lead.contry, to: { pool: $pool } }"}) {
    EXPECT_NE(ProblemOfRoute(bad), "") << bad;
    EXPECT_EQ(ProblemOf("kind: team\npools: { x: { members: [bob] } }\n"), "")
        << "no folder is known";
  }
  EXPECT_NE(ProblemOf("kind: team\npools: { x: { members: [bob] } }\n", &Company()), "");
  EXPECT_NE(ProblemOf("kind: team\npools: { x: { overflow: [hose] } }\n", &Company()), "");
  EXPECT_NE(ProblemOf("kind: team\npools: { x: { hours: office } }\n", &Company()), "");
  EXPECT_EQ(ProblemOf("kind: team\npools: { x: { hours: always, overflow: house } }\n", &Company()),
            "");
  EXPECT_EQ(ProblemOfCondition("{ lead.email_domain: { in: lists.free } }"), "");
  EXPECT_EQ(ProblemOfCondition("{ lead.email_domain: { in: lists.disposable } }"), "");
  EXPECT_NE(ProblemOfCondition("{ lead.email_domain: { in: lists.fre } }"), "");
  EXPECT_NE(ProblemOfCondition("{ lead.email_domain: lists.fre }"), "");
}

TEST(RuleSchema, RefusesWhatSpansSeveralKeys) {
  for (const char* bad :
       {"{ name: A }", "{ name: A, to: {} }", "{ name: A, to: { pool: house, rep: ana } }",
        "{ name: A, to: { pool: house }, routes: [] }"}) {
    EXPECT_NE(ProblemOfRoute(bad), "") << bad;
  }
  for (const char* bad :
       {"kind: checks\ngapp: off\n", "kind: fields\nx: { type: int }\n",
        "kind: screening\nrules: [ { name: A, when: { lead.country: DE } } ]\n",
        "kind: scoring\nfit: { rules: [ { name: A } ] }\n", "kind: sla\nhot: { milestones: {} }\n",
        "kind: cadence\nname: a\nsteps: [ { email: x, call: {} } ]\n"}) {
    EXPECT_NE(ProblemOf(bad), "") << bad;
  }
  EXPECT_EQ(ProblemOf("kind: checks\ngap: note\n"), "");
  EXPECT_EQ(ProblemOf("kind: fields\nlead.x: { type: int }\n"), "");
}

TEST(RuleSchema, NegativeTestsSayWhatAMissingFieldMeans) {
  for (const char* bad : {"{ lead.country: { ne: DE } }", "{ lead.country: { not_in: [DE, FR] } }",
                          "{ account.employees: { ne: 5, missing: true } }"}) {
    EXPECT_NE(ProblemOfCondition(bad), "") << bad;
  }
  for (const char* good :
       {"{ lead.country: { ne: DE, missing: match } }", "{ lead.stage: { ne: mql } }",
        "{ score.fit: { ne: 5 } }", "{ account.employees: { not_in: [5], missing: no_match } }"}) {
    EXPECT_EQ(ProblemOfCondition(good), "") << good;
  }
}

TEST(RuleSchema, TakesNumbersAndTruthInQuotesWhereConditionsDo) {
  for (const char* good :
       {"{ account.employees: '5' }", "{ account.employees: { between: ['1', 5] } }",
        "{ account.revenue: { gte: '1.5' } }", "{ lead.free_mail: 'true' }"}) {
    EXPECT_EQ(ProblemOfCondition(good), "") << good;
  }
  for (const char* bad : {"{ account.employees: five }", "{ lead.free_mail: yes }"}) {
    EXPECT_NE(ProblemOfCondition(bad), "") << bad;
  }
}

// What `rules check` takes the schema of that folder takes, too: the bad examples that only warn.
TEST(RuleSchema, AcceptsWhatRulesCheckAccepts) {
  std::map<std::string, std::vector<RuleFile>> folders;  // or single files
  const Result<std::vector<RuleFile>> all =
      ReadFolder("tests/rules/bad", {".yaml", ".csv", ".ics"});
  for (const RuleFile& file : *all) {
    const size_t slash = file.path.find('/');
    const std::string name = slash == std::string::npos ? file.path : file.path.substr(slash + 1);
    folders[file.path.substr(0, slash)].push_back({name, file.text});
  }
  size_t accepted = 0;
  for (const auto& [folder, files] : folders) {
    if (!Check(files).ok) continue;
    const RuleNames names = NamesOfRules(files);
    for (const RuleFile& file : files) {
      if (!file.path.ends_with(".yaml")) continue;
      EXPECT_EQ(ProblemOf(file.text, &names), "") << folder;
    }
    ++accepted;
  }
  EXPECT_GE(accepted, 20U);
}

TEST(RuleSchema, KnowsTheFieldsAndOffersTheNamesOfAFolder) {
  const RuleNames names =
      NamesOfRules({{"rules.yaml",
                     "kind: fields\nlead.plan: { type: text, meaning: Plan bought. }\n---\n"
                     "kind: lists\nfree: [a]\n---\n"
                     "kind: team\nroster: reps.csv\npools: { house: { strategy: queue } }\n---\n"
                     "kind: routing\nroutes: []\notherwise: { to: { pool: house } }\n"},
                    {"reps.csv", "id,email,name,zone,hours\nana,ana@c.example,Ana,UTC,always\n"}});
  const std::string schema = RuleSchema(&names);
  EXPECT_THAT(schema, HasSubstr(R"x("description":"Plan bought. (text)")x"));
  EXPECT_THAT(schema, HasSubstr(R"("examples":["house"])"));
  EXPECT_THAT(schema, HasSubstr(R"("examples":["ana"])"));
  EXPECT_THAT(schema, HasSubstr(R"("lists.free")"));
  const std::string screening =
      "kind: screening\nrules: [ { name: A, as: a, when: { lead.pln: x } } ]\n";
  EXPECT_THAT(ProblemOf(screening, &names), HasSubstr("/rules/0/when/lead.pln is not allowed"));
  EXPECT_EQ(
      ProblemOf("kind: screening\nrules: [ { name: A, as: a, when: { lead.plan: x } } ]\n", &names),
      "");
}

TEST(RuleSchema, NamesAreThereThoughTheFolderIsWrong) {
  const RuleNames names =
      NamesOfRules({{"rules.yaml", "kind: team\npools: { strike: { strategy: quue } }\n"}});
  EXPECT_THAT(names.pools, testing::ElementsAre("strike"));
  EXPECT_THAT(names.reps, IsEmpty());
}

TEST(RuleSchema, SaysOfEveryKeyWhatItMeans) {
  const JsonNode schema = *ParseJson(RuleSchema(nullptr));
  const auto description = [&](std::initializer_list<std::string_view> path) {
    const JsonNode* node = schema.At(path);
    EXPECT_NE(node, nullptr);
    return node == nullptr ? "" : std::string(node->Text({"description"}));
  };
  EXPECT_EQ(description({"$defs", "route", "properties", "cadence"}), "Cadence to enrol in.");
  for (const auto& [name, definition] : schema.At({"$defs"})->members) {
    const JsonNode* properties = definition.Find("properties");
    if (properties == nullptr) continue;
    for (const auto& [key, value] : properties->members) {
      EXPECT_NE(value.Text({"description"}), "") << name << "." << key;
    }
  }
}

TEST(RuleSchema, SaysOfEveryTypeWhatItTakes) {
  const JsonNode schema = *ParseJson(RuleSchema(nullptr));
  for (const auto& [name, definition] : schema.At({"$defs"})->members) {
    const bool only_named = definition.members.size() == 1 && definition.Find("title") != nullptr;
    EXPECT_FALSE(only_named) << name << ": define it in rule_schema.cc";
  }
  EXPECT_EQ(
      ProblemOf("kind: cadence\nname: a\nsteps: []\nthrottle: { per_rep: { email: 5 per day } }\n"),
      "");
  EXPECT_THAT(
      ProblemOf("kind: cadence\nname: a\nsteps: []\nthrottle: { per_rep: { emial: 5 per day } }\n"),
      HasSubstr("emial"));
}

TEST(RuleSchema, OffersNamesOnlyForKeysThatExist) {
  const JsonNode schema = *ParseJson(RuleSchema(nullptr));
  for (const auto& [section, key] : KeysWithNames()) {
    std::string name(section);
    std::ranges::replace(name, ' ', '-');
    EXPECT_NE(schema.At({"$defs", name, "properties", key}), nullptr) << section << "." << key;
  }
}

}  // namespace
}  // namespace pm
