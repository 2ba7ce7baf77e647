// What `explain` says of clocks and steps: by when the SLA wants what, and what the cadence does
// next.
#include "app/views/explain_work.h"

#include <gmock/gmock.h>

#include "app/simulate/dry_run.h"
#include "app/simulate/summary.h"
#include "app/views/explanation.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kRules[] = R"(kind: routing
routes:
  - { name: Slow, when: { lead.country: DE }, to: { pool: house }, cadence: chase }
otherwise: { to: { pool: sdr }, sla: quick, cadence: chase }
---
kind: team
roster: reps.csv
pools: { sdr: { members: [ana] }, house: { strategy: queue } }
---
kind: sla
quick:
  hours: always
  milestones: { accept: { within: 5m }, first_touch: { within: 4h } }
  pause: { while: { lead.status: waiting_on_prospect } }
---
kind: cadence
name: chase
steps:
  - { email: hello, mode: auto, after: 0m }
  - { call: { expires: 2d }, after: 1h }
  - { linkedin: connect, after: 2 business days, window: 09:00-11:30 rep, skip_if: { lead.linkedin: missing } }
)";

class ExplainWorkTest : public testing::Test {
 protected:
  ExplainWorkTest() { UseRules(kRules); }
  void UseRules(std::string_view rules) {
    const CompileResult compiled =
        Compile({{"rules.yaml", std::string(rules)},
                 {"reps.csv", "id,email,zone,hours\nana,a@us.example,UTC,always\n"}});
    EXPECT_TRUE(compiled.ok()) << compiled.diagnostics.Render();
    book_ = compiled.book;
    run_.emplace(book_, DryRun::Observer{[this](const Output& o) { Take(o); }, {}});
  }
  void Take(const Output& output) {
    if (output.type == "lead.created")
      lead_ = *ParseLeadId(ParseJson(output.json)->Text({"data", "lead", "id"}));
  }
  // On Monday 2026-03-02 at `time`, for Ann.
  void Send(std::string_view time, std::string_view type, std::string_view data) {
    run_->Submit(fmt::format(
        R"({{"id":"{}","source":"t","type":"{}","time":"2026-03-02T{}Z","data":{{"email":"ann@acme.example"{}}}}})",
        ++sent_, type, time, data));
    run_->Flush();
  }
  std::vector<std::string> Work() {
    return WorkInWords(*ReadLead(run_->store(), lead_), run_->store(), *book_);
  }

  std::shared_ptr<const RuleBook> book_;
  std::optional<DryRun> run_;
  LeadId lead_;
  int sent_ = 0;
};

TEST_F(ExplainWorkTest, TellsWhatIsDueAndWhichStepsFollow) {
  Send("09:00:00", "lead.submitted", R"(,"country":"FR","hand_raise":true)");
  EXPECT_THAT(
      Work(),
      ElementsAre("SLA quick: accept due 2026-03-02T09:05:00Z.",
                  "SLA quick: first_touch due 2026-03-02T13:00:00Z.",
                  "Cadence chase, step 1, email: hello by a tool: planned 2026-03-02T09:00:00Z.",
                  "Then step 2, call by the rep, 1h after.",
                  "Then step 3, linkedin: connect by the rep, 2 business days after, window "
                  "09:00-11:30 rep, left out when lead.linkedin missing."));
}

TEST_F(ExplainWorkTest, TellsWhatWasMetAndWhatStandsStill) {
  Send("09:00:00", "lead.submitted", R"(,"country":"FR","hand_raise":true)");
  Send("09:01:00", "lead.accept", fmt::format(R"(,"by":"ana","lead_id":"{}")", ToText(lead_)));
  Send("09:02:00", "lead.updated", R"(,"status":"waiting_on_prospect")");
  const std::vector<std::string> work = Work();
  ASSERT_GE(work.size(), 2u);
  EXPECT_EQ(work[0], "SLA quick: accept met 2026-03-02T09:01:00Z.");
  EXPECT_EQ(work[1],
            "SLA quick: first_touch paused since 2026-03-02T09:02:00Z, its time stands still.");
  const std::string page = ToText(*ViewLead(run_->store(), lead_, *book_));
  EXPECT_THAT(page, HasSubstr("first_touch   running, its time stands still\n"));
  EXPECT_THAT(page, HasSubstr("paused        pause_while (rule:quick): 2026-03-02T09:02:00Z to "
                              "now\n"));
}

TEST_F(ExplainWorkTest, TellsWhatWasMissedAndWhichStepTheRepHas) {
  Send("09:00:00", "lead.submitted", R"(,"country":"FR","hand_raise":true)");
  run_->RunUntil(*ParseInstant("2026-03-02T10:30:00Z"));
  run_->Flush();
  const std::vector<std::string> work = Work();
  ASSERT_GE(work.size(), 3u);
  EXPECT_EQ(work[0], "SLA quick: accept missed, it was due 2026-03-02T09:05:00Z.");
  EXPECT_EQ(work[2],
            "Cadence chase, step 2, call by the rep, 1h after: with ana since "
            "2026-03-02T10:00:00Z, until 2026-03-04T10:00:00Z.");
}

constexpr char kEvenings[] = R"(kind: routing
otherwise: { to: { pool: sdr }, cadence: chase }
---
kind: team
roster: reps.csv
pools: { sdr: { members: [ana] } }
---
kind: cadence
name: chase
steps:
  - { call: { expires: 2d }, after: 1h, window: 09:00-09:30 prospect }
  - { linkedin: connect, after: 1h, skip_if: { lead.linkedin: missing } }
  - { email: hello, mode: auto, after: 1h, window: 10:00-11:00 prospect }
)";

TEST_F(ExplainWorkTest, TellsWhichStepsWereLeftOutAndWhy) {
  UseRules(kEvenings);
  // No minute is between 09:00 and 09:30 on all the clocks of Russia.
  Send("09:00:00", "lead.submitted", R"(,"country":"RU","hand_raise":true)");
  EXPECT_THAT(Work(),
              ElementsAre("Cadence chase left out step 1, call by the rep, 1h after, window "
                          "09:00-09:30 prospect: no minute was right in every zone where the "
                          "prospect may be.",
                          "Cadence chase, step 2, linkedin: connect by the rep, 1h after, left "
                          "out when lead.linkedin missing: planned 2026-03-02T10:00:00Z.",
                          "Then step 3, email: hello by a tool, 1h after, window 10:00-11:00 "
                          "prospect."));
  run_->RunUntil(*ParseInstant("2026-03-02T10:30:00Z"));
  run_->Flush();
  EXPECT_THAT(Work(),
              ElementsAre(HasSubstr("left out step 1"),
                          "Cadence chase left out step 2, linkedin: connect by the rep, 1h after, "
                          "left out when lead.linkedin missing: its `skip_if` held.",
                          HasSubstr("left out step 3"), "Cadence chase is over."));
}

TEST_F(ExplainWorkTest, TellsThatACadenceWaitsForARep) {
  Send("09:00:00", "lead.submitted", R"(,"country":"DE","hand_raise":true)");
  EXPECT_THAT(Work(), ElementsAre("Cadence chase begins when a rep has it."));
}

TEST_F(ExplainWorkTest, StandsOnThePageOfExplain) {
  Send("09:00:00", "lead.submitted", R"(,"country":"FR","hand_raise":true)");
  const auto told = ExplainLead(run_->store(), lead_, *book_, [&](ContentHash) { return book_; });
  ASSERT_TRUE(told.has_value());
  EXPECT_THAT(ToText(*told), HasSubstr("  SLA quick: accept due 2026-03-02T09:05:00Z.\n"));
}

}  // namespace
}  // namespace pm
