// The gaps of steps against looking at every quarter of an hour of fourteen months, by clocks and
// weekly hours alone.
#include "rules/compile/checks/step_minutes.h"

#include <gmock/gmock.h>

#include <deque>

#include "base/random.h"

namespace pm {
namespace {

constexpr Instant kYear{1'798'761'600'000}, kEnd{1'835'740'800'000};  // 2027-01-01, 2028-03-04
constexpr Duration kQuarter = Minutes(15), kHorizon = Days(60);
constexpr int32_t kQuarterMs = 900'000;

struct Hours {
  Slot slot;
  int first = 0, last = 6;  // weekdays, Monday 0
};

const Zone& SomeZone(Random& random) {
  return **FindZone(random.Of<std::string_view>(
      {"Europe/Madrid", "Europe/London", "America/New_York", "America/Los_Angeles",
       "America/Phoenix", "Asia/Kolkata", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland"}));
}

Slot SomeSlot(Random& random, int longest) {
  const int begin = random.Below(96 - longest);
  return {begin * kQuarterMs, (begin + 1 + random.Below(longest)) * kQuarterMs};
}

CadenceStep SomeStep(Random& random) {
  CadenceStep step;
  step.automatic = random.OneIn(4);
  if (random.OneIn(3)) step.after.business_days = 1;
  if (random.OneIn(8)) return step;
  const Slot slot = SomeSlot(random, 20);
  step.window = {slot.begin_ms / 60'000, slot.end_ms / 60'000, !random.OneIn(4), true};
  return step;
}

// A rule folder's worth: hours by name, reps, steps.
class World {
 public:
  explicit World(uint64_t seed) : random_(seed) {
    for (int i = 0; i < 3; ++i) {
      const Hours made{SomeSlot(random_, 40), random_.Below(5), 4 + random_.Below(3)};
      CalendarSpec spec;
      for (int day = made.first; day <= made.last; ++day) {
        spec.weekly[static_cast<size_t>(day)] = {made.slot};
      }
      table_.AddCalendar(std::to_string(i), std::move(spec));
      hours_.push_back(made);
    }
    const int reps = random_.Below(3);
    for (int i = 0; i < reps; ++i) {
      RosterRep& rep = roster_.emplace_back();
      rep.hours = std::to_string(random_.Below(3));
      rep.zone = SomeZone(random_).name();
      doers_.reps.push_back(&rep);
    }
    for (int i = random_.Below(3); i > 0; --i) zones_.push_back(&SomeZone(random_));
    if (reps == 0 && zones_.empty()) zones_.push_back(&SomeZone(random_));
    step_ = SomeStep(random_);
  }

  StepGap Told(Instant now = kNever) const {
    return StepMinutes(table_, now).GapOf(step_, zones_, doers_);
  }

  bool HasGap() const {
    Instant open = kYear;
    for (Instant at = kYear; at < kEnd + Days(61); at = at + kQuarter) {
      if (at - open > kHorizon && open < kEnd) return true;
      if (IsOpen(at)) open = at + kQuarter;
    }
    return false;
  }

  bool IsOpen(Instant at) const {
    if (doers_.reps.empty()) return Suits(at, zones_, nullptr);
    return std::ranges::any_of(doers_.reps, [&](const RosterRep* rep) {
      const Zone* own = *FindZone(rep->zone);
      const bool works = step_.automatic || Works(*rep, own->ToLocal(at));
      return works && Suits(at, zones_.empty() ? std::vector<const Zone*>{own} : zones_, own);
    });
  }

 private:
  bool Works(const RosterRep& rep, LocalDateTime local) const {
    const Hours& hours = hours_[static_cast<size_t>(std::stoi(rep.hours))];
    const int day = static_cast<int>(WeekdayOf(local.date));
    return hours.first <= day && day <= hours.last && hours.slot.begin_ms <= local.time.ms &&
           local.time.ms < hours.slot.end_ms;
  }

  bool IsInside(LocalDateTime local) const {
    const int32_t minute = local.time.ms / 60'000;
    return !step_.window.set ||
           (step_.window.from_minute <= minute && minute < step_.window.to_minute);
  }

  bool Suits(Instant at, const std::vector<const Zone*>& prospect, const Zone* own) const {
    if (!step_.window.prospect && own != nullptr && !IsInside(own->ToLocal(at))) return false;
    return std::ranges::all_of(prospect, [&](const Zone* zone) {
      const LocalDateTime local = zone->ToLocal(at);
      if (step_.after.business_days > 0 && WeekdayOf(local.date) > Weekday::kFriday) return false;
      return !step_.window.prospect || IsInside(local);
    });
  }

  Random random_;
  HoursTable table_;
  std::vector<Hours> hours_;
  std::deque<RosterRep> roster_;
  Doers doers_;
  std::vector<const Zone*> zones_;
  CadenceStep step_;
};

TEST(StepMinutes, HaveTheGapsThatLookingAtEachShows) {
  int gaps = 0, always = 0;
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    const World world(seed);
    const StepGap told = world.Told();
    EXPECT_EQ(told.any, world.HasGap()) << "seed " << seed;
    gaps += told.any ? 1 : 0;
    always += told.always ? 1 : 0;
    if (!told.any || told.always || told.to == kNever) continue;
    EXPECT_GT(told.to - told.from, kHorizon);
    EXPECT_TRUE(world.IsOpen(told.to)) << "seed " << seed;
    EXPECT_FALSE(world.IsOpen(told.from)) << "seed " << seed;
  }
  EXPECT_GT(always, 20);
  EXPECT_GT(gaps, always);
  EXPECT_LT(gaps, 130);
}

TEST(StepMinutes, TellOfAGapThatIsNowBeforeAnyThatIsToCome) {
  int now_closed = 0, later = 0;
  for (uint64_t seed = 1; seed <= 2000; ++seed) {
    const World world(seed);
    const StepGap longest = world.Told();
    if (!longest.any || longest.always) continue;
    const Instant now = longest.from + Days(static_cast<int>(seed % 250));
    const StepGap told = world.Told(now);
    Instant open = now;
    while (open <= now + kHorizon && !world.IsOpen(open)) open = open + kQuarter;
    EXPECT_EQ(told.now, open > now + kHorizon) << "seed " << seed;
    later += told.any && !told.now ? 1 : 0;
    if (!told.now) continue;
    ++now_closed;
    EXPECT_EQ(told.from, now);
    EXPECT_TRUE(told.to == kNever || world.IsOpen(told.to)) << "seed " << seed;
  }
  EXPECT_GT(now_closed, 10);
  EXPECT_GT(later, 5);
}

TEST(StepMinutes, AreAskedOfTheCalendarsOfRepsWithTheirHolidays) {
  HoursTable table;
  CalendarSpec spec;
  spec.weekly[0] = {{9 * 3'600'000, 10 * 3'600'000}};
  table.AddCalendar("mondays", std::move(spec));
  RosterRep rep;
  rep.hours = "mondays";
  rep.zone = "Europe/Madrid";
  CadenceStep step;
  step.after.business_days = 1;
  const Doers works{"a rep", {&rep}};
  EXPECT_FALSE(StepMinutes(table, kNever).GapOf(step, {}, works).any);
  rep.holidays = {"2027-05-01/2027-08-31"};
  const StepGap gap = StepMinutes(table, kNever).GapOf(step, {}, works);
  EXPECT_TRUE(gap.any);
  EXPECT_FALSE(gap.always);
  EXPECT_EQ(Utc().DateAt(gap.from), (LocalDate{2027, 4, 26}));
  EXPECT_EQ(Utc().DateAt(gap.to), (LocalDate{2027, 9, 6}));
}

}  // namespace
}  // namespace pm
