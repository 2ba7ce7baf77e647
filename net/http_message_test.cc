#include "net/http_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/http_head.h"
#include "net/problem.h"

namespace pm {
namespace {

using testing::ElementsAre;

TEST(HeadersTest, FindsWithoutCaseAndKeepsOrder) {
  Headers headers{{"A", "1"}, {"b", "2"}};
  headers.Add("a", "3");
  EXPECT_EQ(headers.Find("A"), "1");
  EXPECT_EQ(headers.Find("B"), "2");
  EXPECT_EQ(headers.Find("c"), std::nullopt);
  EXPECT_THAT(headers.FindAll("a"), ElementsAre("1", "3"));
}

TEST(HeadersTest, SetLeavesOneOfThatName) {
  Headers headers{{"A", "1"}, {"a", "2"}, {"b", "3"}};
  headers.Set("a", "4");
  EXPECT_THAT(headers.FindAll("A"), ElementsAre("4"));
  EXPECT_EQ(headers.size(), 2U);
}

TEST(HeadersTest, OnlyTokensAndOneLineCanBeSent) {
  EXPECT_TRUE(AreSendable({{"X-A_1", "a b\tc \xC3\xA4"}, {"B", ""}}));
  for (const char* name : {"", "a b", "a:", "a\r\n", "a,b", "\xC3\xA4"}) {
    EXPECT_FALSE(AreSendable({{name, "1"}})) << name;
  }
  for (const char* value : {"a\nb", "a\rb", "\x01", "\x7F"})
    EXPECT_FALSE(AreSendable({{"A", value}}));
}

TEST(ServerSentEventTest, SplitsLinesAndKeepsFieldsToOne) {
  EXPECT_EQ(ServerSentEvent("", "", "a\r\nb\rc\n"), "data: a\ndata: b\ndata: c\ndata: \n\n");
  EXPECT_EQ(ServerSentEvent("1\n2", "x\r\ny", ""), "id: 12\nevent: xy\ndata: \n\n");
}

TEST(ProblemTest, WritesEveryMember) {
  const HttpResponse response =
      ProblemResponse({.status = 422,
                       .code = 301,
                       .title = "Bad event",
                       .detail = "two faults",
                       .errors = {{"/a/0", "no \"text\""}, {"", "empty"}}});
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(
      response.body,
      R"({"type":"urn:pointsman:PM0301","title":"Bad event","status":422,"detail":"two faults",)"
      R"("code":"PM0301","errors":[{"pointer":"/a/0","detail":"no \"text\""},)"
      R"({"pointer":"","detail":"empty"}]})");
}

TEST(ProblemTest, LeavesOutWhatIsEmpty) {
  EXPECT_EQ(ProblemResponse({.status = 404}).body,
            R"({"type":"about:blank","title":"Not Found","status":404})");
}

TEST(ProblemTest, TakesAnErrorFromBelow) {
  const HttpResponse response = ProblemResponse(503, Error{512, "disk full"});
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.body, testing::HasSubstr(R"("detail":"disk full","code":"PM0512")"));
}

}  // namespace
}  // namespace pm
