// Random lives of a company under all rules that set timers: every timer that fires moves on, in
// time or after an outage, and every kind of row that has one fires.
#include <gtest/gtest.h>

#include "base/random.h"
#include "engine/stages/testing.h"
#include "rules/book_builder.h"

namespace pm {
namespace {

constexpr Instant kMonday{1'772'434'800'000};  // 2026-03-02T07:00Z
// Leads that are gone (N) and news of leads to come (E) are where stages do not hear of each other
// at once.
constexpr std::string_view kKinds = "ADPRaeklrstuwyz";

SlaPolicy Ladder() {
  SlaPolicy sla;
  sla.name = "hot";
  sla.grace = Minutes(1);
  sla.milestones[1] = {true, Minutes(10), true, true};
  sla.milestones[2] = {true, Hours(2), false, false};
  Rung warn;
  warn.percent = true;
  warn.percent_of = 50;
  Rung reassign;
  reassign.action = RungAction::kReassign;
  sla.ladders[1] = {warn, reassign};
  return sla;
}

Cadence Steps() {
  Cadence cadence;
  cadence.name = "steps";
  CadenceStep call;
  call.channel = "call";
  call.after = {Minutes(20), 0};
  call.expires = Span{Hours(1), 0};
  CadenceStep mail;
  mail.channel = "email";
  mail.automatic = true;
  cadence.steps = {mail, call, mail, call};
  return cadence;
}

std::shared_ptr<const RuleBook> Rules(bool by_score) {
  RuleBookBuilder rules;
  CalendarSpec office;
  for (size_t day = 0; day < 5; ++day) office.weekly[day] = {*ParseSlot("09:00-17:00")};
  rules.AddCalendar("office", office);
  for (const std::string id : {"ana", "bo", "cy"})
    rules->roster.push_back({.id = id, .zone = "UTC", .hours = id == "cy" ? "always" : "office"});
  rules->pools.push_back({.name = "team",
                          .members = {{"ana", 1}, {"bo", 2}},
                          .off_hours = OffHours::kHold,
                          .sticky = true,
                          .sticky_for = Days(1),
                          .overflow = {"house"}});
  rules->pools.push_back({.name = "house",
                          .strategy = PoolStrategy::kQueue,
                          .members = {{"cy", 1}},
                          .claim_return_after = Minutes(15)});
  if (by_score) rules->pools.back().order = {QueueOrder::kScore};
  rules.AddSla(Ladder());
  rules.AddCadence(Steps());
  Route team;
  team.name = "team";
  team.to.name = "team";
  team.sla = "hot";
  team.cadence = "steps";
  Route queue = team;
  queue.name = queue.to.name = "house";
  queue.when = rules.When("lead.title", TestOp::kEq, {"clerk"});
  rules->routing.routes = {queue, team};
  rules->routing.otherwise.name = "otherwise";
  rules->routing.otherwise.to.name = "house";
  rules->routing.hold = HoldRule{rules.When("account.employees", TestOp::kPresent), Seconds(90)};
  rules->screening.push_back({.name = "odd",
                              .when = rules.When("lead.title", TestOp::kEq, {"odd"}),
                              .hold_for_review = Span{Hours(1), 0}});
  return rules.Build();
}

class Life {
 public:
  explicit Life(uint64_t seed)
      : random_{seed * 1000},
        stages_(*books_[0], {Stage::kIntake, Stage::kIdentity, Stage::kAccount, Stage::kDesk}) {}

  // A crowd at one company first, whom at times nobody may contact, so that sweeps go in parts.
  std::map<char, size_t> Go(int moments) {
    if (random_.OneIn(2)) Suppress("suppression.added");
    for (int i = 0; i < 220; ++i) Submit(fmt::format("p{}@acme.com", people_++));
    for (int i = 0; i < moments; ++i) {
      Moment();
      now_ = now_ + Seconds(static_cast<int64_t>(random_.Below(random_.OneIn(20) ? 20'000 : 200)));
      stages_.FireUntil(now_, random_.OneIn(3));
    }
    now_ = now_ + Days(40);
    stages_.FireUntil(now_);
    return stages_.fired;
  }

 private:
  void Send(std::string_view type, std::string_view data) {
    stages_.SendJson(
        fmt::format(R"({{"specversion":"1.0","source":"crm","id":"{}","type":"{}","time":"{}",)"
                    R"("data":{}}})",
                    ++events_, type, FormatInstant(now_), data),
        now_);
  }
  std::string Somebody() { return fmt::format("p{}@acme.com", random_.Below(people_)); }
  void Submit(const std::string& email) {
    Send("lead.submitted",
         fmt::format(R"({{"email":"{}","hand_raise":{},"title":"{}"{}}})", email,
                     random_.Of({"true", "true", "false"}),
                     random_.Of({"odd", "clerk", "clerk", "boss", "boss", "boss"}),
                     random_.OneIn(8) ? fmt::format(R"(,"employees":{})", events_) : ""));
  }
  void Moment() {
    const std::string_view rep = random_.Of({"ana", "bo", "cy"});
    switch (random_.Below(10)) {
      case 0:
        return Submit(fmt::format("p{}@acme.com", people_++));
      case 1:
        return Submit(Somebody());
      case 2:
        return Send("account.upserted",
                    fmt::format(R"({{"domain":"acme.com","employees":{}}})", events_));
      case 3:
        return Send("site.visited", fmt::format(R"({{"anonymous_id":"b{}","path":"/"}})", events_));
      case 4:
        return Send("rep.away",
                    fmt::format(R"({{"rep":"{}","from":"{}","until":"{}"}})", rep,
                                FormatInstant(now_ + Minutes(random_.OneIn(2) ? 0 : 30)),
                                FormatInstant(now_ + Hours(2))));
      case 5:
        return Send(random_.OneIn(3) ? "rep.deactivated" : "rep.upserted",
                    fmt::format(R"({{"id":"{}"}})", rep));
      case 6:
        return Suppress(random_.Of({"suppression.added", "suppression.removed"}));
      case 7:
        return Send("lead.claim", R"({"pool":"house","by":"cy"})");
      case 8:
        return Switch();
      default:
        return Merge();
    }
  }
  void Suppress(std::string_view type) { Send(type, R"({"scope":"domain","domain":"acme.com"})"); }
  void Switch() {
    stages_.Switch(*books_[random_.Below(2)]);
    Message message;
    message.to = Stage::kDesk;
    message.id = message.root = Derive(EventId{2, 2}, 0, static_cast<uint32_t>(events_));
    message.at = now_;
    stages_.Deliver(message);
  }
  // Once: the crowd moves to the company that owns their domain.
  void Merge() {
    if (now_ < kMonday + Hours(12)) return;
    Send("account.upserted", R"({"domain":"acme.org","domains":["acme.org","acme.com"]})");
  }

  const std::shared_ptr<const RuleBook> books_[2] = {Rules(false), Rules(true)};
  Random random_;
  StageHarness stages_;
  Instant now_ = kMonday;
  uint64_t people_ = 0;
  int64_t events_ = 0;
};

TEST(Timers, EachThatFiresMovesOnAndEachKindFires) {
  std::map<char, size_t> fired;
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    for (const auto& [kind, count] : Life(seed).Go(300)) fired[kind] += count;
  }
  for (const char kind : kKinds) EXPECT_GT(fired[kind], 0u) << kind;
}

}  // namespace
}  // namespace pm
