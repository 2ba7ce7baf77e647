#include "model/decode/decode.h"

#include <gtest/gtest.h>

#include "base/time/text.h"
#include "model/decode/field_value.h"
#include "model/decode/json_tree.h"

namespace pm {
namespace {

const Instant kAt = *ParseInstant("2026-03-02T10:00:00Z");

DecodedEvent Read(std::string_view json) {
  static const FieldTable fields;
  const DecodeRules rules{fields, {}};
  return DecodeEvent(json, rules, kAt);
}

std::string Submitted(std::string_view data) {
  return fmt::format(R"({{"specversion":"1.0","id":"1","source":"web","type":"lead.submitted",)"
                     R"("time":"2026-03-02T09:00:00Z","data":{}}})",
                     data);
}

std::vector<std::string> Problems(const DecodedEvent& e) {
  std::vector<std::string> lines;
  for (const DecodeProblem& p : e.problems) lines.push_back(p.pointer + " " + p.reason);
  return lines;
}

using Lines = std::vector<std::string>;

TEST(Decode, NormalisesWhatAFormSends) {
  const DecodedEvent e = Read(Submitted(
      R"({"email":" Ann.Lee+x@Mail.ACME.com ","phone":"030 1234567","country":"Germany",)"
      R"("source":"Google","title":"Select","employees":"250","hand_raise":"Demo",)"
      R"("utm":{"source":"Ads"},"external_ids":{"Salesforce:Lead":"00Q1"},"anonymous_id":"b-1"})"));
  ASSERT_TRUE(e.ok());
  EXPECT_EQ(Problems(e), Lines{});
  const FieldBlock f(e.event.fields);
  EXPECT_EQ(f.Text(Field("lead.email_domain")), "acme.com");
  EXPECT_EQ(f.Text(Field("lead.phone")), "+49301234567");
  EXPECT_EQ(f.Text(Field("lead.country")), "DE");
  EXPECT_EQ(f.Text(Field("submission.source")), "google");
  EXPECT_FALSE(f.Has(Field("lead.title")));
  EXPECT_EQ(f.Get(Field("account.employees")).number, 250);
  EXPECT_EQ(f.Get(Field("submission.hand_raise")), Value::Bool(true));
  EXPECT_EQ(f.Text(Field("submission.hand_raise_kind")), "demo");
  EXPECT_EQ(f.Text(Field("submission.utm_source")), "ads");
  EXPECT_EQ(e.event.tokens, Lines{"salesforce:lead:00Q1"});
  EXPECT_EQ(e.event.anonymous, "b-1");
  EXPECT_EQ(e.event.home, "d:acme.com");
  EXPECT_EQ(e.event.identity, "e:ann.lee@mail.acme.com");
}

TEST(Decode, HomeOfAFreeMailAddressIsTheAddress) {
  const DecodedEvent e = Read(Submitted(R"({"email":"Jo.Doe@gmail.com"})"));
  EXPECT_EQ(e.event.home, "e:jodoe@gmail.com");
  EXPECT_EQ(FieldBlock(e.event.fields).Text(Field("lead.email")), "Jo.Doe@gmail.com");
}

TEST(Decode, PhoneIsTheHomeWithoutAnAddressAndRecordIdWithoutBoth) {
  EXPECT_EQ(Read(Submitted(R"({"phone":"+44 20 7946 0000"})")).event.home, "p:+442079460000");
  EXPECT_EQ(Read(Submitted(R"({"external_ids":["hubspot:contact:7"]})")).event.home,
            "r:hubspot:contact:7");
}

TEST(Decode, NamesEveryProblemWithItsPointer) {
  const DecodedEvent e = Read(Submitted(
      R"({"phone":"+44 20 7946 0000","email":"no address","employees":"lots","revenue":1e400,"shoe/size":44,"score":9,)"
      R"("country":"Atlantis","hand_raise":{"a":1}})"));
  EXPECT_TRUE(e.ok());
  EXPECT_EQ(Problems(e), (Lines{"/data/email invalid_value", "/data/employees wrong_type",
                                "/data/revenue wrong_type", "/data/shoe~1size unknown_field",
                                "/data/country invalid_value", "/data/hand_raise wrong_type"}));
}

TEST(Decode, CountsTheProblemsItDoesNotList) {
  std::string data = R"({"email":"a@acme.com")";
  for (int i = 0; i < 5000; ++i) data += fmt::format(R"(,"x{}":1)", i);
  for (int i = 0; i < 60; ++i) data += R"(,"employees":"lots")";
  const DecodedEvent e = Read(Submitted(data + "}"));
  ASSERT_TRUE(e.ok());
  ASSERT_EQ(e.problems.size(), 102u) << "fifty of each, and what was cut";
  EXPECT_EQ(e.problems[99].reason, "wrong_type") << "not crowded out";
  EXPECT_EQ(Problems(e)[100], "/data unknown_field");
  EXPECT_EQ(e.problems[100].detail, "4950 more of them are not listed");
  EXPECT_EQ(Problems(e)[101], "/data too_many_problems");
}

TEST(Decode, AProblemIsSmallHoweverLongTheName) {
  const DecodedEvent e =
      Read(Submitted(fmt::format(R"({{"email":"a@acme.com","{}":1}})", std::string(200'000, 'x'))));
  ASSERT_EQ(e.problems.size(), 1u);
  EXPECT_EQ(e.problems[0].pointer.size(), 303u);
  EXPECT_EQ(e.problems[0].detail.size(), 303u);
}

TEST(Decode, NullForTheAddressClearsWhatIsMadeOfIt) {
  const DecodedEvent e = Read(Submitted(R"({"email":null,"phone":"+493012345"})"));
  const FieldBlock f(e.event.fields);
  for (const FieldNumber field :
       {Field("lead.email"), Field("lead.email_domain"), Field("lead.free_mail")}) {
    EXPECT_TRUE(f.Has(field) && f.Get(field).missing());
  }
}

TEST(Decode, NullClearsAndJunkIsAbsent) {
  const DecodedEvent e = Read(Submitted(R"({"title":null,"company":"N/A","city":" - "})"));
  const FieldBlock f(e.event.fields);
  EXPECT_TRUE(f.Has(Field("lead.title")));
  EXPECT_TRUE(f.Get(Field("lead.title")).missing());
  EXPECT_FALSE(f.Has(Field("lead.company")));
  EXPECT_FALSE(f.Has(Field("lead.city")));
}

TEST(Decode, RefusesWhatIsNoEvent) {
  const auto first = [](std::string_view json) {
    const DecodedEvent e = Read(json);
    return e.problems.empty() ? std::string()
                              : e.problems.front().pointer + " " + e.problems.front().reason;
  };
  EXPECT_EQ(first(""), " malformed");
  EXPECT_EQ(first("{\"id\":\"1\""), " malformed");
  EXPECT_EQ(first("{} {}"), " malformed");
  EXPECT_EQ(first("[1]"), " malformed");
  EXPECT_EQ(first("{\"id\":\"\xff\"}"), " malformed");
  EXPECT_EQ(first(std::string(300'000, ' ')), " too_large");
  EXPECT_EQ(first(R"({"source":"a","type":"lead.submitted"})"), "/id missing");
  EXPECT_EQ(first(R"({"id":7,"source":"a","type":"lead.submitted"})"), "/id wrong_type");
  EXPECT_EQ(first(R"({"id":"1","source":"a","type":"lead.sold"})"), "/type unknown_type");
  EXPECT_EQ(first(R"({"id":"1","source":"a","type":"lead.submitted","mode":"dry"})"),
            "/mode invalid_value");
  EXPECT_EQ(
      first(R"({"id":"1","source":"a","type":"lead.submitted","time":"0000-01-01T00:00:00Z"})"),
      "/time invalid_value");
  EXPECT_EQ(first(R"({"id":"1","source":"a","type":"lead.submitted","data":[]})"),
            "/data wrong_type");
  EXPECT_EQ(first(R"({"id":"1","source":"a","type":"account.upserted","data":{"name":"x"}})"),
            "/data no_subject");
  EXPECT_EQ(first(Submitted(R"({"lead_id":"L-1"})")), "/data/lead_id invalid_value");
}

TEST(Decode, RefusesWhatNamesNobody) {
  const auto reasons = [](std::string_view type, std::string_view data) {
    return Problems(
        Read(fmt::format(R"({{"id":"1","source":"a","type":"{}","data":{}}})", type, data)));
  };
  EXPECT_EQ(reasons("lead.submitted", R"({"title":"VP"})"), (Lines{"/data no_subject"}));
  EXPECT_EQ(reasons("lead.accept", R"({"by":"ana"})"), (Lines{"/data no_subject"}));
  EXPECT_EQ(reasons("suppression.added", R"({"scope":"person"})"), (Lines{"/data no_subject"}));
  EXPECT_EQ(reasons("lead.claim", R"({"by":"ana"})"), Lines{});
  EXPECT_EQ(reasons("intent.observed", R"({"domain":"acme.com","score":70})"), Lines{});
  EXPECT_EQ(reasons("site.visited", R"({"anonymous_id":"b1","path":"/"})"), Lines{});
}

TEST(Decode, ThePhoneNumberTellsItsCountry) {
  const auto country = [](std::string_view data) {
    const DecodedEvent read = Read(Submitted(data));
    const Value told = FieldBlock(read.event.fields).Get(Field("lead.phone_country"));
    return told.missing() ? std::string() : std::string(told.text);
  };
  EXPECT_EQ(country(R"({"phone":"+81 3 1234 5678"})"), "JP");
  EXPECT_EQ(country(R"({"phone":"030 1234567","country":"Germany"})"), "DE");
  EXPECT_EQ(country(R"({"phone":"+81 3 1234 5678","phone_country":"US"})"), "US");
  EXPECT_EQ(country(R"({"phone_country":"US","phone":"+81 3 1234 5678"})"), "US");
  EXPECT_EQ(country(R"({"email":"a@acme.com","phone":"1-800-FLOWERS"})"), "");
}

TEST(Decode, ARegionIsReadByTheCountryOfWhoseItIs) {
  const auto read = [](std::string_view data) {
    const DecodedEvent e = Read(Submitted(fmt::format(R"({{"email":"a@acme.com",{}}})", data)));
    EXPECT_EQ(Problems(e), Lines{}) << data;
    const FieldBlock f(e.event.fields);
    return fmt::format("{} {}, {} {}", f.Text(Field("lead.country")), f.Text(Field("lead.region")),
                       f.Text(Field("account.country")), f.Text(Field("account.region")));
  };
  EXPECT_EQ(read(R"("region":"Bavaria","country":"DE")"), "DE BY,  ");
  EXPECT_EQ(read(R"("region":"Bavaria","country":"DE","account.region":"Texas",)"
                 R"("account.country":"US")"),
            "DE BY, US TX");
  EXPECT_EQ(
      read(R"("region":"Bavaria","country":"DE","account":{"region":"Texas","country":"US"})"),
      "DE BY, US TX");
  EXPECT_EQ(read(R"("country":"US","account":{"region":"Texas"})"), "US ,  TX");
  EXPECT_EQ(read(R"("account":{"country":"US"},"region":"Texas")"), " TX, US ");
  EXPECT_EQ(read(R"("region":"US-CA","account":{"region":"de-by"})"), "US CA, DE BY");
  EXPECT_EQ(read(R"("region":"US-CA","country":"DE")"), "DE US-CA,  ");
  EXPECT_EQ(read(R"("region":"US-CA","country":null)"), " CA,  ");
  EXPECT_EQ(read(R"("region":"Texas")"), " Texas,  ");
}

TEST(Decode, ATimeZoneIsOneOfTheDatabaseInItsOwnCase) {
  const DecodedEvent good =
      Read(Submitted(R"({"email":"a@acme.com","time_zone":"america/new_york"})"));
  EXPECT_TRUE(good.problems.empty());
  EXPECT_EQ(FieldBlock(good.event.fields).Text(Field("lead.time_zone")), "America/New_York");
  const DecodedEvent bad = Read(Submitted(R"({"email":"a@acme.com","time_zone":"Mars/Olympus"})"));
  ASSERT_EQ(bad.problems.size(), 1u);
  EXPECT_EQ(bad.problems[0].pointer, "/data/time_zone");
  EXPECT_EQ(bad.problems[0].reason, "invalid_value");
  EXPECT_TRUE(bad.ok());
  EXPECT_EQ(FieldBlock(bad.event.fields).Text(Field("lead.time_zone")), "");
}

TEST(Decode, AMessageThatIsTooLongIsCutAtACharacterAndTold) {
  std::string words(8191, 'a');
  for (int i = 0; i < 10; ++i) words += "\u00fc";  // two bytes each
  const DecodedEvent read =
      Read(Submitted(fmt::format(R"({{"email":"a@acme.com","message":"{}"}})", words)));
  EXPECT_EQ(FieldBlock(read.event.fields).Text(Field("submission.message")),
            std::string(8191, 'a'));
  ASSERT_EQ(read.problems.size(), 1u);
  EXPECT_EQ(read.problems[0].reason, "too_long");
  EXPECT_EQ(read.problems[0].pointer, "/data/message");
  EXPECT_TRUE(read.ok());
}

TEST(Decode, SaysWhatMayHaveBeenMeant) {
  const auto first = [](std::string_view json) { return Read(json).problems.front().detail; };
  EXPECT_EQ(first(R"({"id":"1","source":"a","type":"lead.submited"})"),
            "there is no event type 'lead.submited'; did you mean 'lead.submitted'?");
  EXPECT_EQ(first(R"({"id":"1","source":"a","type":"invoice.paid"})"),
            "there is no event type 'invoice.paid'");
  EXPECT_EQ(first(Submitted(R"({"emial":"a@b.example"})")),
            "no field 'emial'; did you mean 'email'?");
  EXPECT_EQ(first(Submitted(R"({"email":"a@b.example","account.industy":"x"})")),
            "no field 'account.industy'; did you mean 'account.industry'?");
  EXPECT_EQ(first(Submitted(R"({"email":"a@b.example","employees":"lots"})")),
            "account.employees is a whole number, but this is not: lots");
}

TEST(Decode, TypesOfALaterReleaseAreToldFromMisspeltOnes) {
  const DecodedEvent e = Read(R"({"id":"1","source":"a","type":"meeting.held"})");
  EXPECT_EQ(Problems(e), Lines{"/type unsupported_type"});
  EXPECT_FALSE(e.ok());
}

TEST(Decode, TimeIsNeverAfterTheRecordIsDurable) {
  const DecodedEvent late = Read(
      R"({"id":"1","source":"a","type":"site.visited","data":{"anonymous_id":"b1"},"time":"9999-12-31T23:59:59Z"})");
  EXPECT_EQ(late.event.occurred_at, kAt);
  const DecodedEvent early = Read(
      R"({"id":"1","source":"a","type":"site.visited","data":{"anonymous_id":"b1"},"time":"0001-01-01T00:00:00Z"})");
  EXPECT_TRUE(early.ok());
  EXPECT_LT(early.event.occurred_at, kAt);
}

TEST(Decode, ADecimalThatCannotBeKeptExactlyIsToldWhatFits) {
  FieldTable fields;
  ASSERT_TRUE(fields
                  .Add("lead.budget", Type::kDecimal, INT64_MIN, INT64_MAX, Normaliser::kNone,
                       false, "Budget.")
                  .has_value());
  for (const char* number : {"1000.4999999999", "1e+30", "lots"}) {
    const DecodedEvent e =
        DecodeEvent(Submitted(fmt::format(R"({{"email":"a@b.example","budget":"{}"}})", number)),
                    {fields, {}}, kAt);
    ASSERT_EQ(e.problems.size(), 1U) << number;
    EXPECT_EQ(e.problems[0].detail,
              fmt::format("lead.budget is a number with at most 6 decimal places, up to "
                          "9223372036854, but this is not: {}",
                          number));
  }
}

TEST(Decode, WhatIsOutsideTheBoundsIsToldAsItWasWritten) {
  FieldTable fields;
  const auto add = [&](const char* name, Type type, int64_t min, int64_t max) {
    ASSERT_TRUE(fields.Add(name, type, min, max, Normaliser::kNone, false, "").has_value());
  };
  add("lead.amount", Type::kDecimal, 500'000, 100'000'000);
  add("lead.wait", Type::kDuration, Minutes(1).ms, Hours(1).ms);
  add("lead.seats", Type::kInt, 1, INT64_MAX);
  const auto told = [&](std::string_view member) {
    const DecodedEvent e = DecodeEvent(
        Submitted(fmt::format(R"({{"email":"a@b.example",{}}})", member)), {fields, {}}, kAt);
    return e.problems.empty() ? "" : e.problems[0].reason + ": " + e.problems[0].detail;
  };
  EXPECT_EQ(told(R"("amount":500)"), "out_of_range: 500 is above 100, the largest value");
  EXPECT_EQ(told(R"("amount":"0.25")"), "out_of_range: 0.25 is below 0.5, the smallest value");
  EXPECT_EQ(told(R"("amount":100)"), "");
  EXPECT_EQ(told(R"("wait":"2h")"), "out_of_range: 2h is above 1h, the largest value");
  EXPECT_EQ(told(R"("wait":59999)"), "out_of_range: 59999 is below 1m, the smallest value");
  EXPECT_EQ(told(R"("wait":"1h")"), "");
  EXPECT_EQ(told(R"("seats":0)"), "out_of_range: 0 is below 1, the smallest value");
}

TEST(Decode, DecimalsAreExact) {
  EXPECT_EQ(ParseMicros("12.5"), 12'500'000);
  EXPECT_EQ(ParseMicros("-0.000001"), -1);
  EXPECT_EQ(ParseMicros("1e3"), 1'000'000'000);
  EXPECT_EQ(ParseMicros("1.5E-6"), std::nullopt);
  EXPECT_EQ(ParseMicros("2.000000000"), 2'000'000);
  EXPECT_EQ(ParseMicros("9223372036854.775807"), INT64_MAX);
  EXPECT_EQ(ParseMicros("9223372036855"), std::nullopt);
  EXPECT_EQ(ParseMicros("1e31"), std::nullopt);
  EXPECT_EQ(ParseMicros("."), std::nullopt);
  EXPECT_EQ(ParseMicros("1.2.3"), std::nullopt);
  EXPECT_EQ(ParseMicros(""), std::nullopt);
}

TEST(SplitBatch, GivesTheEventsAsTheyStand) {
  const auto events = SplitBatch(R"( [ {"a": 1.50} , {"b":[2]} ] )");
  ASSERT_TRUE(events.has_value());
  ASSERT_EQ(events->size(), 2u);
  EXPECT_EQ((*events)[0], R"({"a": 1.50})");
  EXPECT_EQ((*events)[1], R"({"b":[2]})");
  EXPECT_EQ(SplitBatch(R"({"a":1})")->size(), 1u);
  EXPECT_EQ(SplitBatch("7").error().code, 300);
  EXPECT_EQ(SplitBatch("[{]").error().code, 300);
}

TEST(JsonTree, RefusesDepthAndTrailingBytes) {
  EXPECT_FALSE(ParseJson(std::string(40, '[') + std::string(40, ']')).has_value());
  EXPECT_FALSE(ParseJson("{} x").has_value());
  EXPECT_FALSE(ParseJson("nul").has_value());
  EXPECT_FALSE(ParseJson(R"({"a":nul})").has_value());
  EXPECT_FALSE(ParseJson(R"({"a":1x})").has_value());
  EXPECT_FALSE(ParseJson(R"({"a":[1,]})").has_value());
  EXPECT_TRUE(ParseJson(R"({"a":[1,2,{"b":null}]})").has_value());
}

TEST(JsonTree, APathLeadsToANodeOrToNothing) {
  const JsonNode tree =
      *ParseJson(R"({"a":{"b":"x","n":1.50,"b":"last","l":["i"],"o":{},"t":true}})");
  EXPECT_EQ(tree.At({}), &tree);
  EXPECT_EQ(tree.At({"a", "l"})->items.front().text, "i");
  EXPECT_EQ(tree.At({"a", "none"}), nullptr);
  EXPECT_EQ(tree.At({"a", "b", "below a text"}), nullptr);
  EXPECT_EQ(tree.Text({"a", "b"}), "last");
  EXPECT_EQ(tree.Text({"a", "n"}), "1.50");
  for (const std::string_view textless : {"o", "t", "l", "none"}) {
    EXPECT_EQ(tree.Text({"a", textless}), "") << textless;
  }
}

}  // namespace
}  // namespace pm
