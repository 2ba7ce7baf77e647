// The real stages after an hour in which nobody ran: what reps did meanwhile stands in the backlog,
// and comes before the timers that it cancels, whichever stage an event goes through first.
#include <gmock/gmock.h>

#include "base/time/text.h"
#include "engine/runtime/kafka/simulation/kafka_simulation.h"
#include "model/decode/json_tree.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

constexpr char kRules[] =
    "kind: routing\nroutes: [ { name: all, when: { submission.hand_raise: true }, to: { pool: sdr "
    "}, sla: quick } ]\notherwise: { to: { pool: house } }\n---\n"
    "kind: sla\nquick:\n  hours: always\n"
    "  milestones: { accept: { within: 5m, from: assigned, per: assignment } }\n"
    "  ladder:\n    accept: [ { at: due, reassign: { at_most: 3, else: keep } } ]\n---\n"
    "kind: team\nroster: reps.csv\npools: { house: { strategy: queue }, "
    "sdr: { strategy: weighted, members: [ana, ben] } }\n";
constexpr int kLeads = 12, kAllRead = 4000;

class KafkaBacklogTest : public testing::TestWithParam<uint64_t> {
 protected:
  KafkaBacklogTest() {
    CompileResult compiled = Compile(
        {{"rules.yaml", kRules}, {"reps.csv", "id,email\nana,a@us.example\nben,b@us.example\n"}});
    EXPECT_TRUE(compiled.ok()) << compiled.diagnostics.Render();
    book_ = compiled.book;
    KafkaSimulationSettings settings;
    settings.broker = {.seed = GetParam()};
    settings.kills_per_mille = settings.sleeps_per_mille = 0;
    simulation_ = std::make_unique<KafkaSimulation>(
        settings, RealStages(), [this](ContentHash) { return book_; }, book_->version());
  }
  void Send(std::string_view type, const std::string& data) {
    now_ = now_ + Seconds(1);
    simulation_->Feed(
        {fmt::format(
             R"({{"specversion":"1.0","id":"{}","source":"t","type":"{}","time":"{}","data":{}}})",
             ++sent_, type, FormatInstant(now_), data),
         fmt::format("{}", sent_), Mode::kLive},
        now_);
  }
  std::vector<JsonNode> Find(std::string_view type) {
    std::vector<JsonNode> found;
    for (const Output& output : simulation_->Outputs())
      if (output.type == type) found.push_back(ParseJson(output.json).value());
    return found;
  }

  std::shared_ptr<const RuleBook> book_;
  std::unique_ptr<KafkaSimulation> simulation_;
  Instant now_{1'772'442'000'000};
  int sent_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Seeds, KafkaBacklogTest, testing::Range<uint64_t>(1, 26));

TEST_P(KafkaBacklogTest, AcceptsInItCancelOverdueTimersAtEveryStage) {
  for (int n = 0; n <= kLeads; ++n) {
    Send(
        "lead.submitted",
        fmt::format(
            R"({{"email":"a@c{0}.example","hand_raise":true,"external_ids":{{"crm:lead":"x{0}"}}}})",
            n));
  }
  simulation_->Work(kAllRead);
  const std::vector<JsonNode> routed = Find("assignment.routed");
  ASSERT_EQ(routed.size(), kLeads + 1);
  simulation_->StopAll();
  now_ = now_ + Minutes(2);
  for (int n = 0; n < kLeads; ++n) {
    const JsonNode& given = routed[static_cast<size_t>(n)];
    const std::string_view by = given.Text({"data", "rep", "id"});
    const std::string_view email = given.Text({"data", "contact", "email"});
    // By way of the desk, account and identity.
    const std::string whose[] = {
        fmt::format(R"("assignment_id":"{}")", given.Text({"data", "assignment", "id"})),
        fmt::format(R"("lead_id":"{}")", given.Text({"data", "lead", "id"})),
        fmt::format(R"("external_ids":{{"crm:lead":"x{}"}})",
                    email.substr(3, email.find('.') - 3))};
    Send("lead.accept", fmt::format(R"({{{},"by":"{}"}})", whose[n % 3], by));
  }
  now_ = now_ + Hours(1);
  Send("site.visited", R"({"anonymous_id":"b","path":"/"})");
  simulation_->StartAll();
  simulation_->Finish(now_ + Minutes(10));
  EXPECT_EQ(Find("assignment.accepted").size(), kLeads);
  // The lead that nobody accepted has a new time where the rep could not see it, or another rep.
  const std::string_view open = routed.back().Text({"data", "lead", "id"});
  EXPECT_GT(Find("sla.rescheduled").size() + Find("assignment.reassigned").size(), 0u);
  for (const char* type : {"sla.rescheduled", "sla.breached", "assignment.reassigned"})
    for (const JsonNode& one : Find(type)) EXPECT_EQ(one.Text({"data", "lead", "id"}), open);
}

}  // namespace
}  // namespace pm
