// Every type of event in every mode but live, about what is live: the live world goes on as if it
// had never come.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "engine/stages/account/account.h"
#include "engine/stages/desk/records/assignment_row.h"
#include "engine/stages/testing.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

using account::LeadRow;
using account::PersonRow;
using testing::AnyOf;
using testing::HasSubstr;

constexpr Instant kMonday{1'772'442'000'000};  // 2026-03-02T09:00:00Z

constexpr char kRoster[] =
    "id,email,name,zone,hours,role,manager,backup\n"
    "ana,ana@us.example,Ana,UTC,,sdr,mia,\n"
    "ben,ben@us.example,Ben,UTC,,sdr,mia,\n"
    "mia,mia@us.example,Mia,UTC,,manager,,\n";

constexpr char kRules[] = R"(
kind: routing
routes:
  - { name: Calls, when: { lead.country: DE }, to: { pool: calls }, sla: quick, cadence: intro }
otherwise: { to: { pool: house }, sla: quick }
---
kind: sla
quick:
  hours: always
  milestones:
    accept: { within: 30m, from: assigned, per: assignment }
    first_touch: { within: 4h, from: routed, per: lead }
  ladder:
    accept: [ { at: due, reassign: { exclude: all_previous, at_most: 1, else: queue } } ]
---
kind: cadence
name: intro
exit: [replied, bounced, unsubscribed, meeting_booked]
steps:
  - { email: intro, mode: auto, after: 10m }
  - { task: look, after: 1h }
---
kind: team
roster: reps.csv
pools:
  calls: { strategy: weighted, members: [ana, ben], caps: [3 open], overflow: [house] }
  house: { strategy: queue, members: [ana, ben], claim: { at_most: 2 open, return_after: 15m } }
---
kind: lifecycle
route_when: [hand_raise, mql]
thresholds: [ { to: mql, when: { score.engagement: { gte: 10 } }, cooldown: 90d } ]
---
kind: scoring
engagement:
  half_life: 14d
  cap: 60
  rules: [ { name: Visit, signal: site.visited, points: 10 } ]
)";

// What events are about: LEAD and STEP stand for those of the live lead.
struct Sample {
  std::string_view type, data;
};
constexpr Sample kSamples[] = {
    {"lead.submitted", R"("email":"ann@acme.com","country":"DE","hand_raise":true,"title":"CTO")"},
    {"lead.submitted", R"("email":"cold@acme.com","hand_raise":true)"},
    {"lead.updated", R"("email":"ann@acme.com","title":"CTO","status":"waiting_on_prospect")"},
    {"person.identified", R"("email":"ann@acme.com","anonymous_id":"b-1")"},
    {"lead.disposed", R"("lead_id":"LEAD","status":"disqualified")"},
    {"lead.disposed", R"("email":"ann@acme.com","status":"recycled")"},
    {"lead.owner_changed", R"("lead_id":"LEAD","to":"ben","actor_type":"ops","actor_id":"max")"},
    {"site.visited", R"("email":"cold@acme.com","path":"/pricing")"},
    {"intent.observed", R"("account":{"domain":"acme.com"},"topic":"crm")"},
    {"product.used", R"("email":"ann@acme.com","product":"trial")"},
    {"touch.recorded", R"("lead_id":"LEAD","rep":"ana","channel":"call","outcome":"connected")"},
    {"touch.recorded", R"("lead_id":"LEAD","channel":"email","outcome":"replied")"},
    {"touch.machine", R"("email":"ann@acme.com","channel":"email","outcome":"opened")"},
    {"meeting.booked", R"("lead_id":"LEAD","rep":"ana","starts_at":"2026-03-05T15:00:00Z")"},
    {"step.completed", R"("lead_id":"LEAD","step":"9e756ed5d188b306f4f8acafe0602e91","by":"ana")"},
    {"step.failed", R"("lead_id":"LEAD","step":"9e756ed5d188b306f4f8acafe0602e91","reason":"x")"},
    {"step.skipped", R"("lead_id":"LEAD","step":"9e756ed5d188b306f4f8acafe0602e91","by":"ana")"},
    {"account.upserted", R"("domain":"acme.com","domains":["acme.com","acme.org"],"name":"Acme")"},
    {"rep.upserted", R"("id":"ana","name":"Anna","zone":"Asia/Tokyo")"},
    {"rep.away", R"("rep":"ana","until":"2026-03-06T08:00:00Z")"},
    {"rep.back", R"("rep":"ben")"},
    {"rep.deactivated", R"("rep":"ana")"},
    {"consent.changed", R"("email":"ann@acme.com","channel":"email","status":"refused")"},
    {"suppression.added", R"("domain":"acme.com","channel":"email")"},
    {"suppression.added", R"("email":"ann@acme.com")"},
    {"suppression.removed", R"("country":"FR","scope":"region")"},
    {"lead.claim", R"("by":"ana","pool":"house")"},
    {"lead.claim", R"("by":"ben","lead_id":"LEAD")"},
    {"lead.accept", R"("lead_id":"LEAD","by":"REP")"},
    {"lead.decline", R"("lead_id":"LEAD","by":"REP","reason":"busy")"},
};

bool IsOfMode(const Output& output, std::string_view mode) {
  return output.json.contains(fmt::format(R"("mode":"{}")", mode));
}

// A day with a lead at a rep, one in the queue, one suppressed, one person in nurture and a rep
// who is away, each live.
class LiveWorld {
 public:
  LiveWorld() {
    Send("lead.submitted", R"("email":"ann@acme.com","country":"DE","hand_raise":true)");
    Send("lead.submitted", R"("email":"bob@other.com","country":"US","hand_raise":true)");
    Send("lead.submitted", R"("email":"cold@acme.com","country":"DE")");
    Send("suppression.added", R"("country":"FR","scope":"region")");
    Send("lead.submitted", R"("email":"fay@fr.com","country":"FR","hand_raise":true)");
    Send("rep.away", R"("rep":"ben","until":"2026-03-02T12:00:00Z")");
    harness_.FireUntil(now_ = kMonday + Minutes(5));
    before_ = harness_.outputs.size();
  }

  void Send(std::string_view type, std::string data, std::string_view mode = "live") {
    Replace(&data, "LEAD", ToText(Lead()));
    Replace(&data, "REP", Rep());
    ++sent_;
    harness_.SendJson(
        fmt::format(R"({{"specversion":"1.0","source":"t","id":"{}","type":"{}","mode":"{}",)"
                    R"("time":"{}","data":{{{}}}}})",
                    sent_, type, mode, FormatInstant(now_), data),
        now_);
  }
  void Finish() { harness_.FireUntil(kMonday + Days(2)); }

  LeadId Lead() {
    const HomeId home = HomeOf("d:acme.com");
    const auto* who =
        harness_.Row<account::IdentityRow>({home, account::IdentityHash("e:ann@acme.com")});
    if (who == nullptr) return {};
    return harness_.Row<PersonRow>({home, who->person})->current;
  }
  std::string Rep() {
    const auto* row = harness_.Row<AssignmentRow>({DeskHash("main"), Lead()});
    return row == nullptr ? "" : row->rep;
  }

  std::map<std::string, std::string> RowsOf(World world) {
    std::map<std::string, std::string> rows = harness_.rows.Dump();
    std::erase_if(rows, [&](const auto& row) { return WorldOfRow(row.first) != world; });
    return rows;
  }
  // Of what came after the live morning.
  std::vector<std::string> OutputsOf(std::string_view mode, std::string_view types = "") const {
    std::vector<std::string> found;
    for (size_t i = before_; i < harness_.outputs.size(); ++i) {
      const Output& output = harness_.outputs[i];
      if (IsOfMode(output, mode) && output.type.starts_with(types)) found.push_back(output.json);
    }
    return found;
  }

 private:
  static void Replace(std::string* text, std::string_view name, const std::string& value) {
    if (const size_t at = text->find(name); at != std::string::npos)
      text->replace(at, name.size(), value);
  }

  const std::shared_ptr<const RuleBook> book_ = [] {
    CompileResult compiled = Compile({{"rules.yaml", kRules}, {"reps.csv", kRoster}});
    EXPECT_TRUE(compiled.ok()) << compiled.diagnostics.Render();
    return compiled.book;
  }();
  StageHarness harness_{*book_, {Stage::kIntake, Stage::kIdentity, Stage::kAccount, Stage::kDesk}};
  Instant now_ = kMonday;
  int sent_ = 0;
  size_t before_ = 0;
};

TEST(Modes, TheSamplesAreOfEveryType) {
  for (const EventTypeDecl& decl : kEventTypes) {
    EXPECT_NE(std::ranges::find(kSamples, decl.name, &Sample::type), std::end(kSamples))
        << decl.name;
  }
}

TEST(Modes, ShadowAndTestEventsLeaveTheLiveWorldAsItIs) {
  LiveWorld untouched;
  ASSERT_EQ(untouched.Rep(), "ana");
  untouched.Finish();
  ASSERT_FALSE(untouched.OutputsOf("live").empty());
  for (const Sample& sample : kSamples) {
    for (const std::string_view mode : {"shadow", "test"}) {
      SCOPED_TRACE(fmt::format("{} {} {}", mode, sample.type, sample.data));
      LiveWorld live;
      live.Send(sample.type, std::string(sample.data), mode);
      live.Finish();
      EXPECT_TRUE(live.RowsOf(World::kLive) == untouched.RowsOf(World::kLive));
      EXPECT_EQ(live.OutputsOf("live"), untouched.OutputsOf("live"));
      const World own = mode == "shadow" ? World::kShadow : World::kTest;
      EXPECT_FALSE(live.RowsOf(own).empty() && live.OutputsOf(mode).empty())
          << "not a word of what became of it";
    }
  }
}

TEST(Modes, AnEventThatNamesALeadOfAnotherModeIsAnswered) {
  for (const std::string_view mode : {"shadow", "test"}) {
    for (const Sample& sample : kSamples) {
      if (!sample.data.contains("LEAD")) continue;
      SCOPED_TRACE(fmt::format("{} {}", mode, sample.type));
      LiveWorld live;
      live.Send(sample.type, std::string(sample.data), mode);
      const std::vector<std::string> answers = live.OutputsOf(mode);
      ASSERT_EQ(answers.size(), 1U);
      EXPECT_THAT(answers[0], AnyOf(HasSubstr(R"("reason":"unknown_lead")"),
                                    HasSubstr(R"("reason":"unknown_reference")")));
    }
  }
}

TEST(Modes, TheSameFormRoutesInEveryModeBesideTheOthers) {
  for (const std::string_view mode : {"shadow", "test"}) {
    SCOPED_TRACE(mode);
    LiveWorld live;
    live.Send(kSamples[0].type, std::string(kSamples[0].data), mode);
    EXPECT_EQ(live.OutputsOf(mode, "assignment.routed").size(), 1U);
    live.Finish();
    EXPECT_FALSE(live.OutputsOf(mode, "sla.breached").empty()) << "its timers are of its mode";
    EXPECT_FALSE(live.OutputsOf(mode, "cadence.step_due").empty());
  }
}

TEST(Modes, TheDeskKnowsLiveAbsencesAndSuppressionsInEveryMode) {
  LiveWorld live;
  live.Send("rep.away", R"("rep":"ana","until":"2026-03-03T12:00:00Z")");
  live.Send(kSamples[0].type, std::string(kSamples[0].data), "test");
  EXPECT_EQ(live.OutputsOf("test", "assignment.queued").size(), 1U) << "both reps are away";
  live.Send("lead.submitted", R"("email":"guy@fr.com","country":"FR","hand_raise":true)", "test");
  EXPECT_EQ(live.OutputsOf("test", "assignment.").size(), 1U) << "nobody may contact France";
}

// What a lead goes through at its desk; what backfills never do.
std::vector<std::string> Work(const LiveWorld& world) {
  std::vector<std::string> work;
  for (const std::string_view types : {"assignment.", "sla.", "lead.stage", "lead.dis"}) {
    for (const std::string_view mode : {"live", "backfill"}) {
      for (std::string& json : world.OutputsOf(mode, types)) {
        // What is known of the person may be more.
        work.push_back(json.substr(0, json.find(R"("datacontenttype")")));
      }
    }
  }
  return work;
}

TEST(Modes, BackfillsMoveNoLiveLead) {
  LiveWorld untouched;
  untouched.Finish();
  for (const Sample& sample : kSamples) {
    SCOPED_TRACE(fmt::format("{} {}", sample.type, sample.data));
    LiveWorld live;
    live.Send(sample.type, std::string(sample.data), "backfill");
    EXPECT_THAT(live.OutputsOf("backfill", "assignment."), testing::IsEmpty());
    live.Finish();
    EXPECT_EQ(Work(live), Work(untouched));
    EXPECT_EQ(live.RowsOf(World::kShadow).size() + live.RowsOf(World::kTest).size(), 0U);
  }
}

TEST(Modes, WhatThePastRefusedBindsTheLiveLead) {
  const auto is_mail = HasSubstr(R"("channel":"email")");
  LiveWorld untouched;
  untouched.Finish();
  EXPECT_THAT(untouched.OutputsOf("live", "cadence.step_due"), testing::Contains(is_mail));
  for (const std::string_view said : {R"("email":"ann@acme.com","channel":"email")",
                                      R"("domain":"acme.com","channel":"email")"}) {
    SCOPED_TRACE(said);
    LiveWorld live;
    live.Send("suppression.added", std::string(said), "backfill");
    live.Finish();
    const std::vector<std::string> steps = live.OutputsOf("live", "cadence.step_due");
    EXPECT_THAT(steps, testing::Each(testing::Not(is_mail)));
    EXPECT_THAT(live.OutputsOf("live", "cadence."), testing::Contains(HasSubstr("suppressed")));
  }
}

}  // namespace
}  // namespace pm
