#include "rules/cel/literal_text.h"

#include <gtest/gtest.h>

#include <cmath>

namespace pm::cel {
namespace {

std::string Decoded(std::string_view token) {
  LiteralProblem problem;
  const auto text = DecodeQuoted(token, &problem);
  return text.has_value() ? *text : std::to_string(problem.at) + ": " + problem.message;
}

TEST(CelLiteral, ReadsEscapesOfTextsAsCharacters) {
  EXPECT_EQ(Decoded(R"('a\n\t\\\'\"\`\?')"), "a\n\t\\'\"`?");
  EXPECT_EQ(Decoded(R"("\x41\101\u00e4\U0001F431")"), "AA\u00e4\U0001F431");
  EXPECT_EQ(Decoded(R"("\xff\377")"), "\u00ff\u00ff");
  EXPECT_EQ(Decoded(R"("\ud83d\ude00")"), "\U0001F600");
  EXPECT_EQ(Decoded("'''it's\n'quoted' '''"), "it's\n'quoted' ");
}

TEST(CelLiteral, ReadsEscapesOfBytesAsOctets) {
  EXPECT_EQ(Decoded(R"(b"\xff\377a")"),
            "\xff\xff"
            "a");
  EXPECT_EQ(Decoded("b'\u00ff'"), "\u00ff");
}

TEST(CelLiteral, LeavesRawTextsAlone) {
  EXPECT_EQ(Decoded(R"(r'\b(vp|chief)\b')"), R"(\b(vp|chief)\b)");
  EXPECT_EQ(Decoded(R"(bR"\x41")"), R"(\x41)");
}

TEST(CelLiteral, PointsAtAMalformedEscape) {
  EXPECT_EQ(Decoded(R"("ab\q")").substr(0, 15), "3: this escape ");
  EXPECT_EQ(Decoded(R"('\x4')"), "1: this escape lacks digits");
  EXPECT_EQ(Decoded(R"('\400')").substr(0, 15), "1: this escape ");
  EXPECT_EQ(Decoded(R"('\ud83d')"), "1: there is no such character");
  EXPECT_EQ(Decoded(R"('\ud83d\u0041')"), "1: half a surrogate pair is no character");
  EXPECT_EQ(Decoded(R"('\U00110000')"), "1: there is no such character");
  EXPECT_EQ(Decoded(R"(b'\u0041')").substr(0, 15), "2: this escape ");
}

TEST(CelLiteral, ReadsWholeNumbersThatFit) {
  EXPECT_EQ(DecodeInt("-9223372036854775808"), INT64_MIN);
  EXPECT_EQ(DecodeInt("9223372036854775808"), std::nullopt);
  EXPECT_EQ(DecodeInt("-0x10"), -16);
  EXPECT_EQ(DecodeUint("18446744073709551615u"), UINT64_MAX);
  EXPECT_EQ(DecodeUint("0xFFu"), 255);
  EXPECT_EQ(DecodeUint("18446744073709551616u"), std::nullopt);
  EXPECT_EQ(DecodeUint("-1u"), std::nullopt);
}

TEST(CelLiteral, RoundsDoublesToTheNearest) {
  EXPECT_EQ(DecodeDouble("0.1"), 0.1);
  EXPECT_EQ(DecodeDouble("9007199254740993.0"), 9007199254740992.0);
  EXPECT_EQ(DecodeDouble("2.5e-324"), 5e-324);
  EXPECT_EQ(DecodeDouble("1e-400"), 0.0);
  EXPECT_EQ(DecodeDouble("1e400"), HUGE_VAL);
  EXPECT_EQ(DecodeDouble("-1e400"), -HUGE_VAL);
  EXPECT_EQ(DecodeDouble(".5"), 0.5);
  EXPECT_TRUE(std::isnan(DecodeDouble("NaN").value()));
  for (const char* bad : {"", "-", "--1", "+-1", "1e", "x", "1 "}) {
    EXPECT_EQ(DecodeDouble(bad), std::nullopt) << bad;
  }
}

TEST(CelLiteral, WritesWhatReadsBackTheSame) {
  EXPECT_EQ(EncodeString("a\"\n\x01\u00e4"), R"("a\"\n\x01)"
                                             "\u00e4\"");
  EXPECT_EQ(EncodeBytes("\xff"
                        "a"),
            R"(b"\xffa")");
  EXPECT_EQ(EncodeDouble(1), "1.0");
  EXPECT_EQ(EncodeDouble(1e300), "1e+300");
  EXPECT_EQ(EncodeDouble(-HUGE_VAL), "-1e999");
  EXPECT_EQ(DoubleText(0.1), "0.1");
  EXPECT_EQ(DoubleText(-HUGE_VAL), "-Infinity");
  EXPECT_EQ(DoubleText(std::nan("")), "NaN");
  EXPECT_EQ(FixedText(1e21), "1000000000000000000000");
  EXPECT_EQ(FixedText(5e-324).size(), 326);
}

}  // namespace
}  // namespace pm::cel
