#include "app/simulate/contradictions.h"

#include <gmock/gmock.h>

#include "app/simulate/derived_facts.h"
#include "app/simulate/lead_trial.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kRules[] = R"(kind: fields
lead.seats: { type: int, meaning: Seats. }
---
kind: routing
routes: [ { name: Free, when: { lead.free_mail: true }, to: { pool: house } } ]
otherwise: { to: { pool: house } }
---
kind: team
pools: { house: { strategy: queue } }
)";

class Contradictions : public testing::Test {
 protected:
  std::vector<std::string> Keys(const std::string& text) {
    return KeysThatDisagree(*book_, "lead.submitted", LeadFile::Read("lead.yaml", text)->data());
  }
  std::vector<std::string> Overruled(const std::string& text) {
    LeadFile lead = *LeadFile::Read("lead.yaml", text);
    const std::string said = GiveAddress(book_->fields(), &lead);
    return LeadTrial(book_, lead, ParseInstant("2026-03-02T09:00:00Z").value()).Overruled(said);
  }
  const std::shared_ptr<const RuleBook> book_ = Compile({{"rules.yaml", kRules}}).book;
};

TEST_F(Contradictions, KeysOfOneFieldMayNotDiffer) {
  EXPECT_THAT(Keys("{ title: VP, lead.title: Boss, company: A }"),
              ElementsAre("lead.title: 'lead.title' says Boss, 'title' says VP"));
  EXPECT_THAT(Keys("{ email: a@b.example, lead.email: c@d.example }"),
              ElementsAre("lead.email: 'email' says a@b.example, 'lead.email' says c@d.example"));
  EXPECT_THAT(Keys("{ country: DE, lead: { country: AT } }"),
              ElementsAre("lead.country: 'country' says DE, 'lead.country' says AT"));
  EXPECT_THAT(Keys("{ custom: { seats: 5 }, lead.seats: 6 }"),
              ElementsAre("lead.seats: 'custom' says 5, 'lead.seats' says 6"));
}

TEST_F(Contradictions, WhatIsSaidBeforeWhatFollowsIsARuleOfIntake) {
  EXPECT_THAT(Keys("{ country: DE, region: US-CA }"), IsEmpty());
  EXPECT_THAT(Keys("{ phone: +49 30 1234567, lead.phone_country: US }"), IsEmpty());
}

TEST_F(Contradictions, SayingTheSameTwiceIsNone) {
  EXPECT_THAT(Keys("{ email: Ann@B.example, lead.email: ann@b.example, title: VP }"), IsEmpty());
  EXPECT_THAT(Keys("{ country: US, region: US-CA, lead.country: usa }"), IsEmpty());
  EXPECT_THAT(Keys("{ country: DE, phone: 030 1234567, lead.phone: +49 30 1234567 }"), IsEmpty());
  EXPECT_THAT(Keys("{ hand_raise: demo, form: book, consent: { email: true } }"), IsEmpty());
}

TEST_F(Contradictions, WhatTheEngineDerivesOverrulesWhatIsSaidOfIt) {
  EXPECT_THAT(Overruled("{ email: a@b.example, lead.email_domain: c.example }"),
              ElementsAre("lead.email_domain: it is given as c.example, but all together make it "
                          "b.example"));
  EXPECT_THAT(Overruled("{ email: a@b.example, lead.free_mail: true }"),
              ElementsAre("lead.free_mail: it is given as true, but all together make it false"));
  EXPECT_THAT(Overruled("{ lead.email_domain: gmail.com, lead.free_mail: false }"),
              ElementsAre("lead.free_mail: it is given as false, but all together make it true"));
  EXPECT_THAT(Overruled("{ lead.email_domain: mail.b.example }"),
              ElementsAre("lead.email_domain: it is given as mail.b.example, but all together make "
                          "it b.example"));
}

TEST_F(Contradictions, WhatGoesTogetherIsTakenAsItIsSaid) {
  EXPECT_THAT(Overruled("{ email: a@B.example, lead.email_domain: b.example, title: VP }"),
              IsEmpty());
  EXPECT_THAT(Overruled("{ lead.email_domain: gmail.com, lead.free_mail: true }"), IsEmpty());
  EXPECT_THAT(Overruled("{ email: a@b.example, account.employees: 20, account.domain: b.example,"
                        " country: DE, phone: 030 1234567, lead.seats: 4 }"),
              IsEmpty());
}

}  // namespace
}  // namespace pm
