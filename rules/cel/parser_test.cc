#include "rules/cel/parser.h"

#include <gtest/gtest.h>

#include <string>

#include "rules/cel/dump.h"
#include "rules/cel/macros.h"
#include "rules/cel/unparse.h"
#include "tests/support/cel_text.h"

namespace pm::cel {
namespace {

std::string Problemed(const Problems& problems) {
  std::string text;
  for (const Problem& problem : problems.list()) {
    text += (text.empty() ? "" : "\n") + ProblemText(problem);
  }
  return text;
}

std::string Tree(std::string_view text) {
  Problems problems;
  auto ast = Parse(text, &problems);
  if (ast.has_value()) ExpandMacros(&*ast, &problems);
  return problems.empty() ? DumpTree(*ast) : Problemed(problems);
}

std::string BackAgain(std::string_view text) {
  Problems problems;
  auto ast = Parse(text, &problems);
  if (ast.has_value()) ExpandMacros(&*ast, &problems);
  return problems.empty() ? Unparse(*ast) : Problemed(problems);
}

std::string Repeat(std::string_view text, size_t count) {
  std::string all;
  for (size_t i = 0; i < count; ++i) all += text;
  return all;
}

TEST(CelParser, BindsAsTheGrammarSays) {
  EXPECT_EQ(Tree("a || b && !c == d + 1 * -e"),
            "call _||_\n"
            "  name a\n"
            "  call _&&_\n"
            "    name b\n"
            "    call _==_\n"
            "      call !_\n"
            "        name c\n"
            "      call _+_\n"
            "        name d\n"
            "        call _*_\n"
            "          literal 1\n"
            "          call -_\n"
            "            name e\n");
}

TEST(CelParser, KeepsChainsOfAndFlat) {
  EXPECT_EQ(Tree("a && b && (c && d)"),
            "call _&&_\n  name a\n  name b\n  call _&&_\n    name c\n    name d\n");
}

TEST(CelParser, TakesTheSignIntoANumber) {
  EXPECT_EQ(Tree("-9223372036854775808"), "literal -9223372036854775808\n");
  EXPECT_EQ(Tree("1 -1"), "call _-_\n  literal 1\n  literal 1\n");
  EXPECT_EQ(Tree("-(1)"), "call -_\n  literal 1\n");
}

TEST(CelParser, ReadsSelectionsIndicesAndCalls) {
  EXPECT_EQ(Tree(".a.b.?c[?0].f(1)"),
            "member call f\n"
            "  call _[?_]\n"
            "    select optional c\n"
            "      select b\n"
            "        name .a\n"
            "    literal 0\n"
            "  literal 1\n");
  EXPECT_EQ(Tree("{?'k': [1, ?x,],}.`content-type`"),
            "select content-type\n"
            "  map\n"
            "    literal \"k\"\n"
            "    entry\n"
            "      list\n"
            "        literal 1\n"
            "        entry\n"
            "          name x\n");
}

TEST(CelParser, ExpandsMacros) {
  EXPECT_EQ(Tree("[1].all(i, x, has(x.y))"),
            "macro all i x\n"
            "  list\n"
            "    literal 1\n"
            "  has y\n"
            "    name x\n");
  EXPECT_EQ(Tree("cel.bind(a, 1, a)"), "macro bind a\n  literal 1\n  name a\n");
  EXPECT_EQ(Tree("x.map(y)"), "member call map\n  name x\n  name y\n");
}

TEST(CelParser, ReadsCommentsAndLines) {
  EXPECT_EQ(BackAgain("a // first\n  && // second\r\n b"), "a && b");
}

TEST(CelParser, WritesBackWithTheBracketsThatAreNeeded) {
  for (const char* text : {"a + b - (c - d)",
                           "(a + b) * c",
                           "a ? b : c ? d : e",
                           "(a ? b : c) ? d : e",
                           "a ? (b ? c : d) : e",
                           "!(a && b)",
                           "!!a",
                           "-(1)",
                           "-(-1)",
                           "-a.b",
                           "(-a).b",
                           "-1.f()",
                           "a && (b || c) && (d && e)",
                           "a == b == c",
                           "a == (b == c)",
                           "a in [1, ?b, c]",
                           "{\"a\": 1, ?b: c}.`x y`[0][?1].?z",
                           ".a.b(c, .d)",
                           "has(a.b.c)",
                           "x.all(i, v, i < v)",
                           "x.map(v, v > 1, v * 2)",
                           "cel.bind(v, 1, v + v)",
                           "o.optMap(v, v)",
                           "r.f().g",
                           "\"\\n\\\"\" + b\"\\xff\"",
                           "1.0 / 3e+300 + 1u - 1e999",
                           "[].exists_one(x, true)",
                           "{}.for",
                           "{}.`in`",
                           "(a + b).c",
                           "x.transformMapEntry(k, v, {v: k})"}) {
    EXPECT_EQ(BackAgain(text), text);
  }
}

TEST(CelParser, SaysWhatItExpected) {
  EXPECT_EQ(Tree(""), "0+1 PM0250: the expression is empty");
  EXPECT_EQ(Tree("1 +"), "3+1 PM0250: expected a value, found the end");
  EXPECT_EQ(Tree("(1"), "2+1 PM0250: expected ')', found the end");
  EXPECT_EQ(Tree("f(1 2)"), "4+1 PM0250: expected ',' or ')', found a number");
  EXPECT_EQ(Tree("[1 2]"), "3+1 PM0250: expected ',' or ']', found a number");
  EXPECT_EQ(Tree("{1}"), "2+1 PM0250: expected ':', found '}'");
  EXPECT_EQ(Tree("{1: 2 3}"), "6+1 PM0250: expected ',' or '}', found a number");
  EXPECT_EQ(Tree("a ? b"), "5+1 PM0250: expected ':', found the end");
  EXPECT_EQ(Tree("a."), "2+1 PM0250: expected a name, found the end");
  EXPECT_EQ(Tree(". 1"), "2+1 PM0250: expected a name, found a number");
  EXPECT_EQ(Tree("a[1"), "3+1 PM0250: expected ']', found the end");
  EXPECT_EQ(Tree("for"), "0+3 PM0250: 'for' is a reserved word");
  EXPECT_EQ(Tree("a b"), "2+1 PM0250: expected an operator or the end, found 'b'");
  EXPECT_EQ(Tree("M{a: 1}"),
            "1+1 PM0250: messages cannot be made here; a map is written {\"key\": value}");
}

TEST(CelParser, KnowsTheHabitsOfOtherLanguages) {
  EXPECT_EQ(Tree("a and b"),
            "2+3 PM0250: expected an operator or the end, found 'and'; for 'and', write '&&'");
  EXPECT_EQ(Tree("a OR b"),
            "2+2 PM0250: expected an operator or the end, found 'OR'; for 'or', write '||'");
  EXPECT_EQ(Tree("a not in b"),
            "2+3 PM0250: expected an operator or the end, found 'not'; "
            "for 'not', write '!': !(a in b)");
  EXPECT_EQ(Tree("a is b"),
            "2+2 PM0250: expected an operator or the end, found 'is'; to compare, write '=='");
  EXPECT_EQ(Tree("a matches b"),
            "2+7 PM0250: expected an operator or the end, found 'matches'; "
            "write text.matches(...), text.contains(...)");
  EXPECT_EQ(Tree("a = b"), "2+1 PM0250: '=' means nothing here; to compare, write '=='");
}

TEST(CelParser, TellsAllThatCannotBeReadAtOnce) {
  EXPECT_EQ(Tree("\u201Ca\u201D # 1x 'b"),
            "0+3 PM0250: '\u201C' means nothing here; texts stand in straight quotes: \" or '\n"
            "8+1 PM0250: '#' means nothing here; comments begin with '//'\n"
            "10+2 PM0250: this is neither a number nor a name\n"
            "13+1 PM0250: this text has no closing quote; a text over several lines stands in "
            "three quotes");
  EXPECT_EQ(Tree("'''a"), "0+1 PM0250: this text has no closing quote");
  EXPECT_EQ(Tree("a.`b"),
            "2+2 PM0250: a name in backticks holds letters, digits, '_', '.', '-', "
            "'/' and spaces, and ends with a backtick");
  EXPECT_EQ(Tree("'a\xff'"),
            "2+1 PM0250: this is not UTF-8\n0+1 PM0250: this text has no closing "
            "quote; a text over several lines stands in three quotes");
}

TEST(CelParser, RefusesConstantsThatMeanNothing) {
  EXPECT_EQ(Tree("9223372036854775808"),
            "0+19 PM0255: this number does not fit into an int; an int has 64 bits; a double is "
            "written with a point");
  EXPECT_EQ(Tree("18446744073709551616u"), "0+21 PM0255: this number does not fit into a uint");
  EXPECT_EQ(Tree("1 == 'a\\x'"), "7+2 PM0255: this escape lacks digits");
}

TEST(CelParser, RefusesMacrosWithoutNames) {
  EXPECT_EQ(Tree("x.all(1, true)"),
            "6+1 PM0254: a new name for the variable belongs here; "
            "write list.all(x, condition)");
  EXPECT_EQ(Tree("x.map(.y, true)"),
            "6+2 PM0254: a new name for the variable belongs here; "
            "write list.map(x, value)");
  EXPECT_EQ(Tree("cel.bind('a', 1, 2)"),
            "9+3 PM0254: a new name for the variable belongs here; "
            "write cel.bind(name, value, expression)");
  EXPECT_EQ(Tree("x.all(y, y, true)"), "2+3 PM0254: the two variables have the same name");
  EXPECT_EQ(Tree("has(x)"), "0+3 PM0254: has() asks for a field: has(lead.title)");
}

TEST(CelParser, HoldsTheBounds) {
  const std::string deep =
      "nested more than 150 deep here; cut it into several conditions, or "
      "write a list";
  EXPECT_EQ(BackAgain(Repeat("(", 100) + "a" + Repeat(")", 100)), "a");
  EXPECT_EQ(Tree(Repeat("(", 200) + "a" + Repeat(")", 200)), "150+1 PM0251: " + deep);
  EXPECT_EQ(Tree(Repeat("!", 200) + "a"), "149+1 PM0251: " + deep);
  EXPECT_EQ(Tree("a" + Repeat(" + a", 200)), "598+1 PM0251: " + deep);
  EXPECT_EQ(Tree("a" + Repeat(".b", 200)), "300+1 PM0251: " + deep);
  EXPECT_EQ(Tree("a" + Repeat(" ? a : a", 200)), "1200+1 PM0251: " + deep);
  EXPECT_EQ(Tree(Repeat("(", 30'000)), "150+1 PM0251: " + deep);
  EXPECT_EQ(Tree("[" + Repeat("1,", 10'001) + "]"),
            "0+1 PM0251: this has more than 10000 items; long lists belong into `kind: lists`");
  EXPECT_EQ(Tree("[" + Repeat("[1],", 9'999) + "[2, 3, 4]]"),
            "40004+1 PM0251: the expression has more than 20000 parts");
  EXPECT_EQ(Tree(Repeat(" ", 65'537)),
            "0+1 PM0251: the expression has 65537 bytes, 65536 are allowed");
  // Long, flat conditions are fine.
  EXPECT_EQ(BackAgain("a" + Repeat(" || a", 1000)), "a" + Repeat(" || a", 1000));
}

}  // namespace
}  // namespace pm::cel
