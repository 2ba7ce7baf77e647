#include "model/field_block.h"

#include <gtest/gtest.h>

namespace pm {
namespace {

std::string Block(std::initializer_list<std::pair<FieldNumber, Value>> pairs) {
  BlockBuilder builder;
  for (const auto& [field, value] : pairs) builder.Set(field, value);
  return builder.Build();
}

TEST(FieldBlock, KeepsEveryTypeAndSortsByNumber) {
  std::string list;
  AppendListItem(&list, "a.com");
  AppendListItem(&list, "");
  const std::string bytes = Block({{Field("submission.form"), Value::Text("demo")},
                                   {Field("lead.email"), Value::Text("a@b.c")},
                                   {Field("account.employees"), Value::Int(-3)},
                                   {Field("account.revenue"), Value::Decimal(12'500'000)},
                                   {Field("account.domains"), Value::List(list)},
                                   {Field("submission.hand_raise"), Value::Bool(true)},
                                   {Field("event.until"), Value::At(Instant{7})},
                                   {Field("event.duration"), Value::Length(Seconds(1))}});
  const FieldBlock block{std::string_view(bytes)};
  EXPECT_EQ(block.Text(Field("lead.email")), "a@b.c");
  EXPECT_EQ(block.Get(Field("account.employees")), Value::Int(-3));
  EXPECT_EQ(block.Get(Field("account.revenue")), Value::Decimal(12'500'000));
  EXPECT_EQ(ListItems(block.Get(Field("account.domains")).text),
            (std::vector<std::string_view>{"a.com", ""}));
  EXPECT_EQ(block.Get(Field("event.until")), Value::At(Instant{7}));
  EXPECT_TRUE(block.Get(Field("lead.phone")).missing());
  FieldNumber last{0};
  for (BlockReader r(block); r.Next();) {
    EXPECT_GT(r.field(), last);
    last = r.field();
  }
}

TEST(FieldBlock, MergeTakesTheNewerAndNullClears) {
  const std::string older = Block({{Field("lead.email"), Value::Text("old")},
                                   {Field("lead.title"), Value::Text("vp")},
                                   {Field("lead.city"), Value::Text("rome")}});
  const std::string newer = Block({{Field("lead.email"), Value::Text("new")},
                                   {Field("lead.title"), Value{}},
                                   {Field("lead.phone"), Value::Text("+1")}});
  std::string merged;
  FieldBlock::Merge(FieldBlock(std::string_view(older)), FieldBlock(std::string_view(newer)),
                    &merged);
  EXPECT_EQ(merged, Block({{Field("lead.email"), Value::Text("new")},
                           {Field("lead.phone"), Value::Text("+1")},
                           {Field("lead.city"), Value::Text("rome")}}));
}

TEST(FieldTable, KnowsBuiltInAndCustomFields) {
  FieldTable table;
  EXPECT_EQ(table.Find("lead.email")->number, 1u);
  ASSERT_TRUE(
      table.Add("account.fleet", Type::kInt, 0, 10, Normaliser::kNone, false, "Cars.").has_value());
  EXPECT_EQ(table.Find("account.fleet")->number, CustomFieldNumber("account.fleet").number);
  EXPECT_EQ(table.Find(CustomFieldNumber("account.fleet"))->name, "account.fleet");
  for (const char* bad :
       {"fleet", "car.fleet", "lead.", "lead.Fleet", "score.mine", "account.fleet"}) {
    EXPECT_FALSE(table.Add(bad, Type::kInt, 0, 1, Normaliser::kNone, false, "").has_value()) << bad;
  }
}

TEST(FieldTable, EveryBuiltInNameIsUniqueAndBelongsToAnEntity) {
  const FieldTable table;
  for (const FieldDecl& field : table.all()) {
    EXPECT_EQ(table.Find(field.name)->number, field.number) << field.name;
    EXPECT_TRUE(EntityOf(field.name).has_value()) << field.name;
  }
}

}  // namespace
}  // namespace pm
