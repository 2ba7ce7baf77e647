#include "base/text/utf8.h"

#include <gtest/gtest.h>

namespace pm {
namespace {

TEST(Utf8, CodePointsAreTheBytesThatContinueNone) {
  const std::string text =
      "plain, \xC3\xBC, \xE2\x82\xAC, \xF0\x9F\x98\x80, \x80\xBF\xC0\xFF and more";
  for (size_t begin = 0; begin < text.size(); ++begin) {
    size_t points = 0;
    for (size_t end = begin; end < text.size(); ++end) {
      EXPECT_EQ(CodePoints(std::string_view(text).substr(begin, end - begin)), points);
      const auto byte = static_cast<unsigned char>(text[end]);
      if (byte < 0x80 || byte >= 0xC0) ++points;
    }
  }
}

}  // namespace
}  // namespace pm
