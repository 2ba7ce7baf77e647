#include "app/server/rule_impact.h"

#include <gmock/gmock.h>

#include "app/views/read_rows.h"
#include "base/describe_json.h"
#include "engine/runtime/memory_store.h"
#include "engine/stages/desk/records/assignment_row.h"
#include "engine/stages/desk/records/desk_row.h"
#include "engine/stages/desk/records/enrolment.h"
#include "engine/stages/desk/records/sla_run.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kTeam[] =
    "kind: team\nroster: reps.csv\npools:\n  sales: { members: [ana, ben] }\n"
    "  house: { strategy: queue }\n";
constexpr char kRouting[] =
    "kind: routing\nroutes:\n"
    "  - { name: Demo, when: { submission.form: [demo] }, to: { pool: sales }, sla: quick }\n"
    "  - { name: Table, table: t.csv, match: [lead.country], to: { pool: $pool } }\n"
    "otherwise: { to: { pool: house }, cadence: greet }\n";
constexpr char kSla[] =
    "kind: sla\nquick: { hours: always, milestones: { accept: { within: 5m } } }\n";
constexpr char kCadence[] =
    "kind: cadence\nname: greet\nsteps:\n  - { email: { template: hello }, after: 1h }\n";
constexpr char kLists[] = "kind: lists\nbig: [a, b]\n";

using Files = std::map<std::string, std::string>;

class RuleImpactTest : public testing::Test {
 protected:
  static std::shared_ptr<const RuleBook> Book(const Files& changed,
                                              const RuleBook* previous = nullptr) {
    Files files = {{"team.yaml", kTeam},
                   {"reps.csv", "id,email,name\nana,a@us.example,Ana\nben,b@us.example,Ben\n"},
                   {"routing.yaml", kRouting},
                   {"t.csv", "lead.country,pool\nDE,sales\n"},
                   {"sla.yaml", kSla},
                   {"cadence.yaml", kCadence},
                   {"lists.yaml", kLists}};
    for (const auto& [path, text] : changed) files[path] = text;
    std::vector<RuleFile> all;
    for (auto& [path, text] : files) all.push_back({path, text});
    const CompileResult compiled = Compile(std::move(all), previous);
    EXPECT_TRUE(compiled.ok()) << compiled.diagnostics.Render();
    return compiled.book;
  }
  template <class R>
  void Write(uint32_t lead, const R& row) {
    const DeskLeadKey key{DeskHash("main"), {{1, 2}, lead}};
    const std::vector<RowWrite> rows = {{RowKey<R>(key), Encoded(row)}};
    ASSERT_TRUE(store_.Commit({rows, {}, {}, {}}).has_value());
  }
  void Open(uint32_t lead, const std::string& route, const std::string& pool,
            const std::string& sla = "", Place place = Place::kAssigned) {
    AssignmentRow row;
    row.place = place;
    row.route = route;
    row.pool = pool;
    row.sla = sla;
    Write(lead, row);
  }
  RuleImpact To(const Files& changed, size_t most = 1000) {
    return ImpactOf(store_, *before_, *Book(changed), most);
  }
  static std::string Said(const RuleImpact& impact) {
    std::string text;
    for (const ChangedDocument& one : impact.documents)
      text += fmt::format("{} {} {} {};", one.kind, one.name, one.change, one.leads.value());
    return text;
  }
  static std::string Replaced(std::string text, std::string_view old, std::string_view with) {
    text.replace(text.find(old), old.size(), with);
    return text;
  }

  const std::shared_ptr<const RuleBook> before_ = Book({});
  MemoryStore store_;
};

TEST_F(RuleImpactTest, TheSameRulesTouchNothing) {
  Open(1, "Demo", "sales", "quick");
  const RuleImpact impact = To({{"team.yaml", std::string(kTeam) + "# a comment\n"}});
  EXPECT_EQ(impact.open_leads, 1);
  EXPECT_EQ(impact.touched_leads, 0);
  EXPECT_THAT(impact.documents, IsEmpty());
  EXPECT_THAT(impact.other, IsEmpty());
  EXPECT_TRUE(impact.counted_all);
}

TEST_F(RuleImpactTest, LeadsOfAChangedRoutePoolOrTableAreCounted) {
  Open(1, "Demo", "sales");
  Open(2, "otherwise", "house", "", Place::kQueued);
  Open(3, "Table", "sales");
  Open(4, "Demo", "sales", "", Place::kReturned);
  const RuleImpact route = To({{"routing.yaml", Replaced(kRouting, "[demo]", "[trial]")}});
  EXPECT_EQ(route.open_leads, 3) << "who was given back is at no desk";
  EXPECT_EQ(route.touched_leads, 1);
  EXPECT_EQ(Said(route), "route Demo changed 1;");
  EXPECT_EQ(Said(To({{"team.yaml", Replaced(kTeam, "[ana, ben]", "[ana]")}})),
            "pool sales changed 2;");
  EXPECT_EQ(Said(To({{"t.csv", "lead.country,pool\nFR,sales\n"}})), "route Table changed 1;");
  const RuleImpact both = To({{"routing.yaml", Replaced(kRouting, "name: Demo", "name: Trial")},
                              {"team.yaml", Replaced(kTeam, "[ana, ben]", "[ben]")}});
  EXPECT_EQ(both.touched_leads, 2) << "each lead once";
  EXPECT_EQ(Said(both), "pool sales changed 2;route Demo gone 1;");
}

TEST_F(RuleImpactTest, RunningSlasAndCadencesAreCountedByTheirName) {
  SlaRun run;
  run.policy = before_->FindSla("quick")->hash;
  Write(1, run);
  run.policy = {7, 7};
  Write(2, run);
  Enrolment enrolment;
  enrolment.cadence = "greet";
  enrolment.step = 1;
  Write(1, enrolment);
  enrolment.step = 0;
  Write(2, enrolment);
  Open(1, "Demo", "sales", "quick");
  const RuleImpact sla = To({{"sla.yaml", Replaced(kSla, "5m", "6m")}});
  EXPECT_EQ(sla.running_slas, 2);
  EXPECT_EQ(sla.touched_slas, 1);
  EXPECT_EQ(sla.touched_leads, 1);
  EXPECT_EQ(Said(sla), "sla quick changed 1;");
  const RuleImpact cadence = To({{"cadence.yaml", Replaced(kCadence, "1h", "2h")}});
  EXPECT_EQ(cadence.running_enrolments, 1) << "the other has ended";
  EXPECT_EQ(cadence.touched_enrolments, 1);
  EXPECT_EQ(Said(cadence), "cadence greet changed 0;");
  EXPECT_EQ(cadence.Most(), 1);
}

// A change without `propagate` leaves what runs under its own content, so going back changes
// nothing for it.
TEST_F(RuleImpactTest, WhatNeverLeftTheContentThatComesBackIsNotTouched) {
  const auto in_force = Book(
      {{"sla.yaml", Replaced(kSla, "5m", "6m")}, {"cadence.yaml", Replaced(kCadence, "1h", "2h")}},
      before_.get());
  const ContentHash then = before_->FindSla("quick")->hash, now = in_force->FindSla("quick")->hash;
  for (const auto& [lead, hash] : {std::pair(1u, then), std::pair(2u, now)}) {
    SlaRun run;
    run.policy = hash;
    Write(lead, run);
    AssignmentRow row;
    row.place = Place::kAssigned;
    row.sla = "quick";
    row.sla_hash = hash;
    Write(lead, row);
  }
  Enrolment enrolment;
  enrolment.cadence = "greet";
  enrolment.hash = before_->FindCadence("greet")->hash;
  enrolment.step = 1;
  Write(1, enrolment);
  const RuleImpact back = ImpactOf(store_, *in_force, *before_, 1000);
  EXPECT_EQ(back.running_slas, 2);
  EXPECT_EQ(back.touched_slas, 1) << "the other runs by what comes back";
  EXPECT_EQ(back.touched_leads, 1);
  EXPECT_EQ(back.touched_enrolments, 0);
  EXPECT_EQ(Said(back), "cadence greet changed 0;sla quick changed 1;");
  EXPECT_EQ(back.moved_slas, 1);
  const RuleImpact third = ImpactOf(
      store_, *in_force, *Book({{"sla.yaml", Replaced(kSla, "5m", "7m")}}, in_force.get()), 1000);
  EXPECT_EQ(third.touched_slas, 2);
}

TEST_F(RuleImpactTest, OtherKindsThatDifferAreNamed) {
  EXPECT_THAT(To({{"lists.yaml", "kind: lists\nbig: [a]\n"}}).other, ElementsAre("lists"));
  EXPECT_THAT(To({{"more.yaml", "kind: lifecycle\nroute_when: [hand_raise]\n"}}).other,
              ElementsAre("lifecycle"));
}

TEST_F(RuleImpactTest, TooManyRowsAreSaidToBeLeftOut) {
  for (uint32_t lead = 1; lead <= 3; ++lead) Open(lead, "Demo", "sales");
  const RuleImpact impact = To({}, 2);
  EXPECT_FALSE(impact.counted_all);
  EXPECT_EQ(impact.open_leads, 2);
}

TEST_F(RuleImpactTest, SaysThatAnEarlierChangeStillPropagates) {
  EXPECT_EQ(To({}).propagating, false);
  DeskRow desk;
  desk.propagates = true;
  const std::vector<RowWrite> rows = {{RowKey<DeskRow>({DeskHash("main")}), Encoded(desk)}};
  ASSERT_TRUE(store_.Commit({rows, {}, {}, {}}).has_value());
  EXPECT_EQ(To({}).propagating, true);
}

TEST_F(RuleImpactTest, WhatNobodyCountedIsAbsentAndNotZero) {
  const auto next = Book({{"routing.yaml", Replaced(kRouting, "[demo]", "[trial]")},
                          {"sla.yaml", Replaced(kSla, "5m", "6m")},
                          {"lists.yaml", "kind: lists\nbig: [a]\n"},
                          {"reps.csv", "id,email,name\nana,a@us.example,Ana\n"},
                          {"team.yaml", Replaced(kTeam, "[ana, ben]", "[ana]")}});
  EXPECT_EQ(ToJson(UncountedImpact(*before_, *next)),
            R"({"documents":[{"kind":"pool","name":"sales","change":"changed"},)"
            R"({"kind":"route","name":"Demo","change":"changed"},)"
            R"({"kind":"sla","name":"quick","change":"changed"}],"other":["lists"],)"
            R"("counted_all":false,"unasked_reps":["ben"]})");
  Open(1, "Demo", "house");
  const std::string counted = ToJson(ImpactOf(store_, *before_, *next));
  EXPECT_THAT(counted, testing::HasSubstr(R"("open_leads":1,"touched_leads":1,"running_slas":0)"));
  EXPECT_THAT(counted, testing::HasSubstr(R"("change":"changed","leads":1)"));
}

}  // namespace
}  // namespace pm
