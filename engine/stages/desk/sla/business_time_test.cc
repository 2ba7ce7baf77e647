// Random hand-overs and pauses against a model that walks minute by minute and knows nothing of
// dues.
#include "base/random.h"
#include "engine/stages/desk/sla/testing.h"

namespace pm {
namespace {

struct Action {
  int minute = 0;
  int rep = -1;    // given to that rep, or
  int pause = -1;  // 1: the prospect is waited for; 0: no more
};
constexpr int kMinutes = 5 * 24 * 60;
constexpr Duration kWithin = Hours(6);
const std::vector<std::string> kReps = {"ana", "bo", "cy"};
const std::vector<std::pair<std::string, Duration>> kHappenings = {
    {"at 25%", Minutes(90)},  {"at 50%", Hours(3)},      {"breached", Hours(6)},
    {"at due due", Hours(6)}, {"at due + 2h", Hours(8)},
};

Instant MinuteOf(int minute) { return On("2026-11-16T08:00") + Minutes(minute); }

std::vector<Action> RandomActions(Random& random) {
  std::vector<Action> actions;
  for (int minute = 1; minute < kMinutes; minute += 1 + random.Below(700)) {
    Action& action = actions.emplace_back();
    action.minute = minute;
    if (random.Below(2) == 0) {
      action.rep = random.Below(3);
    } else {
      action.pause = random.Below(2);
    }
  }
  return actions;
}

// What happens when, by counting open minutes.
std::vector<std::string> Walk(SlaBench& bench, const std::vector<Action>& actions) {
  std::vector<std::string> told;
  int rep = 0;
  bool paused = false;
  Duration used;
  size_t next_action = 0;
  size_t next = 0;
  for (int minute = 0; minute < kMinutes && next < kHappenings.size(); ++minute) {
    for (; next < kHappenings.size() && used >= kHappenings[next].second; ++next) {
      told.push_back(fmt::format("{} {}", minute, kHappenings[next].first));
    }
    for (; next_action < actions.size() && actions[next_action].minute == minute; ++next_action) {
      if (actions[next_action].rep >= 0) rep = actions[next_action].rep;
      if (actions[next_action].pause >= 0) paused = actions[next_action].pause == 1;
    }
    const RosterRep& who = *bench.book->FindRep(kReps[static_cast<size_t>(rep)]);
    const bool open = bench.book->Hours(who.hours, who.zone, {}, {}).IsOpen(MinuteOf(minute));
    if (open && !paused) used = used + Minutes(1);
  }
  return told;
}

std::vector<std::string> Play(SlaBench& bench, const std::vector<Action>& actions) {
  std::vector<std::string> told;
  const auto note = [&](Instant at, const SlaBench::Lines& lines) {
    for (const std::string& line : lines) {
      for (const auto& [name, place] : kHappenings) {
        if (line.find(name) == std::string::npos) continue;
        told.push_back(fmt::format("{} {}", (at - MinuteOf(0)).ms / 60'000, name));
      }
    }
  };
  const auto fire = [&](Instant end) {
    while (const std::optional<RowDue> due = bench.rows.FirstDue(end)) {
      note(due->due, bench.At(due->due, [&](Desk& desk) { OnSlaDue(desk, bench.card.lead); }));
    }
  };
  const auto text = [](int minute) { return FormatInstant(MinuteOf(minute)).substr(0, 16); };
  bench.Route(text(0), "ana", TargetKind::kRep);
  for (const Action& action : actions) {
    fire(MinuteOf(action.minute));
    if (action.rep >= 0) bench.Give(text(action.minute), kReps[static_cast<size_t>(action.rep)]);
    if (action.pause >= 0) {
      bench.SetCard(text(action.minute), Field("lead.status"),
                    action.pause == 1 ? "waiting_on_prospect" : "working");
    }
  }
  fire(MinuteOf(kMinutes));
  return told;
}

TEST(SlaBusinessTime, RandomHandOversAndPausesAgreeWithCountingMinutes) {
  size_t happenings = 0;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SlaBench bench;
    CalendarSpec night;
    for (std::vector<Slot>& day : night.weekly) day = {*ParseSlot("22:00-02:00")};
    bench.builder.AddCalendar("night", night);
    bench.AddRep("cy", "UTC").hours = "night";
    bench.rep("ana").hours = bench.rep("bo").hours = "office";
    bench.policy.hours = SlaHours::kAssignee;
    bench.policy.pauses = true;
    bench.policy.pause_while =
        bench.builder.When("lead.status", TestOp::kEq, {"waiting_on_prospect"});
    bench.FirstTouch(kWithin);
    for (const char* rung : {"25%", "50%", "due", "due + 2h"}) {
      bench.AddRung(Milestone::kFirstTouch, rung).notify = {"rep"};
    }
    Random random{seed};
    const std::vector<Action> actions = RandomActions(random);
    const std::vector<std::string> told = Play(bench, actions);
    ASSERT_EQ(told, Walk(bench, actions)) << "seed " << seed;
    happenings += told.size();
  }
  EXPECT_GT(happenings, 600u);
}

}  // namespace
}  // namespace pm
