// Random changes of a cadence under one enrolment: whatever they are, no e-mail goes out twice,
// none that every version has is left out, and the enrolment ends.
#include <gmock/gmock.h>

#include <map>
#include <set>

#include "base/random.h"
#include "engine/stages/desk/cadence/testing.h"

namespace pm::cadence {
namespace {

// Some of eight e-mails in any order, by hand or by a tool.
Cadence AnyOrder(Random& random, OnReassign on_reassign) {
  Cadence cadence;
  cadence.name = "random";
  cadence.on_reassign = on_reassign;
  std::vector<std::string> names;
  for (char name = 'a'; name < 'i'; ++name) names.emplace_back(1, name);
  for (size_t i = names.size(); i > 1; --i) std::swap(names[i - 1], names[random.Below(i)]);
  names.resize(1 + random.Below(names.size()));
  for (const std::string& name : names) {
    const Span after = random.Of<Span>({{}, {Hours(3), 0}, {Days(2), 0}, {{}, 1}});
    CadenceStep step = Bench::Email(name, after);
    if (random.OneIn(3)) {
      step.automatic = false;
      step.expires = random.Of<Span>({{Hours(5), 0}, {{}, 2}});
    }
    if (random.OneIn(4)) step.window = Bench::Window(8, 12);
    cadence.steps.push_back(step);
  }
  cadence.hash = HashContent(fmt::format("{}", random.Next()));
  return cadence;
}

std::set<std::string> TemplatesOf(const Cadence& cadence) {
  std::set<std::string> names;
  for (const CadenceStep& step : cadence.steps) names.insert(step.variants[0].template_name);
  return names;
}

void DoSomething(Random& random, Bench& bench, Instant at) {
  const std::string now = FormatInstant(at);
  switch (random.Below(6)) {
    case 0:
      return bench.Reassign(now, random.Of<std::string>({"ana", "bo", "cleo"}));
    case 1:
      return bench.Do(now, [&](Desk& desk) {
        CadencePause(desk, bench.row, at + Hours(static_cast<int64_t>(random.Below(100))), "ooo");
      });
    case 2:
      return bench.Away(now, "ana", at + Hours(static_cast<int64_t>(random.Below(200))));
    default:
      if (bench.LastStepId().empty()) return;
      return bench.Report(now, random.Of({EventType::kStepCompleted, EventType::kStepSkipped}));
  }
}

// What came of it, by enrolment: e-mails that went out and were not taken back.
std::map<std::string, std::multiset<std::string>> SentBy(const std::vector<Output>& outputs) {
  std::map<std::string, std::multiset<std::string>> sent;
  for (const Output& output : outputs) {
    const std::string enrolment = Bench::ValueOf(output.json, "enrolment_id");
    const std::string name = Bench::ValueOf(output.json, "template");
    if (output.type == "cadence.step_due") sent[enrolment].insert(name);
    if (output.type != "cadence.step_cancelled") continue;
    const auto taken_back = sent[enrolment].find(name);
    EXPECT_NE(taken_back, sent[enrolment].end()) << output.json;
    sent[enrolment].erase(taken_back);
  }
  return sent;
}

TEST(CadenceMoveOn, SendsNothingTwiceAndLeavesNothingOutInRandomLives) {
  size_t moved = 0, kept = 0;
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(seed);
    Random random{seed << 32};
    const OnReassign on_reassign = random.Of({OnReassign::kContinue, OnReassign::kRestart});
    const Cadence first = AnyOrder(random, on_reassign);
    std::set<std::string> in_all = TemplatesOf(first);
    Bench bench(first);
    Instant at = At("2026-11-23T10:00:00Z");
    bench.Assign(FormatInstant(at));
    for (int i = 0; i < 8; ++i) {
      at = at + Minutes(static_cast<int64_t>(random.Below(60 * 30)));
      bench.FireUntil(FormatInstant(at), /*late=*/random.OneIn(10));
      DoSomething(random, bench, at);
      if (!bench.Row()->running() || !random.OneIn(3)) continue;
      const Cadence next = AnyOrder(random, on_reassign);
      std::erase_if(in_all, [&](const auto& name) { return !TemplatesOf(next).contains(name); });
      bench.Propagate(FormatInstant(at), next);
      ++moved;
      EXPECT_LE(bench.Row()->step, next.steps.size());
    }
    bench.FireUntil("2027-06-01T00:00:00Z");
    EXPECT_FALSE(bench.Row()->running());
    for (const auto& [enrolment, sent] : SentBy(bench.outputs)) {
      for (const std::string& name : sent) EXPECT_EQ(sent.count(name), 1u) << name;
      if (enrolment != ToText(bench.Row()->id)) continue;
      for (const std::string& name : in_all) EXPECT_TRUE(sent.contains(name)) << name;
      kept += in_all.size();
    }
  }
  EXPECT_GT(moved, 300u);
  EXPECT_GT(kept, 100u);
}

Cadence Plain(std::string content, std::vector<CadenceStep> steps) {
  Cadence cadence;
  cadence.name = "plain";
  cadence.hash = HashContent(content);
  cadence.steps = std::move(steps);
  return cadence;
}

TEST(CadenceMoveOn, AReportOnAStepThatIsGoneStillShowsAContact) {
  Bench bench(Plain("one", {Bench::Call(), Bench::Email("a", {Days(1), 0})}));
  bench.Assign("2026-11-23T10:00:00Z");
  bench.FireUntil("2026-11-23T10:00:01Z");
  const std::string call = bench.LastStepId();
  bench.Propagate("2026-11-23T10:05:00Z", Plain("two", {Bench::Email("a", {Days(1), 0})}));
  Event event;
  event.type = EventType::kStepCompleted;
  event.occurred_at = At("2026-11-23T10:06:00Z");
  BlockBuilder fields;
  fields.Set(Field("event.step"), Value::Text(call));
  event.fields.bytes = fields.Build();
  StepReport report;
  bench.Do("2026-11-23T10:06:00Z",
           [&](Desk& desk) { report = CadenceStepEvent(desk, bench.row, event); });
  EXPECT_TRUE(report.contacted);
  EXPECT_EQ(bench.outputs.back().type, "cadence.step_closed");
}

TEST(CadenceMoveOn, ARowOfBeforeThereWasABaseGoesOnFromNow) {
  Bench bench(Plain("one", {Bench::Email("a"), Bench::Email("b", {Days(1), 0})}));
  bench.Assign("2026-11-23T10:00:00Z");
  bench.FireUntil("2026-11-23T10:00:01Z");
  bench.Do("2026-11-23T10:01:00Z", [&](Desk& desk) {
    desk.step.rows.Edit<Enrolment>(desk.KeyOf(bench.row.card.lead)).base = kNever;
  });
  bench.Propagate("2026-11-23T11:00:00Z",
                  Plain("two", {Bench::Email("a"), Bench::Email("c", {Hours(3), 0})}));
  EXPECT_EQ(bench.Row()->planned, At("2026-11-23T14:00:00Z"));
}

}  // namespace
}  // namespace pm::cadence
