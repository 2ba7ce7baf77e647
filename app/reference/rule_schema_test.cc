#include "app/reference/rule_schema.h"

#include <gmock/gmock.h>

#include "app/commands/files.h"
#include "app/scenario/scenario.h"
#include "app/scenario/schema.h"
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
  EXPECT_EQ(ProblemOf(routes("{ name: A, to: { poool: a } }")),
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
  EXPECT_THAT(schema, HasSubstr(R"("examples":["lists.free"])"));
  const std::string screening =
      "kind: screening\nrules: [ { name: A, as: a, when: { lead.pln: x } } ]\n";
  EXPECT_THAT(ProblemOf(screening, &names), HasSubstr("/rules/0/when/lead.pln is not allowed"));
  EXPECT_EQ(ProblemOf("kind: screening\nrules: [ { name: A, when: { lead.plan: x } } ]\n", &names),
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
