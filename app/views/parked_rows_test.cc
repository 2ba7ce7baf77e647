#include "app/views/parked_rows.h"

#include <gmock/gmock.h>

#include "app/views/read_rows.h"
#include "engine/runtime/memory_store.h"
#include "engine/runtime/task.h"
#include "engine/stages/account/records/lead_row.h"
#include "engine/stages/account/records/person_row.h"
#include "engine/stages/desk/records/rep_row.h"
#include "engine/stages/desk/records/sla_run.h"
#include "engine/stages/identity/token_row.h"
#include "model/decode/json_tree.h"

namespace pm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr Instant kDue{1'772'442'000'000};

class ParkedRowsTest : public testing::Test {
 protected:
  template <class R>
  std::string Park(const typename R::Key& key) {
    std::string row = RowKey<R>(key);
    const std::vector<RowWrite> parked = {
        {RowKey<ParkedRow>({row}), Encoded(ParkedRow{kDue, kDue + Seconds(1), "x == y"})}};
    EXPECT_TRUE(store_.Commit({parked, {}, {}, {}}).has_value());
    return row;
  }
  ParkedView Only() const {
    const ParkedList list = ListParked(store_, rules_, 10);
    EXPECT_EQ(list.count, 1U);
    return list.rows.at(0);
  }
  const LeadId lead_{{7, 2}, 1};
  MemoryStore store_;
  RuleBook rules_;
};

TEST_F(ParkedRowsTest, ARowAtADeskNamesItsLeadAndDesk) {
  rules_.pools.push_back({.name = "sales"});
  const std::string row = Park<SlaRun>({DeskHash("main"), lead_});
  const ParkedView view = Only();
  EXPECT_EQ(view.id, ParkedId(row));
  EXPECT_EQ(view.kind, "sla");
  EXPECT_EQ(view.row, "SLA of a lead");
  EXPECT_EQ(view.lead_id, lead_);
  EXPECT_EQ(view.desk, "main");
  EXPECT_EQ(view.due, kDue);
  EXPECT_EQ(view.parked_at, kDue + Seconds(1));
  EXPECT_EQ(view.why, "x == y");
}

TEST_F(ParkedRowsTest, ARepIsNamed) {
  Park<RepRow>({DeskHash("elsewhere"), "ana"});
  EXPECT_EQ(Only().row, "rep ana");
  EXPECT_EQ(Only().desk, "") << "the rules have no such desk";
}

TEST_F(ParkedRowsTest, ALeadAtItsHomeIsNamed) {
  Park<account::LeadRow>({{9}, lead_});
  EXPECT_EQ(Only().lead_id, lead_);
  EXPECT_EQ(Only().kind, "lead");
}

TEST_F(ParkedRowsTest, APersonAtItsHomeIsNamed) {
  Park<account::PersonRow>({{9}, lead_.person});
  EXPECT_EQ(Only().person_id, lead_.person);
  EXPECT_FALSE(Only().lead_id);
}

TEST_F(ParkedRowsTest, WhatABrowserIsCalledIsNotShown) {
  Park<TokenRow>({"anonymous:secret"});
  EXPECT_THAT(ToJson(ListParked(store_, rules_, 10)), Not(HasSubstr("secret")));
}

TEST_F(ParkedRowsTest, ALongListSaysHowManyThereAre) {
  for (uint32_t cycle = 1; cycle <= 3; ++cycle) Park<account::LeadRow>({{9}, {{7, 2}, cycle}});
  ParkedList list = ListParked(store_, rules_, 2);
  EXPECT_EQ(list.rows.size(), 2U);
  list.count = 3;
  const auto json = ParseJson(ToJson(list));
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(json->Text({"count"}), "3");
  EXPECT_EQ(json->Find("parked")->items[0].Text({"lead_id"}), ToText(lead_));
  EXPECT_THAT(ToText(list), HasSubstr("and 1 more"));
  EXPECT_THAT(ToText(list), HasSubstr("lead    " + ToText(lead_)));
  EXPECT_EQ(ToText(ListParked(MemoryStore(), rules_, 2)), "no timer stands still\n");
}

TEST_F(ParkedRowsTest, KeysAreFoundByIdOrAll) {
  const std::string a = Park<account::LeadRow>({{9}, lead_});
  const std::string b = Park<account::LeadRow>({{10}, lead_});
  EXPECT_EQ(FindParked(store_, ParkedId(b)), b);
  EXPECT_EQ(FindParked(store_, "0"), std::nullopt);
  EXPECT_THAT(ParkedKeys(store_, 10), ElementsAre(a, b));
  EXPECT_THAT(ParkedKeys(store_, 1), ElementsAre(a));
}

}  // namespace
}  // namespace pm
