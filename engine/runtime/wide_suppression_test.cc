// A suppression of many people reaches every partition, and is told of once.
#include <gmock/gmock.h>

#include <set>

#include "base/time/text.h"
#include "engine/runtime/split.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

constexpr char kRules[] =
    "kind: routing\nroutes: [ { name: all, when: { submission.hand_raise: true }, to: { pool: sdr "
    "} } ]\n"
    "otherwise: { to: { pool: house } }\n---\n"
    "kind: team\nroster: reps.csv\npools: { house: { strategy: queue }, "
    "sdr: { strategy: weighted, members: [ana] } }\n";
constexpr Instant kStart{1'772'442'000'000};
constexpr int kCompanies = 12;  // so that each partition has some

class WideSuppressionTest : public testing::TestWithParam<uint64_t> {
 protected:
  WideSuppressionTest() {
    CompileResult compiled =
        Compile({{"rules.yaml", kRules}, {"reps.csv", "id,email\nana,a@us.example\n"}});
    EXPECT_TRUE(compiled.ok()) << compiled.diagnostics.Render();
    book_ = compiled.book;
    SplitSettings settings;
    settings.seed = GetParam();
    simulation_ = std::make_unique<SplitSimulation>(
        settings, RealStages(), [this](ContentHash) { return book_; }, book_->version());
  }
  void Send(std::string_view type, const std::string& data) {
    now_ = now_ + Seconds(2);
    std::string body = fmt::format(
        R"({{"specversion":"1.0","id":"{}","source":"t","type":"{}","time":"{}","data":{}}})",
        ++sent_, type, FormatInstant(now_), data);
    simulation_->Feed({std::move(body), fmt::format("{}", sent_), Mode::kLive}, now_);
  }
  void SendAgainAsAnother() {
    --sent_;
    Send("suppression.added", R"({"scope":"channel","channel":"all","basis":"another"})");
  }
  void SendLeads() {
    for (int n = 0; n < kCompanies; ++n)
      Send("lead.submitted", fmt::format(R"({{"email":"a@c{}.example","hand_raise":true}})", n));
  }
  void Settle() { simulation_->Finish(now_ = now_ + Minutes(5)); }
  int Count(std::string_view type) const {
    return static_cast<int>(std::ranges::count_if(
        simulation_->outputs(), [&](const SealedOutput& o) { return o.output.type == type; }));
  }

  std::shared_ptr<const RuleBook> book_;
  std::unique_ptr<SplitSimulation> simulation_;
  Instant now_ = kStart;
  int sent_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Seeds, WideSuppressionTest, testing::Range<uint64_t>(1, 21));

TEST_P(WideSuppressionTest, KeepsLeadsOfEveryPartitionUntilItEnds) {
  Send("suppression.added", R"({"scope":"channel","channel":"all"})");
  Settle();
  SendLeads();
  Settle();
  EXPECT_EQ(Count("lead.created"), kCompanies);
  EXPECT_EQ(Count("assignment.routed"), 0);
  Send("suppression.removed", R"({"scope":"channel","channel":"all"})");
  Settle();
  EXPECT_EQ(Count("assignment.routed"), kCompanies);
  EXPECT_EQ(Count("privacy.suppressed"), 2);
  std::set<EventId> ids;
  for (const SealedOutput& sealed : simulation_->outputs())
    EXPECT_TRUE(ids.insert(sealed.output.id).second) << sealed.output.json;
}

TEST_P(WideSuppressionTest, IsReportedOnceWhenItsIdWasUsedBefore) {
  Send("suppression.added", R"({"scope":"channel","channel":"all"})");
  Settle();
  SendAgainAsAnother();
  Settle();
  EXPECT_EQ(Count("dead_letter.written"), 1);
}

}  // namespace
}  // namespace pm
