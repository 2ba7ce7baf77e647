#include "base/wire.h"

#include <gtest/gtest.h>

#include <vector>

namespace pm {
namespace {

std::vector<uint64_t> Numbers() {
  std::vector<uint64_t> numbers = {0, UINT64_MAX};
  for (int bits = 1; bits < 64; ++bits) {
    numbers.push_back((uint64_t{1} << bits) - 1);
    numbers.push_back(uint64_t{1} << bits);
  }
  return numbers;
}

TEST(Wire, VarintsAppendBehindWhatIsThereAndReadBack) {
  std::string bytes = "before";
  for (const uint64_t number : Numbers()) {
    const size_t size = bytes.size();
    AppendVarint(&bytes, number);
    EXPECT_EQ(bytes.size(), size + VarintBytes(number));
  }
  std::string_view rest(bytes);
  ASSERT_TRUE(rest.starts_with("before"));
  rest.remove_prefix(6);
  for (const uint64_t number : Numbers()) {
    uint64_t read = 0;
    ASSERT_TRUE(TakeVarint(&rest, &read));
    EXPECT_EQ(read, number);
  }
  EXPECT_TRUE(rest.empty());
}

TEST(Wire, FieldsReadBackWhateverTheirLength) {
  for (const size_t size : {0, 1, 15, 16, 127, 128, 16'383, 16'384}) {
    const std::string text(size, 'x');
    std::string bytes;
    WireWriter writer(&bytes);
    writer.Varint(3, size);
    writer.Bytes(400, text);
    writer.Nested(5, [&](std::string* out) { *out += text; });
    WireReader reader(bytes);
    ASSERT_TRUE(reader.Next());
    EXPECT_EQ(reader.varint(), size);
    ASSERT_TRUE(reader.Next());
    EXPECT_EQ(reader.number(), 400U);
    EXPECT_EQ(reader.bytes(), text);
    ASSERT_TRUE(reader.Next());
    EXPECT_EQ(reader.number(), 5U);
    EXPECT_EQ(reader.bytes(), text);
    EXPECT_FALSE(reader.Next());
    EXPECT_TRUE(reader.ok());
  }
}

TEST(Wire, AVarintThatDoesNotEndIsRefused) {
  for (const std::string& cut :
       {std::string(), std::string("\x80"), std::string("\xff\xff"), std::string(11, '\xff')}) {
    std::string_view rest(cut);
    uint64_t read = 0;
    EXPECT_FALSE(TakeVarint(&rest, &read));
  }
}

}  // namespace
}  // namespace pm
