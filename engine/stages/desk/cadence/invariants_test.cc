// Random lives of an enrolment: whatever happens, ids are given out once, every step that went out
// is closed or recalled once, nothing goes out outside its hours, and an enrolment ends once.
#include <gmock/gmock.h>

#include <set>

#include "base/random.h"
#include "engine/stages/desk/cadence/testing.h"

namespace pm::cadence {
namespace {

Cadence RandomCadence(Random& random) {
  Cadence cadence;
  cadence.name = "random";
  cadence.exits = {ExitEvent::kReplied};
  cadence.once = random.OneIn(2);
  cadence.on_reassign = random.Of({OnReassign::kContinue, OnReassign::kRestart, OnReassign::kExit});
  cadence.away_backup = random.OneIn(2);
  const uint64_t steps = 1 + random.Below(6);
  for (uint64_t i = 0; i < steps; ++i) {
    const Span after = random.Of<Span>({{}, {Hours(3), 0}, {Days(2), 0}, {{}, 1}, {{}, 3}});
    CadenceStep step = random.OneIn(2) ? Bench::Email("e", after) : Bench::Call(after);
    if (!step.automatic && random.OneIn(2)) step.expires = random.Of<Span>({{Days(1), 0}, {{}, 2}});
    step.expiry_exits = random.OneIn(5);
    if (random.OneIn(2)) step.window = Bench::Window(8, 12, random.OneIn(2));
    cadence.steps.push_back(step);
  }
  return cadence;
}

void DoSomething(Random& random, Bench& bench, Instant at) {
  const std::string now = FormatInstant(at);
  switch (random.Below(12)) {
    case 0:
      return bench.Reassign(now, random.Of<std::string>({"ana", "bo", "cleo", "dora"}));
    case 1:
      bench.row.previous_rep = std::exchange(bench.row.rep, "");
      return;
    case 2:
      return bench.Away(
          now, random.Of({"ana", "bo"}),
          random.OneIn(4) ? kNever : at + Hours(static_cast<int64_t>(random.Below(200))));
    case 3:
      return bench.ExitOn(now, random.Of({ExitEvent::kReplied, ExitEvent::kBounced}));
    case 4:
      return bench.Do(now, [&](Desk& desk) {
        CadencePause(desk, bench.row, at + Hours(static_cast<int64_t>(random.Below(100))), "ooo");
      });
    case 5:
      return bench.Suppress(
          now, random.Of({EventType::kSuppressionAdded, EventType::kSuppressionRemoved}),
          {{Field("event.scope"), "domain"},
           {Field("account.domain"), "acme.com"},
           {Field("event.channel"), random.Of({"email", "call"})}});
    case 6:
      bench.row.card.refused.clear();
      if (random.OneIn(2)) bench.row.card.refused.emplace_back("call");
      return bench.Do(now, [&](Desk& desk) { CadenceCardChanged(desk, bench.row); });
    case 7:
      if (random.OneIn(5)) {
        bench.Do(now, [&](Desk& desk) { CadenceEnd(desk, bench.row, "closed"); });
      }
      return;
    case 8:
      if (!bench.row.rep.empty()) bench.Assign(now);
      return;
    default:
      if (bench.LastStepId().empty()) return;
      return bench.Report(now, random.Of({EventType::kStepCompleted, EventType::kStepFailed,
                                          EventType::kStepSkipped}));
  }
}

struct Seen {
  std::map<std::string, std::string> fate;  // step id: due, closed, cancelled
  std::set<std::string> running;            // enrolments
};

void Check(const Output& output, Seen& seen, const Cadence& cadence) {
  const std::string id = Bench::ValueOf(output.json, "step_id");
  const std::string enrolment = Bench::ValueOf(output.json, "enrolment_id");
  if (output.type == "cadence.enrolled") {
    EXPECT_TRUE(seen.running.insert(enrolment).second);
  } else if (output.type == "cadence.exited" || output.type == "cadence.finished") {
    EXPECT_EQ(seen.running.erase(enrolment), enrolment.empty() ? 0u : 1u) << output.json;
  } else if (output.type == "cadence.step_due") {
    EXPECT_TRUE(seen.fate.emplace(id, "due").second) << output.json;
    const auto number = static_cast<size_t>(std::stoll(Bench::ValueOf(output.json, "step")));
    const CadenceStep& step = cadence.steps[number - 1];
    const Instant at = At(Bench::ValueOf(output.json, "time"));
    const int64_t minute = (**FindZone("Europe/Berlin")).ToLocal(at).time.ms / 60'000;
    if (step.window.set && step.window.prospect) {
      EXPECT_TRUE(480 <= minute && minute < 720) << output.json;
    }
    if (step.after.business_days > 0) {
      EXPECT_LE(WeekdayOf((**FindZone("Europe/Berlin")).DateAt(at)), Weekday::kFriday);
    }
  } else if (output.type == "cadence.step_closed" || output.type == "cadence.step_cancelled") {
    const auto it = seen.fate.find(id);
    const std::string reason = Bench::ValueOf(output.json, "reason");
    if (it == seen.fate.end()) {  // skipped without going out
      seen.fate[id] = "closed";
    } else if (it->second == "due") {
      it->second = output.type == "cadence.step_closed" ? "closed" : "cancelled";
    } else {  // news of a step that was over: once
      EXPECT_NE(it->second, "told") << output.json;
      it->second = "told";
    }
  }
}

TEST(CadenceInvariants, HoldInRandomLives) {
  size_t steps = 0;
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(seed);
    Random random{seed << 32};
    const Cadence cadence = RandomCadence(random);
    Bench bench(cadence);
    Instant at = At("2026-11-23T10:00:00Z");
    bench.Assign(FormatInstant(at));
    for (int i = 0; i < 25; ++i) {
      at = at + Minutes(static_cast<int64_t>(random.Below(60 * 40)));
      bench.FireUntil(FormatInstant(at), /*late=*/random.OneIn(10));
      DoSomething(random, bench, at);
    }
    Seen seen;
    for (const Output& output : bench.outputs) Check(output, seen, cadence);
    steps += seen.fate.size();
    const Enrolment* row = bench.Row();
    EXPECT_EQ(seen.running.size(), row != nullptr && row->running() ? 1u : 0u);
    const auto due = std::ranges::count(seen.fate, "due", [](const auto& f) { return f.second; });
    EXPECT_EQ(due, row != nullptr && row->open.has_value() ? 1 : 0);
  }
  EXPECT_GT(steps, 600u);  // it was not all silence
}

}  // namespace
}  // namespace pm::cadence
