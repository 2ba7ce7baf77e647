// Any text is answered: expressions to begin with, and what must hold of the answer to any text.
// For tests and fuzzing.
#pragma once
#include <array>

#include "rules/cel/macros.h"
#include "rules/cel/parser.h"
#include "rules/cel/unparse.h"
#include "tests/support/cel_text.h"

namespace pm::cel {

inline constexpr std::string_view kSeeds[] = {
    "lead.title.matches(r'(?i)\\b(vp|chief)\\b') && has(lead.title) && !(lead.title in ['a', 'b'])",
    "account.employees >= 200 && (lead.score > 40 || lead.rate * 2.0 < 1e3)",
    "tags.exists(t, t.startsWith('x') && size(t) > 3) ? tags.filter(t, t != '')[0] : 'none'",
    "tags.map(t, t.upperAscii()).join(',').split(',', 2) == ['A', \"B\"]",
    "{'a': 1, ?'b': optional.of(2)}.?b.orValue(3) + [1, ?optional.none()].size()",
    "params.transformMap(k, v, k == 'a', v + v).exists(k, v, v.contains(k))",
    "cel.bind(x, lead.score * 2, [x, x + 1, x - 1].all(i, y, y / (i - 1) != x % 3))",
    "timestamp('2026-11-22T04:04:05Z').getHours('Europe/Berlin') in [1, 2, 3]",
    "lead.created + duration('1h30m') - timestamp(0) > duration('-5s')",
    "'%s %d %.3f %x %b'.format([tags, 1, lead.rate, 'ab', true])",
    "math.greatest(1, 2u, 3.5, lead.score) != dyn(4) && type(1) == int",
    "b'\\xff' + bytes('abc') == b\"\" || string(b'a') < 'b'",
    "optional.of({'k': [1]}).k[0].optMap(v, v + 1).value()",
    "'hello'.replace('l', 'L', 1).substring(1, 3).indexOf('L') + -9223372036854775808",
    "[[1, 2], [3]].all(x, x.exists_one(y, y == 1)) == [1u, 2.5, null][0]"};

// A value of each kind of variable; those whose bit in `missing` is set are unknown.
inline std::vector<Bound> FactsForAnyText(uint32_t missing) {
  static const std::array<Value, 2> tags = {Value::String("xab"), Value::String("")};
  static const std::array<MapEntry, 1> entries = {MapEntry{Value::String("a"), Value::String("b")}};
  static const MapData params = {entries.data(), 1, 0, nullptr};
  std::vector<Bound> facts = {{"lead.title", "string", Value::String("Vice \u00e9 VP")},
                              {"lead.score", "int", Value::Int(41)},
                              {"lead.rate", "double", Value::Double(0.25)},
                              {"lead.created", "timestamp", Value::Timestamp(1'700'000'000, 5)},
                              {"account.employees", "int", Value::Int(INT64_MAX)},
                              {"tags", "list(string)", Value::List(tags)},
                              {"params", "map(string, string)", Value::Map(&params)}};
  for (size_t i = 0; i < facts.size(); ++i) {
    if ((missing >> i & 1) != 0) facts[i].value = Value::Missing();
  }
  return facts;
}

// What is wrong with the answer to a text, checked or not: a problem outside of the text, more
// spent than was bound, another answer once it is written back. Empty: nothing. `compiled` is set
// when it is a program.
inline std::string FaultOfAnswer(std::string_view text, const std::vector<Bound>& facts, bool check,
                                 bool* compiled) {
  constexpr EvalLimits kLimits{.cost = 100'000, .memory_bytes = 1 << 20};
  Declarations declarations;
  std::vector<Value> bindings;
  for (const Bound& fact : facts) {
    declarations.AddVariable(fact.name, fact.type).value();
    bindings.push_back(fact.value);
  }
  const CompileOptions options{.check = check};
  const auto program = Compile(text, declarations, options);
  *compiled = program.has_value();
  if (!*compiled) {
    if (program.error().empty()) return "refused for no reason";
    for (const Problem& problem : program.error()) {
      if (problem.at > text.size()) return "outside of the text: " + ProblemText(problem);
    }
    return {};
  }
  Evaluation evaluation(kLimits);
  const std::string answer = DebugText(program->Evaluate(bindings, &evaluation));
  if (!evaluation.stopped() && evaluation.spent() > program->cost_bound())
    return fmt::format("spent {}, the bound is {}", evaluation.spent(), program->cost_bound());
  Problems problems;
  Ast ast = Parse(text, &problems).value();
  ExpandMacros(&ast, &problems);
  const std::string again = Evaluated(Unparse(ast), facts, options, kLimits);
  return again == answer ? "" : fmt::format("{}, but written back {}", answer, again);
}

}  // namespace pm::cel
