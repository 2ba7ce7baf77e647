#include "engine/runtime/kafka/logs/intake_events.h"

#include <gtest/gtest.h>

#include "model/decode/decode.h"

namespace pm {
namespace {

const TopicPartition kForms{"forms", 3};

KafkaRecord RecordWith(std::string_view value, KafkaHeaders headers = {}) {
  KafkaRecord record;
  record.partition = &kForms;
  record.offset = 7;
  record.value = value;
  record.headers = std::move(headers);
  return record;
}

using Events = std::vector<std::string>;

TEST(EventsInTest, TakesAStructuredEventAsItStands) {
  EXPECT_EQ(EventsIn(RecordWith(R"({"id":"1"})")), Events{R"({"id":"1"})"});
}

TEST(EventsInTest, SplitsABatch) {
  EXPECT_EQ(EventsIn(RecordWith(R"( [{"id":"1"}, {"id":"2"}])")),
            (Events{R"({"id":"1"})", R"({"id":"2"})"}));
  EXPECT_EQ(EventsIn(RecordWith("[]")), Events{});
}

TEST(EventsInTest, PutsABinaryEventTogether) {
  const KafkaHeaders headers = {{"ce_specversion", "1.0"}, {"ce_type", "t"}, {"ce_id", "a\"b"}};
  EXPECT_EQ(EventsIn(RecordWith(R"({"x":1})", headers)),
            Events{R"({"specversion":"1.0","type":"t","id":"a\"b","data":{"x":1}})"});
}

TEST(EventsInTest, ABinaryEventMayHoldOtherThingsThanJson) {
  const KafkaHeaders headers = {{"ce_type", "t"}, {"content-type", "text/plain"}, {"other", "x"}};
  EXPECT_EQ(EventsIn(RecordWith("hi", headers)),
            Events{R"({"type":"t","datacontenttype":"text/plain","data_base64":"aGk="})"});
  KafkaRecord without = RecordWith("", {{"ce_type", "t"}});
  without.tombstone = true;
  EXPECT_EQ(EventsIn(without), Events{R"({"type":"t"})"});
}

TEST(EventsInTest, AValueCannotSayOtherThingsThanTheHeaders) {
  const KafkaHeaders headers = {
      {"ce_specversion", "1.0"}, {"ce_type", "lead.submitted"}, {"ce_id", "a"}, {"ce_source", "s"}};
  const FieldTable fields;
  for (const std::string value :
       {R"({"email":"a@b.com"},"type":"no.such.type")",
        R"({"email":"a@b.com"},"id":"other","source":"evil")", R"({"email":"a@b.com"}})",
        R"({"email":"a@b.com"} {})", R"({"email":)", R"(1,"id":"x")", "hello", " "}) {
    const Events events = EventsIn(RecordWith(value, headers));
    EXPECT_EQ(events, Events{value});
    ASSERT_FALSE(events.empty());
    const DecodedEvent decoded = DecodeEvent(events.front(), {fields, {}}, Instant{});
    ASSERT_FALSE(decoded.ok()) << value;
    EXPECT_EQ(decoded.problems.front().reason, "malformed") << value;
  }
}

TEST(EventsInTest, LeavesWhatIsNoEventToTheStage) {
  EXPECT_EQ(EventsIn(RecordWith("[{]")), Events{"[{]"});
  EXPECT_EQ(EventsIn(RecordWith("")), Events{""});
}

TEST(RootOfTest, TheIdentityIsThatOfThePlaceAndTheBytes) {
  const KafkaRecord record = RecordWith("x");
  const Message root = RootOf(record, 0, "x");
  EXPECT_EQ(RootOf(record, 0, "x").id, root.id);
  EXPECT_NE(RootOf(record, 1, "x").id, root.id);
  EXPECT_NE(RootOf(record, 0, "y").id, root.id);
  KafkaRecord elsewhere = record;
  elsewhere.offset = 8;
  EXPECT_NE(RootOf(elsewhere, 0, "x").id, root.id);
  const TopicPartition other{"forms", 4};
  elsewhere = record;
  elsewhere.partition = &other;
  EXPECT_NE(RootOf(elsewhere, 0, "x").id, root.id);
}

}  // namespace
}  // namespace pm
