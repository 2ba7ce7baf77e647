// Any text is answered: seeded mutations and recombinations of expressions never crash, keep to the
// bounds, and answer the same when written back.
#include <gtest/gtest.h>

#include "tests/support/cel_any_text.h"

namespace pm::cel {
namespace {

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

TEST(CelRobustness, AnswersAnyTextWithinTheBounds) {
  size_t compiled = 0;
  for (uint64_t seed = 1; seed <= 20'000; ++seed) {
    Dice dice(seed);
    const std::string text = Mutated(dice);
    uint32_t missing = 0;
    for (size_t fact = 0; fact < 7; ++fact) missing |= (dice.Roll(4) == 0 ? 1u : 0u) << fact;
    for (const bool check : {true, false}) {
      bool is_program = false;
      ASSERT_EQ(FaultOfAnswer(text, FactsForAnyText(missing), check, &is_program), "") << text;
      if (is_program) ++compiled;
    }
  }
  EXPECT_GT(compiled, 1'000);
}

}  // namespace
}  // namespace pm::cel
