#include "engine/runtime/kafka/topics/pack.h"

#include <gtest/gtest.h>

namespace pm {
namespace {

TEST(PackTest, PartsComeBackInOrder) {
  RecordPack pack;
  for (const char* part : {"one", "", "three"}) EXPECT_TRUE(pack.Add(part));
  const std::string record = pack.Take();
  EXPECT_TRUE(pack.empty());
  const std::vector<PackedPart> parts = Unpack(record, 7);
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[0].bytes, "one");
  EXPECT_EQ(parts[1].bytes, "");
  EXPECT_EQ(parts[2].bytes, "three");
}

TEST(PackTest, APositionSaysWhatComesNext) {
  RecordPack pack;
  EXPECT_TRUE(pack.Add("one"));
  EXPECT_TRUE(pack.Add("two"));
  const std::string record = pack.Take();
  const std::vector<PackedPart> parts = Unpack(record, 7);
  EXPECT_EQ(OffsetBehind(FirstPosition(7) - 1), 7);
  EXPECT_EQ(OffsetBehind(parts[0].position), 7);
  EXPECT_EQ(OffsetBehind(parts[1].position), 8);
  EXPECT_GT(parts[1].position, parts[0].position);
  EXPECT_EQ(OffsetBehind(Unpack("\1alone", 8)[0].position), 9);
  EXPECT_EQ(OffsetBehind(-1), 0);
}

TEST(PackTest, OneAloneStaysAsItIs) {
  RecordPack pack;
  EXPECT_TRUE(pack.Add(std::string(300, 'x')));
  EXPECT_EQ(pack.Take(), std::string(300, 'x'));
}

TEST(PackTest, IsBounded) {
  RecordPack pack;
  EXPECT_TRUE(pack.Add(std::string(size_t{1} << 20, 'x')));
  EXPECT_FALSE(pack.Add("y"));
  pack.Take();
  int parts = 0;
  while (pack.Add("")) ++parts;
  EXPECT_EQ(parts, 1000);
  EXPECT_EQ(Unpack(pack.Take(), 0).size(), 1000U);
}

TEST(PackTest, ADamagedOneIsOnePart) {
  for (const std::string& record : {std::string("\5"), std::string("\5\7abc"), std::string()}) {
    const std::vector<PackedPart> parts = Unpack(record, 1);
    ASSERT_EQ(parts.size(), 1U);
    EXPECT_EQ(parts[0].bytes, record);
    EXPECT_EQ(OffsetBehind(parts[0].position), 2);
  }
}

}  // namespace
}  // namespace pm
