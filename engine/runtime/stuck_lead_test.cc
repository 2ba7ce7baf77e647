#include <gmock/gmock.h>

#include "engine/runtime/simulated.h"
#include "engine/stages/desk/records/pool_row.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

using testing::HasSubstr;

constexpr char kRules[] =
    "kind: routing\nroutes: [ { name: all, when: { submission.hand_raise: true }, to: { pool: sdr "
    "} } ]\n"
    "otherwise: { to: { pool: house } }\n---\n"
    "kind: team\nroster: reps.csv\npools: { house: { strategy: queue }, "
    "sdr: { strategy: weighted, members: [ana] } }\n";
constexpr char kLead[] =
    R"({"specversion":"1.0","id":"1","source":"t","type":"lead.submitted",)"
    R"("time":"2026-03-02T09:00:00Z","data":{"email":"a@c.example","hand_raise":true}})";

class StuckLeadTest : public testing::Test {
 protected:
  StuckLeadTest() {
    CompileResult compiled =
        Compile({{"rules.yaml", kRules}, {"reps.csv", "id,email\nana,a@us.example\n"}});
    EXPECT_TRUE(compiled.ok()) << compiled.diagnostics.Render();
    book_ = compiled.book;
  }
  // A row of the pool that no step can read.
  void Garble(const std::string& pool) {
    const std::vector<RowWrite> rows = {{RowKey<PoolRow>({DeskHash("main"), pool}), "\xff"}};
    ASSERT_TRUE(store_.Commit({rows, {}, {}, {}}).has_value());
  }
  void Run() {
    Task task(store_, {}, RealStages(), [this](ContentHash) { return book_; });
    const std::string to = EncodeRecord(SwitchRecord{book_->version()});
    EXPECT_TRUE(task.Apply({to, 0, Instant{1}}));
    const std::string lead = EncodeMessageRecord(RootMessage(kLead, "", Mode::kLive, 1));
    EXPECT_TRUE(task.Apply({lead, 1, Instant{1'772'442'000'000}}));
    CommitSet set = task.Seal();
    for (SealedOutput& sealed : set.outputs) outputs_.push_back(std::move(sealed.output));
  }
  std::vector<std::string> Find(std::string_view type, std::string_view text = "") const {
    std::vector<std::string> found;
    for (const Output& output : outputs_)
      if (output.type == type && output.json.contains(text)) found.push_back(output.json);
    return found;
  }

  std::shared_ptr<const RuleBook> book_;
  MemoryStore store_;
  std::vector<Output> outputs_;
};

TEST_F(StuckLeadTest, WaitsInTheQueueOfTheLastResort) {
  Garble("sdr");
  Run();
  const auto queued = Find("assignment.queued");
  ASSERT_EQ(queued.size(), 1U);
  EXPECT_THAT(queued[0], HasSubstr(R"("pool":"house")"));
  EXPECT_THAT(queued[0], HasSubstr(R"("reason":"stuck")"));
  EXPECT_EQ(Find("dead_letter.written", "broken_invariant").size(), 1U);
  EXPECT_EQ(Find("alert.raised", "stuck_lead").size(), 1U);
  EXPECT_EQ(Find("lead.stage_changed", R"("queued")").size(), 1U) << "the account stage knows it";
  std::set<EventId> ids;
  for (const Output& output : outputs_) EXPECT_TRUE(ids.insert(output.id).second) << output.json;
}

TEST_F(StuckLeadTest, IsReportedWhenEvenThatFails) {
  Garble("sdr");
  Garble("house");
  Run();
  EXPECT_EQ(Find("assignment.queued").size(), 0U);
  EXPECT_EQ(Find("dead_letter.written", "broken_invariant").size(), 1U);
  EXPECT_EQ(Find("dead_letter.written", "fallback_failed").size(), 1U);
}

}  // namespace
}  // namespace pm
