#include <gtest/gtest.h>

#include "engine/stages/desk/desk.h"
#include "engine/stages/testing.h"
#include "rules/book_builder.h"

namespace pm {
namespace {

constexpr Instant kMonday{1'772'409'600'000};  // 2026-03-02T00:00Z

// A rep in UTC with one cap, who is given leads.
class Capped {
 public:
  explicit Capped(Cap cap) {
    RuleBookBuilder builder;
    builder->roster.push_back({.id = "ana", .zone = "UTC", .caps = {cap}});
    book_ = builder.Build();
  }
  void Give(Instant now) {
    At(now, [&](Desk& desk) { CountGiven(desk, "ana", "", {{7, ++leads_}, 1}); });
  }
  std::string Reached(Instant now) {
    std::string reached;
    At(now, [&](Desk& desk) { reached = CapReached(desk, *FindRep(desk, "ana"), nullptr); });
    return reached;
  }
  size_t given() {
    const RowBox* box = rows_.Get(RowKey<RepRow>({DeskHash("main"), "ana"}), &DecodeRow<RepRow>);
    return static_cast<const TypedRow<RepRow>*>(box)->row.given.size();
  }

 private:
  template <class F>
  void At(Instant now, F act) {
    Effects effects;
    Step step(now, {1, ++leads_}, {1, 1}, now, Mode::kLive, 1, *book_, rows_, effects);
    Desk desk(step, "main");
    act(desk);
    rows_.Apply(step.rows.Take());
  }

  std::shared_ptr<const RuleBook> book_;
  MapReader rows_;
  uint64_t leads_ = 0;
};

TEST(Caps, ADailyCapKeepsNoHandOverThatItCannotCountAnyMore) {
  Capped ana({.kind = Cap::Kind::kPerDay, .limit = 3});
  for (int day = 0; day < 20; ++day) {
    for (int lead = 0; lead < 3; ++lead) {
      EXPECT_EQ(ana.Reached(kMonday + Days(day)), "");
      ana.Give(kMonday + Days(day) + Hours(lead));
    }
    EXPECT_EQ(ana.Reached(kMonday + Days(day) + Hours(23)), "3 per day");
  }
  EXPECT_LE(ana.given(), 9u);
}

TEST(Caps, AWeeklyAndAMonthlyCapCountFromTheirFirstDay) {
  Capped weekly({.kind = Cap::Kind::kPerWeek, .limit = 1});
  weekly.Give(kMonday);
  EXPECT_EQ(weekly.Reached(kMonday + Days(7) - Milliseconds(1)), "1 per week");
  EXPECT_EQ(weekly.Reached(kMonday + Days(7)), "");

  Capped monthly({.kind = Cap::Kind::kPerMonth, .limit = 1});
  const Instant march = kMonday - Days(1);
  monthly.Give(march);
  EXPECT_EQ(monthly.Reached(march + Days(31) - Milliseconds(1)), "1 per month");
  EXPECT_EQ(monthly.Reached(march + Days(31)), "");
}

TEST(Caps, ALimitOfNoneIsAlwaysReached) {
  Capped open({.kind = Cap::Kind::kOpen, .limit = 0});
  Capped daily({.kind = Cap::Kind::kPerDay, .limit = 0});
  for (Capped* capped : {&open, &daily}) capped->Give(kMonday - Days(40));
  EXPECT_EQ(open.Reached(kMonday), "0 open");
  EXPECT_EQ(daily.Reached(kMonday), "0 per day");
}

}  // namespace
}  // namespace pm
