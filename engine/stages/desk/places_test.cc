// Random days over rules with several desks, small caps, overflow and reps who come and go: a lead
// is never nowhere, and never in two places. In each mode, beside one another.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "engine/stages/account/account.h"
#include "engine/stages/desk/records/assignment_row.h"
#include "engine/stages/desk/records/desk_row.h"
#include "engine/stages/desk/records/pool_row.h"
#include "engine/stages/desk/records/rep_row.h"
#include "engine/stages/testing.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

using account::LeadRow;

constexpr Instant kMonday{1'772'442'000'000};  // 2026-03-02T09:00:00Z
constexpr std::string_view kReps[] = {"ana", "ben", "cy", "dan", "eve", "fay"};

constexpr char kRoster[] =
    "id,email,name,zone,hours,role,manager,backup\n"
    "ana,ana@us.example,Ana,UTC,office,sdr,mia,cy\n"
    "ben,ben@us.example,Ben,UTC,office,sdr,mia,ana\n"
    "cy,cy@us.example,Cy,America/New_York,office,sdr,mia,dan\n"
    "dan,dan@us.example,Dan,America/New_York,office,sdr,mia,\n"
    "eve,eve@us.example,Eve,Asia/Tokyo,,sdr,mia,ben\n"
    "fay,fay@us.example,Fay,UTC,,sdr,mia,\n"
    "mia,mia@us.example,Mia,UTC,,manager,,\n";

constexpr char kRules[] = R"(
kind: routing
routes:
  - { name: Owner, when: { account.owner: present }, to: { owner: account, else: { pool: jp } }, sla: quick }
  - { name: DE, when: { lead.country: DE }, to: { pool: de }, sla: quick }
  - { name: US, when: { lead.country: US }, to: { pool: us }, sla: quick }
  - { name: JP, when: { lead.country: JP }, to: { rep: eve, if_away: wait, else: { pool: de } }, sla: quick }
  - { name: FR, when: { lead.country: FR }, to: { pool: late } }
otherwise: { to: { pool: house }, sla: quick }
---
kind: calendars
office: { weekly: { mon-fri: [ 09:00-17:00 ] } }
---
kind: sla
quick:
  hours: always
  grace: 60s
  milestones:
    accept: { within: 30m, from: assigned, per: assignment }
    first_touch: { within: 4h, from: routed, per: lead }
  ladder:
    accept: [ { at: due, reassign: { exclude: all_previous, at_most: 1, else: queue } } ]
---
kind: team
roster: reps.csv
pools:
  de: { desk: emea, strategy: weighted, members: [ana, ben], caps: [2 open, 3 per day], overflow: [us, late, house] }
  late: { desk: emea, strategy: least_loaded, members: [ben], caps: [2 open], off_hours: hold, overflow: [SPARE] }
  us: { desk: amer, strategy: least_loaded, members: [cy, dan], caps: [1 open], off_hours: overflow, overflow: [de, SPARE] }
  jp: { desk: apac, strategy: weighted, members: [eve, fay], caps: [2 open], sticky: { by: account, for: 90d, if_away: backup }, overflow: [SPARE] }
  SPARE: { desk: SPAREDESK, strategy: queue, members: [SPAREREP], claim: { at_most: 2 open, return_after: 15m } }
  house: { desk: amer, strategy: queue, members: [cy, dan], claim: { at_most: 1 open, return_after: 15m } }
---
kind: lifecycle
route_when: [hand_raise]
)";

std::string With(std::string text, std::string_view name, std::string_view value) {
  for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at))
    text.replace(at, name.size(), value);
  return text;
}

std::shared_ptr<const RuleBook> BookWithSpare(std::string_view name, std::string_view desk,
                                              std::string_view rep) {
  const std::string text =
      With(With(With(kRules, "SPAREDESK", desk), "SPAREREP", rep), "SPARE", name);
  CompileResult compiled = Compile({{"rules.yaml", text}, {"reps.csv", kRoster}});
  PM_CHECK(compiled.ok());
  return compiled.book;
}

class Day {
 public:
  explicit Day(uint32_t seed) : random_(seed) {}

  void Run(int events) {
    for (int i = 0; i < events && !testing::Test::HasFailure(); ++i) {
      now_ = now_ + Seconds(Below(20) == 0 ? 40'000 : Below(900));
      harness_.FireUntil(now_);
      Happen(i);
      Settle();
      Check();
    }
  }

 private:
  int Below(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }
  std::string Rep() { return std::string(kReps[static_cast<size_t>(Below(std::size(kReps)))]); }
  std::string Person() { return fmt::format("p@c{}.example", Below(14)); }

  void Send(std::string_view type, const std::string& data) {
    constexpr std::string_view kModes[] = {"live", "live", "live", "live", "shadow", "test"};
    Send(type, data, kModes[static_cast<size_t>(Below(std::size(kModes)))]);
  }

  void Send(std::string_view type, const std::string& data, std::string_view mode) {
    harness_.SendJson(
        fmt::format(R"({{"specversion":"1.0","source":"t","id":"{}","type":"{}","time":"{}",)"
                    R"("mode":"{}","data":{{{}}}}})",
                    ++sent_, type, FormatInstant(now_), mode, data),
        now_);
  }

  void Happen(int i) {
    constexpr std::string_view kCountries[] = {"DE", "US", "JP", "FR", "SE"};
    switch (Below(18)) {
      case 0:
        return Send("rep.away", fmt::format(R"("rep":"{}","until":"{}")", Rep(),
                                            FormatInstant(now_ + Hours(Below(40) + 1))));
      case 1:
        return Send("rep.back", fmt::format(R"("rep":"{}")", Rep()));
      case 2:
        return Send("rep.deactivated", fmt::format(R"("rep":"{}")", Rep()));
      case 3:
      case 4:
        return Send("rep.upserted", fmt::format(R"("rep":"{0}","name":"{0}")", Rep()));
      case 5:
        return Send("lead.disposed", fmt::format(R"("email":"{}","status":"recycled")", Person()));
      case 6:
        return Send("lead.disposed",
                    fmt::format(R"("email":"{}","status":"disqualified")", Person()));
      case 7:
      case 8:
        return Send("lead.claim", fmt::format(R"("by":"{}")", Rep()));
      case 9:
        return Answer(Below(2) == 0 ? "lead.accept" : "lead.decline");
      case 10:
        return Send("account.upserted", fmt::format(R"("domain":"c{}.example","owner":"{}")",
                                                    Below(14), Below(3) == 0 ? "" : Rep()));
      case 11:
        if (i % 3 == 0) return Switch();
        return Send("lead.updated",
                    fmt::format(R"("email":"{}","status":"waiting_on_prospect")", Person()));
      case 12:
        return Send("lead.owner_changed",
                    fmt::format(R"("email":"{}","to":"{}","actor_type":"ops","actor_id":"max")",
                                Person(), Below(8) == 0 ? "mia" : Rep()));
      default:
        return Send("lead.submitted",
                    fmt::format(R"("email":"{}","country":"{}","hand_raise":true)", Person(),
                                kCountries[Below(std::size(kCountries))]));
    }
  }

  // The rep of one of the assignments says something of it.
  void Answer(std::string_view type) {
    std::vector<const AssignmentRow*> held;
    for (const auto& [key, row] : assignments_) {
      if (!row.rep.empty()) held.push_back(&row);
    }
    if (held.empty()) return;
    const AssignmentRow& row = *held[static_cast<size_t>(Below(static_cast<int>(held.size())))];
    Send(type,
         fmt::format(R"("lead_id":"{}","by":"{}","reason":"busy")", ToText(row.card.lead), row.rep),
         ModeName(static_cast<Mode>(row.mode)));
  }

  void Switch() {
    in_force_ = (in_force_ + 1) % 3;
    harness_.Switch(*books_[static_cast<size_t>(in_force_)]);
    Message message;
    message.to = Stage::kDesk;
    message.id = message.root = Derive(EventId{7, 7}, 0, static_cast<uint32_t>(++sent_));
    message.at = now_;
    harness_.Deliver(message);
  }

  // Sweeps go on from tick to tick; nothing else may be in the middle of anything.
  void Settle() {
    for (int i = 0; i < 20; ++i) harness_.FireUntil(now_ = now_ + Milliseconds(2));
  }

  template <class R, class Visit>
  void Each(Visit visit) {
    const std::string prefix = StoredKey(world_, {&R::kPrefix, 1});
    std::string after = prefix;
    while (const auto key = harness_.rows.NextKey(prefix, after)) {
      after = *key;
      const RowBox* box = harness_.rows.Get(*key, &DecodeRow<R>);
      visit(std::string(WithoutWorld(*key)), static_cast<const TypedRow<R>*>(box)->row);
    }
  }

  void Check() {
    std::map<std::string, AssignmentRow> all;
    for (const World world : kWorlds) {
      world_ = world;
      CheckWorld();
      all.merge(assignments_);
    }
    assignments_ = std::move(all);
    CheckOutputs();
  }

  void CheckWorld() {
    const RuleBook& book = *books_[static_cast<size_t>(in_force_)];
    assignments_.clear();
    std::map<LeadId, int> desks;
    Each<AssignmentRow>([&](const std::string& key, const AssignmentRow& row) {
      assignments_.emplace(key, row);
      ++desks[row.card.lead];
      CheckPlace(book, DeskLeadKeyOf(key).desk, row);
    });
    size_t known = 0;
    Each<LeadRow>([&](const std::string& key, const LeadRow& lead) {
      if (!account::AtDesk(lead)) return;
      ++known;
      LeadId id;
      ASSERT_TRUE(DecodeId(std::string_view(key).substr(key.size() - 20), &id));
      EXPECT_EQ(desks[id], 1) << Story(id);
      const AssignmentRow* row = harness_.Row<AssignmentRow>({DeskHash(lead.desk), id}, world_);
      ASSERT_NE(row, nullptr) << "not where the account stage looks" << Story(id);
      EXPECT_EQ(row->rep, lead.rep) << Story(id);
      EXPECT_EQ(row->seq, lead.seq) << Story(id);
    });
    EXPECT_EQ(known, assignments_.size()) << "a desk has leads that are closed";
    CheckCounts(book);
  }

  void CheckOutputs() {
    for (const Output& output : harness_.outputs) {
      EXPECT_NE(std::ranges::find(OutputTypes(), output.type, &OutputTypeDecl::type),
                OutputTypes().end())
          << output.type;
    }
    for (const std::string_view reason : {"too_many_hops", "broken_invariant", "unknown_lead"}) {
      for (const std::string& letter : harness_.Outputs("dead_letter.written"))
        EXPECT_EQ(letter.find(reason), std::string::npos) << letter;
    }
    harness_.Forget();
  }

  // Who has it is of this desk and there to be told; what waits has a queue with somebody at it, or
  // a time.
  void CheckPlace(const RuleBook& book, uint32_t desk, const AssignmentRow& row) {
    const LeadId id = row.card.lead;
    EXPECT_EQ(WorldOf(static_cast<Mode>(row.mode)), world_) << Story(id);
    if (!row.rep.empty()) {
      EXPECT_EQ(DeskHash(book.DeskOfRep(row.rep)), desk) << Story(id);
      const RepRow* rep = harness_.Row<RepRow>({desk, row.rep}, world_);
      EXPECT_FALSE(rep != nullptr && rep->deactivated) << Story(id);
      const OpenEntry::Key key{desk, Hash64(row.rep), "", id};
      EXPECT_NE(harness_.Row<OpenEntry>(key, world_), nullptr) << Story(id);
      return;
    }
    const Pool* pool = book.FindPool(row.pool);
    ASSERT_NE(pool, nullptr) << Story(id);
    EXPECT_EQ(DeskHash(pool->desk), desk) << Story(id);
    EXPECT_FALSE(pool->members.empty());
    if (row.place == Place::kHeldForHours) {
      EXPECT_NE(row.due, kNever) << Story(id);
      const HeldEntry::Key key{desk, Hash64(row.pool), "", id};
      EXPECT_NE(harness_.Row<HeldEntry>(key, world_), nullptr) << Story(id);
      return;
    }
    EXPECT_EQ(row.place, Place::kQueued) << Story(id);
    const QueueEntry::Key key{desk, Hash64(row.pool), row.queue_order, id};
    EXPECT_NE(harness_.Row<QueueEntry>(key, world_), nullptr) << Story(id);
  }

  void CheckCounts(const RuleBook& book) {
    std::map<std::pair<uint32_t, std::string>, int64_t> open, queued;
    std::map<std::tuple<uint32_t, std::string, std::string>, int64_t> open_of_pool;
    for (const auto& [key, row] : assignments_) {
      const uint32_t desk = DeskLeadKeyOf(key).desk;
      if (row.place == Place::kQueued) ++queued[{desk, row.pool}];
      if (row.rep.empty() || !row.counts_open) continue;
      ++open[{desk, row.rep}];
      // What went to a rep by name counts as open, past caps.
      const bool by_name =
          row.pool.empty() || row.via.starts_with("rep_d") || row.via == "sla_amended";
      if (!by_name) ++open_of_pool[{desk, row.rep, row.pool}];
    }
    Each<RepRow>([&](const std::string& key, const RepRow& row) {
      const DeskNameKey rep = DeskNameKeyOf(key);
      EXPECT_EQ(row.open, (open[{rep.desk, std::string(rep.name)}])) << rep.name;
    });
    Each<PoolRow>([&](const std::string& key, const PoolRow& row) {
      const DeskNameKey pool = DeskNameKeyOf(key);
      EXPECT_EQ(row.queued, (queued[{pool.desk, std::string(pool.name)}])) << pool.name;
      EXPECT_TRUE(row.queued == 0 || book.FindPool(pool.name) != nullptr) << pool.name;
    });
    for (const auto& [which, count] : open_of_pool) {
      const Pool* pool = book.FindPool(std::get<2>(which));
      if (pool == nullptr || pool->caps.empty()) continue;
      EXPECT_LE(count, pool->caps.front().limit) << std::get<1>(which) << " of " << pool->name;
    }
  }

  std::string Story(LeadId lead) const {
    std::string story = "\n";
    for (const Output& output : harness_.outputs) {
      if (output.key == ToText(lead)) story += output.json + "\n";
    }
    return story;
  }

  const std::vector<std::shared_ptr<const RuleBook>> books_ = {
      BookWithSpare("spare", "emea", "ana"), BookWithSpare("heap", "apac", "fay"),
      BookWithSpare("spare", "apac", "eve")};
  int in_force_ = 0;
  StageHarness harness_{*books_[0],
                        {Stage::kIntake, Stage::kIdentity, Stage::kAccount, Stage::kDesk}};
  std::mt19937 random_;
  Instant now_ = kMonday;
  int sent_ = 0;
  World world_ = World::kLive;  // that is looked at
  std::map<std::string, AssignmentRow> assignments_;
};

TEST(Places, EveryOpenLeadIsInOnePlaceAndNoCapIsExceeded) {
  for (uint32_t seed = 1; seed <= 25 && !HasFailure(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Day(seed).Run(200);
  }
}

}  // namespace
}  // namespace pm
