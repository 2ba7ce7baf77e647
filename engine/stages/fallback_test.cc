#include "engine/stages/fallback.h"

#include "engine/stages/account/testing.h"

namespace pm {
namespace {

using account::IdentityRow;
using account::LeadPlace;
using account::LeadRow;
using account::PersonRow;

constexpr PersonId kAnn{11, 1};
constexpr LeadId kLead{kAnn, 1};

// A person with a lead on the way to `d:beta.com`.
Message Moving() {
  LeadRow lead;
  lead.person = kAnn;
  lead.place = LeadPlace::kAssigned;
  lead.rep = "ana";
  PersonRow person;
  person.identity = "e:ann@acme.com";
  person.identities = {"e:ann@acme.com", "e:ann@beta.com"};
  person.leads = {kLead};
  person.current = kLead;
  Adopt adopt;
  adopt.person = kAnn;
  adopt.from = HomeOf("d:acme.com");
  adopt.from_text = "d:acme.com";
  adopt.home_text = "d:beta.com";
  adopt.leads.push_back({kLead, {Encoded(lead)}});
  adopt.row.bytes = Encoded(person);
  Message message;
  message.to = Stage::kAccount;
  message.type = MessageType::kAdopt;
  message.key = HomeKey(HomeOf("d:beta.com"));
  message.at = account::kStart;
  message.body = Encoded(adopt);
  return message;
}

TEST(Fallback, APersonWhoseMoveFailedIsAtTheNewHomeAndSomebodyIsTold) {
  const HomeId home = HomeOf("d:beta.com");
  RuleBookBuilder rules;
  const auto book = rules.Build();
  StageHarness harness(*book, {});
  // Somebody else is known by one of the addresses.
  const PersonId other{22, 2};
  Effects before;
  {
    Step step(account::kStart, {1, 1}, {1, 1}, account::kStart, Mode::kLive, 0, *book, harness.rows,
              before);
    step.rows.Edit<PersonRow>({home, other}).identity = "e:ann@beta.com";
    step.rows.Edit<IdentityRow>({home, account::IdentityHash("e:ann@beta.com")}).person = other;
    harness.rows.Apply(step.rows.Take());
  }
  const Effects effects = RunFallback(harness.rows, Moving(), {2, 2}, *book);
  harness.rows.Apply(effects.rows);
  ASSERT_NE(harness.Row<PersonRow>({home, kAnn}), nullptr);
  EXPECT_EQ(harness.Row<PersonRow>({home, kAnn})->home_text, "d:beta.com");
  ASSERT_NE(harness.Row<LeadRow>({home, kLead}), nullptr);
  EXPECT_EQ(harness.Row<LeadRow>({home, kLead})->rep, "ana");
  const auto person_of = [&](std::string_view text) {
    return harness.Row<IdentityRow>({home, account::IdentityHash(text)})->person;
  };
  EXPECT_EQ(person_of("e:ann@acme.com"), kAnn);
  EXPECT_EQ(person_of("e:ann@beta.com"), other);
  ASSERT_EQ(effects.outputs.size(), 1u);
  EXPECT_NE(effects.outputs[0].json.find("stuck_move"), std::string::npos);
}

TEST(Fallback, OtherMessagesNeedNothing) {
  RuleBookBuilder rules;
  const auto book = rules.Build();
  MapReader rows;
  Message message = Moving();
  message.type = MessageType::kEvent;
  const Effects effects = RunFallback(rows, message, {2, 2}, *book);
  EXPECT_TRUE(effects.rows.empty());
  EXPECT_TRUE(effects.outputs.empty());
}

}  // namespace
}  // namespace pm
