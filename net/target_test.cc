#include "net/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/net_codes.h"

namespace pm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(TargetTest, SplitsBeforeItDecodes) {
  const auto target = ParseTarget("/v1/a%2Fb/?x=1&x=%26+2&y");
  ASSERT_TRUE(target.has_value());
  EXPECT_THAT(target->segments, ElementsAre("v1", "a/b", ""));
  EXPECT_EQ(target->path, "/v1/a/b/");
  EXPECT_THAT(target->query, ElementsAre(Pair("x", "1"), Pair("x", "& 2"), Pair("y", "")));
}

TEST(TargetTest, RootHasNoSegments) {
  const auto target = ParseTarget("/");
  ASSERT_TRUE(target.has_value());
  EXPECT_THAT(target->segments, IsEmpty());
  EXPECT_THAT(target->query, IsEmpty());
}

TEST(TargetTest, RefusesWhatIsNoTarget) {
  for (const char* text :
       {"", "*", "a", "example.org:443", "/a b", "/%", "/%ff", "/%00", "/?%ff=1", "/?a=%fe"}) {
    const auto target = ParseTarget(text);
    ASSERT_FALSE(target.has_value()) << text;
    EXPECT_EQ(target.error().code, kRequestMalformed) << text;
  }
}

TEST(UrlTest, FillsInTheSchemesPortAndThePath) {
  const auto url = ParseUrl("https://example.org");
  ASSERT_TRUE(url.has_value());
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->host, "example.org");
  EXPECT_EQ(url->port, 443);
  EXPECT_EQ(url->target, "/");
  EXPECT_EQ(url->HostHeader(), "example.org");
}

TEST(UrlTest, KeepsPortAndQueryAndDropsTheFragment) {
  const auto url = ParseUrl("http://example.org:8080?a=b#c");
  ASSERT_TRUE(url.has_value());
  EXPECT_FALSE(url->tls);
  EXPECT_EQ(url->port, 8080);
  EXPECT_EQ(url->target, "/?a=b");
  EXPECT_EQ(url->HostHeader(), "example.org:8080");
}

TEST(UrlTest, TakesIPv6WithoutItsBrackets) {
  const auto url = ParseUrl("http://[::1]:81/x");
  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->HostHeader(), "[::1]:81");
}

TEST(UrlTest, RefusesWhatItCannotCall) {
  for (const char* text : {"", "example.org", "ftp://example.org/", "http:///path", "http://",
                           "http:path", "http://user:pw@example.org/", "http://example.org:0/",
                           "http://example.org:99999/", "http://a b/"}) {
    const auto url = ParseUrl(text);
    ASSERT_FALSE(url.has_value()) << text;
    EXPECT_EQ(url.error().code, kUrlInvalid) << text;
  }
}

TEST(UrlTest, DoesNotRepeatAPassword) {
  EXPECT_EQ(ParseUrl("http://me:secret@example.org/").error().text.find("secret"),
            std::string::npos);
}

}  // namespace
}  // namespace pm
