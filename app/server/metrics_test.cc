#include "app/server/metrics.h"

#include <gmock/gmock.h>

#include <map>
#include <set>
#include <sstream>

#include "app/server/metrics_catalogue.h"
#include "base/time/text.h"
#include "engine/runtime/memory_store.h"

namespace pm {
namespace {

using testing::HasSubstr;

constexpr Instant kStart{1'772'550'000'000};  // Tuesday 2026-03-03, 15:00 UTC

// The inbound-saas pack over a store that outlives its engines.
class MetricsTest : public testing::Test {
 protected:
  MetricsTest() {
    const Result<CompiledRules> rules = rules_.Load("rules/packs/inbound-saas", {});
    EXPECT_TRUE(rules.has_value());
    compiled_ = *rules;
    Restart();
  }
  void Restart() {
    metrics_.reset();
    engine_.reset();
    EmbeddedSettings settings;
    settings.catch_up = {};
    engine_ = std::make_unique<Embedded>(
        store_, settings, RealStages(), [this](ContentHash hash) { return rules_.Find(hash); },
        clock_, compiled_.book->version(), compiled_.document);
    metrics_ = std::make_unique<EngineMetrics>(*engine_, rules_, clock_);
  }
  void Send(std::string_view type, std::string_view data) {
    std::vector<Submission> one;
    one.push_back({fmt::format(R"({{"id":"{}","source":"t","type":"{}","data":{{{}}}}})", ++sent_,
                               type, data),
                   "", Mode::kLive});
    ASSERT_TRUE(engine_->Submit(std::move(one), nullptr).has_value());
    engine_->RunUntilIdle();
  }
  void Wait(Duration time) {
    for (const Instant end = clock_.Now() + time; clock_.Now() < end;) {
      clock_.Advance(Seconds(5));
      engine_->RunUntilIdle();
    }
  }
  void QueueOne() {
    Send("lead.submitted", R"("email":"ann@acme.example","country":"BR","employees":9,)"
                           R"("form":"contact","hand_raise":true)");
  }
  void RouteOne(std::string_view email) {
    Send("lead.submitted", fmt::format(R"("email":"{}","country":"US","employees":1200,)"
                                       R"("form":"demo","hand_raise":true)",
                                       email));
  }

  MemoryStore store_;
  ManualClock clock_{kStart};
  RuleLibrary rules_;
  CompiledRules compiled_;
  std::unique_ptr<Embedded> engine_;
  std::unique_ptr<EngineMetrics> metrics_;
  int sent_ = 0;
};

TEST_F(MetricsTest, ShowsWhatTheCatalogueDeclaresAndNothingElse) {
  QueueOne();
  RouteOne("bo@corp.example");
  Send("lead.submitted", R"("hand_raise":true)");  // about nobody
  metrics_->CountIn(EventType::kLeadSubmitted, EventResult::kAccepted);
  metrics_->CountProblem("unknown_field");
  Wait(Minutes(2));
  std::map<std::string, std::string> kinds;
  std::map<std::string, std::set<std::string>> labels;
  std::istringstream text(metrics_->Text());
  for (std::string line; std::getline(text, line);) {
    std::istringstream words(line);
    std::string hash, word, name, kind;
    if (line.starts_with("# TYPE ")) {
      words >> hash >> word >> name >> kind;
      kinds[name] = kind;
      continue;
    }
    if (line.starts_with('#')) continue;
    name = line.substr(0, line.find_first_of("{ "));
    for (const std::string_view part : {"_bucket", "_sum", "_count"}) {
      if (!name.ends_with(part)) continue;
      const std::string whole(name, 0, name.size() - part.size());
      if (kinds[whole] == "histogram") name = whole;
    }
    for (size_t at = line.find('{'); at != std::string::npos && line[at] != '}';) {
      const size_t equals = line.find('=', at);
      const std::string label = line.substr(at + 1, equals - at - 1);
      if (label != "le") labels[name].insert(label);
      at = line.find('"', equals + 2) + 1;
    }
  }
  EXPECT_EQ(kinds.size(), MetricDecls().size());
  for (const MetricDecl& decl : MetricDecls()) {
    EXPECT_EQ(kinds[std::string(decl.name)], MetricKindName(decl.kind)) << decl.name;
    std::set<std::string> declared;
    std::istringstream names{std::string(decl.labels)};
    for (std::string name; std::getline(names >> std::ws, name, ',');) declared.insert(name);
    EXPECT_EQ(labels[std::string(decl.name)], declared) << decl.name;
  }
}

TEST_F(MetricsTest, WhatIsStateIsRightAtOnceAfterARestart) {
  QueueOne();
  RouteOne("bo@corp.example");
  Wait(Seconds(5));
  for (int run = 0; run < 2; ++run) {
    const std::string text = metrics_->Text();
    EXPECT_THAT(text, HasSubstr("pointsman_queue_depth_leads{pool=\"house\"} 1\n")) << run;
    EXPECT_THAT(text, HasSubstr("pointsman_open_slas 2\n")) << run;
    EXPECT_THAT(text, HasSubstr("pointsman_timers_pending{kind=\"sla\"} 2\n")) << run;
    EXPECT_THAT(text, HasSubstr("pointsman_timers_pending{kind=\"cadence\"} 1\n")) << run;
    EXPECT_THAT(text, HasSubstr("pointsman_rules_info{version=\"")) << run;
    EXPECT_EQ(text.contains("type=\"assignment.queued\""), run == 0) << "counters begin anew";
    Restart();
  }
}

TEST_F(MetricsTest, SpeedToLeadCountsLateTouchesToo) {
  RouteOne("bo@corp.example");
  Wait(Minutes(50));  // the first touch was due after 15 minutes
  Send(
      "touch.recorded",
      R"("email":"bo@corp.example","channel":"call","direction":"outbound","outcome":"connected")");
  const std::string text = metrics_->Text();
  EXPECT_THAT(text, HasSubstr("pointsman_speed_to_lead_seconds_sum{until=\"first_touch\"} 3000\n"));
  EXPECT_THAT(text, HasSubstr("pointsman_speed_to_lead_seconds_count{until=\"assigned\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("pointsman_sla_milestones_total{milestone=\"first_touch\","
                              "outcome=\"breached\",policy=\"hot\"} 1\n"));
}

TEST_F(MetricsTest, TimersOfEveryKindTellHowLateTheyWere) {
  Send("lead.submitted", R"("email":"a@held.example","country":"US","form":"demo","hand_raise":1)");
  clock_.Advance(Minutes(30));  // an outage: the hold ended 28.5 minutes ago
  engine_->RunUntilIdle();
  const std::string text = metrics_->Text();
  EXPECT_THAT(text, HasSubstr("pointsman_timer_lateness_seconds_bucket{le=\"600\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("pointsman_timer_lateness_seconds_sum 1710\n"));
}

TEST_F(MetricsTest, EventsInAreCountedByTypeAndResult) {
  metrics_->CountIn(EventType::kNone, EventResult::kRefused);
  metrics_->CountIn(EventType::kNone, EventResult::kRefused);
  metrics_->CountIn(EventType::kLeadSubmitted, EventResult::kIncomplete);
  const std::string text = metrics_->Text();
  EXPECT_THAT(text,
              HasSubstr("pointsman_events_in_total{result=\"refused\",type=\"unknown\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("{result=\"incomplete\",type=\"lead.submitted\"} 1\n"));
}

}  // namespace
}  // namespace pm
