#include "base/text/describe_yaml.h"

#include <gtest/gtest.h>

#include "base/text/describe_docs.h"

namespace pm {
namespace {

enum class Strategy : uint8_t { kWeighted, kQueue };
constexpr std::array<YamlName<Strategy>, 2> YamlNames(std::type_identity<Strategy>) {
  return {{{"weighted", Strategy::kWeighted}, {"queue", Strategy::kQueue}}};
}

// A type with a parse function and an overload of its own.
struct Percent {
  int64_t value = 0;
};
Result<Percent> ParsePercent(std::string_view text) {
  if (text == "50%") return Percent{50};
  return Fail(199, "not a percentage");
}
bool ReadYaml(const YamlNode& node, Percent* out, Diagnostics& diagnostics) {
  return ReadParsed(node, out, diagnostics, ParsePercent);
}
std::string_view YamlTypeName(std::type_identity<Percent>) { return "percentage"; }

struct Target {
  static constexpr std::string_view kYamlName = "target";
  std::string pool;
  std::unique_ptr<Target> otherwise;
  template <class V>
  static void Describe(V& v) {
    v.Required("pool", &Target::pool, "The pool.");
    v.Field("else", &Target::otherwise, "When nobody is there.");
  }
  void Check(const YamlNode& node, Diagnostics& out) const {
    if (pool == "none") out.Error(198, PlaceOf(node), "no such pool");
  }
};

struct Pool {
  static constexpr std::string_view kYamlName = "pool";
  Strategy strategy = Strategy::kWeighted;
  bool sticky = true;
  int64_t cap = 40;
  std::optional<Percent> share;
  Located<std::string> label;
  std::vector<std::string> overflow;
  YamlMap<int64_t> weights;
  std::optional<Target> to;
  SourcePlace place;
  template <class V>
  static void Describe(V& v) {
    v.Field("strategy", &Pool::strategy, "Who is next.");
    v.Field("sticky", &Pool::sticky, "Same rep again.");
    v.Field("cap", &Pool::cap, "Open leads.", {.min = 1, .max = 100});
    v.Field("share", &Pool::share, "A part.");
    v.Field("label", &Pool::label, "For people.");
    v.Field("overflow", &Pool::overflow, "Where to.", {.max_items = 3, .or_one = true});
    v.Field("weights", &Pool::weights, "By rep.");
    v.Field("to", &Pool::to, "A target.");
  }
};

struct Team {
  static constexpr std::string_view kYamlName = "team";
  std::string roster;
  YamlMap<Pool> pools;
  template <class V>
  static void Describe(V& v) {
    v.Required("roster", &Team::roster, "The reps' file.");
    v.Rest("name", &Team::pools, "A pool.");
  }
};

// Reads the text's one document as a Team and gives what was said.
std::string Read(std::string text, Team* team) {
  const Source source("t.yaml", std::move(text));
  Diagnostics diagnostics;
  const std::vector<YamlNode> documents = ParseYaml(source, diagnostics);
  EXPECT_EQ(documents.size(), 1u);
  const bool good = ReadYamlDocument(documents.at(0), team, diagnostics);
  EXPECT_EQ(good, !diagnostics.has_errors());
  return diagnostics.Render();
}

std::string Said(std::string pool) {
  Team team;
  return Read("roster: r\nhouse: " + pool + "\n", &team);
}

TEST(DescribeYaml, FillsEveryKindOfMember) {
  const Source source(
      "t.yaml",
      "kind: team\nroster: reps.csv\nhouse:\n  strategy: queue\n  sticky: false\n"
      "  cap: 7\n  share: 50%\n  label: NO\n  overflow: a\n"
      "  weights: { b: 2, a: -1 }\n  to: { pool: x, else: { pool: y } }\nother: {}\n");
  Diagnostics diagnostics;
  Team team;
  ASSERT_TRUE(ReadYamlDocument(ParseYaml(source, diagnostics).at(0), &team, diagnostics));
  EXPECT_EQ(team.roster, "reps.csv");
  ASSERT_EQ(team.pools.size(), 2u);
  const Pool& house = team.pools[0].second;
  EXPECT_EQ(team.pools[0].first, "house");
  EXPECT_EQ(house.strategy, Strategy::kQueue);
  EXPECT_FALSE(house.sticky);
  EXPECT_EQ(house.cap, 7);
  EXPECT_EQ(house.share->value, 50);
  EXPECT_EQ(house.label.value, "NO");
  EXPECT_EQ(house.label.place.position, (Position{8, 10}));
  EXPECT_EQ(house.place.position, (Position{4, 3}));
  EXPECT_EQ(house.overflow, std::vector<std::string>{"a"});
  EXPECT_EQ(house.weights, (YamlMap<int64_t>{{"b", 2}, {"a", -1}}));
  EXPECT_EQ(house.to->otherwise->pool, "y");
  EXPECT_EQ(team.pools[1].second.cap, 40);
}

TEST(DescribeYaml, ReportsAllProblemsAtOnce) {
  Team team;
  EXPECT_EQ(Read("kind: team\nhouse:\n  stratgy: queue\n  cap: 0\n  strategy: quue\n", &team),
            "t.yaml:1:1: error PM0113: missing key 'roster'\n  1 | kind: team\n    | ^\n"
            "  hint: roster: The reps' file.\n"
            "t.yaml:3:3: error PM0112: unknown key 'stratgy'\n  3 |   stratgy: queue\n"
            "    |   ^~~~~~~\n  hint: did you mean 'strategy'?\n"
            "t.yaml:4:8: error PM0115: '0' is not between 1 and 100\n  4 |   cap: 0\n"
            "    |        ^\n"
            "t.yaml:5:13: error PM0116: unknown name 'quue'\n  5 |   strategy: quue\n"
            "    |             ^~~~\n  hint: did you mean 'queue'?\n");
}

TEST(DescribeYaml, AMergeKeyInQuotesIsAKeyLikeAnyOther) {
  EXPECT_TRUE(
      Said("{ '<<': { bogus: 5 } }").starts_with("t.yaml:2:10: error PM0112: unknown key '<<'\n"));
  const std::string plain = Said("{ <<: { bogus: 5 } }");
  EXPECT_TRUE(plain.starts_with("t.yaml:2:10: error PM0106: merge keys are not allowed\n"));
  EXPECT_EQ(plain.find("PM0112"), plain.npos) << plain;
}

TEST(DescribeYaml, WrongKindsAreNamed) {
  EXPECT_EQ(Said("x"),
            "t.yaml:2:8: error PM0111: expected a map, got text\n  2 | house: x\n    |        ^\n");
  EXPECT_EQ(Said("{ cap: [1] }"),
            "t.yaml:2:15: error PM0111: expected text, got a list\n  2 | house: { cap: [1] }\n"
            "    |               ^\n");
  EXPECT_EQ(
      Said("{ label: null }"),
      "t.yaml:2:10: error PM0111: expected text, got nothing\n  2 | house: { label: null }\n"
      "    |          ^\n  hint: leave the key out if it has no value; quote a text like 'null'\n");
  EXPECT_NE(Said("{ overflow: { a: 1 } }").find("expected text, got a map"), std::string::npos);
  EXPECT_NE(Said("{ weights: [1] }").find("expected a map, got a list"), std::string::npos);
  EXPECT_NE(Said("{ strategy: [a] }").find("expected text, got a list"), std::string::npos);
  EXPECT_NE(Said("{ sticky: {} }").find("expected text, got a map"), std::string::npos);
  EXPECT_NE(Said("{ share: [] }").find("expected text, got a list"), std::string::npos);
}

TEST(DescribeYaml, ScalarsAreReadStrictly) {
  EXPECT_EQ(Said("{ sticky: yes }"),
            "t.yaml:2:18: error PM0114: expected true or false, got 'yes'\n"
            "  2 | house: { sticky: yes }\n    |                  ^~~\n  hint: write true\n");
  EXPECT_NE(Said("{ cap: 1e1 }").find("hint: write 10"), std::string::npos);
  EXPECT_NE(Said("{ sticky: 'true' }").find("hint: leave out the quotes"), std::string::npos);
  EXPECT_NE(Said("{ cap: 012 }").find("hint: write 12"), std::string::npos);
  EXPECT_NE(Said("{ cap: '12' }").find("hint: leave out the quotes"), std::string::npos);
  for (const char* bad : {"1.0", "1e3", "+1", "0x1", "--", "1_000", "x"}) {
    EXPECT_NE(Said(fmt::format("{{ cap: {} }}", bad)).find("PM0114"), std::string::npos) << bad;
  }
  EXPECT_NE(Said("{ cap: 99999999999999999999 }").find("PM0115"), std::string::npos);
  EXPECT_NE(Said("{ strategy: nothing_like_it }").find("hint: one of weighted, queue"),
            std::string::npos);
}

TEST(DescribeYaml, CustomTypesAndChecksReportAtTheirPlace) {
  EXPECT_EQ(Said("{ share: 7 }"),
            "t.yaml:2:17: error PM0199: not a percentage\n  2 | house: { share: 7 }\n"
            "    |                 ^\n");
  EXPECT_EQ(Said("{ to: { pool: none } }"),
            "t.yaml:2:14: error PM0198: no such pool\n  2 | house: { to: { pool: none } }\n"
            "    |              ^\n");
}

TEST(DescribeYaml, ListsAreBounded) {
  EXPECT_EQ(Said("{ overflow: [a, b, c, d] }"),
            "t.yaml:2:20: error PM0115: 4 entries, at most 3 are allowed\n"
            "  2 | house: { overflow: [a, b, c, d] }\n    |                    ^\n");
}

TEST(DescribeYaml, ListsOfValuesThatAreNoDocument) {
  const Source source("t.yaml", "[{ pool: a }, { pol: b }, { rank: 1 }]");
  Diagnostics diagnostics;
  std::vector<Target> targets;
  EXPECT_FALSE(ReadYaml(ParseYaml(source, diagnostics).at(0), &targets, diagnostics));
  ASSERT_EQ(targets.size(), 3u);
  EXPECT_EQ(targets[0].pool, "a");
  EXPECT_EQ(diagnostics.Render(),
            "t.yaml:1:17: error PM0112: unknown key 'pol'\n"
            "  1 | [{ pool: a }, { pol: b }, { rank: 1 }]\n    |                 ^~~\n"
            "  hint: did you mean 'pool'?\n"
            "t.yaml:1:29: error PM0112: unknown key 'rank'\n"
            "  1 | [{ pool: a }, { pol: b }, { rank: 1 }]\n    |                             ^~~~\n"
            "  hint: known keys: pool, else; missing: pool\n")
      << "a key that is misspelt is not missing, too";
}

TEST(DescribeDocs, TheSameDescriptionYieldsTheReference) {
  ReferenceDocs docs;
  docs.Add<Team>();
  EXPECT_EQ(docs.Markdown(),
            "## team\n\n| key | type | default | meaning |\n|---|---|---|---|\n"
            "| `roster` | text | required | The reps' file. |\n"
            "| `<name>` | [pool](#pool) |  | A pool. |\n"
            "\n## pool\n\n| key | type | default | meaning |\n|---|---|---|---|\n"
            "| `strategy` | `weighted`, `queue` | weighted | Who is next. |\n"
            "| `sticky` | true or false | true | Same rep again. |\n"
            "| `cap` | whole number, 1 to 100 | 40 | Open leads. |\n"
            "| `share` | percentage |  | A part. |\n"
            "| `label` | text |  | For people. |\n"
            "| `overflow` | one or a list of text |  | Where to. |\n"
            "| `weights` | map of text to whole number |  | By rep. |\n"
            "| `to` | [target](#target) |  | A target. |\n"
            "\n## target\n\n| key | type | default | meaning |\n|---|---|---|---|\n"
            "| `pool` | text | required | The pool. |\n"
            "| `else` | [target](#target) |  | When nobody is there. |\n");
}

}  // namespace
}  // namespace pm
