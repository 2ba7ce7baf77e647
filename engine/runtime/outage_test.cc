// The embedded engine with the real stages, killed between a hand-over and its deadline: what the
// first tick makes of the time that nobody ran.
#include <gmock/gmock.h>

#include "engine/runtime/embedded.h"
#include "engine/runtime/memory_store.h"
#include "rules/book_builder.h"

namespace pm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Duration kCatchUp = Seconds(10);

class OutageTest : public testing::Test {
 protected:
  OutageTest() {
    for (const char* id : {"ana", "bo", "cy"}) {
      RosterRep& rep = rules_->roster.emplace_back();
      rep.id = id;
      rep.email = std::string(id) + "@us.example";
      rep.zone = "UTC";
    }
    rules_->pools.push_back({.name = "team", .members = {{"ana", 1}, {"bo", 1}, {"cy", 1}}});
    Pool& house = rules_->pools.emplace_back();
    house.name = "house";
    house.strategy = PoolStrategy::kQueue;
    house.members = {{"ana", 1}};
    house.claim_return_after = Minutes(4);
    SlaPolicy policy;
    policy.name = "quick";
    policy.hours = SlaHours::kAlways;
    policy.pauses = true;
    policy.pause_while = rules_.When("lead.status", TestOp::kEq, {"waiting_on_prospect"});
    policy.milestones[static_cast<size_t>(Milestone::kAccept)] = {true, Minutes(5), true, true};
    policy.milestones[static_cast<size_t>(Milestone::kFirstTouch)] = {true, Minutes(10), false,
                                                                      false};
    Rung& rung = policy.ladders[static_cast<size_t>(Milestone::kAccept)].emplace_back();
    rung.text = "due";
    rung.action = RungAction::kReassign;
    rung.reassign_at_most = 9;
    rules_.AddSla(policy);
    Route demos;
    demos.name = "demos";
    demos.when = rules_.When("submission.form", TestOp::kEq, {"demo"});
    demos.to.name = "team";
    demos.sla = "quick";
    rules_->routing.routes = {demos};
    rules_->routing.otherwise.name = "otherwise";
    rules_->routing.otherwise.to.name = "house";
    rules_->routing.otherwise.sla = "quick";
    rules_->card_fields = {Field("lead.status"), Field("lead.title")};
    book_ = rules_.Build();
    Start();
    Pass(kCatchUp);
  }

  void Start() {
    EmbeddedSettings settings;
    settings.catch_up = kCatchUp;
    engine_ = std::make_unique<Embedded>(
        store_, settings, RealStages(),
        [this](ContentHash hash) { return hash == book_->version() ? book_ : nullptr; }, clock_,
        book_->version(), "rules: one");
    engine_->RunUntilIdle();
  }
  void KillFor(Duration down) {
    engine_.reset();
    clock_.Advance(down);
    Start();
  }
  void Pass(Duration time) {
    for (; time > Duration{}; time = time - Seconds(1)) {
      clock_.Advance(Seconds(1));
      engine_->RunUntilIdle();
    }
  }
  void Send(std::string_view type, std::string_view data) {
    const std::string event =
        fmt::format(R"({{"specversion":"1.0","source":"web","id":"{}","type":"{}","time":"{}",)"
                    R"("data":{}}})",
                    ++events_, type, FormatInstant(clock_.Now()), data);
    ASSERT_TRUE(engine_->Submit({{event, "k", Mode::kLive}}, [](const Result<Accepted>& accepted) {
      ASSERT_TRUE(accepted.has_value());
    }));
    engine_->RunUntilIdle();
  }
  // Types of what came out since it was last asked for, those of `topic`.
  std::vector<std::string> News(Topic topic) {
    std::vector<std::string> types;
    int64_t& after = read_[topic];
    const auto entries = engine_->ReadTopic(static_cast<uint8_t>(topic), after, 1000);
    for (const LogEntry& entry : entries.value()) {
      Output output;
      EXPECT_TRUE(DecodeOutput(entry.bytes, &output));
      types.push_back(output.type);
      after = entry.offset;
    }
    return types;
  }

  RuleBookBuilder rules_;
  std::shared_ptr<const RuleBook> book_;
  ManualClock clock_{Instant{1'700'000'000'000}};
  MemoryStore store_;
  std::unique_ptr<Embedded> engine_;
  std::map<Topic, int64_t> read_{{Topic::kSla, -1}, {Topic::kAssignments, -1}};
  int events_ = 0;
};

TEST_F(OutageTest, ARepWhoCouldNotSeeTheLeadKeepsItAndItsClockStartsAnew) {
  Send("lead.submitted", R"({"email":"ann@acme.com","form":"demo","hand_raise":true})");
  EXPECT_THAT(News(Topic::kAssignments), ElementsAre("assignment.routed"));
  EXPECT_THAT(News(Topic::kSla), ElementsAre("sla.started", "sla.started"));
  KillFor(Hours(1));
  // What comes before the first tick changes the lead's card.
  Send("lead.updated", R"({"email":"ann@acme.com","title":"CTO"})");
  Pass(kCatchUp + Minutes(4));
  EXPECT_THAT(News(Topic::kSla), ElementsAre("sla.rescheduled", "sla.breached"));
  EXPECT_THAT(News(Topic::kAssignments), IsEmpty());
}

TEST_F(OutageTest, SeveralOutagesEachCostTheRepsNothing) {
  Send("lead.submitted", R"({"email":"ann@acme.com","form":"demo","hand_raise":true})");
  EXPECT_THAT(News(Topic::kAssignments), ElementsAre("assignment.routed"));
  for (int outage = 0; outage < 3; ++outage) {
    KillFor(Hours(1));
    Pass(kCatchUp);
  }
  EXPECT_THAT(News(Topic::kAssignments), IsEmpty());
}

TEST_F(OutageTest, AClaimThatLapsedMeanwhileKeepsItsOtherVerdicts) {
  Send("lead.submitted", R"({"email":"ann@acme.com","form":"guide","hand_raise":true})");
  Send("lead.claim", R"({"pool":"house","by":"ana"})");
  Pass(Seconds(2));
  News(Topic::kSla);
  News(Topic::kAssignments);
  KillFor(Hours(1));
  Pass(kCatchUp);
  EXPECT_THAT(News(Topic::kAssignments), ElementsAre("assignment.expired", "assignment.queued"));
  EXPECT_THAT(News(Topic::kSla), ElementsAre("sla.breached"));
}

}  // namespace
}  // namespace pm
