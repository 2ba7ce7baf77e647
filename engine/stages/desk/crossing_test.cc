#include <gmock/gmock.h>

#include "engine/stages/desk/records/assignment_row.h"
#include "engine/stages/desk/records/enrolment.h"
#include "engine/stages/desk/records/pool_row.h"
#include "engine/stages/testing.h"
#include "model/messages/event.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Instant kNine{1'772'442'000'000};  // 2026-03-02T09:00:00Z

constexpr char kRules[] =
    "kind: routing\nroutes: []\notherwise: { to: { pool: house } }\n---\n"
    "kind: team\nroster: reps.csv\npools:\n"
    "  de: { desk: emea, strategy: weighted, members: [ana], caps: [1 open], overflow: [us] }\n"
    "  us: { desk: amer, strategy: weighted, members: [cy], caps: [1 open], overflow: [asia] }\n"
    "  asia: { desk: apac, strategy: weighted, members: [fay], caps: [1 open], overflow: [de] }\n"
    "  house: { desk: amer, strategy: queue, members: [cy] }\n---\n"
    "kind: cadence\nname: often\nenrol: { when: assigned, once: false }\n"
    "steps: [ { task: look, after: 1h } ]\n";

// Desks one message apart from each other: each is delivered when a test says so.
class Crossing : public testing::Test {
 protected:
  Crossing() {
    CompileResult compiled =
        Compile({{"rules.yaml", kRules},
                 {"reps.csv", "id,email\nana,a@us.example\ncy,c@us.example\nfay,f@us.example\n"}});
    PM_CHECK(compiled.ok());
    book_ = compiled.book;
    harness_ = std::make_unique<StageHarness>(*book_, std::set<Stage>{});
  }
  static LeadId Lead(uint64_t number) { return {{1, number}, 1}; }
  static DeskLeadKey At(std::string_view desk, LeadId lead) { return {DeskHash(desk), lead}; }

  static RouteRequest Request(LeadId lead, uint32_t round, std::string pool) {
    RouteRequest request;
    request.card.round = round;
    request.card.lead = lead;
    request.card.home = {1};
    request.reason = "hand_raise";
    request.seq = 1;
    request.routed_at = kNine;
    request.candidates = {{.route = "all", .kind = TargetKind::kPool, .target = std::move(pool)}};
    return request;
  }
  void Route(LeadId lead, uint32_t round = 0, std::string desk = "emea", std::string pool = "de") {
    Tell(std::move(desk), MessageType::kRouteRequest, Request(lead, round, std::move(pool)));
  }
  template <class M>
  void Tell(std::string desk, MessageType type, const M& body) {
    harness_->Send(Stage::kDesk, std::move(desk), type, body, kNine);
  }
  // What desks have sent each other, until nothing is under way.
  void DeliverAll() {
    while (!harness_->messages.empty()) {
      const std::vector<Message> sent = std::exchange(harness_->messages, {});
      for (const Message& message : sent) {
        most_hops_ = std::max(most_hops_, message.hops);
        if (message.to == Stage::kDesk) harness_->Deliver(message);
      }
    }
  }
  static LeadNotice Closed(LeadId lead, uint32_t round = 0) {
    LeadNotice closed;
    closed.lead = lead;
    closed.kind = NoticeKind::kClosed;
    closed.reason = "nurture";
    closed.round = round;
    return closed;
  }
  void End(LeadId lead, uint32_t round, std::string desk) {
    Tell(std::move(desk), MessageType::kLeadNotice, Closed(lead, round));
  }
  // The last message that its chain may have, at emea.
  template <class M>
  void AtTheEndOfTheChain(MessageType type, const M& body) {
    Message last;
    last.to = Stage::kDesk;
    last.type = type;
    last.key = "emea";
    last.hops = kMaxHops;
    last.id = last.root = Derive(EventId{1, 2}, 0, 1);
    last.at = kNine;
    last.body = Encoded(body);
    harness_->Deliver(last);
  }
  // What was told of assignments: kind and number.
  std::vector<std::string> Told() const {
    constexpr std::string_view kOf = "assignment.", kNumber = "\"seq\":";
    std::vector<std::string> told;
    for (const Output& o : harness_->outputs) {
      if (!o.type.starts_with(kOf)) continue;
      const size_t at = o.json.find(kNumber) + kNumber.size();
      told.push_back(fmt::format("{} {}", o.type.substr(kOf.size()),
                                 o.json.substr(at, o.json.find_first_of(",}", at) - at)));
    }
    return told;
  }
  // A decline moves the lead on, by overflow: what is on its way to another desk stays there.
  void Decline(LeadId lead, std::string desk, std::string id = "decline") {
    Event decline;
    decline.type = EventType::kLeadDecline;
    decline.source = "crm";
    decline.id = std::move(id);
    decline.occurred_at = kNine;
    decline.lead = lead;
    Tell(std::move(desk), MessageType::kEvent, decline);
  }
  const AssignmentRow* RowAt(std::string_view desk, LeadId lead) {
    return harness_->Row<AssignmentRow>(At(desk, lead));
  }

  std::shared_ptr<const RuleBook> book_;
  std::unique_ptr<StageHarness> harness_;
  uint32_t most_hops_ = 0;
};

TEST_F(Crossing, NewsThatWasUnderWayFollowsTheLead) {
  Route(Lead(1));
  Route(Lead(2));  // ana is full: the request is on its way to amer
  EXPECT_EQ(RowAt("emea", Lead(2)), nullptr);
  LeadCard card;
  card.lead = Lead(2);
  card.home = {1};
  card.stage = "mql";
  card.account = "acme.example";
  Tell("emea", MessageType::kLeadCard, card);
  DeliverAll();
  const AssignmentRow* row = RowAt("amer", Lead(2));
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->rep, "cy");
  EXPECT_EQ(row->card.account, "acme.example");
  LeadNotice closed;
  closed.lead = Lead(2);
  closed.kind = NoticeKind::kClosed;
  closed.reason = "disqualified";
  Tell("emea", MessageType::kLeadNotice, closed);
  DeliverAll();
  EXPECT_EQ(RowAt("amer", Lead(2)), nullptr);
}

TEST_F(Crossing, WhatEndsAnOlderRouteRequestEndsNoLaterOne) {
  Route(Lead(1), 2);
  End(Lead(1), 1, "emea");
  ASSERT_NE(RowAt("emea", Lead(1)), nullptr);
  End(Lead(1), 2, "emea");
  EXPECT_EQ(RowAt("emea", Lead(1)), nullptr);
}

TEST_F(Crossing, ALaterRouteRequestTakesThePlaceOfAnOlderOneWhateverItsNumber) {
  Route(Lead(1), 1);
  Decline(Lead(1), "emea");
  DeliverAll();
  ASSERT_EQ(RowAt("amer", Lead(1))->seq, 2u);
  Route(Lead(1), 2, "amer", "us");  // with number 1
  EXPECT_THAT(harness_->Outputs("assignment.withdrawn"), SizeIs(1));
  ASSERT_NE(RowAt("amer", Lead(1)), nullptr);
  EXPECT_EQ(RowAt("amer", Lead(1))->card.round, 2u);
  EXPECT_EQ(RowAt("amer", Lead(1))->seq, 3u);
}

TEST_F(Crossing, ACardOfALaterRequestLeavesTheOlderOneToItsEnd) {
  Route(Lead(1), 1);
  LeadCard card;
  card.lead = Lead(1);
  card.home = {1};
  card.stage = "mql";
  card.round = 2;
  Tell("emea", MessageType::kLeadCard, card);
  End(Lead(1), 1, "emea");
  EXPECT_EQ(RowAt("emea", Lead(1)), nullptr);
}

TEST_F(Crossing, ALeadThatIsRoutedAnewEndsWhereItIsBeforeItBeginsElsewhere) {
  Route(Lead(1), 1);
  Decline(Lead(1), "emea");  // it is on its way to amer
  Route(Lead(1), 2, "emea", "asia");
  EXPECT_EQ(RowAt("apac", Lead(1)), nullptr);
  DeliverAll();
  EXPECT_THAT(Told(),
              ElementsAre("routed 1", "declined 1", "reassigned 2", "withdrawn 2", "routed 3"));
  EXPECT_EQ(RowAt("amer", Lead(1)), nullptr);
  ASSERT_NE(RowAt("apac", Lead(1)), nullptr);
  EXPECT_EQ(RowAt("apac", Lead(1))->rep, "fay");
}

TEST_F(Crossing, WhatALeadWasEnrolledInGoesWhereItIsRoutedAnew) {
  RouteRequest first = Request(Lead(1), 1, "de");
  first.candidates.front().cadence = "often";
  first.candidates.front().cadence_hash = book_->FindCadence("often")->hash;
  Tell("emea", MessageType::kRouteRequest, first);
  const Enrolment* enrolment = harness_->Row<Enrolment>(At("emea", Lead(1)));
  ASSERT_NE(enrolment, nullptr);
  const EventId id = enrolment->id;
  RouteRequest second = Request(Lead(1), 2, "asia");
  second.candidates.front() = first.candidates.front();
  second.candidates.front().target = "asia";
  Tell("emea", MessageType::kRouteRequest, second);
  DeliverAll();
  EXPECT_EQ(harness_->Row<Enrolment>(At("emea", Lead(1))), nullptr);
  enrolment = harness_->Row<Enrolment>(At("apac", Lead(1)));
  ASSERT_NE(enrolment, nullptr);
  EXPECT_EQ(enrolment->runs, 2u);
  EXPECT_NE(enrolment->id, id);
}

TEST_F(Crossing, ALeadThatEndedElsewhereIsRoutedAnewFromThere) {
  Route(Lead(1), 1);
  Decline(Lead(1), "emea");
  End(Lead(1), 1, "emea");
  Route(Lead(1), 2, "emea", "de");
  DeliverAll();
  EXPECT_THAT(Told(),
              ElementsAre("routed 1", "declined 1", "reassigned 2", "withdrawn 2", "routed 3"));
  ASSERT_NE(RowAt("emea", Lead(1)), nullptr);
  EXPECT_EQ(RowAt("emea", Lead(1))->rep, "ana");
}

TEST_F(Crossing, WhatGoesAfterALeadAtTheEndOfItsChainGoesAtTheNextTick) {
  Route(Lead(1));
  Route(Lead(2));
  DeliverAll();
  AtTheEndOfTheChain(MessageType::kLeadNotice, Closed(Lead(2)));
  Decline(Lead(2), "emea");  // comes behind it
  EXPECT_THAT(harness_->messages, IsEmpty());
  harness_->FireUntil(kNine + Seconds(1));
  DeliverAll();
  EXPECT_THAT(Told(), ElementsAre("routed 1", "routed 1", "withdrawn 1"));
  EXPECT_THAT(harness_->Outputs("request.refused"), SizeIs(1));
  EXPECT_THAT(harness_->Outputs("dead_letter.written"), IsEmpty());
  EXPECT_EQ(harness_->rows.CountRows(EarlyRow::kPrefix), 0u);
}

TEST_F(Crossing, ARequestAfterALeadAtTheEndOfItsChainGoesAtTheNextTickWhateverComesBehindIt) {
  Route(Lead(1));
  Route(Lead(2));
  DeliverAll();
  AtTheEndOfTheChain(MessageType::kRouteRequest, Request(Lead(2), 1, "asia"));
  Decline(Lead(2), "emea");
  for (size_t n = 1; n < EarlyRow::kMost; ++n) End(Lead(2), 0, "emea");
  EXPECT_THAT(harness_->messages, IsEmpty());
  EXPECT_THAT(harness_->Outputs("dead_letter.written"), SizeIs(1));  // the decline is one too many
  harness_->FireUntil(kNine + Seconds(1));
  DeliverAll();
  ASSERT_NE(RowAt("apac", Lead(2)), nullptr);
  EXPECT_EQ(RowAt("apac", Lead(2))->seq, 2u);
  EXPECT_EQ(RowAt("amer", Lead(2)), nullptr);
}

TEST_F(Crossing, WhatIsToldOfALeadBeforeItComesWaitsForIt) {
  LeadNotice moved;
  moved.lead = Lead(1);
  moved.kind = NoticeKind::kMoved;
  moved.home = {7};
  Tell("emea", MessageType::kLeadNotice, moved);
  LeadNotice meeting;
  meeting.lead = Lead(1);
  meeting.kind = NoticeKind::kMeeting;
  meeting.occurred_at = kNine;
  Tell("emea", MessageType::kLeadNotice, meeting);
  Route(Lead(1));
  EXPECT_EQ(RowAt("emea", Lead(1))->card.home, HomeId{7});
  EXPECT_EQ(RowAt("emea", Lead(1))->place, Place::kWorking);
  EXPECT_EQ(harness_->rows.CountRows(EarlyRow::kPrefix), 0u);
}

TEST_F(Crossing, WhatIsToldOfALeadThatNeverComesIsADeadLetter) {
  LeadNotice touch;
  touch.lead = Lead(1);
  touch.kind = NoticeKind::kTouch;
  Tell("emea", MessageType::kLeadNotice, touch);
  EXPECT_THAT(harness_->Outputs("dead_letter.written"), SizeIs(0));
  harness_->FireUntil(kNine + EarlyRow::kKept + Seconds(1));
  EXPECT_THAT(harness_->Outputs("dead_letter.written"), SizeIs(1));
  EXPECT_EQ(harness_->rows.CountRows(EarlyRow::kPrefix), 0u);
}

TEST_F(Crossing, ARequestThatNamesTheOldAssignmentIsAnsweredWhereTheLeadIs) {
  Route(Lead(1));
  Route(Lead(2));
  DeliverAll();
  Event accept;
  accept.type = EventType::kLeadAccept;
  accept.source = "crm";
  accept.id = "1";
  accept.occurred_at = kNine;
  accept.assignment = {DeskHash("emea"), Lead(2), 1};
  Tell("emea", MessageType::kEvent, accept);
  DeliverAll();
  EXPECT_THAT(harness_->Outputs("request.done"), SizeIs(1));
  EXPECT_EQ(RowAt("amer", Lead(2))->place, Place::kAccepted);
}

TEST_F(Crossing, CirclesOfOverflowEndInTheQueueOfTheLastResort) {
  for (uint64_t n = 1; n <= 4; ++n) Route(Lead(n)), DeliverAll();
  EXPECT_EQ(RowAt("apac", Lead(3))->rep, "fay");
  ASSERT_NE(RowAt("amer", Lead(4)), nullptr);
  EXPECT_EQ(RowAt("amer", Lead(4))->pool, "house");
  EXPECT_EQ(RowAt("amer", Lead(4))->place, Place::kQueued);
  EXPECT_LE(most_hops_, static_cast<uint32_t>(kMaxHops));
}

TEST_F(Crossing, ALeadWhoseChainIsTooLongGoesOnAtTheNextTick) {
  for (uint64_t n = 1; n <= 3; ++n) Route(Lead(n)), DeliverAll();
  AtTheEndOfTheChain(MessageType::kRouteRequest, Request(Lead(4), 0, "de"));
  ASSERT_NE(RowAt("emea", Lead(4)), nullptr);
  harness_->messages.clear();
  harness_->FireUntil(kNine + Seconds(1));
  DeliverAll();
  EXPECT_EQ(RowAt("emea", Lead(4)), nullptr);
  ASSERT_NE(RowAt("amer", Lead(4)), nullptr);
  EXPECT_EQ(RowAt("amer", Lead(4))->pool, "house");
  EXPECT_EQ(harness_->Row<PoolRow>({DeskHash("emea"), "house"})->queued, 0);
}

TEST_F(Crossing, ARepWhomTheChainDoesNotReachIsPassedOverForElse) {
  RouteRequest request = Request(Lead(1), 0, "de");
  Candidate& first = request.candidates.front();
  first.kind = TargetKind::kRep;
  first.target = "cy";
  first.else_pool = "de";
  AtTheEndOfTheChain(MessageType::kRouteRequest, request);
  ASSERT_NE(RowAt("emea", Lead(1)), nullptr);
  EXPECT_EQ(RowAt("emea", Lead(1))->rep, "ana");
  EXPECT_THAT(RowAt("emea", Lead(1))->passed_over, ElementsAre("cy: too_many_desks"));
}

TEST_F(Crossing, WhatIsLeftOfItsWayGoesAlongAndIsAskedOncePerRep) {
  RouteRequest request = Request(Lead(1), 0, "de");
  const Candidate first = request.candidates.front();
  for (const std::string_view pool : {"asia", "de", "house"}) {
    Candidate& next = request.candidates.emplace_back(first);
    next.route = fmt::format("to {}", pool);
    next.target = pool;
  }
  Tell("emea", MessageType::kRouteRequest, request);
  constexpr std::string_view kDesks[] = {"emea", "amer", "apac"};
  std::vector<std::string> had_it;
  for (size_t n = 0; n < 2 * std::size(kDesks); ++n) {
    for (const std::string_view desk : kDesks) {
      const AssignmentRow* row = RowAt(desk, Lead(1));
      if (row == nullptr || row->rep.empty()) continue;
      had_it.push_back(row->rep + " by " + row->route);
      Decline(Lead(1), std::string(desk), fmt::format("decline {}", n));
      DeliverAll();
      break;
    }
  }
  // The overflow of `de` first, then that of the pool it leads to.
  EXPECT_THAT(had_it, ElementsAre("ana by all", "cy by all", "fay by all"));
  ASSERT_NE(RowAt("amer", Lead(1)), nullptr);
  EXPECT_EQ(RowAt("amer", Lead(1))->place, Place::kQueued);
  EXPECT_EQ(RowAt("amer", Lead(1))->pool, "house");
  EXPECT_EQ(RowAt("amer", Lead(1))->route, "to house");
  EXPECT_THAT(RowAt("amer", Lead(1))->rest, IsEmpty());
}

TEST_F(Crossing, TheNoteWhereALeadWentIsForgotten) {
  Route(Lead(1));
  Route(Lead(2));
  DeliverAll();
  EXPECT_EQ(harness_->Row<GoneRow>(At("emea", Lead(2)))->desk, "amer");
  harness_->FireUntil(kNine + GoneRow::kKept + Seconds(1));
  EXPECT_EQ(harness_->Row<GoneRow>(At("emea", Lead(2))), nullptr);
}

}  // namespace
}  // namespace pm
