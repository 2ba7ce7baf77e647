#include "app/importing/convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kMap = R"(
type: lead.submitted
source: s
id: "{n}"
time: { from: 2026-03-02T09:00:00Z, step: +1m }
fields:
  email: mail
  employees: size
  name: { template: "{First} {Last}" }
  do_not_email: { column: out, values: { "Yes": true, "No": false } }
)";
constexpr std::string_view kHeader = "n,mail,size,First,Last,out\n";

struct Imported {
  ImportOutcome outcome;
  std::string problems;
  std::vector<std::string> Rejected() const { return Texts(outcome.rejected); }
  std::vector<std::string> LeftOut() const { return Texts(outcome.left_out); }

 private:
  static std::vector<std::string> Texts(const std::vector<RowNote>& notes) {
    std::vector<std::string> texts;
    for (const RowNote& note : notes)
      texts.push_back(fmt::format("{}: {}", note.line, note.reason));
    return texts;
  }
};

Imported Import(std::string_view csv, std::string_view map = kMap) {
  Diagnostics problems;
  const Source map_source("map.yaml", std::string(map)), rows("rows.csv", std::string(csv));
  const ImportMap read = ReadImportMap(map_source, problems);
  Imported imported;
  if (!problems.has_errors()) imported.outcome = ConvertCsv(rows, read, Mode::kLive, problems);
  imported.problems = problems.Render(false);
  return imported;
}
Imported Rows(std::string_view rows) { return Import(std::string(kHeader) + std::string(rows)); }

TEST(ConvertCsv, AnOptOutThatCannotBeReadRejectsTheRow) {
  const Imported run = Rows("1,a@c.example,5,A,B,Yes\n2,b@c.example,5,A,B,Perhaps\n");
  EXPECT_EQ(run.outcome.events.size(), 1u);
  EXPECT_THAT(run.outcome.events.front().json, HasSubstr("\"do_not_email\":true"));
  EXPECT_THAT(run.Rejected(), ElementsAre(HasSubstr("3: /data/do_not_email ")));
}

TEST(ConvertCsv, AnotherValueThatMeansNothingIsLeftOutAndSaid) {
  const Imported run = Rows("1,a@c.example,many,A,B,No\n");
  EXPECT_EQ(run.outcome.events.size(), 1u);
  EXPECT_THAT(run.LeftOut(), ElementsAre(HasSubstr("2: /data/employees ")));
}

TEST(ConvertCsv, ARowThatNamesNobodyIsRejected) {
  const Imported run = Rows("1,bad address,5,A,B,No\n2,,5,A,B,No\n");
  EXPECT_THAT(run.outcome.events, IsEmpty());
  EXPECT_THAT(run.Rejected(),
              ElementsAre(HasSubstr("nothing says whom"), HasSubstr("nothing says")));
}

TEST(ConvertCsv, ANameWithoutItsSecondHalfIsANameStill) {
  const Imported run = Rows("1,a@c.example,5,Ann,,No\n2,b@c.example,5,,,No\n");
  ASSERT_EQ(run.outcome.events.size(), 2u);
  EXPECT_THAT(run.outcome.events[0].json, HasSubstr("\"name\":\"Ann\""));
  EXPECT_THAT(run.outcome.events[1].json, Not(HasSubstr("\"name\"")));
}

TEST(ConvertCsv, AnAddressWithoutAPartIsNone) {
  const Imported run = Import("n,phone,First\n1,+4930123456,\n2,+4930123457,Ann\n", R"(
type: lead.submitted
source: s
id: "{n}"
time: { from: 2026-03-02T09:00:00Z, step: +1m }
fields: { phone: phone, email: { template: "{First}.{n}@c.example" } }
)");
  ASSERT_EQ(run.outcome.events.size(), 2u);
  EXPECT_THAT(run.outcome.events[0].json, Not(HasSubstr("c.example")));
  EXPECT_THAT(run.LeftOut(), ElementsAre("2: /data/email: 'First' is empty"));
  EXPECT_THAT(run.outcome.events[1].json, HasSubstr("Ann.2@c.example"));
}

TEST(ConvertCsv, ASemicolonFileIsOneProblemWithTheRemedy) {
  const Imported run = Import("n;mail;size;First;Last;out\n1;a@c.example;5;A;B;No\n");
  EXPECT_THAT(run.problems, HasSubstr("separator: \";\""));
  EXPECT_THAT(run.problems, Not(HasSubstr("no column")));
}

TEST(ConvertCsv, AMissingColumnIsSaidOnceWhereItIsNamed) {
  const Imported run = Import("n,male,size,First,Last,out\n");
  EXPECT_THAT(run.problems, HasSubstr("map.yaml:7:10"));
  EXPECT_THAT(run.problems, HasSubstr("'mail'"));
  EXPECT_EQ(run.problems.find("no column"), run.problems.rfind("no column"));
}

TEST(ConvertCsv, NotesAreInTheOrderOfLines) {
  const Imported run = Rows("1,a@c.example,5,A,B,No\n1,b@c.example,5,A,B,No\n3,x\n4,,5,A,B,No\n");
  EXPECT_THAT(run.Rejected(), ElementsAre(HasSubstr("3: id '1' was used in line 2"),
                                          HasSubstr("4: "), HasSubstr("5: ")));
}

TEST(ConvertCsv, AnEmptyTimeSaysSo) {
  const Imported run = Import("n,mail,when\n1,a@c.example,\n", R"(
type: lead.submitted
source: s
id: "{n}"
time: { column: when, format: datetime }
fields: { email: mail }
)");
  EXPECT_THAT(run.Rejected(), ElementsAre("2: 'when' is empty"));
}

}  // namespace
}  // namespace pm
