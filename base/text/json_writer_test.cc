#include "base/text/json_writer.h"

#include <gtest/gtest.h>

#include "base/result.h"

namespace pm {
namespace {

TEST(JsonWriter, WritesFieldsInTheOrderOfTheCalls) {
  std::string out;
  JsonWriter json(&out);
  json.BeginObject();
  json.Field("b", "text");
  json.Field("a", int64_t{-7});
  json.Field("yes", true);
  json.Key("list");
  json.BeginArray();
  json.Int(INT64_MIN);
  json.Null();
  json.BeginObject();
  json.EndObject();
  json.Raw(R"({"x":1})");
  json.EndArray();
  json.EndObject();
  EXPECT_EQ(out, R"({"b":"text","a":-7,"yes":true,"list":[-9223372036854775808,null,{},{"x":1}]})");
  EXPECT_TRUE(json.complete());
}

TEST(JsonWriter, EscapesControlsAndReplacesInvalidUtf8) {
  EXPECT_EQ(JsonString("a\"\\\n\x01\x7F/\xC3\xA9"), "\"a\\\"\\\\\\n\\u0001\x7F/\xC3\xA9\"");
  EXPECT_EQ(JsonString("x\xFFy\xC3"), "\"x\xEF\xBF\xBDy\xEF\xBF\xBD\"");
}

TEST(JsonWriter, EscapesEveryByteThatNeedsItWhereverItStands) {
  for (int c = 0; c < 0x80; ++c) {
    const bool plain = c >= 0x20 && c != '"' && c != '\\';
    for (const size_t size : {1, 3, 4, 7, 8, 12, 20}) {
      for (size_t at = 0; at < size; ++at) {
        std::string text(size, 'x');
        text[at] = static_cast<char>(c);
        const bool as_it_is = JsonString(text) == '"' + text + '"';
        EXPECT_EQ(as_it_is, plain) << c << " at " << at << " of " << size;
      }
    }
  }
}

TEST(JsonWriter, MicrosAreExactAndShortest) {
  EXPECT_EQ(MicrosText(12'500'000), "12.5");
  EXPECT_EQ(MicrosText(-1), "-0.000001");
  EXPECT_EQ(MicrosText(3'000'000), "3");
  EXPECT_EQ(MicrosText(0), "0");
  EXPECT_EQ(MicrosText(INT64_MIN), "-9223372036854.775808");
}

TEST(JsonWriter, MisuseIsABrokenInvariant) {
  std::string out;
  JsonWriter json(&out);
  json.BeginObject();
  EXPECT_THROW(json.Int(1), BrokenInvariant);
  EXPECT_THROW(json.EndArray(), BrokenInvariant);
  EXPECT_FALSE(json.complete());
}

}  // namespace
}  // namespace pm
