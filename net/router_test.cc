#include "net/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/result.h"

namespace pm {
namespace {

using testing::ElementsAre;
using testing::Pair;
using Kind = Router::Match::Kind;

class RouterTest : public testing::Test {
 protected:
  RouterTest() {
    router_.Add("GET", "/", 0);
    router_.Add("GET", "/v1/leads/{id}", 1);
    router_.Add("GET", "/v1/leads/recent", 2);
    router_.Add("POST", "/v1/leads/{id}", 3);
    router_.Add("GET", "/v1/{kind}/{id}", 4);
    router_.Add("PUT", "/files/", 5);
  }
  Router::Match Find(std::string_view method, std::vector<std::string> segments) {
    return router_.Find(method, segments);
  }
  Router router_;
};

TEST_F(RouterTest, NamesThePartsOfThePath) {
  const auto match = Find("GET", {"v1", "pools", "7"});
  EXPECT_EQ(match.kind, Kind::kFound);
  EXPECT_EQ(match.route, 4U);
  EXPECT_THAT(match.parts, ElementsAre(Pair("kind", "pools"), Pair("id", "7")));
}

TEST_F(RouterTest, PrefersTheLiteral) {
  EXPECT_EQ(Find("GET", {"v1", "leads", "recent"}).route, 2U);
  EXPECT_EQ(Find("GET", {"v1", "leads", "7"}).route, 1U);
}

TEST_F(RouterTest, TellsTheMethodsOfAKnownPath) {
  const auto match = Find("DELETE", {"v1", "leads", "7"});
  EXPECT_EQ(match.kind, Kind::kWrongMethod);
  EXPECT_EQ(match.allow, "GET, HEAD, POST");
  EXPECT_EQ(Find("GET", {"files", ""}).allow, "PUT");
}

TEST_F(RouterTest, AnswersHeadByGetOnly) {
  EXPECT_EQ(Find("HEAD", {}).route, 0U);
  EXPECT_EQ(Find("HEAD", {}).kind, Kind::kFound);
  EXPECT_EQ(Find("HEAD", {"files", ""}).kind, Kind::kWrongMethod);
}

TEST_F(RouterTest, KnowsNoOtherPath) {
  for (const std::vector<std::string>& segments :
       std::vector<std::vector<std::string>>{{"v1"},
                                             {"v1", "leads", ""},
                                             {"v1", "leads", "7", ""},
                                             {"V1", "leads", "7"},
                                             {"files"}}) {
    EXPECT_EQ(Find("GET", segments).kind, Kind::kUnknownPath) << segments.size();
  }
}

TEST_F(RouterTest, TheSameRouteTwiceIsAMistake) {
  EXPECT_THROW(router_.Add("GET", "/v1/leads/{id}", 9), BrokenInvariant);
  EXPECT_THROW(router_.Add("GET", "v1", 9), BrokenInvariant);
}

}  // namespace
}  // namespace pm
