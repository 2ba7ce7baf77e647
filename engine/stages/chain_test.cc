// All four stages fused, from a publisher's bytes to what comes out: that their ends fit.
#include <gtest/gtest.h>

#include "engine/stages/account/account.h"
#include "engine/stages/testing.h"
#include "rules/book_builder.h"

namespace pm {
namespace {

constexpr Instant kStart{1'700'000'000'000};
constexpr std::string_view kStartText = "2023-11-14T22:13:20Z";

class ChainTest : public testing::Test {
 protected:
  ChainTest() {
    rules->pools.push_back({.name = "team", .members = {{"ana", 1}, {"bo", 1}}});
    rules->pools.push_back(
        {.name = "house", .strategy = PoolStrategy::kQueue, .members = {{"ana", 1}}});
    rules->roster.push_back({.id = "ana", .email = "ana@us.com", .zone = "UTC"});
    rules->roster.push_back({.id = "bo", .email = "bo@us.com", .zone = "UTC"});
    rules->roster.push_back({.id = "ada", .email = "ada@us.com", .zone = "UTC"});
    Route owners;
    owners.name = "owners";
    owners.when = rules.When("account.owner", TestOp::kPresent);
    owners.to = {.from = TargetFrom::kOwner, .field = Field("account.owner")};
    Route everybody;
    everybody.name = "everybody";
    everybody.to.name = "team";
    rules->routing.routes = {owners, everybody};
    rules->routing.otherwise.name = "otherwise";
    rules->routing.otherwise.to.name = "house";
    rules->scoring.half_life = Days(14);
    rules->scoring.engagement.push_back(
        {.name = "Pricing", .points = 10, .signal = EventType::kSiteVisited, .id = 1});
    book = rules.Build();
    harness = std::make_unique<StageHarness>(
        *book, std::set{Stage::kIntake, Stage::kIdentity, Stage::kAccount, Stage::kDesk});
  }
  void Send(std::string_view type, std::string_view id, std::string_view data,
            Instant at = kStart) {
    harness->SendJson(
        fmt::format(R"({{"specversion":"1.0","source":"crm","id":"{}","type":"{}","time":"{}",)"
                    R"("data":{}}})",
                    id, type, kStartText, data),
        at);
  }
  size_t Count(std::string_view type) { return harness->Outputs(type).size(); }
  std::string Last(std::string_view type) {
    const auto all = harness->Outputs(type);
    return all.empty() ? std::string() : all.back();
  }

  RuleBookBuilder rules;
  std::shared_ptr<const RuleBook> book;
  std::unique_ptr<StageHarness> harness;
};

TEST_F(ChainTest, AHandRaiseReachesARep) {
  Send("lead.submitted", "1", R"({"email":"ann@acme.com","form":"demo","hand_raise":true})");
  EXPECT_EQ(Count("lead.created"), 1u);
  EXPECT_EQ(Count("assignment.routed"), 1u) << Last("dead_letter.written");
  EXPECT_NE(Last("lead.stage_changed").find("\"to_stage\":\"assigned\""), std::string::npos);
  EXPECT_EQ(Count("dead_letter.written"), 0u) << Last("dead_letter.written");
}

TEST_F(ChainTest, ABrowsersVisitsCountOnceItsPersonIsKnown) {
  for (int i = 0; i < 3; ++i)
    Send("site.visited", fmt::format("v{}", i), R"({"anonymous_id":"b1","path":"/pricing"})");
  EXPECT_EQ(Count("lead.scored"), 0u);
  Send("lead.submitted", "1",
       R"({"email":"ann@acme.com","anonymous_id":"b1","form":"demo","hand_raise":true})",
       kStart + Minutes(1));
  Send("site.visited", "v9", R"({"anonymous_id":"b1","path":"/pricing"})", kStart + Minutes(2));
  EXPECT_NE(Last("lead.scored").find("\"engagement\":40"), std::string::npos)
      << Last("lead.scored") << Last("dead_letter.written");
  EXPECT_EQ(Count("dead_letter.written"), 0u) << Last("dead_letter.written");
  EXPECT_NE(Last("lead.created").find("\"account\":\"acme.com\""), std::string::npos);
}

TEST_F(ChainTest, AnAddressChangedInTheCrmMovesThePersonAndTheRepKeepsTheLead) {
  Send("lead.submitted", "1",
       R"({"email":"ann@acme.com","hand_raise":true,"external_ids":{"crm:lead":"7"}})");
  Send("lead.updated", "2", R"({"email":"ann@beta.com","external_ids":{"crm:lead":"7"}})",
       kStart + Minutes(1));
  EXPECT_EQ(Count("lead.moved"), 1u) << Last("dead_letter.written");
  Send("lead.updated", "3", R"({"title":"CEO","external_ids":{"crm:lead":"7"}})",
       kStart + Minutes(2));
  EXPECT_EQ(harness->rows.CountRows('p'), 1u);
  EXPECT_EQ(Count("assignment.routed"), 1u);
  EXPECT_EQ(Count("dead_letter.written"), 0u) << Last("dead_letter.written");
}

TEST_F(ChainTest, ALeadOfAKnownAccountGoesToItsOwnerAlsoFromAFreeMailAddress) {
  Send("account.upserted", "1", R"({"domain":"acme.com","name":"Acme Inc","owner":"ada"})");
  Send("lead.submitted", "2",
       R"({"email":"ann@gmail.com","company":"ACME, Inc.","hand_raise":true})",
       kStart + Minutes(1));
  EXPECT_NE(Last("assignment.routed").find("\"id\":\"ada\""), std::string::npos)
      << Last("assignment.routed") << Last("dead_letter.written");
  EXPECT_NE(Last("assignment.routed").find("\"account\":\"acme.com\""), std::string::npos);
}

TEST_F(ChainTest, ADisposalFreesTheRepAndTheNextHandRaiseIsANewCycle) {
  Send("lead.submitted", "1", R"({"email":"ann@acme.com","hand_raise":true})");
  Send("lead.disposed", "2", R"({"email":"ann@acme.com","status":"disqualified"})",
       kStart + Minutes(1));
  EXPECT_EQ(Count("lead.disqualified"), 1u) << Last("dead_letter.written");
  Send("lead.submitted", "3", R"({"email":"ann@acme.com","hand_raise":true})", kStart + Minutes(2));
  EXPECT_EQ(Count("lead.created"), 2u);
  EXPECT_EQ(Count("assignment.routed"), 2u);
}

}  // namespace
}  // namespace pm
