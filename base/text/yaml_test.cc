#include "base/text/yaml.h"

#include <gtest/gtest.h>

namespace pm {
namespace {

// The tree in a short form: scalars bare or quoted, null as ~.
std::string Dump(const YamlNode& node) {
  std::string out;
  switch (node.kind) {
    case YamlNode::Kind::kNull:
      return "~";
    case YamlNode::Kind::kScalar:
      return node.quoted() ? "'" + node.text + "'" : node.text;
    case YamlNode::Kind::kSequence:
      for (const YamlNode& item : node.items) out += (out.empty() ? "" : ",") + Dump(item);
      return "[" + out + "]";
    case YamlNode::Kind::kMap:
      for (const YamlEntry& entry : node.entries) {
        out += (out.empty() ? "" : ",") + Dump(entry.key) + ":" + Dump(entry.value);
      }
      return "{" + out + "}";
  }
  return out;
}

// All documents, one a line, then what was said.
std::string Parse(std::string text, const YamlLimits& limits = {}) {
  const Source source("t.yaml", std::move(text));
  Diagnostics diagnostics;
  std::string out;
  for (const YamlNode& document : ParseYaml(source, diagnostics, limits))
    out += Dump(document) + "\n";
  return out + diagnostics.Render();
}

// Where `word` of the single value's text stands, as line:column.
std::string PlaceOfWord(std::string text, std::string_view word) {
  const Source source("t.yaml", std::move(text));
  Diagnostics diagnostics;
  const std::vector<YamlNode> documents = ParseYaml(source, diagnostics);
  if (documents.size() != 1 || documents[0].entries.empty()) return diagnostics.Render();
  const YamlNode& value = documents[0].entries.back().value;
  const SourcePlace place = PlaceIn(value, value.text.find(word), word.size());
  return fmt::format("{}:{}+{}", place.position.line, place.position.column, place.length);
}

TEST(Yaml, ScalarsStayText) {
  EXPECT_EQ(Parse("a: NO\nb: 01234\nc: 'x'\nd: [on, 1.0, {e: yes}]\nf:\ng: ~\nh: ''\n"),
            "{a:NO,b:01234,c:'x',d:[on,1.0,{e:yes}],f:~,g:~,h:''}\n");
}

TEST(Yaml, ReadsSeveralDocumentsAndLeavesEmptyOnesOut) {
  EXPECT_EQ(Parse("# first\n---\na: 1\n---\n# nothing\n---\nb: 2\n...\n---\nc: 3\n"),
            "{a:1}\n{b:2}\n{c:3}\n");
  EXPECT_EQ(Parse(""), "");
}

TEST(Yaml, AcceptsByteOrderMarkAndCrlf) {
  EXPECT_EQ(Parse("\xEF\xBB\xBF"
                  "a: 1\r\nb: |\r\n  x\r\n  y\r\n---\r\nc: 2\r\n"),
            "{a:1,b:'x\ny\n'}\n{c:2}\n");
}

TEST(Yaml, ReportsDuplicateKeysAtTheSecond) {
  EXPECT_EQ(Parse("a: 1\nb: { x: 1, y: 2, 'x': 3 }\na: 2\n"),
            "{a:1,b:{x:1,y:2,'x':3},a:2}\n"
            "t.yaml:2:18: error PM0105: duplicate key 'x'\n"
            "  2 | b: { x: 1, y: 2, 'x': 3 }\n    |                  ^~~\n"
            "  hint: it stands already in line 2\n"
            "t.yaml:3:1: error PM0105: duplicate key 'a'\n  3 | a: 2\n    | ^\n"
            "  hint: it stands already in line 1\n");
}

TEST(Yaml, TellsManyDuplicateKeysAsOne) {
  std::string text;
  for (int i = 0; i < 2'000; ++i) text += fmt::format("k{0}: 1\nk{0}: 2\n", i);
  const Source source("t.yaml", text);
  Diagnostics diagnostics;
  const std::vector<YamlNode> documents = ParseYaml(source, diagnostics);
  EXPECT_EQ(diagnostics.error_count(), 9u);
  const std::string said = diagnostics.Render();
  EXPECT_NE(said.find("1992 more keys of this map stand in it twice"), std::string::npos) << said;
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_FALSE(documents[0].entries[0].key.told);
  EXPECT_TRUE(documents[0].entries[3999].key.told);
}

TEST(Yaml, GivesTheTextOfWhatItDropped) {
  const Source source("t.yaml", "a: 1\n---\nb: [1, 2\n---\nc:\n\td: 4\n---\ne: 5\n");
  Diagnostics diagnostics;
  std::vector<std::string_view> dropped;
  ParseYaml(source, diagnostics, {}, &dropped);
  EXPECT_EQ(dropped, (std::vector<std::string_view>{"---\nb: [1, 2\n", "---\nc:\n\td: 4\n"}));
}

TEST(Yaml, RefusesMergeKeysAnchorsAliasesAndTags) {
  EXPECT_EQ(Parse("a: &x 1\n<<: *x\nb: !!int 3\nc: *x\n"),
            "{a:1,<<:,b:3,c:}\n"
            "t.yaml:1:4: error PM0107: anchors are not allowed\n  1 | a: &x 1\n    |    ^\n"
            "t.yaml:2:1: error PM0106: merge keys are not allowed\n  2 | <<: *x\n    | ^~\n"
            "  hint: write the keys out\n"
            "t.yaml:3:4: error PM0108: tags are not allowed\n  3 | b: !!int 3\n    |    ^\n"
            "  hint: the key decides the type of its value\n"
            "t.yaml:4:4: error PM0107: aliases are not allowed\n  4 | c: *x\n    |    ^\n"
            "  hint: write the value out, or give the shared part a name of its own\n");
}

TEST(Yaml, RefusesTagsOfEveryForm) {
  for (const char* text : {"a: ! x", "a: !t [1]", "a: !<u> {b: 1}", "!t a: 1", "a: !t"}) {
    EXPECT_NE(Parse(text).find("PM0108"), std::string::npos) << text << "\n" << Parse(text);
  }
}

TEST(Yaml, AnAliasBombIsNeverExpanded) {
  EXPECT_TRUE(
      Parse("a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n").starts_with("{a:[x,x],b:[],c:[]}\n"));
}

TEST(Yaml, TellsWhatExpressionsAreToBeQuoted) {
  for (const char* text : {"when: !has(a) || a != 'x'\n", "when: 'DE' == a\n", "when: \"a\" in b\n",
                           "when: [1, 2].exists(x, x == a)\n", "when: {'a': 1}['a'] == a\n",
                           "- { when: 'DE' == a }\n"}) {
    const std::string said = Parse(text);
    EXPECT_NE(said.find("PM0104"), said.npos) << said;
    EXPECT_NE(said.find("below `|`"), said.npos) << said;
  }
  EXPECT_EQ(Parse("a: [1, 2\n").find("below"), std::string::npos);
}

TEST(Yaml, KeysMustBeText) {
  EXPECT_EQ(Parse("? [1]\n: 2\n~: 3\n"),
            "{:2,:3}\n"
            "t.yaml:1:3: error PM0110: a key must be text, this is a list\n  1 | ? [1]\n    |   ^\n"
            "t.yaml:3:1: error PM0110: a key must be text, this is nothing\n  3 | ~: 3\n    | ^\n");
}

TEST(Yaml, GoesOnAfterASyntaxErrorWithTheNextDocument) {
  EXPECT_EQ(Parse("a: 1\n---\nb: [1, 2\nc: 3\n---\nd: 4\n"),
            "{a:1}\n{d:4}\n"
            "t.yaml:3:4: error PM0104: this `[` is not closed\n  3 | b: [1, 2\n    |    ^\n");
}

TEST(Yaml, ReportsDuplicatesSeenBeforeASyntaxError) {
  const std::string said = Parse("a: 1\na: 2\nb: [\n");
  EXPECT_NE(said.find("t.yaml:2:1: error PM0105"), std::string::npos) << said;
  EXPECT_NE(said.find("error PM0104"), std::string::npos) << said;
}

TEST(Yaml, RefusesTextAfterADocument) {
  EXPECT_EQ(Parse("[1]\n...\nb: 2\n"),
            "t.yaml:3:1: error PM0104: text after the end of the document\n  3 | b: 2\n    | ^\n"
            "  hint: a new document begins with a line '---'\n");
}

TEST(Yaml, RefusesBadBytesOncePerLine) {
  EXPECT_EQ(Parse(std::string("a: \xFF\xFE\nb: \x01\x04\0\nc:\n\te: 1\nd: x\ry\n", 29)),
            "t.yaml:1:4: error PM0101: not valid UTF-8\n"
            "  1 | a: \xEF\xBF\xBD\xEF\xBF\xBD\n    |    ^\n  hint: save the file as UTF-8\n"
            "t.yaml:2:4: error PM0102: control character 0x01\n  2 | b: ?\?\?\n    |    ^\n"
            "t.yaml:4:1: error PM0103: a tab in the indentation\n  4 |  e: 1\n    | ^\n"
            "  hint: indent with spaces\n"
            "t.yaml:5:5: error PM0102: control character 0x0d\n  5 | d: x?y\n    |     ^\n");
}

TEST(Yaml, RefusesEscapesThatMakeControlCharacters) {
  EXPECT_EQ(Parse("re: \"x\\bvp\"\n"),
            "{re:'x\bvp'}\n"
            "t.yaml:1:7: error PM0102: an escape that makes a control character\n"
            "  1 | re: \"x\\bvp\"\n    |       ^\n"
            "  hint: single quotes keep a backslash as it is\n");
  EXPECT_NE(Parse("a: \"\\0\"").find("PM0102"), std::string::npos);
}

TEST(Yaml, DepthIsBounded) {
  EXPECT_EQ(Parse(std::string(64, '[') + std::string(64, ']')).find("error"), std::string::npos);
  EXPECT_TRUE(Parse(std::string(65, '[') + std::string(65, ']'))
                  .starts_with("t.yaml:1:65: error PM0109: nested deeper than 64 levels\n"));
  EXPECT_NE(Parse(std::string(100'000, '[')).find("PM0109"), std::string::npos);
}

TEST(Yaml, SizesAreBounded) {
  EXPECT_EQ(Parse("[1, 2, 3]\n---\nx\n", {.max_nodes = 3}),
            "t.yaml:1:8: error PM0109: more than 3 values in one file\n"
            "  1 | [1, 2, 3]\n    |        ^\n");
  EXPECT_EQ(Parse("a: xyz\nb: 1\n", {.max_scalar_bytes = 2}),
            "{a:,b:1}\nt.yaml:1:4: error PM0109: a text of more than 2 bytes\n"
            "  1 | a: xyz\n    |    ^\n");
  EXPECT_EQ(Parse("a: b", {.max_file_bytes = 3}), "t.yaml: error PM0109: larger than 3 bytes\n");
}

TEST(Yaml, WhatIsKeptUnreadIsBounded) {
  EXPECT_EQ(Parse("a: 1\nb: [x, [\"" + std::string(100, 'y'), {.max_value_bytes = 64}),
            "t.yaml:2:5: error PM0109: more than 64 bytes without the end of a value\n"
            "  2 | b: [x, [\"" +
                std::string(100, 'y') +
                "\n    |     ^\n"
                "  hint: close its quotes and brackets, or write a long list with a line for each "
                "entry\n");
  EXPECT_NE(Parse("a: |\n  " + std::string(100, 'y'), {.max_value_bytes = 64}).find("PM0109"),
            std::string::npos);
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "key" + std::to_string(i) + ": [some, 'text']\n";
  EXPECT_EQ(Parse(many, {.max_value_bytes = 64}), Parse(many));
}

TEST(Yaml, MissingValuesStandAtTheirKeyOrDash) {
  const Source source("t", "a:\nb:\n  -\n  - x\n");
  Diagnostics diagnostics;
  const std::vector<YamlNode> documents = ParseYaml(source, diagnostics);
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(PlaceOf(*documents[0].Find("a")).position, (Position{1, 1}));
  EXPECT_EQ(PlaceOf(documents[0].Find("b")->items[0]).position, (Position{3, 3}));
  EXPECT_EQ(documents[0].Find("c"), nullptr);
}

TEST(Yaml, FindsPlacesInsideEveryKindOfScalar) {
  EXPECT_EQ(PlaceOfWord("when: lead.x && foo\n", "foo"), "1:17+3");
  EXPECT_EQ(PlaceOfWord("when: one\n   two\n\n   foo\n", "foo"), "4:4+3");
  EXPECT_EQ(PlaceOfWord("when: 'it''s foo'\n", "foo"), "1:14+3");
  EXPECT_EQ(PlaceOfWord("when: \"\\u00e9\\t\\\"foo\"\n", "foo"), "1:18+3");
  EXPECT_EQ(PlaceOfWord("when: \"a\\\n    b foo\"\n", "foo"), "2:7+3");
  EXPECT_EQ(PlaceOfWord("when: |\n\n    one\n      foo\n", "foo"), "4:7+3");
  EXPECT_EQ(PlaceOfWord("when: |-\r\n  one\r\n  two foo\r\n", "foo"), "3:7+3");
  EXPECT_EQ(PlaceOfWord("when: >\n  one\n  two\n\n  foo\n", "foo"), "5:3+3");
  EXPECT_EQ(PlaceOfWord("\xC3\xA9: 1\nwhen: { \xC3\xA9: 1 }\nx: \xC3\xA9 foo\n", "foo"), "3:6+3");
}

}  // namespace
}  // namespace pm
