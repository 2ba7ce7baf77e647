// Errors, unknowns, bounds, names: how an expression as a whole is evaluated.
#include <gtest/gtest.h>

#include "rules/cel/dump.h"
#include "tests/support/cel_text.h"

namespace pm::cel {
namespace {

const std::vector<Bound> kLead = {
    {"yes", "bool", Value::Bool(true)},           {"no", "bool", Value::Bool(false)},
    {"lead.score", "int", Value::Int(50)},        {"lead.title", "string", Value::Missing()},
    {"lead.country", "string", Value::Missing()}, {"lead.tags", "list(string)", Value::Missing()}};
// As Evaluated numbers them.
const std::string kTitle = "unknown[3]", kCountry = "unknown[4]", kBoth = "unknown[3, 4]";

std::string Of(std::string_view text) { return Evaluated(text, kLead); }
std::string Unchecked(std::string_view text) { return Evaluated(text, kLead, {.check = false}); }

TEST(CelEvaluation, WhatDependsOnAMissingFieldIsUnknown) {
  EXPECT_EQ(Of("lead.title"), kTitle);
  EXPECT_EQ(Of("lead.title == 'a'"), kTitle);
  EXPECT_EQ(Of("!(lead.title == 'a')"), kTitle);
  EXPECT_EQ(Of("lead.title in ['a', 'b']"), kTitle);
  EXPECT_EQ(Of("lead.title.matches('a')"), kTitle);
  EXPECT_EQ(Of("lead.title == 'a' ? 1 : 2"), kTitle);
  EXPECT_EQ(Of("lead.title + lead.country == 'a'"), kBoth);
  EXPECT_EQ(Of("[1, lead.country]"), kCountry);
  EXPECT_EQ(Of("{'a': lead.title}.b"), kTitle);
  EXPECT_EQ(Of("lead.tags.exists(t, t == 'a')"), "unknown[5]");
  EXPECT_EQ(Of("[1].map(x, lead.title)"), kTitle);
  EXPECT_EQ(Of("[1].exists_one(x, lead.title == 'a')"), kTitle);
  EXPECT_EQ(Of("{'a': 1}.transformMap(k, v, lead.title)"), kTitle);
}

TEST(CelEvaluation, ThreeValuedLogicIsKleenes) {
  EXPECT_EQ(Of("lead.title == 'a' && no"), "false");
  EXPECT_EQ(Of("no && lead.title == 'a'"), "false");
  EXPECT_EQ(Of("lead.title == 'a' && yes"), kTitle);
  EXPECT_EQ(Of("lead.title == 'a' || yes"), "true");
  EXPECT_EQ(Of("yes || lead.title == 'a'"), "true");
  EXPECT_EQ(Of("lead.title == 'a' || no"), kTitle);
  EXPECT_EQ(Of("lead.title == 'a' && lead.country == 'b'"), kBoth);
  EXPECT_EQ(Of("lead.country == 'b' || lead.title == 'a' || lead.title == 'c'"), kBoth);
  EXPECT_EQ(Of("['a', 'b'].exists(x, x == 'b' || x == lead.title)"), "true");
  EXPECT_EQ(Of("['a', 'b'].all(x, x == 'b' && x == lead.title)"), "false");
}

TEST(CelEvaluation, AsksWhetherAFieldIsThere) {
  EXPECT_EQ(Of("has(lead.title)"), "false");
  EXPECT_EQ(Of("has(lead.score)"), "true");
  EXPECT_EQ(Of("has(lead.title) && lead.title != 'a'"), "false");
  EXPECT_EQ(Of("!has(lead.title) || lead.title != 'a'"), "true");
}

TEST(CelEvaluation, AFieldThatMayBeMissingIsAnOptional) {
  EXPECT_EQ(Of("lead.?title"), "optional.none()");
  EXPECT_EQ(Of("lead.?score"), "optional.of(50)");
  EXPECT_EQ(Of("lead.?title.orValue('x') == 'x'"), "true");
  EXPECT_EQ(Of("lead.?score.orValue(1) == 50"), "true");
  EXPECT_EQ(Of("lead.?title.hasValue()"), "false");
  EXPECT_EQ(Of("lead.?title.or(lead.?country).orValue('none')"), "\"none\"");
  EXPECT_EQ(Of("lead.?score.optMap(s, s + 1).orValue(0)"), "51");
  EXPECT_EQ(Of("lead.?tags[?0].orValue('none')"), "\"none\"");
  EXPECT_EQ(Of("[?lead.?title, ?lead.?title, 'a']"), "[\"a\"]");
  EXPECT_EQ(Of("[{'title': 'a'}].all(lead, lead.?title.hasValue())"), "true");
}

TEST(CelEvaluation, ErrorsAreAbsorbedOnEitherSide) {
  EXPECT_EQ(Of("1 / 0 == 1 && no"), "false");
  EXPECT_EQ(Of("no && 1 / 0 == 1"), "false");
  EXPECT_EQ(Of("1 / 0 == 1 || yes"), "true");
  EXPECT_EQ(Of("1 / 0 == 1 && yes"), "error: division by zero");
  EXPECT_EQ(Of("[0, 2].all(x, 4 / x == 1)"), "false");
  EXPECT_EQ(Of("[0, 2].exists(x, 4 / x == 2)"), "true");
  EXPECT_EQ(Of("[0, 2].exists(x, 4 / x == 1)"), "error: division by zero");
  EXPECT_EQ(Of("[0, 2].exists_one(x, 4 / x == 2)"), "error: division by zero");
  EXPECT_EQ(Of("[0].filter(x, 1 / x == 1)"), "error: division by zero");
  EXPECT_EQ(Of("[0].map(x, 1 / x == 1, x)"), "error: division by zero");
  EXPECT_EQ(Of("yes ? 1 : 1 / 0"), "1");
  EXPECT_EQ(Of("cel.bind(x, 1 / 0, yes)"), "true");
}

TEST(CelEvaluation, UnknownGoesBeforeErrors) {
  EXPECT_EQ(Of("1 / 0 == 1 && lead.title == 'a'"), kTitle);
  EXPECT_EQ(Of("lead.title == 'a' || 1 / 0 == 1"), kTitle);
  EXPECT_EQ(Of("string(1 / 0) + lead.title"), kTitle);
}

TEST(CelEvaluation, MacrosGoThroughListsAndMaps) {
  EXPECT_EQ(Of("[1, 2, 3].filter(x, x > 1).map(x, x * 2)"), "[4, 6]");
  EXPECT_EQ(Of("{'b': 1, 'a': 2}.map(k, k)"), "[\"b\", \"a\"]");
  EXPECT_EQ(Of("{'b': 1, 'a': 2}.filter(k, k == 'a')"), "[\"a\"]");
  EXPECT_EQ(Of("{'b': 1, 'a': 2}.exists(k, v, k == 'a' && v == 2)"), "true");
  EXPECT_EQ(Of("['a', 'b'].all(i, v, i < 2 && v < 'c')"), "true");
  EXPECT_EQ(Of("['a', 'b'].transformList(i, v, i > 0, v + string(i))"), "[\"b1\"]");
  EXPECT_EQ(Of("['a', 'b'].transformMap(i, v, v)"), "{0: \"a\", 1: \"b\"}");
  EXPECT_EQ(Of("{'a': 1}.transformMapEntry(k, v, {v: k})"), "{1: \"a\"}");
  EXPECT_EQ(Of("{'a': 1, 'b': 1}.transformMapEntry(k, v, {v: k})"),
            "error: the key 1 stands there twice");
  EXPECT_EQ(Of("{'a': 1}.transformMapEntry(k, v, {})"), "error: a map of one entry is wanted");
  EXPECT_EQ(Of("[[1, 2], [3]].map(x, x.map(y, y + size(x)))"), "[[3, 4], [4]]");
  EXPECT_EQ(Of("[1].map(x, [2].map(x, x))"), "[[2]]");
  EXPECT_EQ(Of("cel.bind(a, 2, [1, 2].filter(b, b == a))"), "[2]");
  EXPECT_EQ(Unchecked("5.all(x, true)"), "error: int is neither list nor map");
  EXPECT_EQ(Unchecked("[1].all(x, x)"), "error: no such overload: a bool is wanted, not int");
}

TEST(CelEvaluation, OptionalsAreLazyAndChain) {
  EXPECT_EQ(Of("optional.of(1).orValue(1 / 0)"), "1");
  EXPECT_EQ(Of("optional.none().or(optional.of(2)).value()"), "2");
  EXPECT_EQ(Of("optional.none().value()"), "error: the optional has no value");
  EXPECT_EQ(Of("{'a': {'b': 1}}.?a.b"), "optional.of(1)");
  EXPECT_EQ(Of("{'a': {'b': 1}}.?x.b"), "optional.none()");
  EXPECT_EQ(Of("[1][?5].hasValue()"), "false");
  EXPECT_EQ(Of("optional.of([1])[0].orValue(2)"), "1");
  EXPECT_EQ(Of("[?optional.none(), 1, ?optional.of(2)]"), "[1, 2]");
  EXPECT_EQ(Of("{?'a': optional.none(), 'b': 1}"), "{\"b\": 1}");
  EXPECT_EQ(Of("optional.of(3).optMap(x, x + 1)"), "optional.of(4)");
  EXPECT_EQ(Of("optional.none().optMap(x, x)"), "optional.none()");
  EXPECT_EQ(Of("optional.of(3).optFlatMap(x, optional.ofNonZeroValue(x - 3))"), "optional.none()");
  EXPECT_EQ(Of("[optional.of(1), optional.none()].unwrapOpt()"), "[1]");
  EXPECT_EQ(Of("optional.unwrap([optional.of(1)])"), "[1]");
  EXPECT_EQ(Of("[1, 2].first().value() + [1, 2].last().value()"), "3");
  EXPECT_EQ(Of("[].first()"), "optional.none()");
  EXPECT_EQ(Unchecked("[?1]"), "error: '?' wants an optional");
  EXPECT_EQ(Unchecked("1.or(2)"), "error: no such overload: or(int)");
  EXPECT_EQ(Unchecked("optional.none().or(2)"), "error: no such overload: or(optional_type, int)");
  EXPECT_EQ(Unchecked("1.optMap(x, x)"), "error: int is no optional");
  EXPECT_EQ(Unchecked("optional.of(1).optFlatMap(x, x)"),
            "error: optFlatMap wants an optional, not int");
  EXPECT_EQ(Unchecked("[1].unwrapOpt()"), "error: 1 is no optional");
  EXPECT_EQ(Unchecked("5[?0]"), "error: no such overload: [?...](int, int)");
  EXPECT_EQ(Unchecked("[1][?'a']"), "error: no such overload: [?...](list, string)");
  for (const char* zero : {"null", "false", "0", "0u", "0.0", "''", "b''", "[]", "{}",
                           "duration('0s')", "timestamp(0)", "optional.none()"}) {
    EXPECT_EQ(Of("optional.ofNonZeroValue(" + std::string(zero) + ").hasValue()"), "false") << zero;
  }
  EXPECT_EQ(Of("optional.ofNonZeroValue(int).hasValue()"), "true");
}

TEST(CelEvaluation, FailsWithWords) {
  EXPECT_EQ(Of("{'a': 1}.b"), "error: no such key: 'b'");
  EXPECT_EQ(Of("{'a': 1}['b']"), "error: no such key: \"b\"");
  EXPECT_EQ(Of("[1][1]"), "error: the list has no item 1");
  EXPECT_EQ(Of("[1][dyn(0.5)]"), "error: the list has no item 0.5");
  EXPECT_EQ(Of("{'a': 1, 'a': 2}"), "error: the key \"a\" stands there twice");
  EXPECT_EQ(Unchecked("{1.5: 1}"), "error: a map has no keys of type double");
  EXPECT_EQ(Unchecked("nobody"), "error: there is no 'nobody'");
  EXPECT_EQ(Unchecked("f(1)"), "error: no such overload: f(int)");
  EXPECT_EQ(Unchecked("1 + 'a'"), "error: no such overload: +(int, string)");
  EXPECT_EQ(Unchecked("1.a"), "error: int has no field 'a'");
  EXPECT_EQ(Unchecked("!1"), "error: no such overload: a bool is wanted, not int");
  EXPECT_EQ(Unchecked("1 ? 2 : 3"), "error: no such overload: a bool is wanted, not int");
  EXPECT_EQ(Unchecked("1 in 'abc'"), "error: no such overload: in(int, string)");
  EXPECT_EQ(Unchecked("5.matches('a')"), "error: no such overload: matches(int)");
}

TEST(CelEvaluation, NamesOfAContainerNeedNoPrefix) {
  Declarations declarations;
  declarations.set_container("a.b");
  const uint32_t inner = declarations.AddVariable("a.b.x", "int").value();
  const uint32_t outer = declarations.AddVariable("x", "int").value();
  std::vector<Value> bindings(2);
  bindings[inner] = Value::Int(1);
  bindings[outer] = Value::Int(2);
  Evaluation evaluation;
  const auto run = [&](std::string_view text) {
    return DebugText(Compile(text, declarations)->Evaluate(bindings, &evaluation));
  };
  EXPECT_EQ(run("x"), "1");
  EXPECT_EQ(run(".x"), "2");
  EXPECT_EQ(run("b.x"), "1");
  EXPECT_EQ(run("[0].map(x, x + .x)"), "[2]");
  EXPECT_EQ(run("a.b.x + .x"), "3");
}

TEST(CelEvaluation, OwnFunctionsCanBeCalled) {
  Declarations declarations;
  ASSERT_TRUE(declarations.AddFunction(
      "twice", "(int) -> int",
      [](Evaluation&, std::span<const Value> args) { return Value::Int(args[0].integer * 2); }));
  ASSERT_TRUE(declarations.AddFunction("declared", "int.() -> int"));
  Evaluation evaluation;
  EXPECT_EQ(DebugText(Compile("twice(21)", declarations)->Evaluate({}, &evaluation)), "42");
  EXPECT_EQ(DebugText(Compile("1.declared()", declarations)->Evaluate({}, &evaluation)),
            "error: no such overload: declared(int)");
}

TEST(CelEvaluation, StopsWhenTheWorkIsTooMuch) {
  const std::string deep =
      "[0,1,2,3,4,5,6,7,8,9].all(a, [0,1,2,3,4,5,6,7,8,9].all(b, [0,1,2,3,4,5,6,7,8,9].all(c, "
      "[0,1,2,3,4,5,6,7,8,9].all(d, [0,1,2,3,4,5,6,7,8,9].all(e, lead.score > a + b)))))";
  EXPECT_EQ(Of(deep), "true");
  const std::string stopped = "error: the work would be more than allowed";
  EXPECT_EQ(Evaluated(deep, kLead, {}, {.cost = 10'000}), stopped);
  // Neither side of `||` may swallow it.
  EXPECT_EQ(Evaluated(deep + " || yes", kLead, {}, {.cost = 10'000}), stopped);
  EXPECT_EQ(Evaluated("'" + std::string(30'000, 'a') + "'.contains('" + std::string(20'000, 'b') +
                          "' + lead.country)",
                      {{"lead.country", "string", Value::String("x")}}, {}, {.cost = 100'000}),
            stopped);
}

TEST(CelEvaluation, StopsWhenTheValuesGrowTooLarge) {
  std::string text = "lead.title";
  for (int i = 0; i < 30; ++i)
    text = "cel.bind(a" + std::to_string(i) + ", " + text + ", a" + std::to_string(i) + " + a" +
           std::to_string(i) + ")";
  const std::string no_room = "error: the values would take more memory than allowed";
  const std::vector<Bound> bound = {{"lead.title", "string", Value::String("abcdefgh")}};
  EXPECT_EQ(Evaluated("size(" + text + ")", bound, {}, {.cost = UINT64_MAX - 1}), no_room);
  EXPECT_EQ(Evaluated("lead.title.replace('', '" + std::string(60'000, 'x') + "').replace('x', '" +
                          std::string(1000, 'y') + "')",
                      bound, {}, {.cost = UINT64_MAX - 1}),
            no_room);
}

TEST(CelProgram, RefusesWhatMayCostTooMuch) {
  EXPECT_EQ(Evaluated("lead.tags.all(a, lead.tags.all(b, lead.tags.all(c, a + b != c)))", kLead,
                      {.max_cost = 1'000'000})
                .substr(0, 31),
            "17+46 PM0256: the work may be 6");
  EXPECT_EQ(Evaluated("lead.score > 10", kLead, {.max_cost = 3}), "true");
  EXPECT_EQ(Evaluated("lead.score > 10", kLead, {.max_cost = 2}),
            "0+15 PM0256: the work may be 3 units, 2 are allowed; nest fewer macros, or state with "
            "`max` how long the fields may be");
}

TEST(CelProgram, ReportsPartsThatAlwaysFail) {
  const CompileOptions strict = {.report_constants = true};
  EXPECT_EQ(Evaluated("lead.title.matches(\"\\bvp\")", kLead, strict),
            "19+1 PM0255: the pattern has a control character in it; write r'...', so that \\b "
            "stays what it is");
  EXPECT_EQ(Evaluated("lead.title.matches('(')", kLead, strict),
            "19+1 PM0255: the pattern cannot be read: missing ): (");
  EXPECT_EQ(Evaluated("timestamp('soon') == timestamp(0) || yes", kLead, strict),
            "0+1 PM0255: 'soon' is no timestamp; write timestamp('2026-11-22T00:00:00Z')");
  EXPECT_EQ(Evaluated("timestamp('soon') == timestamp(0) || yes", kLead), "true");
  EXPECT_EQ(Evaluated("lead.title.matches('" + std::string(5000, 'a') + "')", kLead, strict),
            "19+1 PM0255: a pattern has at most 4096 bytes");
}

TEST(CelProgram, PlansConstantsSetsAndPatternsOnce) {
  Declarations declarations;
  declarations.AddVariable("lead.title", "string").value();
  const auto program = Compile(
      "lead.title in ['b', 'a', 'b'] && lead.title.matches('^a') && duration('1h') > "
      "duration('1m')",
      declarations);
  ASSERT_TRUE(program.has_value());
  EXPECT_EQ(DumpPlan(program->plan()),
            "and\n"
            "  in_set {\"a\": true, \"b\": true}\n"
            "    variable 0\n"
            "  matches\n"
            "    variable 0\n"
            "  constant true\n");
  EXPECT_EQ(program->variables(), std::vector<uint32_t>{0});
}

TEST(CelProgram, EvaluatesAgainAndAgainInTheSameMemory) {
  Declarations declarations;
  declarations.AddVariable("n", "int").value();
  const auto program = Compile("string(n) + '!'", declarations);
  Evaluation evaluation;
  for (int64_t i = 0; i < 1000; ++i) {
    const Value binding = Value::Int(i);
    EXPECT_EQ(program->Evaluate({&binding, 1}, &evaluation).text(), std::to_string(i) + "!");
  }
}

TEST(CelProgram, NumbersLeaveAsFixedPoint) {
  EXPECT_EQ(ToFixedPoint(Value::Double(1.005), 2), 100);  // the double is below 1.005
  EXPECT_EQ(ToFixedPoint(Value::Double(2.5), 0), 2);
  EXPECT_EQ(ToFixedPoint(Value::Double(-0.125), 2), -12);
  EXPECT_EQ(ToFixedPoint(Value::Int(-7), 3), -7000);
  EXPECT_EQ(ToFixedPoint(Value::Uint(7), 0), 7);
  EXPECT_EQ(ToFixedPoint(Value::Uint(UINT64_MAX), 0), std::nullopt);
  EXPECT_EQ(ToFixedPoint(Value::Int(INT64_MAX), 1), std::nullopt);
  EXPECT_EQ(ToFixedPoint(Value::Double(1e300), 0), std::nullopt);
  EXPECT_EQ(ToFixedPoint(Value::Double(0.0 / 0.0), 0), std::nullopt);
  EXPECT_EQ(ToFixedPoint(Value::Bool(true), 0), std::nullopt);
}

}  // namespace
}  // namespace pm::cel
