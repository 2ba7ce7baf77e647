#include "rules/cel/checker.h"

#include <gtest/gtest.h>

#include "rules/cel/dump.h"
#include "rules/cel/macros.h"
#include "rules/cel/parser.h"
#include "tests/support/cel_text.h"

namespace pm::cel {
namespace {

const std::vector<Bound> kLead = {{"lead.title", "string", Value::String("VP Sales")},
                                  {"lead.score", "int", Value::Int(50)},
                                  {"lead.rate", "double", Value::Double(0.5)},
                                  {"lead.tags", "list(string)", Value::List({})},
                                  {"lead.created", "timestamp", Value::Timestamp(0, 0)},
                                  {"lead.wait", "duration", Value::Duration(0, 0)},
                                  {"lead.custom", "dyn", Value::Null()},
                                  {"lead.params", "map(string, string)", Value::Missing()},
                                  {"lead.by_year", "map(int, int)", Value::Missing()}};

std::string TypeOf(std::string_view text) {
  Declarations declarations;
  for (const Bound& one : kLead) declarations.AddVariable(one.name, one.type).value();
  const auto program = Compile(text, declarations);
  if (program.has_value()) return program->type();
  std::string problems;
  for (const Problem& problem : program.error()) {
    problems += (problems.empty() ? "" : "\n") + ProblemText(problem);
  }
  return problems;
}

TEST(CelChecker, DeducesTypes) {
  for (const auto& [text, type] : std::vector<std::pair<std::string, std::string>>{
           {"1", "int"},
           {"[1, 2u]", "list(dyn)"},
           {"[]", "list(dyn)"},
           {"{'a': [1.0]}", "map(string, list(double))"},
           {"lead.title", "string"},
           {"lead.params.utm", "string"},
           {"lead.params['utm']", "string"},
           {"lead.params.?utm", "optional_type(string)"},
           {"lead.params[?'utm'].orValue('')", "string"},
           {"lead.by_year[2026]", "int"},
           {"lead.custom.a.b", "dyn"},
           {"lead.tags[0]", "string"},
           {"lead.tags.map(t, size(t))", "list(int)"},
           {"lead.params.map(k, k)", "list(string)"},
           {"lead.tags.filter(t, t != '')", "list(string)"},
           {"lead.tags.transformMap(i, t, t)", "map(int, string)"},
           {"lead.params.transformList(k, v, size(k))", "list(int)"},
           {"{'a': 1}.transformMapEntry(k, v, {v: k})", "map(int, string)"},
           {"lead.score > 1 ? 1 : lead.custom", "dyn"},
           {"lead.created - lead.created", "duration"},
           {"lead.created + lead.wait", "timestamp"},
           {"type(1)", "type(int)"},
           {"int", "type(int)"},
           {"optional.of(1).optMap(x, string(x))", "optional_type(string)"},
           {"math.greatest(1, 2.0)", "dyn"},
           {"math.greatest([1u])", "uint"},
           {"lead.score + lead.custom", "int"},
           {"lead.custom + lead.custom", "dyn"},
           {"cel.bind(x, [1], x[0])", "int"}}) {
    EXPECT_EQ(TypeOf(text), type) << text;
  }
}

TEST(CelChecker, SaysWhatDoesNotFit) {
  for (const auto& [text, problem] : std::vector<std::pair<std::string, std::string>>{
           {"lead.title == 5",
            "11+2 PM0253: '==' cannot compare string with int; texts stand in quotes"},
           {"lead.score == '5'",
            "11+2 PM0253: '==' cannot compare int with string; numbers stand without quotes"},
           {"lead.title == ['a']",
            "11+2 PM0253: '==' cannot compare string with list(string); for a list, write 'in'"},
           {"lead.title == null",
            "11+2 PM0253: '==' cannot compare string with null_type; to ask "
            "whether a field is there, write has(...)"},
           {"lead.created > '2026-01-01'",
            "13+1 PM0253: '>' cannot compare timestamp with string; "
            "write timestamp('2026-01-01T00:00:00Z')"},
           {"lead.wait > '90m'",
            "10+1 PM0253: '>' cannot compare duration with string; write duration('90m')"},
           {"lead.score + 1.5",
            "11+1 PM0253: '+' does not take int, double; convert one of them, such as int(...)"},
           {"lead.title + 1",
            "11+1 PM0253: '+' does not take string, int; to join texts, write string(...)"},
           {"-lead.title", "0+1 PM0253: '-' does not take string"},
           {"lead.score in 5",
            "11+2 PM0253: 'in' cannot look for int in int; a list is written [a, b]"},
           {"'a' in lead.title",
            "4+2 PM0253: 'in' cannot look for string in string; for a part of "
            "a text, write text.contains(part)"},
           {"lead.score in ['a']",
            "11+2 PM0253: 'in' cannot look for int in list(string); numbers "
            "stand without quotes"},
           {"lead.score[0]", "10+1 PM0253: int has no index of type int"},
           {"lead.tags['a']", "9+1 PM0253: list(string) has no index of type string"},
           {"lead.title && true",
            "0+10 PM0253: '&&' takes conditions, this is string; to ask "
            "whether it is empty, write size(...) > 0"},
           {"!lead.score",
            "1+10 PM0253: '!' takes conditions, this is int; compare it with something"},
           {"lead.score ? 1 : 2",
            "0+10 PM0253: '?' takes a condition, this is int; compare it with something"},
           {"true ? 1 : 'a'",
            "0+14 PM0253: the two sides of ':' have different types, int and "
            "string; make them the same, or write dyn(...)"},
           {"lead.title.startsWith(5)",
            "11+10 PM0253: 'startsWith' does not take string, int; it "
            "takes string.startsWith(string)"},
           {"lead.title.startsWith()",
            "11+10 PM0253: 'startsWith' does not take 0 arguments; it "
            "takes string.startsWith(string)"},
           {"startsWith(lead.title, 'a')",
            "0+10 PM0253: 'startsWith' is called with a dot; write "
            "string.startsWith(string)"},
           {"lead.title.int()",
            "11+3 PM0253: 'int' is not called with a dot; write int(int), "
            "int(uint), int(double), int(string), ..."},
           {"lead.title.length", "11+6 PM0253: string has no field 'length'"},
           {"has(lead.title.length)", "15+6 PM0253: string has no field 'length'"},
           {"lead.by_year.x",
            "0+14 PM0253: the keys of this map are int, not texts; write map[key]"},
           {"{1.5: 1}",
            "1+3 PM0253: a map has no keys of type double; keys are int, uint, bool or string"},
           {"[?1]", "2+1 PM0253: '?' wants an optional, not int"},
           {"lead.score.all(x, true)", "0+10 PM0253: all goes through lists and maps, not int"},
           {"lead.tags.all(x, x)",
            "17+1 PM0253: all wants a condition here, not string; to ask "
            "whether it is empty, write size(...) > 0"},
           {"lead.tags.map(x, 1, x)",
            "17+1 PM0253: map wants a condition here, not int; compare it with something"},
           {"{'a': 1}.transformMapEntry(k, v, v)",
            "33+1 PM0253: transformMapEntry wants a map of one entry here, not int"},
           {"lead.score.optMap(x, x)", "0+10 PM0253: optMap wants an optional, not int"},
           {"optional.of(1).optFlatMap(x, x)",
            "29+1 PM0253: optFlatMap wants an optional here, not int; use optMap"},
           {"math.greatest('a')", "0+18 PM0253: math.greatest takes numbers, not string"},
           {"math.greatest()", "0+15 PM0253: math.greatest wants at least one number"},
           {"lead.tags.all(x > 1)",
            "10+3 PM0254: 'all' does not take 1 argument; write "
            "list.all(x, condition) or list.map(x, value)"}}) {
    EXPECT_EQ(TypeOf(text).substr(0, problem.size()), problem) << text;
  }
}

TEST(CelChecker, HelpsWithNames) {
  for (const auto& [text, problem] : std::vector<std::pair<std::string, std::string>>{
           {"lead.titel == 'a'",
            "0+10 PM0252: there is no 'lead.titel'; did you mean 'lead.title'?"},
           {"has(lead.titel)", "4+10 PM0252: there is no 'lead.titel'; did you mean 'lead.title'?"},
           {"lead.titel.matches('a')",
            "0+10 PM0252: there is no 'lead.titel'; did you mean 'lead.title'?"},
           {"lead == 1",
            "0+4 PM0252: 'lead' is no value by itself; name one of its fields, such as "
            "lead.title"},
           {"lead.?titel == optional.none()",
            "0+11 PM0252: there is no 'lead.titel'; did you mean 'lead.title'?"},
           {"lead['title'] == 'a'", "0+13 PM0252: 'lead' is no value by itself; write lead.title"},
           {"lead[?'title'].hasValue()",
            "0+14 PM0252: 'lead' is no value by itself; write lead.?title"},
           {"lead['titel'] == 'a'",
            "0+4 PM0252: 'lead' is no value by itself; name one of its fields, such as "
            "lead.title"},
           {"[1].all(item, itm > 0)", "14+3 PM0252: there is no 'itm'; did you mean 'item'?"},
           {"lead.title.startWith('a')",
            "11+9 PM0252: there is no function 'startWith'; did you mean 'startsWith'?"},
           {"math.greates(1)",
            "0+4 PM0252: there is no 'math'\n5+7 PM0252: there is no function "
            "'greates'"}}) {
    EXPECT_EQ(TypeOf(text), problem) << text;
  }
}

TEST(CelChecker, TellsSeveralProblemsByPlace) {
  EXPECT_EQ(TypeOf("lead.score == 'a' || lead.titel == 'b' || lead.score > 'c'"),
            "11+2 PM0253: '==' cannot compare int with string; numbers stand without quotes\n"
            "21+10 PM0252: there is no 'lead.titel'; did you mean 'lead.title'?\n"
            "53+1 PM0253: '>' cannot compare int with string; numbers stand without quotes");
}

TEST(CelChecker, AsksForTheTypeThatIsWanted) {
  EXPECT_EQ(Evaluated("lead.score", kLead, {.result_type = "bool"}),
            "0+10 PM0253: a bool is wanted, this is int");
  EXPECT_EQ(Evaluated("lead.score > 1", kLead, {.result_type = "bool"}), "true");
  EXPECT_EQ(Evaluated("lead.custom", kLead, {.result_type = "bool"}), "null");
}

TEST(CelChecker, LooksForNoHintsThatNobodyWants) {
  Declarations declarations;
  declarations.AddVariable("lead.title", "string").value();
  for (const bool hints : {true, false}) {
    Problems problems(hints);
    Ast ast = Parse("lead.titel == '' && sizee('') > 1", &problems).value();
    const Resolution resolution = Resolve(&ast, declarations, false, &problems);
    CheckTypes(ast, resolution, declarations, &problems);
    ASSERT_EQ(problems.list().size(), 2);
    EXPECT_EQ(problems.list()[0].hint, hints ? "did you mean 'lead.title'?" : "");
    EXPECT_EQ(problems.list()[1].hint, hints ? "did you mean 'size'?" : "");
  }
}

TEST(CelChecker, TakesAFieldThatMayBeMissingAsAnOptional) {
  EXPECT_EQ(TypeOf("lead.?title"), "optional_type(string)");
  EXPECT_EQ(TypeOf("lead.?title.orValue('a')"), "string");
  EXPECT_EQ(TypeOf("lead.?title == 'a'").substr(0, 20), "12+2 PM0253: '==' ca");
  Declarations declarations;
  declarations.AddVariable("lead.title", "string").value();
  Problems problems;
  Ast ast = Parse("lead.?title.hasValue()", &problems).value();
  const Resolution resolution = Resolve(&ast, declarations, false, &problems);
  EXPECT_EQ(DumpResolved(ast, resolution),
            "member call hasValue\n"
            "  lead.?title = optional\n");
}

TEST(CelChecker, ShowsWhatItFound) {
  Declarations declarations;
  declarations.AddVariable("lead.title", "string").value();
  Problems problems;
  Ast ast = Parse("has(lead.title) && ['a'].exists(x, lead.title.contains(x))", &problems).value();
  ExpandMacros(&ast, &problems);
  const Resolution resolution = Resolve(&ast, declarations, false, &problems);
  const Checked checked = CheckTypes(ast, resolution, declarations, &problems);
  EXPECT_EQ(DumpChecked(ast, resolution, checked),
            "call _&&_ : bool\n"
            "  has lead.title = presence : bool\n"
            "  macro exists x : bool\n"
            "    list : list(string)\n"
            "      literal \"a\" : string\n"
            "    member call contains : bool | string.(string) -> bool\n"
            "      lead.title = variable : string\n"
            "      name x = local 0 : string\n");
}

TEST(CelTypes, ReadsAndWritesThem) {
  Types types;
  for (const char* text : {"int", "list(map(string, dyn))", "optional_type(int)", "type(int)",
                           "null_type", "timestamp", "tuple(T, dyn)", "net.IP"}) {
    EXPECT_EQ(TypeText(*types.Parse(text).value()), text);
  }
  EXPECT_EQ(TypeText(*types.Parse("google.protobuf.Duration").value()), "duration");
  for (const char* text : {"", "list", "list(int", "list(int, int)", "map(int)", "int(int)", "a)",
                           "param(", "list(,)"}) {
    EXPECT_EQ(types.Parse(text).error().code, kWrongType) << text;
  }
}

TEST(CelTypes, RefusesSignaturesThatAreNone) {
  Declarations declarations;
  for (const char* text :
       {"", "(int)", "int -> int", "(list) -> int", "(int) -> list", "( -> int"}) {
    EXPECT_FALSE(declarations.AddFunction("f", text).has_value()) << text;
  }
}

}  // namespace
}  // namespace pm::cel
