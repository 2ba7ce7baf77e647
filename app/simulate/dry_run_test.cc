#include "app/simulate/dry_run.h"

#include <gmock/gmock.h>

#include "app/simulate/recorded_input.h"
#include "app/simulate/summary.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

std::shared_ptr<const RuleBook> Book(std::string_view within = "5m",
                                     const RuleBook* previous = nullptr) {
  const CompileResult result =
      Compile({{"rules.yaml", fmt::format(R"(kind: routing
routes: []
otherwise: {{ to: {{ pool: sdr }}, sla: quick }}
---
kind: team
roster: reps.csv
pools: {{ sdr: {{ strategy: weighted, members: [ana, bo] }} }}
---
kind: sla
quick:
  hours: always
  milestones: {{ accept: {{ within: {} }} }}
  ladder: {{ accept: [ {{ at: due, reassign: {{}} }} ] }}
)",
                                          within)},
               {"reps.csv", "id,email\nana,a@us.example\nbo,b@us.example\n"}},
              previous);
  EXPECT_TRUE(result.ok()) << result.diagnostics.Render();
  return result.book;
}

std::string Lead(int n, std::string_view time) {
  return fmt::format(R"({{"specversion":"1.0","id":"{}","source":"t","type":"lead.submitted",)"
                     R"("time":"{}","data":{{"email":"p{}@c{}.example","hand_raise":true}}}})",
                     n, time, n, n);
}

struct Ran {
  std::string outputs, input;
  Summary summary;
  EventId chain;
};

void Observe(Ran* ran, const Output& output) {
  ran->outputs += output.json + "\n";
  ran->summary.Add(output);
}

Ran RunLeads() {
  Ran ran;
  DryRun run(Book(), {[&](const Output& o) { Observe(&ran, o); },
                      [&](const Record& r) { ran.input += RecordLine(r); }});
  run.Submit(Lead(1, "2026-03-02T09:00:00Z"));
  run.Submit("{");  // has no time: it comes at the running maximum
  run.Submit(Lead(2, "2026-03-02T08:00:00Z"));
  run.Submit(Lead(3, "2026-03-02T09:30:00Z"));
  run.RunUntil(Instant{run.now().ms} + Minutes(5));
  run.Flush();
  ran.chain = run.meta().outputs;
  ran.input += ChainLine(ran.chain);
  return ran;
}

TEST(DryRun, SameInputSameBytes) {
  const Ran a = RunLeads(), b = RunLeads();
  EXPECT_EQ(a.outputs, b.outputs);
  EXPECT_EQ(a.input, b.input);
  EXPECT_TRUE(a.chain);
}

TEST(DryRun, TimersFireOnTheirInstantBeforeLaterRecords) {
  const Ran ran = RunLeads();
  const size_t breach = ran.outputs.find("\"time\":\"2026-03-02T09:05:00Z\"");
  EXPECT_NE(breach, std::string::npos);
  EXPECT_LT(breach, ran.outputs.find("p3@c3.example"));
  EXPECT_EQ(ran.summary.milestones().at("accept breached"), 5);
}

TEST(DryRun, TheSummaryCountsWhatCame) {
  const Ran ran = RunLeads();
  EXPECT_EQ(ran.summary.Places(), (Summary::Counts{{"assigned", 3}}));
  EXPECT_EQ(ran.summary.dead_letters(), (Summary::Counts{{"malformed", 1}}));
  EXPECT_EQ(ran.summary.pools(), (Summary::Counts{{"sdr", 3}}));
}

TEST(DryRun, TheSummaryCountsOtherModesApart) {
  Summary summary;
  DryRun run(Book(), {[&](const Output& o) { summary.Add(o); }, {}});
  std::string shadow = Lead(1, "2026-03-02T09:00:00Z");
  run.Submit(shadow.insert(1, R"("mode":"shadow",)"));
  run.Flush();
  EXPECT_TRUE(summary.Places().empty() && summary.pools().empty() && summary.reps().empty());
  EXPECT_EQ(summary.rehearsed().at("shadow assignment.routed"), 1);
}

TEST(DryRun, ARecordedInputReplaysToTheSameChain) {
  const Ran ran = RunLeads();
  const auto input = ParseRecordedInput(ran.input);
  ASSERT_TRUE(input.has_value()) << input.error().text;
  DryRun replay(Book(), {});
  for (const RecordedInput::Entry& e : input->entries) replay.Replay({e.bytes, e.position, e.at});
  replay.Flush();
  EXPECT_EQ(ToText(replay.meta().outputs), input->outputs);
}

// More leads than a step of a sweep takes.
TEST(DryRun, APropagatingSwitchMovesEachLeadOnce) {
  constexpr int kLeads = 230;
  std::map<std::string, int> moved;  // by lead
  const auto observe = [&](const Output& output) {
    if (output.type == "sla.rescheduled") ++moved[output.key];
  };
  const auto before = Book("30m");
  DryRun run(before, {observe, {}});
  for (int n = 0; n < kLeads; ++n) run.Submit(Lead(n, "2026-03-02T09:00:00Z"));
  run.Switch(Book("20m", before.get()), run.now() + Minutes(1), true);
  run.RunUntil(run.now() + Minutes(2));
  run.Flush();
  EXPECT_EQ(moved.size(), kLeads);
  EXPECT_TRUE(std::ranges::all_of(moved, [](const auto& one) { return one.second == 1; }));
}

TEST(RecordedInput, NamesTheLineThatIsNone) {
  const std::string good = ChainLine({1, 2});
  for (const std::string bad :
       {"x", "{}", R"({"position":1,"at":"2026-03-02T09:00:00Z","record":"AA"})"}) {
    const auto parsed = ParseRecordedInput(good + bad);
    ASSERT_FALSE(parsed.has_value()) << bad;
    EXPECT_EQ(parsed.error().code, 704);
    EXPECT_THAT(parsed.error().text, testing::StartsWith("line 2: "));
  }
}

}  // namespace
}  // namespace pm
