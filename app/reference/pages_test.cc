#include "app/reference/pages.h"

#include <gmock/gmock.h>

#include "app/commands/files.h"
#include "app/scenario/schema.h"
#include "base/time/text.h"
#include "model/decode/decode.h"
#include "model/outputs/events.h"

namespace pm {
namespace {

using testing::HasSubstr;

TEST(ReferencePages, AreWhatDocsGuideHolds) {
  for (const ReferencePage& page : ReferencePages()) {
    const Result<std::string> held = ReadWholeFile("docs/guide/" + page.file);
    ASSERT_TRUE(held.has_value()) << page.file;
    EXPECT_TRUE(*held == page.text) << page.file << " is stale: ./x run docs --out docs/guide";
  }
}

TEST(ReferencePages, EveryTypeInHasAnExampleWithoutAFault) {
  const FieldTable fields;
  for (const EventTypeDecl& decl : kEventTypes) {
    const DecodedEvent event =
        DecodeEvent(ExampleOf(decl.type), {fields, {}}, *ParseInstant("2026-03-04T00:00:00Z"));
    for (const DecodeProblem& problem : event.problems) {
      ADD_FAILURE() << decl.name << " " << problem.pointer << ": " << problem.detail;
    }
    EXPECT_EQ(event.event.type, decl.type);
  }
}

TEST(ReferencePages, TheExampleOfWhatComesOutObeysItsSchema) {
  const std::string page = EventsPage();
  const size_t begin = page.find('{', page.find("Members that are empty are left out"));
  const std::string json = page.substr(begin, page.find('\n', begin) - begin);
  EXPECT_EQ(SchemaProblem(*ParseJson(OutputSchema("assignment.routed")), *ParseJson(json)), "");
}

TEST(ReferencePages, SayDefaultsAndLinkWhatAValueHolds) {
  EXPECT_THAT(ConfigurationPage(), HasSubstr("| `tick` | duration | 1s |"));
  const std::string page = RulesPage();
  EXPECT_THAT(page, HasSubstr("| `<name>` | [sla policy](#sla-policy) |  |"));
  EXPECT_THAT(page, HasSubstr("| `longer_than` | duration or business days | 2 business days |"));
  EXPECT_THAT(page, HasSubstr("replied, meeting_booked, unsubscribed"));
}

TEST(ReferencePages, NameEveryKeyOfTheRules) {
  const std::string page = RulesPage();
  for (const std::string_view key : {"unknown_zone", "half_life", "at_most", "else", "grace",
                                     "overflow", "survivorship", "weekly", "skip_if"}) {
    EXPECT_THAT(page, HasSubstr(fmt::format("| `{}` |", key)));
  }
}

}  // namespace
}  // namespace pm
