// The functions, each with its edges.
#include "rules/cel/functions.h"

#include <gtest/gtest.h>

#include "tests/support/cel_text.h"

namespace pm::cel {
namespace {

using Cases = std::vector<std::pair<std::string, std::string>>;

void Meets(const Cases& cases) {
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(Evaluated(text), expected) << text;
    // What is not checked answers the same.
    EXPECT_EQ(Evaluated(text, {}, {.check = false}), expected) << text;
  }
}

TEST(CelFunctions, WholeNumbersNeverWrapAround) {
  const std::string overflow = "error: the result does not fit into 64 bits";
  Meets({{"9223372036854775807 + 1", overflow},
         {"-9223372036854775808 - 1", overflow},
         {"9223372036854775807 * 2", overflow},
         {"-9223372036854775808 / -1", overflow},
         {"-9223372036854775808 % -1", overflow},
         {"-(-9223372036854775808)", overflow},
         {"0u - 1u", overflow},
         {"18446744073709551615u + 1u", overflow},
         {"18446744073709551615u * 2u", overflow},
         {"math.abs(-9223372036854775808)", overflow},
         {"1 / 0", "error: division by zero"},
         {"1u / 0u", "error: division by zero"},
         {"1 % 0", "error: modulus by zero"},
         {"1u % 0u", "error: modulus by zero"},
         {"-7 / 2", "-3"},
         {"-7 % 2", "-1"},
         {"1.0 / 0.0", "Infinity"},
         {"-0.0", "-0.0"}});
}

TEST(CelFunctions, NumbersCompareAcrossTypes) {
  Meets({{"dyn(1) == 1u && dyn(1) == 1.0 && dyn(1u) == 1.0", "true"},
         {"1 < 1.5 && 2u > 1 && 2u > 1.5 && -1 < 0u", "true"},
         {"dyn(18446744073709551615u) > 9223372036854775807", "true"},
         {"dyn(9223372036854775807) < 1e300 && dyn(0u) > -1e300", "true"},
         {"0.0 / 0.0 == 0.0 / 0.0", "false"},
         {"0.0 / 0.0 < 1 || 0.0 / 0.0 >= 1", "false"},
         {"[1, 2] == [1, 2] && [1] != [1, 2]", "true"},
         {"{'a': 1, 'b': 2} == {'b': 2, 'a': 1}", "true"},
         {"{'a': 1} == {'b': 1}", "false"},
         {"dyn(1) == 'a'", "false"},
         {"optional.of(1) == optional.of(1) && optional.none() != optional.of(1)", "true"}});
  EXPECT_EQ(Evaluated("{1: 'a', 2u: 'b'}[dyn(2.0)]"), "\"b\"");
  EXPECT_EQ(Evaluated("{18446744073709551615u: 'b'}[dyn(18446744073709551615u)]"), "\"b\"");
  EXPECT_EQ(Evaluated("dyn(9223372036854775808.0) in {9223372036854775808u: 1}"), "true");
  EXPECT_EQ(Evaluated("dyn(0.5) in {0: 1}"), "false");
  EXPECT_EQ(Evaluated("dyn(null) in {0: 1}"), "false");
}

TEST(CelFunctions, LargeMapsFindWhatSmallOnesDo) {
  std::string map = "{";
  for (int i = 0; i < 50; ++i) map += fmt::format("{}: 'i{}', 's{}': {}, ", i, i, i, i);
  map += "true: 'yes'}";
  Meets({{map + "[dyn(49)]", "\"i49\""},
         {map + "['s7']", "7"},
         {map + "[true]", "\"yes\""},
         {"'s50' in " + map, "false"},
         {"dyn(49u) in " + map, "true"},
         {"size(" + map + ")", "101"}});
}

TEST(CelFunctions, ConversionsKeepTheRange) {
  Meets({{"int('-42')", "-42"},
         {"int('+42')", "42"},
         {"int('4 2')", "error: '4 2' is no int"},
         {"int('+-2')", "error: '+-2' is no int"},
         {"int(-7.9)", "-7"},
         {"int(9223372036854775807.0)", "error: 9223372036854775808.0 is out of the range of int"},
         {"int(0.0 / 0.0)", "error: NaN is out of the range of int"},
         {"int(9223372036854775808u)", "error: 9223372036854775808u is out of the range of int"},
         {"int(timestamp('2009-02-13T23:31:30Z'))", "1234567890"},
         {"uint('1')", "1u"},
         {"uint('-1')", "error: '-1' is no uint"},
         {"uint(-1)", "error: -1 is out of the range of uint"},
         {"uint(-0.5)", "error: -0.5 is out of the range of uint"},
         {"uint(2.9)", "2u"},
         {"double('1e3')", "1000.0"},
         {"double('x')", "error: 'x' is no double"},
         {"double(1u) + double(1)", "2.0"},
         {"bool('True') && !bool('F')", "true"},
         {"bool('yes')", "error: 'yes' is no bool"},
         {"string(1) + string(2u) + string(1.5) + string(true)", "\"121.5true\""},
         {"string(b'\\xff')", "error: these bytes are not UTF-8"},
         {"string(b'a') + string('b')", "\"ab\""},
         {"bytes('\\u00e4')", "b\"\\xc3\\xa4\""},
         {"string(timestamp('2009-02-13T23:31:30.120Z'))", "\"2009-02-13T23:31:30.12Z\""},
         {"string(duration('-1h1.5s'))", "\"-3601.5s\""},
         {"type(1) == int && type(type(1)) == type", "true"},
         {"type(timestamp(0)) == google.protobuf.Timestamp", "true"},
         {"timestamp(253402300800)", "error: 253402300800 is out of the range of timestamp"}});
}

TEST(CelFunctions, TextsAreCountedInCharacters) {
  Meets({{"size('\\u00e4\\U0001F431') + 'ab'.size() + size(b'\\xff')", "5"},
         {"'ta\u00a9o\u00a9\u03b1T'.charAt(6)", "\"T\""},
         {"'abc'.charAt(3)", "\"\""},
         {"'abc'.charAt(4)", "error: index out of range: 4"},
         {"'abc'.charAt(-1)", "error: index out of range: -1"},
         {"'\u00a9a\u00a9a'.indexOf('a', 2)", "3"},
         {"'abc'.indexOf('', 3)", "3"},
         {"'abc'.indexOf('c', 3)", "error: index out of range: 3"},
         {"'abc'.indexOf('a', -1)", "error: index out of range: -1"},
         {"'\u00a9a\u00a9a'.lastIndexOf('a')", "3"},
         {"'abc'.lastIndexOf('')", "3"},
         {"'banana'.lastIndexOf('an', 2)", "1"},
         {"'banana'.lastIndexOf('x', 2)", "-1"},
         {"'abc'.lastIndexOf('a', 5)", "error: index out of range: 5"},
         {"'\u00a9abc'.substring(1)", "\"abc\""},
         {"'\u00a9abc'.substring(0, 2)", "\"\u00a9a\""},
         {"'abc'.substring(4)", "error: index out of range: 4"},
         {"'abc'.substring(0, 4)", "error: index out of range: 4"},
         {"'abc'.substring(2, 1)", "error: invalid substring range. start: 2, end: 1"},
         {"'\u00a9ab'.reverse()", "\"ba\u00a9\""},
         {"'A\u00c4z'.lowerAscii() + 'a\u00e4Z'.upperAscii()", "\"a\u00c4zA\u00e4Z\""},
         {"' \\t\\u3000a b\\u2009\\u200b '.trim()", "\"a b\u2009\u200b\""},
         {"'\\u2000 \\n'.trim()", "\"\""}});
}

TEST(CelFunctions, TextsAreSearchedCutAndJoined) {
  Meets({{"'abc'.contains('') && 'abc'.contains('bc') && !'abc'.contains('ac')", "true"},
         {"'abc'.startsWith('ab') && 'abc'.endsWith('bc')", "true"},
         {"'a,b,c'.split(',')", "[\"a\", \"b\", \"c\"]"},
         {"'a,b,c'.split(',', 2)", "[\"a\", \"b,c\"]"},
         {"'a,b'.split(',', 0)", "[]"},
         {"'a,b'.split(',', -1)", "[\"a\", \"b\"]"},
         {"'a\u00a9'.split('')", "[\"a\", \"\u00a9\"]"},
         {"'abc'.split('', 2)", "[\"a\", \"bc\"]"},
         {"''.split(',') + ''.split('')", "[\"\"]"},
         {"['a', 'b'].join() + ['a', 'b'].join('-') + [].join('-')", "\"aba-b\""},
         {"dyn(['a', 1]).join()", "error: 1 is no string"},
         {"'hello'.replace('l', 'LL')", "\"heLLLLo\""},
         {"'hello'.replace('l', '', 1)", "\"helo\""},
         {"'hello'.replace('l', 'x', 0)", "\"hello\""},
         {"'hello'.replace('l', 'x', -1)", "\"hexxo\""},
         {"'a\u00a9'.replace('', '_')", "\"_a_\u00a9_\""},
         {"'abc'.replace('', '_', 2)", "\"_a_bc\""},
         {"''.replace('', 'x')", "\"x\""},
         {"strings.quote('a\"\\n\\\\')", "\"\\\"a\\\\\\\"\\\\n\\\\\\\\\\\"\""},
         {"base64.encode(b'ab') + string(base64.decode('YWI')) + string(base64.decode('YWI='))",
          "\"YWI=abab\""},
         {"base64.decode('?')", "error: this is not base64"}});
}

TEST(CelFunctions, PatternsAreRe2) {
  Meets({{"'VP Sales'.matches(r'(?i)\\b(vp|chief)\\b')", "true"},
         {"matches('abc', '^b')", "false"},
         {"'a'.matches('(')", "error: the pattern cannot be read: missing ): ("},
         {"'a'.matches(dyn('a') + '(')", "error: the pattern cannot be read: missing ): a("},
         {"'aab'.matches('a' + 'b')", "true"}});
}

TEST(CelFunctions, FormatsValues) {
  Meets({{"'%s|%s|%s|%s'.format(['a', 1, 1.50, null])", "\"a|1|1.5|null\""},
         {"'%s'.format([[1u, 'a', true, {'b': 1, 'a': 2}]])", "\"[1, a, true, {a: 2, b: 1}]\""},
         {"'%s'.format([b'\\xff\\xffa'])", "\"\ufffda\""},
         {"'%s %s'.format([timestamp(0), duration('90s')])", "\"1970-01-01T00:00:00Z 90s\""},
         {"'%s'.format([1e21])", "\"1000000000000000000000\""},
         {"'%d %d %d'.format([-1, 2u, 1.5])", "\"-1 2 1.5\""},
         {"'%f %.0f %.2f'.format([1, 2.5, 1.005])", "\"1.000000 2 1.00\""},
         {"'%e %.1e'.format([1052.5, 0u])", "\"1.052500e+03 0.0e+00\""},
         {"'%f'.format([0.0 / 0.0])", "\"NaN\""},
         {"'%b %b %b %o'.format([5, -5, true, 8])", "\"101 -101 1 10\""},
         {"'%x %X %x %X'.format([255, -255, 'az', b'\\xff'])", "\"ff -FF 617a FF\""},
         {"'100%%'.format([])", "\"100%\""},
         {"'%s'.format([])", "error: format: index 0 out of range"},
         {"'%'.format([1])", "error: format: a clause ends with a letter, such as %s"},
         {"'%z'.format([1])", "error: format: there is no clause %z"},
         {"'%.101f'.format([1])", "error: format: a precision is a number up to 100"},
         {"'%.f'.format([1])", "error: format: a precision is a number up to 100"},
         {"'%d'.format(['a'])", "error: format: %d writes numbers, not string"},
         {"'%f'.format(['a'])", "error: format: %f writes numbers, not string"},
         {"'%b'.format(['a'])", "error: format: %b writes whole numbers and bools, not string"},
         {"'%o'.format([1.5])", "error: format: %o writes whole numbers, not double"},
         {"'%X'.format([1.5])",
          "error: format: %X writes whole numbers, strings and bytes, not double"}});
}

TEST(CelFunctions, TimesAreExactToTheNanosecond) {
  const std::string moment = "timestamp('2009-02-13T23:31:30.123456789Z')";
  const std::string too_far = "error: the timestamp is out of range";
  Meets({{moment + " - " + moment, "duration(\"0s\")"},
         {moment + " + duration('1ns') == timestamp('2009-02-13T23:31:30.12345679Z')", "true"},
         {"duration('1s') + " + moment, "timestamp(\"2009-02-13T23:31:31.123456789Z\")"},
         {moment + " - duration('1h')", "timestamp(\"2009-02-13T22:31:30.123456789Z\")"},
         {"timestamp('2009-02-13T23:31:30+01:00')", "timestamp(\"2009-02-13T22:31:30Z\")"},
         {"timestamp('1969-12-31T23:59:59.5Z') < timestamp(0)", "true"},
         {"timestamp('9999-12-31T23:59:59.999999999Z') + duration('1ns')", too_far},
         {"timestamp('0001-01-01T00:00:00Z') - duration('1ns')", too_far},
         {"duration('315576000000s') + duration('1ns')", "error: the duration is out of range"},
         {"duration('-1s') - duration('315576000000s')", "error: the duration is out of range"},
         {"duration('1h30m1.5s200ms3us4ns')", "duration(\"5401.700003004s\")"},
         {"duration('0')", "duration(\"0s\")"},
         {"duration('1.5h') == duration('90m')", "true"},
         {"duration('0.0000000019s')", "duration(\"0.000000001s\")"},
         {"duration('-0.5s') < duration('0s')", "true"}});
  for (const char* bad : {"", "1", "1d", "h", "1h-2m", "s1", "1..5s", "315576000001s", "--1s",
                          "1000000000000000000h"}) {
    EXPECT_EQ(Evaluated(fmt::format("duration('{}')", bad)),
              fmt::format("error: '{}' is no duration", bad));
  }
  for (const char* bad : {"2009-02-13", "2009-02-30T00:00:00Z", "2009-02-13 23:31:30Z",
                          "2009-02-13T23:59:60Z", "0000-01-01T00:00:00Z", "2009-02-13T23:31:30"}) {
    EXPECT_EQ(Evaluated(fmt::format("timestamp('{}')", bad)),
              fmt::format("error: '{}' is no timestamp", bad));
  }
}

TEST(CelFunctions, ClocksAndCalendarsHaveZones) {
  const std::string moment = "timestamp('2026-03-29T01:30:15.250Z')";  // Sunday, clocks change
  Meets({{moment + ".getFullYear()", "2026"},
         {moment + ".getMonth()", "2"},
         {moment + ".getDate()", "29"},
         {moment + ".getDayOfMonth()", "28"},
         {moment + ".getDayOfWeek()", "0"},
         {moment + ".getDayOfYear()", "87"},
         {moment + ".getHours('Europe/Berlin')", "3"},
         {moment + ".getHours('+05:30')", "7"},
         {moment + ".getMinutes('-00:45')", "45"},
         {moment + ".getHours('-02:00')", "23"},
         {moment + ".getDate('-02:00')", "28"},
         {moment + ".getSeconds('UTC')", "15"},
         {moment + ".getMilliseconds()", "250"},
         {moment + ".getHours('Europe/Atlantis')", "error: there is no zone 'Europe/Atlantis'"},
         {moment + ".getHours('25:00')", "error: there is no zone '25:00'"},
         {"duration('-3661.5s').getHours()", "-1"},
         {"duration('-3661.5s').getMinutes()", "-61"},
         {"duration('-3661.5s').getSeconds()", "-3661"},
         {"duration('-3661.5s').getMilliseconds()", "-500"},
         {"duration('1.25s').getMilliseconds()", "250"}});
}

TEST(CelFunctions, MathRoundsAndShifts) {
  Meets({{"[math.ceil(1.2), math.floor(-1.2), math.trunc(-1.8)]", "[2.0, -2.0, -1.0]"},
         {"[math.round(2.5), math.round(-2.5), math.round(0.4)]", "[3.0, -3.0, 0.0]"},
         {"[math.abs(-1.5), math.sign(-2.5), math.sign(0.0)]", "[1.5, -1.0, 0.0]"},
         {"[math.abs(-3), math.sign(-2), math.sign(0)]", "[3, -1, 0]"},
         {"[math.abs(3u), math.sign(2u)]", "[3u, 1u]"},
         {"[math.sqrt(2.25), math.sqrt(4), math.sqrt(9u)]", "[1.5, 2.0, 3.0]"},
         {"math.isNaN(math.sqrt(-1)) && math.isInf(1.0 / 0.0) && math.isFinite(1.0)", "true"},
         {"[math.bitAnd(6, 3), math.bitOr(6, 3), math.bitXor(6, 3), math.bitNot(0)]",
          "[2, 7, 5, -1]"},
         {"[math.bitShiftLeft(1u, 63), math.bitShiftLeft(1u, 64)]", "[9223372036854775808u, 0u]"},
         {"math.bitShiftRight(-1, 60)", "15"},
         {"math.bitShiftRight(1, -1)", "error: a shift by a negative number"},
         {"math.greatest(1, 2u, 1.5)", "2u"},
         {"math.least([3, 1, 2])", "1"},
         {"math.greatest(dyn([]))", "error: the list has no number"},
         {"math.greatest(dyn('a'), 1)", "error: \"a\" is no number"}});
}

TEST(CelFunctions, EverySignatureCanBeRead) {
  EXPECT_GT(StandardFunctions().Names().size(), 80);
  EXPECT_TRUE(StandardFunctions().Find("no such function").empty());
}

}  // namespace
}  // namespace pm::cel
