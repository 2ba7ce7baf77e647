#include "engine/stages/account/testing.h"

namespace pm::account {
namespace {

struct Said {
  std::string source;
  Instant at;
  Value title;
  bool filled = false;
};

std::string Settle(std::vector<Said> order, const IdentityRules& rules) {
  StampedFields fields;
  for (const Said& said : order) {
    BlockBuilder b;
    b.Set(Field("lead.title"), said.title);
    const std::string block = b.Build();
    MergeFields(&fields, FieldBlock(block), said.source, said.at, said.filled, rules);
  }
  return Encoded(fields);
}

TEST(Survivorship, EveryOrderOfArrivalSettlesTheSame) {
  const IdentityRules rules{.survivorship = {"crm", "enrichment", "form"}};
  std::vector<Said> said = {{"form/web", {5}, Value::Text("a")},
                            {"crm", {2}, Value::Text("b")},
                            {"crm:x", {3}, Value{}},
                            {"crm", {3}, Value::Text("c")},
                            {"other", {9}, Value::Text("d")},
                            {"crm", {9}, Value::Text("e"), true}};
  std::vector<size_t> order = {0, 1, 2, 3, 4, 5};
  std::set<std::string> results;
  do {
    std::vector<Said> arrival;
    for (const size_t i : order) arrival.push_back(said[i]);
    results.insert(Settle(arrival, rules));
  } while (std::ranges::next_permutation(order).found);
  EXPECT_EQ(results.size(), 1u);
}

TEST(Survivorship, RankCountsBeforeTimeAndANullClears) {
  const IdentityRules rules{.survivorship = {"crm", "form"}};
  StampedFields fields;
  const auto say = [&](std::string_view source, int64_t at, const Value& value) {
    BlockBuilder b;
    b.Set(Field("lead.title"), value);
    const std::string block = b.Build();
    return MergeFields(&fields, FieldBlock(block), source, {at}, false, rules);
  };
  EXPECT_TRUE(say("form", 9, Value::Text("VP")));
  EXPECT_TRUE(say("crm", 1, Value::Text("Chief")));
  EXPECT_FALSE(say("form", 10, Value::Text("VP")));
  EXPECT_EQ(FieldBlock(fields.values).Text(Field("lead.title")), "Chief");
  EXPECT_TRUE(say("crm", 2, Value{}));
  EXPECT_TRUE(FieldBlock(fields.values).empty());
  EXPECT_FALSE(say("form", 11, Value::Text("VP")));
}

TEST(Survivorship, ASourceClassIsAWholePrefix) {
  const IdentityRules rules{.survivorship = {"crm"}};
  EXPECT_EQ(SourceClass("crm", rules), "crm");
  EXPECT_EQ(SourceClass("/crm/salesforce", rules), "crm");
  EXPECT_EQ(SourceClass("crmsync", rules), "");
}

TEST(Survivorship, ABlockBeyondItsBoundTakesNothingMore) {
  StampedFields fields;
  BlockBuilder big;
  const std::string text(97 * 1024, 'x');
  big.Set(Field("lead.title"), Value::Text(text));
  const std::string block = big.Build();
  EXPECT_FALSE(MergeFields(&fields, FieldBlock(block), "form", {1}, false, {}));
  EXPECT_TRUE(fields.stamps.empty());
}

TEST_F(AccountTest, EventsOutOfOrderLeaveThePersonAsInOrder) {
  Send(Make(EventType::kPersonIdentified, "1").Of("ann@acme.com").Text("lead.title", "VP"), kStart);
  Send(Make(EventType::kLeadUpdated, "2")
           .Of("ann@acme.com")
           .Text("lead.title", "Intern")
           .OccurredAt(kStart - Days(1)),
       kStart + Minutes(1));
  EXPECT_EQ(FieldBlock(Person("ann@acme.com")->fields.values).Text(Field("lead.title")), "VP");
}

TEST_F(AccountTest, CompanyFieldsOfALeadGiveWayToTheAccountsOwn) {
  Send(Submitted("1", "ann@acme.com").Int("account.employees", 10));
  const auto employees = [&] {
    const auto* row = stage().Row<AccountRow>({HomeOf("d:acme.com")});
    return FieldBlock(row->fields.values).Get(Field("account.employees")).number;
  };
  EXPECT_EQ(employees(), 10);
  EventBuilder upserted = Make(EventType::kAccountUpserted, "2").Int("account.employees", 500);
  upserted.event.home = "d:acme.com";
  Send(upserted, kStart + Minutes(1));
  EXPECT_EQ(employees(), 500);
  Send(Submitted("3", "bob@acme.com").Int("account.employees", 20), kStart + Minutes(2));
  EXPECT_EQ(employees(), 500);
}

}  // namespace
}  // namespace pm::account
