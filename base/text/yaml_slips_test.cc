#include "base/text/yaml_slips.h"

#include <gmock/gmock.h>

namespace pm {
namespace {

// All that is said of a text, each as `line:column message (hint)`.
std::string Said(std::string text) {
  const Source source("t.yaml", std::move(text));
  Diagnostics diagnostics;
  ParseYaml(source, diagnostics);
  std::string said;
  for (const Diagnostic& one : diagnostics.Sorted()) {
    said += fmt::format("{}{}:{} {}", said.empty() ? "" : "; ", one.place.position.line,
                        one.place.position.column, one.message);
    if (!one.hint.empty()) said += fmt::format(" ({})", one.hint);
  }
  return said;
}

TEST(YamlSlips, ATextThatBeginsWithASignIsToBeQuoted) {
  EXPECT_EQ(Said("a: { b: @gmail.com }\n"),
            "1:9 a text begins with `@` only in quotes (quote it: '@gmail.com')");
  EXPECT_EQ(Said("a: *@gmail.com\n"),
            "1:4 a text begins with `*` only in quotes (quote it: '*@gmail.com'; `*` is no "
            "wildcard, `ends_with: '@gmail.com'` asks how a text ends)");
  EXPECT_EQ(Said("a: 1\nb: 50%\nc: %x\n"),
            "3:4 a text begins with `%` only in quotes (quote it: '%x')");
  EXPECT_EQ(Said("a: > 50\n"),
            "1:4 a text begins with `>` only in quotes (operators are words here, as in "
            "`{ gte: 5 }`: gt, gte, lt, lte, eq, ne)");
  EXPECT_EQ(Said("- { a: !has(x) || !y, b: 1 }\n"),
            "1:8 a text begins with `!` only in quotes (quote the whole, or write it below `|`)");
}

TEST(YamlSlips, ATextThatBracesCutIsToldOnceAndReadWhole) {
  const std::string cut = "within braces a text without quotes ends at a comma (quote the whole, ";
  EXPECT_EQ(Said("- { a: f(x, y == 'a') && g(1, 2), b: 1 }\n"),
            "1:11 " + cut + "or write it below `|`)");
  EXPECT_EQ(Said("- { a: f(x, 'c'), b: 1 }\n"), "1:11 " + cut + "or write it below `|`)");
  EXPECT_EQ(Said("a: [ f(x, y), g ]\n"), "1:9 " + cut + "or write it below `|`)");
  EXPECT_EQ(Said("{ a: Smith, John, b: 1 }\n"), "1:11 " + cut + "or give `John` a value)");
  EXPECT_EQ(Said("{ a: 1,000,000, b: 1 }\n"), "1:7 a number has no commas (write 1000000)");
  EXPECT_EQ(Said("{ a: x in ['DE'] ? 1 : 2, b: 1 }\n"),
            "1:11 within braces a text without quotes ends at `[` (quote the whole, or write it "
            "below `|`)");
  EXPECT_EQ(Said("{ a: [1, 2], b: , c: 'x' }\n"), "");
}

TEST(YamlSlips, PiecesOfACutTextAreOneValue) {
  const Source source("t", "{ a: f(x,\n  y) , b: 1 }\n");
  Diagnostics diagnostics;
  const std::vector<YamlNode> documents = ParseYaml(source, diagnostics);
  ASSERT_EQ(documents.size(), 1u);
  ASSERT_EQ(documents[0].entries.size(), 2u);
  EXPECT_EQ(documents[0].Find("a")->text, "f(x, y)");
  EXPECT_EQ(documents[0].Find("b")->text, "1");
}

TEST(YamlSlips, WhatIsNotClosedIsShownWhereItOpens) {
  EXPECT_EQ(Said("a: [1, 2\nb: 3\n"), "1:4 this `[` is not closed");
  EXPECT_EQ(Said("a: { b: [1, 2 }\n"), "1:9 this `[` is not closed");
  EXPECT_EQ(Said("a: 'x\nb: 3\n"), "1:4 this quote is not closed");
  EXPECT_EQ(Said("a: { b: \"x }\n"), "1:9 this quote is not closed");
  EXPECT_EQ(Said("a: \"x\\\"\"\nb: ''\nc: 'it''s\n  x '''\n"), "");
  EXPECT_EQ(Said("a: 1 }\nb: ]\n"), "2:4 nothing is open that `]` could close");
}

TEST(YamlSlips, IndentationThatFitsNothingSaysWhatWould) {
  EXPECT_EQ(Said("r:\n  - name: A\n   when: x\n    to: y\n"),
            "3:4 this line is indented otherwise than those above (keys of one map stand in one "
            "column: here after 4 blanks)");
  EXPECT_EQ(Said("a:\n  b: 1\n c: 2\n"),
            "3:2 this line is indented otherwise than those above (keys of one map stand in one "
            "column: here after 2 blanks)");
  EXPECT_EQ(Said("a: 1\n  b: 2\n"),
            "2:3 this line is indented otherwise than those above (keys of one map stand in one "
            "column: here at the start of the line)");
}

TEST(YamlSlips, ALineThatDoesNotGoOnWithTheLevelItStandsOnIsExplained) {
  EXPECT_EQ(Said("a:\n  - x\n  b: 1\n"),
            "3:3 a key among the items of a list (indent it like the keys of the item, or begin an "
            "item by `- `)");
  for (const char* text : {"a: 1\nb 2\nc: 3\n", "a:\n  x: 1\nb 2\nc: 3\n"}) {
    EXPECT_THAT(Said(text), testing::HasSubstr(":1 a key without a colon (write `key: value`)"));
  }
  EXPECT_EQ(Said("a:\n  - name A\n    to: x\n"), "2:5 a key without a colon (write `key: value`)");
  EXPECT_EQ(Said("a:\n  -b: 1\n   c: 2\n"), "2:3 a blank is missing after the `-`");
  EXPECT_EQ(Said("a: - b\n"),
            "1:4 a list begins on a line of its own (write its items below, each after `- `)");
  EXPECT_EQ(Said("- {a:1, b:{c:2}}\n"), "1:11 a blank is missing after the colon");
  EXPECT_EQ(Said("a: 'it's'\n"),
            "1:8 the text goes on after its closing `'` (a text that begins with a quote or a "
            "bracket is quoted as a whole, or stands below `|`)");
  EXPECT_EQ(Said("a: 1\n- b\n"),
            "2:1 an item of a list among the keys of a map (indent it below the key of its list)");
  EXPECT_EQ(Said("a: b: c\n"),
            "1:5 a second `: ` in one line (a map begins on a line of its own or in braces, and a "
            "text with `: ` in it is quoted)");
}

TEST(YamlSlips, TabsAreToldOnceADocument) {
  EXPECT_EQ(Said("a:\n\tb: 1\n\tc: [\n---\nd:\n\te: 1\n\tf: 1\n\tg: 1\n"),
            "2:1 a tab in the indentation (indent with spaces, here and in 1 more line); "
            "6:1 a tab in the indentation (indent with spaces, here and in 2 more lines)");
}

}  // namespace
}  // namespace pm
