// Reps who change or are away, prospects who are away, and whom not to contact.
#include <gmock/gmock.h>

#include "engine/stages/desk/cadence/testing.h"

namespace pm::cadence {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Span Wall(Duration length) { return {length, 0}; }

Cadence Of(std::vector<CadenceStep> steps) {
  Cadence cadence;
  cadence.name = "inbound";
  cadence.exits = {ExitEvent::kReplied};
  cadence.steps = std::move(steps);
  return cadence;
}

TEST(CadenceReassign, ContinuesWithTheStepFromTheNewRep) {
  Bench bench(Of({Bench::Call(), Bench::Email("b", Wall(Hours(1)))}));
  bench.Assign("2026-11-23T10:00:00Z");
  bench.FireUntil("2026-11-23T11:00:00Z");
  const std::string before = bench.LastStepId();
  bench.Lines();
  bench.Reassign("2026-11-23T17:00:00Z", "bo");
  bench.FireUntil("2026-11-25T00:00:00Z");
  EXPECT_THAT(bench.Lines(),
              ElementsAre("2026-11-23T17:00:00Z step_cancelled 1 call by ana (reassigned)",
                          "2026-11-24T08:00:00Z step_due 1 call by bo [\"rep_hours\"]"));
  EXPECT_NE(bench.LastStepId(), before);
}

TEST(CadenceReassign, RestartsOrExitsWhereTheCadenceSaysSo) {
  Cadence cadence = Of({Bench::Email("a"), Bench::Call()});
  cadence.on_reassign = OnReassign::kRestart;
  Bench restart(cadence);
  restart.Assign("2026-11-23T10:00:00Z");
  restart.FireUntil("2026-11-23T11:00:00Z");
  restart.Lines();
  restart.Reassign("2026-11-23T12:00:00Z", "bo");
  restart.FireUntil("2026-11-23T12:00:00.001Z");
  EXPECT_THAT(restart.Lines(),
              ElementsAre("2026-11-23T12:00:00Z step_cancelled 2 call by ana (restarted)",
                          "2026-11-23T12:00:00Z exited 2 (restarted)",
                          "2026-11-23T12:00:00Z enrolled (restart)",
                          "2026-11-23T12:00:00Z step_due 1 email a by bo",
                          "2026-11-23T12:00:00Z step_closed 1 email a by bo (issued)"));

  cadence.on_reassign = OnReassign::kExit;
  Bench exit(cadence);
  exit.Assign("2026-11-23T10:00:00Z");
  exit.Lines();
  exit.Reassign("2026-11-23T10:00:00Z", "bo");
  EXPECT_THAT(exit.Lines(), ElementsAre("2026-11-23T10:00:00Z exited 1 (reassigned)"));
}

TEST(CadenceReassign, WaitsWhileNobodyHasTheLead) {
  Bench bench(Of({Bench::Email("a", Wall(Hours(1)))}));
  bench.Assign("2026-11-23T10:00:00Z");
  bench.row.rep.clear();
  bench.FireUntil("2026-11-24T00:00:00Z");
  EXPECT_EQ(bench.Row()->due, kNever);
  bench.row.rep = "ana";
  bench.Assign("2026-11-24T09:00:00Z");
  bench.FireUntil("2026-11-24T10:00:00Z");
  EXPECT_THAT(bench.Lines(),
              Contains("2026-11-24T09:00:00Z step_due 1 email a by ana [\"unassigned\"]"));
}

TEST(CadenceAbsence, AShortOneIsWaitedFor) {
  Bench bench(Of({Bench::Call(Wall(Hours(1)))}));
  bench.Assign("2026-11-23T10:00:00Z");
  bench.Away("2026-11-23T10:30:00Z", "ana", At("2026-11-24T12:00:00Z"));
  bench.FireUntil("2026-11-25T00:00:00Z");
  EXPECT_THAT(bench.Lines(), ElementsAre("2026-11-23T10:00:00Z enrolled",
                                         "2026-11-24T12:00:00Z step_due 1 call by ana [\"away\"]"));
}

TEST(CadenceAbsence, ALongOnePausesUntilTheRepIsBack) {
  Bench bench(Of({Bench::Call(Wall(Hours(1)))}));
  bench.Assign("2026-11-23T10:00:00Z");
  bench.Away("2026-11-23T10:30:00Z", "ana", At("2026-11-30T12:00:00Z"));
  bench.FireUntil("2026-12-01T00:00:00Z");
  EXPECT_THAT(bench.Lines(), ElementsAre("2026-11-23T10:00:00Z enrolled",
                                         "2026-11-23T11:00:00Z paused 1 (rep_away)",
                                         "2026-11-30T12:00:00Z resumed 1 (rep_away)",
                                         "2026-11-30T12:00:00Z step_due 1 call by ana [\"away\"]"));
}

TEST(CadenceAbsence, AnEarlyReturnIsNoticedWithinADay) {
  Bench bench(Of({Bench::Call(Wall(Hours(1)))}));
  bench.Assign("2026-11-23T10:00:00Z");
  bench.Away("2026-11-23T10:30:00Z", "ana", kNever);
  bench.FireUntil("2026-11-25T12:00:00Z");
  bench.Away("2026-11-25T12:00:00Z", "ana", At("2026-11-25T12:00:00Z"));
  bench.FireUntil("2026-11-27T00:00:00Z");
  EXPECT_THAT(bench.Lines(), ElementsAre("2026-11-23T10:00:00Z enrolled",
                                         "2026-11-23T11:00:00Z paused 1 (rep_away)",
                                         "2026-11-26T11:00:00Z resumed 1 (rep_away)",
                                         "2026-11-26T11:00:00Z step_due 1 call by ana [\"away\"]"));
}

TEST(CadenceAbsence, WhoIsBackGoesOnAtOnce) {
  const auto back = [](std::string_view until, std::string_view comes) {
    Bench bench(Of({Bench::Call(Wall(Hours(1)))}));
    bench.Assign("2026-11-23T10:00:00Z");
    bench.Away("2026-11-23T10:30:00Z", "ana", At(until));
    bench.FireUntil(comes);
    bench.Away(comes, "ana", At(comes));
    bench.Lines();
    bench.Do(comes, [&](Desk& desk) { CadenceRepBack(desk, bench.row); });
    bench.FireUntil("2026-11-28T00:00:00Z");
    return bench.Lines();
  };
  EXPECT_THAT(back("2026-12-20T12:00:00Z", "2026-11-25T12:00:00Z"),
              ElementsAre("2026-11-25T12:00:00Z resumed 1 (rep_away)",
                          "2026-11-25T12:00:00Z step_due 1 call by ana [\"away\"]"));
  EXPECT_THAT(back("2026-11-24T12:00:00Z", "2026-11-23T14:00:00Z"),
              ElementsAre("2026-11-23T14:00:00Z step_due 1 call by ana [\"away\"]"))
      << "a short absence, which ends early";
}

TEST(CadenceAbsence, TheBackupStepsInWhereTheCadenceSaysSo) {
  Cadence cadence = Of({Bench::Call(Wall(Hours(1)))});
  cadence.away_backup = true;
  Bench bench(cadence);
  bench.Assign("2026-11-23T10:00:00Z");
  bench.Away("2026-11-23T10:30:00Z", "ana", At("2026-12-30T12:00:00Z"));
  bench.FireUntil("2026-11-24T00:00:00Z");
  EXPECT_THAT(bench.Lines(), Contains("2026-11-23T11:00:00Z step_due 1 call by bo (in for ana)"));
}

TEST(CadenceAbsence, WithoutABackupItPauses) {
  Cadence cadence = Of({Bench::Call(Wall(Hours(1)))});
  cadence.away_backup = true;
  Bench bench(cadence);
  bench.Assign("2026-11-23T10:00:00Z");
  bench.Away("2026-11-23T10:30:00Z", "ana", At("2026-12-30T12:00:00Z"));
  bench.Away("2026-11-23T10:30:00Z", "bo", kNever);
  bench.FireUntil("2026-11-24T00:00:00Z");
  EXPECT_THAT(bench.Lines(), Contains("2026-11-23T11:00:00Z paused 1 (rep_away)"));
}

TEST(CadenceAbsence, LeaveInTheCalendarCountsNightsAndWeekendsDoNot) {
  Bench bench(Of({Bench::Call(Wall(Hours(1)))}), {"2026-11-23/2026-12-01"});
  bench.Assign("2026-11-23T10:00:00Z");
  bench.FireUntil("2026-12-10T00:00:00Z");
  EXPECT_THAT(bench.Lines(), ElementsAre("2026-11-23T10:00:00Z enrolled",
                                         "2026-11-23T11:00:00Z paused 1 (rep_away)",
                                         "2026-12-02T08:00:00Z resumed 1 (rep_away)",
                                         "2026-12-02T08:00:00Z step_due 1 call by ana [\"away\"]"));
}

TEST(CadenceAbsence, AutomaticStepsDoNotNeedTheRep) {
  Bench bench(Of({Bench::Email("a")}));
  bench.Away("2026-11-23T09:00:00Z", "ana", kNever);
  bench.Assign("2026-11-23T10:00:00Z");
  bench.FireUntil("2026-11-24T00:00:00Z");
  EXPECT_THAT(bench.Lines(), Contains("2026-11-23T10:00:00Z step_due 1 email a by ana"));
}

TEST(CadencePause, HoldsWhatIsDueMeanwhileAndNothingElse) {
  Bench bench(Of({Bench::Email("a", Wall(Hours(5))), Bench::Email("b", Wall(Days(3)))}));
  bench.Assign("2026-11-23T10:00:00Z");
  bench.Do("2026-11-23T11:00:00Z", [&](Desk& desk) {
    CadencePause(desk, bench.row, At("2026-11-25T06:00:00Z"), "out_of_office");
  });
  bench.FireUntil("2026-12-01T00:00:00Z");
  EXPECT_THAT(
      bench.Lines(),
      ElementsAre("2026-11-23T10:00:00Z enrolled", "2026-11-23T11:00:00Z paused 1 (out_of_office)",
                  "2026-11-25T06:00:00Z resumed 1 (out_of_office)",
                  "2026-11-25T06:00:00Z step_due 1 email a by ana [\"paused\"]",
                  "2026-11-25T06:00:00Z step_closed 1 email a by ana [\"paused\"] (issued)",
                  "2026-11-28T06:00:00Z step_due 2 email b by ana",
                  "2026-11-28T06:00:00Z step_closed 2 email b by ana (issued)",
                  "2026-11-28T06:00:00Z finished"));
}

TEST(CadencePause, ReschedulesAnOpenStep) {
  Bench bench(Of({Bench::Call({}, Wall(Days(2)))}));
  bench.Assign("2026-11-23T10:00:00Z");
  bench.FireUntil("2026-11-23T11:00:00Z");
  bench.Lines();
  bench.Do("2026-11-23T12:00:00Z", [&](Desk& desk) {
    CadencePause(desk, bench.row, At("2026-11-24T12:00:00Z"), "out_of_office");
  });
  EXPECT_THAT(bench.Lines(),
              ElementsAre("2026-11-23T12:00:00Z paused 1 (out_of_office)",
                          "2026-11-23T12:00:00Z step_rescheduled 1 call by ana (out_of_office)"));
  const std::string& rescheduled = bench.outputs.back().json;
  EXPECT_EQ(Bench::ValueOf(rescheduled, "due"), "2026-11-24T12:00:00Z");
  EXPECT_EQ(Bench::ValueOf(rescheduled, "expires"), "2026-11-26T10:00:00Z");
  bench.FireUntil("2026-12-01T00:00:00Z");
  EXPECT_THAT(bench.Lines(), ElementsAre("2026-11-24T12:00:00Z resumed 1 (out_of_office)",
                                         "2026-11-26T10:00:00Z step_closed 1 call by ana (expired)",
                                         "2026-11-26T10:00:00Z finished"));
}

TEST(CadencePause, APastOrShorterOneChangesNothing) {
  Bench bench(Of({Bench::Email("a", Wall(Hours(5)))}));
  bench.Assign("2026-11-23T10:00:00Z");
  const auto pause = [&](std::string_view until) {
    bench.Do("2026-11-23T11:00:00Z",
             [&](Desk& desk) { CadencePause(desk, bench.row, At(until), "out_of_office"); });
  };
  pause("2026-11-23T10:00:00Z");
  EXPECT_EQ(bench.Row()->due, At("2026-11-23T15:00:00Z"));
  pause("2026-11-25T00:00:00Z");
  pause("2026-11-24T00:00:00Z");
  EXPECT_EQ(bench.Row()->due, At("2026-11-25T00:00:00Z"));
}

TEST(CadenceSuppression, RefusesAnEnrolmentThatCouldReachNobody) {
  Bench bench(Of({Bench::Email("a"), Bench::Email("b")}));
  bench.row.card.refused = {"email"};
  bench.Assign("2026-11-23T10:00:00Z");
  ASSERT_EQ(bench.outputs.size(), 1);
  EXPECT_EQ(bench.outputs[0].type, "decision.made") << "what never began does not end";
  EXPECT_THAT(bench.outputs[0].json, HasSubstr(": suppressed: no_email"));
  EXPECT_EQ(bench.Row(), nullptr);
}

TEST(CadenceSuppression, BindsAtEachStep) {
  Bench bench(Of({Bench::Email("a", Wall(Hours(1))), Bench::Call(Wall(Hours(1)))}));
  bench.Assign("2026-11-23T10:00:00Z");
  bench.Suppress("2026-11-23T10:59:59Z", EventType::kSuppressionAdded,
                 {{Field("event.scope"), "domain"},
                  {Field("account.domain"), "acme.com"},
                  {Field("event.channel"), "email"}});
  bench.FireUntil("2026-11-24T00:00:00Z");
  EXPECT_THAT(bench.Lines(), ElementsAre("2026-11-23T10:00:00Z enrolled",
                                         "2026-11-23T10:59:59Z privacy.suppressed ",
                                         "2026-11-23T11:00:00Z step_closed 1 email a by ana "
                                         "(suppressed: domain:acme.com)",
                                         "2026-11-23T12:00:00Z step_due 2 call by ana"));
}

TEST(CadenceSuppression, CoversDomainsRegionsAndChannels) {
  using About = std::vector<std::pair<FieldNumber, std::string_view>>;
  const auto why = [](const About& about, std::string_view channel) {
    Bench bench(Of({Bench::Email("a")}));
    bench.SetField(Field("lead.country"), Value::Text("US"));
    bench.SetField(Field("lead.region"), Value::Text("CA"));
    bench.Suppress("2026-11-23T10:00:00Z", EventType::kSuppressionAdded, about);
    std::string text;
    bench.Do("2026-11-23T11:00:00Z",
             [&](Desk& desk) { IsSuppressed(desk, bench.row.card, channel, &text); });
    return text;
  };
  EXPECT_EQ(why({{Field("event.scope"), "region"}, {Field("lead.country"), "US"}}, "call"),
            "region:US");
  EXPECT_EQ(why({{Field("event.scope"), "region"},
                 {Field("lead.country"), "US"},
                 {Field("lead.region"), "CA"}},
                "email"),
            "region:US-CA");
  EXPECT_EQ(why({{Field("event.scope"), "region"},
                 {Field("lead.country"), "US"},
                 {Field("lead.region"), "NY"}},
                "email"),
            "");
  EXPECT_EQ(why({{Field("event.scope"), "channel"}, {Field("event.channel"), "phone"}}, "call"),
            "channel:call");
  EXPECT_EQ(why({{Field("event.scope"), "channel"}, {Field("event.channel"), "sms"}}, "email"), "");
  EXPECT_EQ(
      why({{Field("event.scope"), "domain"}, {Field("lead.email_domain"), "other.com"}}, "email"),
      "");
  EXPECT_EQ(why({{Field("event.scope"), "person"}}, "email"), "");
}

TEST(CadenceSuppression, TheNewerWordCountsInWhateverOrderItComes) {
  Bench bench(Of({Bench::Email("a")}));
  const auto say = [&](std::string_view at, EventType type, std::string_view channel) {
    bench.Suppress(at, type,
                   {{Field("event.scope"), "channel"}, {Field("event.channel"), channel}});
  };
  const auto refused = [&] {
    bool answer = false;
    bench.Do("2026-11-24T11:00:00Z", [&](Desk& desk) {
      std::string why;
      answer = IsSuppressed(desk, bench.row.card, "email", &why);
    });
    return answer;
  };
  say("2026-11-23T10:00:00Z", EventType::kSuppressionAdded, "any");
  EXPECT_TRUE(refused());
  say("2026-11-23T12:00:00Z", EventType::kSuppressionRemoved, "email");
  EXPECT_FALSE(refused());
  say("2026-11-23T11:00:00Z", EventType::kSuppressionAdded, "email");  // late
  EXPECT_FALSE(refused());
  say("2026-11-23T13:00:00Z", EventType::kSuppressionAdded, "email");
  EXPECT_TRUE(refused());
}

TEST(CadenceSuppression, EndsWhatCanReachNobodyAnyMore) {
  Bench bench(Of({Bench::Email("a"), Bench::Call(Wall(Days(1))), Bench::Email("b")}));
  bench.Assign("2026-11-23T10:00:00Z");
  bench.FireUntil("2026-11-23T11:00:00Z");
  bench.Lines();
  bench.row.card.refused = {"call"};
  bench.Do("2026-11-23T12:00:00Z", [&](Desk& desk) { CadenceCardChanged(desk, bench.row); });
  EXPECT_THAT(bench.Lines(), IsEmpty()) << "an e-mail may still go out";
  bench.row.card.refused = {"call", "email"};
  bench.Do("2026-11-23T13:00:00Z", [&](Desk& desk) { CadenceCardChanged(desk, bench.row); });
  EXPECT_THAT(bench.Lines(), ElementsAre("2026-11-23T13:00:00Z exited 2 (suppressed: no_call)"));
}

TEST(CadenceSuppression, RecallsAnOpenStepWhenTheCardRefusesItsChannel) {
  Bench bench(Of({Bench::Call(), Bench::Email("b", Wall(Hours(1)))}));
  bench.Assign("2026-11-23T10:00:00Z");
  bench.FireUntil("2026-11-23T11:00:00Z");
  bench.Lines();
  const auto changed = [&] { return bench.Lines(); };
  bench.Do("2026-11-23T11:30:00Z", [&](Desk& desk) { CadenceCardChanged(desk, bench.row); });
  EXPECT_THAT(changed(), IsEmpty());
  bench.row.card.refused = {"call"};
  bench.Do("2026-11-23T12:00:00Z", [&](Desk& desk) { CadenceCardChanged(desk, bench.row); });
  EXPECT_THAT(changed(), ElementsAre("2026-11-23T12:00:00Z step_cancelled 1 call by ana "
                                     "(suppressed: no_call)"));
  EXPECT_EQ(bench.Row()->due, At("2026-11-23T13:00:00Z"));
}

}  // namespace
}  // namespace pm::cadence
