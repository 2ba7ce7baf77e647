#include "app/api/rules_order.h"

#include <gmock/gmock.h>

namespace pm {
namespace {

constexpr char kVersion[] = "0123456789abcdef0123456789abcdef";

TEST(ReadPublishOrderTest, FilesComeSortedAndWithoutTests) {
  const auto order =
      ReadPublishOrder(R"({"files":[{"path":"b.yaml","text":"2"},{"path":"a/c.csv","text":"1"},)"
                       R"({"path":"tests/x.yaml","text":"3"}],"by":"ann","message":"why"})");
  ASSERT_TRUE(order.has_value()) << order.error().text;
  ASSERT_EQ(order->files.size(), 2U);
  EXPECT_EQ(order->files[0].path + order->files[1].path, "a/c.csvb.yaml");
  EXPECT_EQ(order->note.by + order->note.message + order->note.how, "annwhypublished");
  EXPECT_FALSE(order->expect);
}

TEST(ReadPublishOrderTest, AVersionRollsBack) {
  const auto order =
      ReadPublishOrder(fmt::format(R"({{"version":"{}","expect":"{}"}})", kVersion, kVersion));
  ASSERT_TRUE(order.has_value()) << order.error().text;
  EXPECT_EQ(ToText(order->version), kVersion);
  EXPECT_EQ(ToText(order->expect), kVersion);
  EXPECT_EQ(order->note.how, "rolled_back");
  EXPECT_FALSE(order->note.propagate);
  const auto moving =
      ReadPublishOrder(fmt::format(R"({{"version":"{}","propagate":true}})", kVersion));
  ASSERT_TRUE(moving.has_value()) << moving.error().text;
  EXPECT_TRUE(moving->note.propagate);
}

TEST(ReadPublishOrderTest, WhatIsNotUnderstoodIsRefused) {
  const std::string both =
      fmt::format(R"({{"version":"{}","files":[{{"path":"a","text":""}}]}})", kVersion);
  const std::string many_names = fmt::format(R"({{"version":"{}","by":["ann"]}})", kVersion);
  const std::string moving = fmt::format(R"({{"version":"{}","propagate":"yes"}})", kVersion);
  const std::string endless =
      fmt::format(R"({{"version":"{}","message":"{:x>2000}"}})", kVersion, "");
  for (const std::string_view body : std::initializer_list<std::string_view>{
           "{", "{}", R"({"files":[]})", R"({"files":[{"path":"a"}]})",
           R"({"files":[{"path":1,"text":"x"}]})", R"({"files":[{"path":"../a","text":"x"}]})",
           R"({"files":[{"path":"/a","text":"x"}]})", R"({"files":[{"path":"","text":"x"}]})",
           R"({"files":[{"path":"a","text":"x"},{"path":"a","text":"y"}]})", R"({"version":"12"})",
           R"({"version":12})", many_names, moving, endless, both}) {
    const auto order = ReadPublishOrder(body);
    ASSERT_FALSE(order.has_value()) << body;
    EXPECT_EQ(order.error().code, kBadRulesOrder) << body;
  }
}

}  // namespace
}  // namespace pm
