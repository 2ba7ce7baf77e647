#include <gtest/gtest.h>

#include "engine/stages/desk/desk.h"
#include "engine/stages/testing.h"
#include "rules/book_builder.h"

namespace pm {
namespace {

constexpr Instant kMonday{1'772'409'600'000};  // 2026-03-02T00:00Z

// Ana has all the leads; Bo is there to take them.
class RepSweepTest : public testing::Test {
 protected:
  RepSweepTest() {
    rules_->roster.push_back({.id = "ana", .zone = "UTC"});
    rules_->roster.push_back({.id = "bo", .zone = "UTC"});
    rules_->pools.push_back({.name = "team", .members = {{"bo", 1}}});
    rules_->routing.otherwise.to.name = "team";
    book_ = rules_.Build();
    desk_ = std::make_unique<StageHarness>(*book_, std::set{Stage::kDesk});
  }
  void GiveToAna(uint64_t leads) {
    for (uint64_t i = 1; i <= leads; ++i) {
      RouteRequest request;
      request.card.lead = {{7, i}, 1};
      request.seq = 1;
      request.candidates = {Candidate{.kind = TargetKind::kRep, .target = "ana"}};
      desk_->Send(Stage::kDesk, "main", MessageType::kRouteRequest, request, kMonday);
    }
    ASSERT_EQ(OpenOf("ana"), static_cast<int64_t>(leads));
  }
  void Tell(EventType type, Instant at, Instant from = kNever, Instant until = kNever) {
    BlockBuilder fields;
    fields.Set(Field("event.rep"), Value::Text("ana"));
    if (from != kNever) fields.Set(Field("event.starts_at"), Value::At(from));
    if (until != kNever) fields.Set(Field("event.until"), Value::At(until));
    Event event;
    event.type = type;
    event.source = "hr";
    event.id = fmt::format("e{}", ++events_);
    event.fields.bytes = fields.Build();
    desk_->Send(Stage::kDesk, "main", MessageType::kEvent, event, at);
  }
  int64_t OpenOf(const std::string& rep) {
    const auto* row = desk_->Row<RepRow>({DeskHash("main"), rep});
    return row == nullptr ? 0 : row->open;
  }

  RuleBookBuilder rules_;
  std::shared_ptr<const RuleBook> book_;
  std::unique_ptr<StageHarness> desk_;
  int events_ = 0;
};

TEST_F(RepSweepTest, ADepartingRepsLeadsGoAHundredAStep) {
  GiveToAna(250);
  Tell(EventType::kRepDeactivated, kMonday + Minutes(1));
  EXPECT_EQ(OpenOf("ana"), 150);
  desk_->FireUntil(kMonday + Minutes(2));
  EXPECT_EQ(OpenOf("ana"), 0);
  EXPECT_EQ(OpenOf("bo"), 250);
}

TEST_F(RepSweepTest, AnAbsenceDoesNotTakeThePlaceOfADeparture) {
  GiveToAna(250);
  Tell(EventType::kRepDeactivated, kMonday + Minutes(1));
  Tell(EventType::kRepAway, kMonday + Minutes(1), kMonday + Days(3));
  desk_->FireUntil(kMonday + Minutes(2));
  EXPECT_EQ(OpenOf("ana"), 0);
}

TEST_F(RepSweepTest, AnAbsenceBeginsInTime) {
  GiveToAna(250);
  Tell(EventType::kRepAway, kMonday, kMonday + Hours(1), kMonday + Hours(2));
  desk_->FireUntil(kMonday + Hours(1));
  EXPECT_EQ(OpenOf("ana"), 250);
  desk_->FireUntil(kMonday + Hours(1) + Seconds(1));
  EXPECT_EQ(OpenOf("ana"), 0);
}

TEST_F(RepSweepTest, AReturnReachesAllLeads) {
  GiveToAna(250);
  Tell(EventType::kRepBack, kMonday);
  desk_->FireUntil(kMonday + Milliseconds(2));
  EXPECT_EQ(desk_->Row<RepRow>({DeskHash("main"), "ana"})->sweep, RepSweep::kBack)
      << "fifty are left after two steps";
  desk_->FireUntil(kMonday + Milliseconds(3));
  EXPECT_EQ(desk_->Row<RepRow>({DeskHash("main"), "ana"})->sweep, RepSweep::kNone);
}

TEST_F(RepSweepTest, AnAbsenceThatPassedDuringAnOutageTakesNothing) {
  GiveToAna(1);
  Tell(EventType::kRepAway, kMonday, kMonday + Hours(1), kMonday + Hours(2));
  desk_->FireUntil(kMonday + Hours(3), true);
  EXPECT_EQ(OpenOf("ana"), 1);
  EXPECT_EQ(desk_->Row<RepRow>({DeskHash("main"), "ana"})->due, kNever);
}

// Who gets a lead that a route gives to Ana, at an hour after Monday began.
class LeaveTest : public testing::Test {
 protected:
  std::string WhoGets(int64_t hour, const std::vector<std::string>& anas_leave,
                      const std::vector<std::string>& bos_leave = {}) {
    RuleBookBuilder rules;
    rules->roster.push_back(
        {.id = "ana", .zone = "Europe/Madrid", .backup = "bo", .leave = anas_leave});
    rules->roster.push_back({.id = "bo", .zone = "UTC", .leave = bos_leave});
    rules->roster.push_back({.id = "cy", .zone = "UTC"});
    rules->pools.push_back({.name = "team", .members = {{"ana", 1}, {"cy", 1}}});
    rules->routing.otherwise.to.name = "team";
    const auto book = rules.Build();
    StageHarness desk(*book, std::set{Stage::kDesk});
    RouteRequest request;
    request.card.lead = {{7, 1}, 1};
    request.seq = 1;
    request.candidates = {Candidate{.kind = TargetKind::kRep, .target = "ana"}};
    desk.Send(Stage::kDesk, "main", MessageType::kRouteRequest, request, kMonday + Hours(hour));
    const auto* row = desk.Row<AssignmentRow>({DeskHash("main"), request.card.lead});
    return row == nullptr ? "" : row->rep;
  }
};

TEST_F(LeaveTest, BeginsAndEndsAtMidnightOfTheRepsZone) {
  const std::vector<std::string> tuesday = {"2026-03-03"};
  EXPECT_EQ(WhoGets(22, tuesday), "ana");
  EXPECT_EQ(WhoGets(23, tuesday), "bo");
  EXPECT_EQ(WhoGets(46, tuesday), "bo");
  EXPECT_EQ(WhoGets(47, tuesday), "ana");
}

TEST_F(LeaveTest, OfTwoInstantsTheSecondIsWorkAgain) {
  const std::vector<std::string> two_hours = {"2026-03-02T01:00:00Z/2026-03-02T03:00:00Z"};
  EXPECT_EQ(WhoGets(0, two_hours), "ana");
  EXPECT_EQ(WhoGets(1, two_hours), "bo");
  EXPECT_EQ(WhoGets(3, two_hours), "ana");
}

TEST_F(LeaveTest, ABackupOnLeaveDoesNotStandIn) {
  EXPECT_EQ(WhoGets(1, {"2026-03-02"}, {"2026-03-02"}), "cy") << "ana is not to have it by turn";
}

TEST(RepEvents, OfAnIdThatIsUsedForTwoOnlyTheRepsOwnDeskTells) {
  RuleBookBuilder rules;
  rules->roster.push_back({.id = "ana", .zone = "UTC"});
  rules->pools.push_back({.name = "west", .desk = "a", .members = {}});
  rules->pools.push_back({.name = "east", .desk = "b", .members = {{"ana", 1}}});
  const auto book = rules.Build();
  StageHarness desks(*book, std::set{Stage::kDesk});
  BlockBuilder fields;
  fields.Set(Field("event.rep"), Value::Text("ana"));
  Event event;
  event.type = EventType::kRepBack;
  event.source = "hr";
  event.id = "e1";
  event.fields.bytes = fields.Build();
  for (const std::string_view payload : {"one", "another"}) {
    event.payload = HashContent(payload);
    for (const char* desk : {"a", "b"}) {
      desks.Send(Stage::kDesk, desk, MessageType::kEvent, event, kMonday);
    }
  }
  EXPECT_EQ(desks.Outputs("dead_letter.written").size(), 1u);
}

}  // namespace
}  // namespace pm
