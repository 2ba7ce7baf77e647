#include "base/text/encoding.h"

#include <gmock/gmock.h>

#include "base/text/csv.h"
#include "base/text/yaml.h"

namespace pm {
namespace {

// Characters of `width` bytes each, the greater ones first or last.
std::string Widened(std::string_view text, size_t width, bool big_endian) {
  std::string wide;
  for (const char c : text) {
    std::string unit(width, '\0');
    unit[big_endian ? width - 1 : 0] = c;
    wide += unit;
  }
  return wide;
}

std::string Message(std::string_view text) {
  const auto other = FindOtherText(text);
  return other ? other->message : "";
}

constexpr std::string_view kLists = "kind: lists\nvip: [acme.com]\nother: [b.io]\n";

TEST(OtherText, IsAnEncodingWithAndWithoutItsMark) {
  for (const bool big : {false, true}) {
    for (const std::string_view mark : {"", "\xEF\xBB\xBF"}) {
      const bool marked = !mark.empty();
      const std::string feff = big ? "\xFE\xFF" : "\xFF\xFE";
      const std::string feff4 =
          big ? std::string("\0\0\xFE\xFF", 4) : std::string("\xFF\xFE\0\0", 4);
      EXPECT_EQ(Message((marked ? feff : "") + Widened(kLists, 2, big)),
                "this file is UTF-16, not UTF-8");
      EXPECT_EQ(Message((marked ? feff4 : "") + Widened(kLists, 4, big)),
                "this file is UTF-32, not UTF-8");
    }
  }
}

TEST(OtherText, IsWhatProgramsSaveSheetsAs) {
  EXPECT_EQ(Message("PK\x03\x04 whatever"),
            "this file is an archive (zip, or a sheet of Excel or Numbers), not text");
  EXPECT_EQ(Message("\x1F\x8B\x08 whatever"), "this file is packed by gzip, not text");
  std::string bytes;
  for (int i = 0; i < 3000; ++i) bytes += static_cast<char>(i * 7);
  EXPECT_EQ(Message(bytes), "this file is no text: it is full of control characters");
}

TEST(OtherText, IsNotWhatHasAFewWrongBytes) {
  EXPECT_EQ(Message(kLists), "");
  EXPECT_EQ(Message(""), "");
  EXPECT_EQ(Message(std::string_view("\0\0", 2)), "");
  EXPECT_EQ(Message("kind: lists\r\nvip: [acme.com]\r\n"), "");
  EXPECT_EQ(Message("kind: lists\nvip: [M\xFCller]\n"), "");
  EXPECT_EQ(Message("kind: lists\nvip: [a\rb]\nother: [\x01]\n"), "");
}

TEST(OtherText, IsToldOnceHoweverLongTheFileIs) {
  std::string lists = "kind: lists\n";
  for (int i = 0; i < 3000; ++i) lists += fmt::format("x{}: [a]\n", i);
  std::string old_mac = lists;
  std::ranges::replace(old_mac, '\n', '\r');
  for (const std::string& text : {Widened(lists, 2, false), Widened(lists, 4, true), old_mac}) {
    const Source yaml("r.yaml", text), csv("t.csv", text);
    Diagnostics out;
    std::vector<std::string_view> dropped;
    EXPECT_TRUE(ParseYaml(yaml, out, {}, &dropped).empty());
    EXPECT_EQ(out.error_count(), 1u) << out.Render();
    EXPECT_THAT(dropped, testing::ElementsAre("")) << "what kinds stand in it is not known";
    CsvReader reader(csv, out);
    CsvRow row;
    EXPECT_FALSE(reader.Next(&row));
    EXPECT_TRUE(reader.header().empty());
    EXPECT_EQ(out.error_count(), 2u) << out.Render();
  }
}

}  // namespace
}  // namespace pm
