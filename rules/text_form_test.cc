// What a rule says is what a lead has: the same writing, read by intake and by the rules.
#include "rules/text_form.h"

#include <gmock/gmock.h>

#include "model/decode/closed_words.h"
#include "model/decode/field_value.h"
#include "rules/literal.h"

namespace pm {
namespace {

using testing::HasSubstr;

const FieldDecl& FieldNamed(std::string_view name) {
  static const FieldTable fields;
  return *fields.Find(name);
}

std::string Form(std::string_view field, std::string_view text) {
  const auto form = WholeTextForm(FieldNamed(field), text);
  return form ? *form : "refused: " + form.error().text;
}
std::string Part(std::string_view field, TestOp op, std::string_view text) {
  const auto part = TextPartForm(FieldNamed(field), op, text);
  return part ? *part : "refused: " + part.error().text;
}

// As a lead of the US has it, in the form rules see; nullopt: the field stays missing.
std::optional<Operand> Fact(const FieldDecl& field, const std::string& typed) {
  const EmailRules email;
  JsonNode json;
  json.kind = JsonNode::Kind::kString;
  json.text = typed;
  const FieldOutcome read = ReadField(field, json, {.country = "US", .email = &email});
  if (read.kind != FieldOutcome::Kind::kSet || !read.reason.empty()) return std::nullopt;
  Value value = read.value;
  if (field.type == Type::kTextList)
    value = Value::Text(ListItems(read.storage).front());
  else if (field.type == Type::kText)
    value.text = read.storage;
  const std::string form =
      IsComparedOtherwise(field) ? ComparedForm(value) : std::string(value.text);
  return Operand{.kind = KindOf(value.type), .number = value.number, .text = form};
}

TEST(TextForm, WhatALeadSaysMatchesTheLiteralWrittenTheSameWayOrThatIsRefused) {
  const std::vector<std::string> typed = {"Ann@Acme.com",
                                          " ANN@GoogleMail.com ",
                                          "Ann Lee <ann+demo@acme.com>",
                                          "ann@",
                                          "+49 30 1234567",
                                          "0049 30 1234567",
                                          "+49 (0)30 1234567",
                                          "030 1234567",
                                          "(415) 555-0100",
                                          "Germany",
                                          "de",
                                          "DE",
                                          "UK",
                                          "California",
                                          "US-CA",
                                          "us-ca",
                                          "ca",
                                          "CA",
                                          "US-XX",
                                          "Bayern",
                                          "Upper State",
                                          "PH-00",
                                          "https://www.Acme.com/x",
                                          "Acme.com",
                                          "münchen.de",
                                          "GOOGLE",
                                          "ＡＣＭＥ",
                                          "Head  of\tSales",
                                          "europe/berlin",
                                          "Europe/Berlin",
                                          "Berlin",
                                          "n/a",
                                          "NA",
                                          "unknown",
                                          "-",
                                          "",
                                          "  ",
                                          "de-DE",
                                          "yes",
                                          "true",
                                          "5",
                                          "-5",
                                          "1e3",
                                          "1.5",
                                          "2026-01-01",
                                          "2026-01-01T00:00:00Z",
                                          "90s",
                                          std::string(9000, 'x')};
  for (const FieldDecl& field : kFields) {
    if (field.set_by == SetBy::kEngine) continue;
    for (const std::string& text : typed) {
      const std::optional<Operand> fact = Fact(field, text);
      const Result<Operand> literal = ReadLiteral(field, text);
      if (!literal) continue;
      const bool out_of_range = literal->kind != ValueKind::kString && !fact;
      if (out_of_range) continue;  // never holds, which the checks find (PM0236)
      ASSERT_TRUE(fact.has_value()) << field.name << " never is '" << text << "'";
      EXPECT_EQ(literal->text, fact->text) << field.name;
      EXPECT_EQ(literal->number, fact->number) << field.name << " " << text;
    }
  }
}

TEST(TextForm, AddressesAreComparedWithoutCase) {
  EXPECT_EQ(Form("lead.email", "Ann@Acme.com"), "ann@acme.com");
  EXPECT_EQ(Form("lead.email", "Ann.X+demo@googlemail.com"), "ann.x+demo@gmail.com");
  EXPECT_EQ(Form("lead.email_domain", "GoogleMail.com"), "gmail.com");
  EXPECT_EQ(Form("lead.email", "acme.com"),
            "refused: lead.email is an e-mail address, which 'acme.com' is not (a domain is in "
            "lead.email_domain)");
  EXPECT_EQ(Part("lead.email", TestOp::kStartsWith, "Ann@"), "ann@");
  EXPECT_THAT(Part("lead.email", TestOp::kContains, "ann lee"), HasSubstr("is no part of"));
  EXPECT_THAT(Part("lead.email", TestOp::kEndsWith, "@googlemail.com"), HasSubstr("@gmail.com"));
}

TEST(TextForm, AFactThatHasItsFormAlreadyIsLeftAlone) {
  for (const std::string_view plain : {"ann@acme.com", "gmail.com", "a+b@x.de"}) {
    EXPECT_TRUE(IsComparedForm(Value::Text(plain)));
    EXPECT_EQ(ComparedForm(Value::Text(plain)), plain);
  }
  for (const auto& [kept, form] :
       {std::pair("Ann@acme.com", "ann@acme.com"), std::pair("ÄNN@acme.com", "änn@acme.com"),
        std::pair("a@googlemail.com", "a@gmail.com"), std::pair("googlemail.com", "gmail.com")}) {
    EXPECT_FALSE(IsComparedForm(Value::Text(kept)));
    EXPECT_EQ(ComparedForm(Value::Text(kept)), form);
  }
  std::string items, expected;
  for (const char* item : {"Ann@acme.com", "bo@acme.com"}) AppendListItem(&items, item);
  for (const char* item : {"ann@acme.com", "bo@acme.com"}) AppendListItem(&expected, item);
  EXPECT_FALSE(IsComparedForm(Value::List(items)));
  EXPECT_EQ(ComparedForm(Value::List(items)), expected);
  EXPECT_TRUE(IsComparedForm(Value::List(expected)));
}

TEST(TextForm, RegionsAreCodesWithoutTheCountry) {
  EXPECT_EQ(Form("lead.region", "CA"), "CA");
  EXPECT_EQ(Form("lead.region", "ca"), "CA");
  EXPECT_EQ(Form("lead.region", "NCR"), "NCR");  // of a country whose regions we do not know
  EXPECT_EQ(Form("lead.region", "Mindanao"), "Mindanao");  // so is its name
  EXPECT_EQ(Form("lead.region", "US-XX"), "US-XX");        // is kept as given
  EXPECT_EQ(Form("lead.region", "US-CA"),
            "refused: lead.region is kept without the country, so it is never 'US-CA' (write CA, "
            "with lead.country US beside it)");
  EXPECT_EQ(Form("account.region", "es-md"),
            "refused: account.region is kept without the country, so it is never 'es-md' (write "
            "MD, with account.country ES beside it)");
  EXPECT_EQ(
      Form("lead.region", "California"),
      "refused: lead.region is kept as a code, so it is never 'California' (write CA, its code in "
      "US)");
  EXPECT_THAT(Part("lead.region", TestOp::kStartsWith, "US-"),
              HasSubstr("never begins with 'US-'"));
  EXPECT_EQ(Part("lead.region", TestOp::kStartsWith, "Min"), "Min");
}

TEST(TextForm, TelephoneNumbersHaveTheirCallingCode) {
  EXPECT_EQ(Form("lead.phone", "+49 30 1234567"), "+49301234567");
  EXPECT_EQ(Form("lead.phone", "0049 30 1234567"), "+49301234567");
  EXPECT_EQ(Form("lead.phone", "030 1234567"),
            "refused: lead.phone is a number with its calling code, as +493012345, which '030 "
            "1234567' is not");
  EXPECT_EQ(Part("lead.phone", TestOp::kStartsWith, "+4930"), "+4930");
  EXPECT_EQ(Part("lead.phone", TestOp::kContains, "555"), "555");
  for (const auto& [text, meant] : {std::pair("0049", "+49"), std::pair("+49 30", "+4930")}) {
    EXPECT_THAT(Part("lead.phone", TestOp::kStartsWith, text),
                HasSubstr("(write '" + std::string(meant) + "')"));
  }
  EXPECT_THAT(Part("lead.phone", TestOp::kContains, "555-01"), HasSubstr("(write '55501')"));
  EXPECT_THAT(Part("lead.phone", TestOp::kStartsWith, "030"), HasSubstr("no such part"));
  EXPECT_THAT(Part("lead.phone", TestOp::kEndsWith, "ext"), HasSubstr("no such part"));
  EXPECT_THAT(Part("lead.phone", TestOp::kContains, "30+49"), HasSubstr("no such part"));
}

TEST(TextForm, WhatIntakeTakesForNothingIsRefused) {
  EXPECT_EQ(Form("lead.title", ""),
            "refused: lead.title is never empty: without a value it is missing (ask for `missing`, "
            "in an expression `!has(lead.title)`)");
  EXPECT_THAT(Form("lead.title", "N/A"), HasSubstr("'N/A' is read as no value"));
  EXPECT_THAT(Form("account.industry", "Unknown"), HasSubstr("'Unknown' is read as no value"));
  EXPECT_EQ(Form("lead.region", "NA"), "NA");
  EXPECT_EQ(Form("lead.last_name", "Null"), "Null");
}

TEST(TextForm, PartsAreThoseOfTheFormThatIsKept) {
  EXPECT_EQ(Part("account.industry", TestOp::kContains, " Soft"), " soft");
  EXPECT_EQ(Part("lead.title", TestOp::kContains, "VP  of"), "VP of");
  EXPECT_EQ(Part("lead.stage", TestOp::kStartsWith, "as"), "as");
  EXPECT_EQ(Part("lead.country", TestOp::kStartsWith, "d"), "D");
  EXPECT_EQ(Part("lead.website", TestOp::kEndsWith, ".EDU"), ".edu");
  EXPECT_THAT(Part("lead.website", TestOp::kContains, "acme.com/x"), HasSubstr("no part of one"));
  EXPECT_THAT(Part("lead.title", TestOp::kStartsWith, " VP"), HasSubstr("without blanks"));
  EXPECT_THAT(Part("lead.title", TestOp::kEndsWith, "VP "), HasSubstr("without blanks"));
  EXPECT_THAT(Part("lead.title", TestOp::kContains, std::string(600, 'x')), HasSubstr("at most"));
  EXPECT_THAT(Part("lead.title", TestOp::kContains, ""), HasSubstr("an empty text is in every"));
}

TEST(TextForm, WordsOfClosedListsAreThoseThatAreStored) {
  EXPECT_EQ(Form("event.reply", "Out of office"), "out_of_office");
  EXPECT_EQ(Form("event.outcome", "no answer"), "no answer");  // any word of other events
  EXPECT_EQ(Form("lead.source", "Out of office"), "out of office");
  for (const ClosedWords& list : AllClosedWords()) {
    for (const std::string_view word : list.words) EXPECT_EQ(StoredWord(list.field, word), word);
  }
}

TEST(TextForm, ZonesAndDomainsAreSpelledAsTheyAreKept) {
  EXPECT_EQ(Form("lead.time_zone", "europe/berlin"), "Europe/Berlin");
  EXPECT_EQ(Form("lead.time_zone", "Berlin"),
            "refused: lead.time_zone is an IANA zone such as Europe/Berlin, which 'Berlin' is not");
  EXPECT_EQ(Form("lead.website", "https://www.Acme.com/x"), "acme.com");
  EXPECT_EQ(Form("lead.website", "acme"),
            "refused: lead.website is a domain such as acme.com, which 'acme' is not");
  EXPECT_EQ(Form("lead.country", "Germany"),
            "refused: lead.country is an ISO 3166 country code of two letters, which 'Germany' is "
            "not (write DE)");
}

}  // namespace
}  // namespace pm
