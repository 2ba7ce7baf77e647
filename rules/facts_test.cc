#include "rules/facts.h"

#include <gmock/gmock.h>

namespace pm {
namespace {

std::string Block(std::initializer_list<std::pair<FieldNumber, Value>> pairs) {
  BlockBuilder builder;
  for (const auto& [field, value] : pairs) builder.Set(field, value);
  return builder.Build();
}

TEST(Slots, AFieldKeepsItsSlot) {
  Slots slots;
  const FieldNumber custom = CustomFieldNumber("lead.shoe_size");
  EXPECT_EQ(slots.Add(Field("lead.country")), 0u);
  EXPECT_EQ(slots.Add(custom), 1u);
  EXPECT_EQ(slots.Add(Field("lead.country")), 0u);
  EXPECT_EQ(slots.Of(custom), 1u);
  EXPECT_EQ(slots.Of(Field("lead.city")), UINT32_MAX);
  EXPECT_EQ(slots.Of(CustomFieldNumber("lead.hat_size")), UINT32_MAX);
}

TEST(FactSheet, TakesWhatRulesReadAndPassesOverTheRest) {
  Slots slots;
  slots.Add(Field("lead.country"));
  slots.Add(Field("account.employees"));
  const std::string block = Block(
      {{Field("lead.city"), Value::Text("Bonn")}, {Field("lead.country"), Value::Text("DE")}});
  FactSheet sheet(slots);
  sheet.Add(FieldBlock(block));
  EXPECT_EQ(sheet.facts()[0], Value::Text("DE"));
  EXPECT_TRUE(sheet.facts()[1].missing());
}

TEST(FactSheet, AnExplicitNullMakesAFieldMissingAgain) {
  Slots slots;
  slots.Add(Field("lead.country"));
  const std::string null = Block({{Field("lead.country"), Value()}});
  FactSheet sheet(slots);
  sheet.Set(Field("lead.country"), Value::Text("DE"));
  sheet.Add(FieldBlock(null));
  EXPECT_TRUE(sheet.facts()[0].missing());
}

TEST(FactSheet, ItsBlockFillsAnEqualSheet) {
  Slots slots;
  slots.Add(Field("lead.country"));
  slots.Add(Field("account.employees"));
  slots.Add(Field("lead.city"));
  FactSheet sheet(slots);
  sheet.Set(Field("lead.country"), Value::Text("DE"));
  sheet.Set(Field("account.employees"), Value::Int(-7));
  const std::string stored = sheet.ToBlock();
  FactSheet again(slots);
  again.Add(FieldBlock(stored));
  EXPECT_TRUE(std::ranges::equal(again.facts(), sheet.facts()));
}

TEST(FactSheet, AddressesAreSeenInTheFormTheyAreComparedIn) {
  FieldTable fields;
  ASSERT_TRUE(fields.Add("lead.partner", Type::kText, 0, 512, Normaliser::kEmail, true, ""));
  const FieldNumber partner = CustomFieldNumber("lead.partner");
  Slots slots;
  const std::vector<FieldNumber> read = {Field("lead.email"), partner, Field("lead.title")};
  for (const FieldNumber field : read) slots.Add(field);
  slots.TakeForms(fields);
  std::string block;
  {
    BlockBuilder builder;
    for (const FieldNumber field : read) builder.Set(field, Value::Text("Ann@acme.com"));
    block = builder.Build();
  }
  FactSheet first(slots);
  first.Add(FieldBlock(block));
  const FactSheet sheet = std::move(first);
  EXPECT_EQ(sheet.facts()[0], Value::Text("ann@acme.com"));
  EXPECT_EQ(sheet.facts()[1], Value::Text("ann@acme.com"));
  EXPECT_EQ(sheet.facts()[2], Value::Text("Ann@acme.com"));
  const std::string stored = sheet.ToBlock();
  FactSheet again(slots);
  again.Add(FieldBlock(stored));
  EXPECT_EQ(again.ToBlock(), stored);
}

}  // namespace
}  // namespace pm
