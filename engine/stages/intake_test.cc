#include <gmock/gmock.h>

#include "base/text/base64.h"
#include "engine/stages/testing.h"
#include "engine/stages/told_row.h"
#include "model/decode/decode.h"
#include "model/normalise/domain_set.h"
#include "rules/book_builder.h"

namespace pm {
namespace {

using testing::HasSubstr;

constexpr Instant kStart{1'700'000'000'000};

class IntakeTest : public testing::Test {
 protected:
  // A submission with undeclared fields x<from> to x<to - 1>.
  void Send(int from, int to, Instant at) {
    std::string data;
    for (int i = from; i < to; ++i) data += fmt::format(R"(,"x{}":1)", i);
    harness.SendJson(fmt::format(R"({{"id":"{}","source":"t","type":"lead.submitted",)"
                                 R"("data":{{"email":"a@acme.com"{}}}}})",
                                 ++sent, data),
                     at);
  }
  size_t Letters() const { return harness.Outputs("dead_letter.written").size(); }

  RuleBookBuilder rules;
  std::shared_ptr<const RuleBook> book = rules.Build();
  StageHarness harness{*book, {Stage::kIntake}};
  int sent = 0;
};

TEST_F(IntakeTest, TellsOfBoundedManyUndeclaredFieldsADay) {
  for (int batch = 0; batch < 6; ++batch) Send(batch * 40, batch * 40 + 40, kStart);
  EXPECT_EQ(Letters(), 5u) << "200 fields; the sixth event has only further ones";
  EXPECT_THAT(harness.Outputs("dead_letter.written").back(),
              HasSubstr("it is the 200th in a day, no further ones are told of"));
  EXPECT_EQ(harness.Row<ToldRow>({"lead.submitted"})->fields.size(), ToldRow::kMostFields);
  EXPECT_EQ(harness.messages.size(), 6u) << "every event is taken";
  Send(200, 240, kStart + ToldRow::kAgain);
  EXPECT_EQ(Letters(), 6u);
  EXPECT_EQ(harness.Row<ToldRow>({"lead.submitted"})->fields.size(), 40u) << "the old are gone";
}

TEST_F(IntakeTest, WritesNothingForWhatWasTold) {
  Send(0, 1, kStart);
  const auto before = harness.rows.Dump();
  Send(0, 1, kStart + Hours(1));
  EXPECT_EQ(Letters(), 1u);
  EXPECT_EQ(harness.rows.Dump(), before);
}

// With all of it the letter itself would be too large, and a broken invariant.
TEST_F(IntakeTest, OfWhatIsTooLargeTheLetterHasTheBeginning) {
  harness.SendJson(R"({"id":"1","big":")" + std::string(4 * kMaxEventBytes, 'x'), kStart);
  ASSERT_EQ(Letters(), 1u);
  const std::string letter = harness.Outputs("dead_letter.written").back();
  EXPECT_THAT(letter, HasSubstr("too_large"));
  EXPECT_THAT(letter, HasSubstr("1048593 bytes; an event has at most 262144"));
  EXPECT_THAT(letter, HasSubstr(Base64(R"({"id":"1","big":"x)")));
  EXPECT_LE(letter.size(), 2 * kMaxEventBytes);
  EXPECT_TRUE(harness.messages.empty());
}

TEST_F(IntakeTest, PeopleOfADomainThatIsNotFreeShareAHome) {
  for (const bool free : {true, false}) {
    RuleBookBuilder own_rules;
    if (!free) own_rules->identity.free_mail = std::make_shared<const DomainSet>();
    const std::shared_ptr<const RuleBook> own_book = own_rules.Build();
    StageHarness own{*own_book, {Stage::kIntake}};
    for (const char* who : {"ann", "bob"}) {
      own.SendJson(fmt::format(R"({{"id":"{0}","source":"t","type":"lead.submitted",)"
                               R"("data":{{"email":"{0}@gmail.com"}}}})",
                               who),
                   kStart);
    }
    ASSERT_EQ(own.messages.size(), 2u);
    EXPECT_EQ(own.messages[0].key == own.messages[1].key, !free);
  }
}

}  // namespace
}  // namespace pm
