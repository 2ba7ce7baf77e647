// Views of a lead after a simulated run: what people see agrees with what happened.
#include <gmock/gmock.h>

#include "app/simulate/dry_run.h"
#include "app/simulate/summary.h"
#include "app/views/explain_decision.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

using testing::HasSubstr;

class ViewsTest : public testing::Test {
 protected:
  ViewsTest() {
    const CompileResult compiled = Compile({{"rules.yaml", R"(kind: scoring
fit:
  rules:
    - { name: Large, when: { account.employees: { gte: 200 } }, points: 20 }
    - { name: Software, when: { account.industry: software }, points: 10 }
---
kind: routing
routes:
  - { name: Germans, when: { lead.country: DE }, to: { pool: sdr } }
otherwise: { to: { pool: sdr }, sla: quick }
---
kind: team
roster: reps.csv
pools: { sdr: { strategy: weighted, members: [ana] } }
---
kind: sla
quick: { hours: always, milestones: { accept: { within: 5m } } }
)"},
                                            {"reps.csv", "id,email,name\nana,a@us.example,Ana\n"}});
    EXPECT_TRUE(compiled.ok()) << compiled.diagnostics.Render();
    book_ = compiled.book;
    run_.emplace(book_, DryRun::Observer{[this](const Output& o) { Take(o); }, {}});
    run_->Submit(
        R"({"specversion":"1.0","id":"1","source":"t","type":"lead.submitted",)"
        R"("time":"2026-03-02T09:00:00Z","data":{"email":"ann@acme.example","name":"Ann Lee",)"
        R"("employees":180,"industry":"software","country":"FR","hand_raise":true}})");
    run_->Flush();
  }
  void Take(const Output& output) {
    if (output.type != "lead.created") return;
    lead_ = *ParseLeadId(ParseJson(output.json)->Text({"data", "lead", "id"}));
  }

  std::shared_ptr<const RuleBook> book_;
  std::optional<DryRun> run_;
  LeadId lead_;
};

TEST_F(ViewsTest, WhomARouteNamesAndAPoolHasIsPassedOverOnce) {
  AssignmentRow row;
  row.rep = "ana";
  row.passed_over = {"al: inactive", "al: inactive", "be: away"};
  EXPECT_THAT(ExplainAssignment(row, *book_).lines,
              testing::ElementsAre("al: is not active", "be: is away"));
}

TEST_F(ViewsTest, ALeadShowsWhoHasItAndWhichClockRuns) {
  const auto view = ViewLead(run_->store(), lead_, *book_);
  ASSERT_TRUE(view.has_value()) << view.error().text;
  EXPECT_EQ(view->place, "assigned");
  ASSERT_TRUE(view->assignment.has_value());
  EXPECT_EQ(view->assignment->rep, "ana");
  ASSERT_TRUE(view->sla.has_value());
  EXPECT_EQ(view->sla->policy, "quick");
  EXPECT_EQ(view->sla->milestones.front().state, "running");
  EXPECT_EQ(view->score.fit, 10);
  const std::string text = ToText(*view);
  EXPECT_THAT(text, HasSubstr("Ann Lee"));
  EXPECT_THAT(text, HasSubstr("accept        running, due 2026-03-02T09:05:00Z"));
  EXPECT_TRUE(ParseJson(ToJson(*view)).has_value());
}

TEST_F(ViewsTest, AnExplanationNamesWhatStoodInTheWay) {
  const auto explained =
      ExplainLead(run_->store(), lead_, *book_, [&](ContentHash) { return book_; });
  ASSERT_TRUE(explained.has_value()) << explained.error().text;
  const std::string text = ToText(*explained);
  EXPECT_THAT(text, HasSubstr("fit: Large (rules.yaml:4) gave nothing"));
  EXPECT_THAT(text, HasSubstr("account.employees gte 200: it is 180 people, 20 too few"));
  EXPECT_THAT(text, HasSubstr("fit: Software (rules.yaml:5) gave +10"));
  EXPECT_THAT(text, HasSubstr("route Germans (rules.yaml:9) did not match"));
  EXPECT_THAT(text, HasSubstr("route otherwise (rules.yaml:10) took it"));
  EXPECT_THAT(text, HasSubstr("Given to ana from pool sdr, by route 'otherwise'"));
}

TEST_F(ViewsTest, WithoutTheRulesOnlyWhatWasStoredIsTold) {
  const auto explained = ExplainLead(run_->store(), lead_, *book_,
                                     [](ContentHash) { return std::shared_ptr<const RuleBook>(); });
  ASSERT_TRUE(explained.has_value());
  EXPECT_THAT(ToText(*explained), HasSubstr("rules of that version are not at hand"));
}

TEST_F(ViewsTest, AnUnknownLeadIsAnError) {
  LeadId unknown = lead_;
  unknown.cycle += 1;
  EXPECT_EQ(ViewLead(run_->store(), unknown, *book_).error().code, 714);
  EXPECT_EQ(ExplainLead(run_->store(), unknown, *book_, {}).error().code, 714);
}

}  // namespace
}  // namespace pm
