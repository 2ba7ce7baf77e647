#include "rules/literal.h"

#include <gmock/gmock.h>

#include "model/value_text.h"

namespace pm {
namespace {

TEST(ReadDecimal, IsExactToSixDigits) {
  EXPECT_EQ(*ReadDecimal("1.5"), 1'500'000);
  EXPECT_EQ(*ReadDecimal("-0.000001"), -1);
  EXPECT_EQ(*ReadDecimal("200"), 200'000'000);
  EXPECT_EQ(*ReadDecimal("0.5"), 500'000);
  for (const char* bad :
       {"", ".", "1.", "01.5", "1.1234567", "--1", "1e3", "9223372036854.775808", "x"}) {
    EXPECT_FALSE(ReadDecimal(bad).has_value()) << bad;
  }
}

TEST(ReadInteger, TakesDigitsOnly) {
  EXPECT_EQ(*ReadInteger("-12"), -12);
  EXPECT_EQ(*ReadInteger("0"), 0);
  for (const char* bad : {"", "1_000", "1 ", "0x1", "012", "-03", "9223372036854775808"}) {
    EXPECT_FALSE(ReadInteger(bad).has_value()) << bad;
  }
}

TEST(ReadLiteral, TheDeclaredTypeDecides) {
  const FieldTable fields;
  EXPECT_EQ(ReadLiteral(*fields.Find("lead.postcode"), "01234")->text, "01234");
  EXPECT_EQ(ReadLiteral(*fields.Find("lead.country"), "NO")->text, "NO");
  EXPECT_EQ(ReadLiteral(*fields.Find("event.duration"), "90s")->number, 90'000);
  EXPECT_EQ(ReadLiteral(*fields.Find("lead.created_at"), "1970-01-01T00:00:01Z")->number, 1000);
  EXPECT_EQ(ReadLiteral(*fields.Find("account.domain"), "https://www.Acme.com/x")->text,
            "acme.com");
  EXPECT_EQ(ReadLiteral(*fields.Find("lead.email_domain"), "Acme.com")->text, "acme.com");
  EXPECT_EQ(ReadTextPart(*fields.Find("lead.email_domain"), TestOp::kEndsWith, ".EDU")->text,
            ".edu");
  EXPECT_FALSE(ReadLiteral(*fields.Find("account.domain"), "acme").has_value());
  EXPECT_FALSE(ReadLiteral(*fields.Find("event.duration"), "soon").has_value());
  EXPECT_FALSE(ReadLiteral(*fields.Find("lead.created_at"), "today").has_value());
}

TEST(ValueText, IsWhatPeopleRead) {
  EXPECT_EQ(ValueText(Value()), "missing");
  EXPECT_EQ(ValueText(Value::Int(200), "people"), "200 people");
  EXPECT_EQ(ValueText(Value::Decimal(-1'250'000)), "-1.25");
  EXPECT_EQ(ValueText(Value::Bool(true)), "true");
  EXPECT_EQ(ValueText(Value::Length(Minutes(90))), "1h30m");
  EXPECT_EQ(ValueText(Value::At(Instant{0})), "1970-01-01T00:00:00Z");
  const std::string long_text(100, 'x');
  EXPECT_EQ(ValueText(Value::Text(long_text)), long_text.substr(0, 80).append("..."));
}

}  // namespace
}  // namespace pm
