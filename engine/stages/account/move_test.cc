#include "engine/stages/account/testing.h"

namespace pm::account {
namespace {

constexpr std::string_view kAnn = "ann@acme.com";

class MoveTest : public AccountTest {
 protected:
  // Ann has a lead at a desk, assigned to ana.
  void MakeAnn() {
    Send(Submitted("1", kAnn).HandRaise().Token("crm:lead:1").Text("lead.title", "VP"));
    Change(LeadOf(kAnn), 1, Place::kAssigned, "ana");
    ann = PersonOf(kAnn);
    lead = LeadOf(kAnn);
    stage().Forget();
  }
  // As identity sends on what names Ann's record.
  EventBuilder Update(std::string id, std::string_view email) {
    return Make(EventType::kLeadUpdated, std::move(id)).Of(email).About(ann).Token("crm:lead:1");
  }
  EventBuilder Upserted(std::string id, std::string_view home) {
    EventBuilder b = Make(EventType::kAccountUpserted, std::move(id));
    b.event.home = home;
    return b;
  }
  PersonId ann;
  LeadId lead;
};

TEST_F(MoveTest, AChangedAddressTakesThePersonToItsHome) {
  MakeAnn();
  Send(Update("2", "ann@beta.com"), kStart + Minutes(1), "d:acme.com");
  EXPECT_EQ(PersonOf("ann@beta.com", "d:beta.com"), ann);
  const LeadRow* row = Lead("ann@beta.com", "d:beta.com");
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->rep, "ana");
  EXPECT_EQ(stage().Row<LeadRow>({HomeOf("d:acme.com"), lead}), nullptr);
  EXPECT_EQ(stage().Row<PersonRow>({HomeOf("d:acme.com"), ann}), nullptr);
  EXPECT_EQ(Count("lead.moved"), 1u);
  EXPECT_NE(Last("lead.moved").find("\"new_home\":\"d:beta.com\""), std::string::npos);
  const auto links = stage().Kept<Link>(MessageType::kLink);
  ASSERT_EQ(links.size(), 1u);
  EXPECT_EQ(links[0].home, HomeOf("d:beta.com"));
  ASSERT_FALSE(Notices().empty());
  EXPECT_EQ(Notices()[0].kind, NoticeKind::kMoved);
  EXPECT_EQ(Notices()[0].home, HomeOf("d:beta.com"));
}

TEST_F(MoveTest, TheOldHomeSendsOnWhatStillComesThere) {
  MakeAnn();
  Send(Update("2", "ann@beta.com"), kStart + Minutes(1), "d:acme.com");
  Send(Submitted("3", kAnn).Text("lead.title", "CEO"), kStart + Minutes(2));
  ChangeOfRound(1, lead, 1, Place::kAccepted, "ana", kStart + Minutes(3));
  Send(Make(EventType::kTouchRecorded, "4").About(lead), kStart + Minutes(4), "d:acme.com");
  const PersonRow* row = Person("ann@beta.com", "d:beta.com");
  EXPECT_EQ(FieldBlock(row->fields.values).Text(Field("lead.title")), "CEO");
  EXPECT_EQ(Lead("ann@beta.com", "d:beta.com")->stage, "accepted");
  EXPECT_EQ(Count("dead_letter.written"), 0u);
  EXPECT_EQ(stage().rows.CountRows('p'), 1u);
}

TEST_F(MoveTest, AResendToTheOldHomeStillChangesNothing) {
  MakeAnn();
  Send(Update("2", "ann@beta.com"), kStart + Minutes(1), "d:acme.com");
  const auto before = stage().rows.Dump();
  Send(Update("2", "ann@beta.com").OccurredAt(kStart + Minutes(1)), kStart + Minutes(9),
       "d:acme.com");
  EXPECT_EQ(stage().rows.Dump(), before);
}

TEST_F(MoveTest, TheWayBackDeletesTheRedirect) {
  MakeAnn();
  Send(Update("2", "ann@beta.com"), kStart + Minutes(1), "d:acme.com");
  Send(Update("3", kAnn), kStart + Minutes(2), "d:beta.com");
  EXPECT_EQ(PersonOf(kAnn), ann);
  EXPECT_EQ(stage().Row<RedirectRow>({HomeOf("d:acme.com"), ann}), nullptr);
  Send(Submitted("4", "ann@beta.com").Text("lead.title", "CEO"), kStart + Minutes(3));
  EXPECT_EQ(FieldBlock(Person(kAnn)->fields.values).Text(Field("lead.title")), "CEO");
  EXPECT_EQ(stage().rows.CountRows('p'), 1u);
}

TEST_F(MoveTest, DownwardsThePersonStaysAndTheNewAddressLeadsBack) {
  MakeAnn();
  Send(Update("2", "ann@gmail.com"), kStart + Minutes(1), "d:acme.com");
  EXPECT_EQ(PersonOf("ann@gmail.com"), ann);
  Send(Submitted("3", "ann@gmail.com").Text("lead.title", "CEO"), kStart + Minutes(2));
  EXPECT_EQ(FieldBlock(Person(kAnn)->fields.values).Text(Field("lead.title")), "CEO");
  EXPECT_EQ(stage().rows.CountRows('p'), 1u);
}

TEST_F(MoveTest, AnOlderAddressDoesNotTakeThePersonAway) {
  MakeAnn();
  Send(Update("2", "ann@beta.com").OccurredAt(kStart - Days(1)), kStart + Minutes(1), "d:acme.com");
  EXPECT_EQ(PersonOf(kAnn), ann);
  EXPECT_EQ(Count("lead.moved"), 0u);
}

TEST_F(MoveTest, AnotherAddressOfTheSameHomeIsTheSamePerson) {
  MakeAnn();
  Send(Update("2", "ann.smith@acme.com"), kStart + Minutes(1), "d:acme.com");
  EXPECT_EQ(PersonOf("ann.smith@acme.com"), ann);
  EXPECT_EQ(PersonOf(kAnn), ann);
}

TEST_F(MoveTest, TheEarlierAssignmentStaysWhenTwoPersonsAreOne) {
  MakeAnn();
  Send(Submitted("9", "ann@beta.com").HandRaise(), kStart + Hours(1));
  const LeadId other = LeadOf("ann@beta.com", "d:beta.com");
  Change(other, 1, Place::kAssigned, "bo", kStart + Hours(1), "d:beta.com");
  stage().Forget();
  Send(Update("2", "ann@beta.com"), kStart + Hours(2), "d:acme.com");
  EXPECT_EQ(stage().rows.CountRows('p'), 1u);
  EXPECT_EQ(LeadOf("ann@beta.com", "d:beta.com"), lead);
  const LeadRow* withdrawn = stage().Row<LeadRow>({HomeOf("d:beta.com"), other});
  EXPECT_EQ(withdrawn->place, LeadPlace::kClosed);
  EXPECT_EQ(withdrawn->person, ann);
  ASSERT_EQ(Count("lead.merged"), 1u);
  EXPECT_NE(Last("lead.merged").find(ToText(lead)), std::string::npos);
  const auto notices = Notices();
  const auto it = std::ranges::find(notices, NoticeKind::kWithdrawn, &LeadNotice::kind);
  ASSERT_NE(it, notices.end());
  EXPECT_EQ(it->lead, other);
  Send(Make(EventType::kLeadUpdated, "3").About(other.person).Text("lead.city", "Bonn"),
       kStart + Hours(3), "d:beta.com");
  EXPECT_EQ(
      FieldBlock(Person("ann@beta.com", "d:beta.com")->fields.values).Text(Field("lead.city")),
      "Bonn");
}

TEST_F(MoveTest, NobodyMovesAtTheEndOfAChainOfMessages) {
  MakeAnn();
  EventBuilder b = Update("2", "ann@beta.com");
  b.event.fields.bytes = b.fields.Build();
  Message message;
  message.to = Stage::kAccount;
  message.type = MessageType::kEvent;
  message.key = HomeKey(HomeOf("d:acme.com"));
  message.id = message.root = {9, 9};
  message.at = kStart + Minutes(1);
  message.hops = kMaxHops;
  message.body = Encoded(b.event);
  stage().Deliver(message);
  EXPECT_EQ(PersonOf(kAnn), ann);
  EXPECT_NE(stage().Row<LeadRow>({HomeOf("d:acme.com"), lead}), nullptr);
  EXPECT_EQ(Count("dead_letter.written"), 0u);
}

TEST_F(MoveTest, ANewPersonWhoseCompanyIsKnownStartsAtItsHome) {
  Send(Upserted("0", "d:acme.com").Text("account.name", "Acme").Text("account.owner", "ada"));
  Send(Submitted("1", "ann@gmail.com").HandRaise().Hint("d:acme.com"));
  EXPECT_TRUE(PersonOf("ann@gmail.com"));
  ASSERT_EQ(Requests().size(), 1u);
  EXPECT_EQ(Requests()[0].card.account, "acme.com");
  Send(Submitted("2", "ann@gmail.com").Text("lead.title", "CEO"), kStart + Minutes(1));
  EXPECT_EQ(stage().rows.CountRows('p'), 1u);
}

TEST_F(MoveTest, AKnownPersonMovesUpWhenTheirCompanyTurnsUp) {
  Send(Submitted("1", "ann@gmail.com").HandRaise());
  Send(Upserted("0", "d:acme.com").Text("account.name", "Acme"));
  Send(Submitted("2", "ann@gmail.com").Hint("d:acme.com"), kStart + Minutes(1));
  EXPECT_TRUE(PersonOf("ann@gmail.com"));
  EXPECT_EQ(Lead("ann@gmail.com")->place, LeadPlace::kQueued);
  EXPECT_EQ(Count("lead.moved"), 1u);
  EXPECT_EQ(stage().rows.CountRows('p'), 1u);
}

TEST_F(MoveTest, AnAccountWithSeveralDomainsGathersTheirPeopleInParts) {
  for (int i = 0; i < 250; ++i)
    Send(Submitted(fmt::format("s{}", i), fmt::format("p{}@acme.de", i)));
  std::string domains;
  AppendListItem(&domains, "acme.com");
  AppendListItem(&domains, "acme.de");
  const auto at_home = [&](std::string_view home) {
    std::string prefix = "p" + HomeKey(HomeOf(home));
    size_t count = 0;
    for (const auto& [key, bytes] : stage().rows.Dump()) count += key.starts_with(prefix);
    return count;
  };
  Send(Upserted("u", "d:acme.com").Set("account.domains", Value::List(domains)),
       kStart + Minutes(1));
  EXPECT_EQ(at_home("d:acme.com"), 100u);
  Send(Submitted("new", "new@acme.de"), kStart + Minutes(1));
  EXPECT_EQ(at_home("d:acme.com"), 101u);
  stage().FireUntil(kStart + Minutes(2));
  EXPECT_EQ(at_home("d:acme.com"), 251u);
  EXPECT_EQ(at_home("d:acme.de"), 0u);
  EXPECT_TRUE(stage().Row<RedirectRow>({HomeOf("d:acme.de"), {}})->complete);
  Send(Submitted("late", "p1@acme.de"), kStart + Minutes(3));
  EXPECT_EQ(at_home("d:acme.com"), 251u);
  EXPECT_EQ(stage().Row<AccountRow>({HomeOf("d:acme.de")}), nullptr);
}

TEST_F(MoveTest, OfTwoAccountsThatClaimEachOtherAtOnceOneStays) {
  Send(Submitted("1", kAnn));
  Send(Submitted("2", "bob@beta.com"));
  // The claims cross on the way.
  for (const auto& [mine, other] :
       {std::pair("acme.com", "beta.com"), std::pair("beta.com", "acme.com")}) {
    Effects effects;
    Step step(kStart, {9, 9}, {9, 9}, kStart, Mode::kLive, 0, *book, stage().rows, effects);
    step.rows.Edit<AccountRow>({HomeOf(fmt::format("d:{}", mine))}).claimed = {other};
    stage().rows.Apply(step.rows.Take());
  }
  const auto claim = [&](std::string_view by, std::string_view of) {
    stage().Send(Stage::kAccount, HomeKey(HomeOf(of)), MessageType::kRedirect,
                 Redirect{HomeOf(by), std::string(by), "", "account_claimed"}, kStart + Minutes(1));
  };
  claim("d:acme.com", "d:beta.com");
  claim("d:beta.com", "d:acme.com");
  const HomeId stays = std::min(HomeOf("d:acme.com"), HomeOf("d:beta.com"));
  EXPECT_EQ(stage().rows.CountRows('p'), 2u);
  EXPECT_NE(stage().Row<AccountRow>({stays}), nullptr);
  EXPECT_EQ(stage().Row<RedirectRow>({stays, {}}), nullptr);
  Send(Submitted("3", kAnn), kStart + Minutes(2));
  Send(Submitted("4", "bob@beta.com"), kStart + Minutes(3));
  EXPECT_EQ(stage().rows.CountRows('p'), 2u);
  EXPECT_EQ(Count("dead_letter.written"), 0u);
}

TEST_F(MoveTest, IntakeLearnsOfAnAccountOnceForEachChange) {
  Send(Upserted("1", "d:acme.com").Text("account.name", "Acme, Inc."));
  Send(Upserted("2", "d:acme.com").Text("account.city", "Bonn"), kStart + Minutes(1));
  const auto entries = stage().Kept<DirectoryEntry>(MessageType::kDirectory);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].domain, "acme.com");
  EXPECT_EQ(entries[0].name_key, "acme");
}

TEST_F(MoveTest, OnlyNewTokensAreLinkedAndTheirNumberIsBounded) {
  Send(Submitted("1", kAnn).Token("crm:lead:1"));
  Send(Submitted("2", kAnn).Token("crm:lead:1"));
  EXPECT_EQ(stage().Kept<Link>(MessageType::kLink).size(), 1u);
  for (int i = 0; i < 30; ++i) {
    EventBuilder b = Submitted(fmt::format("b{}", i), kAnn);
    b.event.anonymous = fmt::format("browser{}", i);
    Send(b);
  }
  EXPECT_EQ(Person(kAnn)->tokens.size(), kMaxTokens);
  EXPECT_EQ(Person(kAnn)->tokens.front(), "crm:lead:1");
}

TEST_F(MoveTest, ConsentSaidBeforeThePersonIsKnownIsTakenOver) {
  Send(Make(EventType::kConsentChanged, "1")
           .Of(kAnn)
           .Text("event.channel", "email")
           .Text("event.status", "refused"));
  Send(Submitted("2", kAnn).HandRaise(), kStart + Minutes(1));
  EXPECT_EQ(Requests()[0].card.refused, std::vector<std::string>{"email"});
}

}  // namespace
}  // namespace pm::account
