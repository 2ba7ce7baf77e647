#include "base/describe.h"

#include <gtest/gtest.h>

#include "base/describe_json.h"
#include "base/text/base64.h"

namespace pm {
namespace {

struct Inner {
  std::string name;
  int64_t points = 0;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "name", &Inner::name, "Name.");
    v.Field(2, "points", &Inner::points, "Points.");
  }
};

struct Outer {
  Instant due = kNever;
  bool flag = true;
  std::vector<std::string> words;
  std::vector<Inner> inners;
  std::optional<LeadId> lead;
  Inner one;
  BlockBytes block;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "due", &Outer::due, "Due.");
    v.Field(2, "flag", &Outer::flag, "Flag.");
    v.Field(3, "words", &Outer::words, "Words.");
    v.Field(4, "inners", &Outer::inners, "Inners.");
    v.Field(5, "lead", &Outer::lead, "Lead.");
    v.Field(6, "one", &Outer::one, "One.");
    v.Field(7, "block", &Outer::block, "Block.");
  }
};

Outer Filled() {
  Outer o;
  o.due = Instant{-5};
  o.flag = false;
  o.words = {"a", "", "b"};
  o.inners = {{"x", -1}, {"y", INT64_MIN}};
  o.lead = LeadId{{1, 2}, 3};
  o.one = {"z", INT64_MAX};
  o.block.bytes = std::string("\0\xff", 2);
  return o;
}

TEST(Describe, ReadsBackWhatItWrote) {
  const Outer before = Filled();
  Outer after;
  ASSERT_TRUE(Decode(Encoded(before), &after));
  EXPECT_EQ(Encoded(after), Encoded(before));
  EXPECT_EQ(after.due, before.due);
  EXPECT_EQ(after.words, before.words);
  EXPECT_EQ(after.inners[1].points, INT64_MIN);
  EXPECT_EQ(after.lead, before.lead);
  EXPECT_EQ(after.block, before.block);
}

TEST(Describe, DefaultsTakeNoBytesAndComeBack) {
  EXPECT_EQ(Encoded(Outer{}), "");
  Outer after;
  ASSERT_TRUE(Decode("", &after));
  EXPECT_EQ(after.due, kNever);
  EXPECT_TRUE(after.flag);
}

TEST(Describe, PassesOverNumbersItDoesNotKnow) {
  std::string bytes = Encoded(Filled());
  WireWriter(&bytes).Varint(99, 7);
  Outer after;
  EXPECT_TRUE(Decode(bytes, &after));
}

TEST(Describe, ShowsDamageAtEveryCut) {
  const std::string bytes = Encoded(Filled());
  size_t refused = 0;
  for (size_t cut = 1; cut < bytes.size(); ++cut) {
    Outer after;
    if (!Decode(std::string_view(bytes).substr(0, cut), &after)) ++refused;
  }
  EXPECT_GT(refused, bytes.size() / 2);  // a cut between two fields reads as a shorter whole
  Outer after;
  EXPECT_FALSE(Decode(std::string(12, '\xff'), &after));
}

struct Shown {
  bool flag = true;
  std::vector<std::string> words;
  Inner one;
  Instant at = kNever;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "flag", &Shown::flag, "Flag.");
    v.Field(2, "words", &Shown::words, "Words.");
    v.Field(3, "one", &Shown::one, "One.");
    v.Field(4, "at", &Shown::at, "At.");
  }
};

TEST(Describe, WritesJsonWithoutWhatIsEmpty) {
  Shown o;
  o.words = {"a"};
  o.one.name = "n";
  EXPECT_EQ(ToJson(o), R"({"flag":true,"words":["a"],"one":{"name":"n","points":0}})");
}

TEST(Ids, TextFormsReadBack) {
  const LeadId lead{{0xabc, 0xdef}, 12};
  EXPECT_EQ(ToText(lead), "L-0000000000000abc-0000000000000def-12");
  EXPECT_EQ(ParseLeadId(ToText(lead)), lead);
  const AssignmentId assignment{7, lead, 3};
  EXPECT_EQ(ParseAssignmentId(ToText(assignment)), assignment);
  EXPECT_EQ(ParsePersonId(ToText(lead.person)), lead.person);
  const ContentHash hash = HashContent("x");
  EXPECT_EQ(ParseContentHash(ToText(hash)), hash);
  for (const char* bad : {"", "L", "L-", "L-1-2", "L-1-2-3-4", "P-1-2-3", "L-x-2-3", "L-1--3"}) {
    EXPECT_EQ(ParseLeadId(bad).error().code, 1) << bad;
  }
  EXPECT_FALSE(ParseContentHash("12").has_value());
}

TEST(Ids, DerivedIdsDifferByCauseKindAndOrdinal) {
  const EventId cause = HashEvent("cause");
  EXPECT_EQ(Derive(cause, 1, 2), Derive(cause, 1, 2));
  EXPECT_NE(Derive(cause, 1, 2), Derive(cause, 2, 1));
  EXPECT_NE(Derive(cause, 1, 2), Derive(HashEvent("other"), 1, 2));
}

TEST(Base64, AgreesWithRfc4648) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(Base64(bytes), text);
    EXPECT_EQ(ParseBase64(text), bytes);
  }
  for (const char* bad : {"Z", "Zg=", "Z===", "Zg==Zg==", "Z*=="}) {
    EXPECT_FALSE(ParseBase64(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace pm
