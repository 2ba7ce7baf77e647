// Any text is answered: seeded mutations and recombinations of expressions never crash, keep to the
// bounds, and answer the same when written back.
#include <gtest/gtest.h>

#include <array>

#include "rules/cel/macros.h"
#include "rules/cel/parser.h"
#include "rules/cel/unparse.h"
#include "tests/support/cel_text.h"

namespace pm::cel {
namespace {

constexpr std::string_view kSeeds[] = {
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
constexpr std::string_view kPieces[] = {"(",
                                        ")",
                                        "[",
                                        "]",
                                        "{",
                                        "}",
                                        ".",
                                        ",",
                                        "?",
                                        ":",
                                        "!",
                                        "-",
                                        "&&",
                                        "||",
                                        "==",
                                        "in",
                                        "'",
                                        "\"",
                                        "'''",
                                        "r'",
                                        "b'",
                                        "\\",
                                        "`",
                                        "0x",
                                        "1e",
                                        "u",
                                        "null",
                                        "true",
                                        "lead.title",
                                        "tags",
                                        "x",
                                        ".all(x, ",
                                        ".map(x, ",
                                        "has(",
                                        "optional.none()",
                                        "\xff",
                                        "\xf0\x9f",
                                        "\xe2\x80\x9c",
                                        "\n",
                                        "//",
                                        "9223372036854775807",
                                        "[?",
                                        ".?",
                                        "{?",
                                        ".format([",
                                        "dyn(",
                                        "%",
                                        "\0"};

// xorshift: the same on every machine.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 1) {}
  size_t Roll(size_t sides) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_ % sides;
  }

 private:
  uint64_t state_;
};

std::string Mutated(Dice& dice) {
  std::string text(kSeeds[dice.Roll(std::size(kSeeds))]);
  for (size_t changes = 1 + dice.Roll(5); changes > 0; --changes) {
    const size_t at = dice.Roll(text.size() + 1), length = dice.Roll(8);
    const std::string_view other = kSeeds[dice.Roll(std::size(kSeeds))];
    switch (dice.Roll(4)) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text.insert(at, kPieces[dice.Roll(std::size(kPieces))]);
        break;
      case 2:
        text.insert(at, other.substr(dice.Roll(other.size()), 4 * length));
        break;
      default:
        text = "(" + text.substr(0, at) + ") " + text.substr(at);
    }
  }
  return text;
}

std::vector<Bound> Facts(Dice& dice) {
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
  for (Bound& fact : facts) {
    if (dice.Roll(4) == 0) fact.value = Value::Missing();
  }
  return facts;
}

TEST(CelRobustness, AnswersAnyTextWithinTheBounds) {
  size_t compiled = 0;
  for (uint64_t seed = 1; seed <= 20'000; ++seed) {
    Dice dice(seed);
    const std::string text = Mutated(dice);
    const std::vector<Bound> facts = Facts(dice);
    Declarations declarations;
    std::vector<Value> bindings;
    for (const Bound& fact : facts) {
      declarations.AddVariable(fact.name, fact.type).value();
      bindings.push_back(fact.value);
    }
    for (const bool check : {true, false}) {
      const CompileOptions options{.check = check};
      const auto program = Compile(text, declarations, options);
      if (!program.has_value()) {
        ASSERT_FALSE(program.error().empty()) << text;
        for (const Problem& problem : program.error()) {
          ASSERT_LE(problem.at, text.size()) << text << "\n" << ProblemText(problem);
        }
        continue;
      }
      ++compiled;
      Evaluation evaluation({.cost = 100'000, .memory_bytes = 1 << 20});
      const std::string answer = DebugText(program->Evaluate(bindings, &evaluation));
      if (!evaluation.stopped()) {
        ASSERT_LE(evaluation.spent(), program->cost_bound()) << text;
      }
      Problems problems;
      Ast ast = Parse(text, &problems).value();
      ExpandMacros(&ast, &problems);
      ASSERT_EQ(Evaluated(Unparse(ast), facts, options, {.cost = 100'000, .memory_bytes = 1 << 20}),
                answer)
          << text;
    }
  }
  EXPECT_GT(compiled, 1'000);
}

}  // namespace
}  // namespace pm::cel
