#include "engine/runtime/kafka/topics/topic_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/runtime/kafka/topics/topic_check.h"
#include "model/outputs/output.h"

namespace pm {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const WantedTopic& Of(const std::vector<WantedTopic>& plan, std::string_view name) {
  const auto found = std::ranges::find(plan, name, &WantedTopic::name);
  if (found == plan.end()) throw std::out_of_range(std::string(name));
  return *found;
}

std::string Setting(const std::vector<std::pair<std::string, std::string>>& settings,
                    std::string_view name) {
  for (const auto& [key, value] : settings) {
    if (key == name) return value;
  }
  return "(none)";
}

// The topic as the brokers would tell of it, had it been made as it is wanted.
TopicState MadeAs(const WantedTopic& wanted) {
  return {wanted.name, wanted.partitions, wanted.replication, wanted.settings};
}

void Set(TopicState* topic, std::string_view name, std::string value) {
  for (auto& [key, old] : topic->settings) {
    if (key == name) old = value;
  }
}

std::vector<int> Codes(const std::vector<TopicFinding>& findings) {
  std::vector<int> codes;
  for (const TopicFinding& finding : findings) codes.push_back(finding.code);
  return codes;
}

// Topics in memory.
class Shelf final : public KafkaAdmin {
 public:
  Result<std::vector<std::optional<TopicState>>> Describe(std::span<const std::string> names,
                                                          std::span<const std::string>) override {
    std::vector<std::optional<TopicState>> all;
    for (const std::string& name : names) {
      const auto found = std::ranges::find(topics, name, &TopicState::name);
      all.push_back(found == topics.end() ? std::nullopt : std::optional(*found));
    }
    return all;
  }
  Result<std::vector<std::string>> List() override {
    std::vector<std::string> names;
    for (const TopicState& topic : topics) names.push_back(topic.name);
    return names;
  }
  Result<void> Create(const TopicState& topic) override {
    if (topic.name == refused) return Fail(kKafkaRefused, "no");
    topics.push_back(topic);
    return {};
  }
  Result<GroupState> DescribeGroup(const std::string&) override { return GroupState{}; }
  std::vector<TopicState> topics;
  std::string refused;
};

TEST(TopicPlan, HoldsEachStagesInputAndStateAndAllThatComesOut) {
  const auto plan = PlanTopics({.prefix = "acme", .partitions = 8, .keep = Days(7)}).value();
  EXPECT_EQ(plan.size(), 6 + 3 + kTopics);
  const WantedTopic& input = Of(plan, "acme.account");
  EXPECT_TRUE(input.partitions == 8 && input.partitions_fixed && input.personal &&
              !input.compacted);
  EXPECT_EQ(Setting(input.settings, "retention.ms"), "604800000");
  EXPECT_EQ(Setting(input.settings, "message.timestamp.type"), "LogAppendTime");
  EXPECT_EQ(Setting(input.settings, "min.insync.replicas"), "2");
  const WantedTopic& state = Of(plan, "acme.changelog.desk");
  EXPECT_TRUE(state.partitions == 8 && state.partitions_fixed && state.compacted);
  EXPECT_EQ(Setting(state.settings, "cleanup.policy"), "compact");
  EXPECT_EQ(Of(plan, "acme.control").partitions, 1);
  EXPECT_EQ(Setting(Of(plan, "acme.control").settings, "retention.ms"), "-1");
  EXPECT_TRUE(Of(plan, "acme.rules").compacted);
  EXPECT_FALSE(Of(plan, "acme.dead-letters").partitions_fixed);
}

TEST(TopicPlan, NamesThatCannotBeAndTooLongARetentionAreRefused) {
  EXPECT_EQ(PlanTopics({.prefix = "a b"}).error().code, kTopicName);
  EXPECT_EQ(PlanTopics({.prefix = std::string(220, 'a')}).error().code, kTopicName);
  EXPECT_EQ(PlanTopics({.inputs = {"a/b"}}).error().code, kTopicName);
  EXPECT_EQ(PlanTopics({.inputs = {"^a("}}).error().code, kTopicName);
  EXPECT_TRUE(PlanTopics({.inputs = {"crm.leads", "^web\\..*"}}).has_value());
  EXPECT_EQ(PlanTopics({.keep = Days(31)}).error().code, kTopicRetention);
}

TEST(TopicPlan, WhatWasMadeByThePlanIsFine) {
  const auto plan = PlanTopics({}).value();
  for (const WantedTopic& topic : plan) {
    EXPECT_THAT(JudgeTopic(topic, MadeAs(topic)), IsEmpty()) << topic.name;
    EXPECT_THAT(Codes(JudgeTopic(topic, std::nullopt)), ElementsAre(kTopicMissing));
  }
}

TEST(TopicPlan, WhatIsWrongWithATopicIsTold) {
  const auto plan = PlanTopics({}).value();
  const auto judge = [&](std::string_view name, auto change) {
    TopicState found = MadeAs(Of(plan, name));
    change(&found);
    return Codes(JudgeTopic(Of(plan, name), found));
  };
  const auto set = [](std::string_view name, std::string value) {
    return [=](TopicState* topic) { Set(topic, name, value); };
  };
  const std::string state = "pointsman.changelog.desk";
  EXPECT_THAT(judge(state, set("cleanup.policy", "delete")), ElementsAre(kTopicCleanup));
  EXPECT_THAT(judge(state, set("cleanup.policy", "compact,delete")), ElementsAre(kTopicCleanup));
  EXPECT_THAT(judge(state, [](TopicState* t) { t->partitions = 15; }),
              ElementsAre(kTopicPartitions));
  EXPECT_THAT(judge(state, [](TopicState* t) { t->replication = 2; }),
              ElementsAre(kTopicReplication));
  EXPECT_THAT(judge(state, [](TopicState* t) { t->replication = 4; }), IsEmpty());
  EXPECT_THAT(judge(state, set("min.insync.replicas", "1")), ElementsAre(kTopicReplication));
  const std::string input = "pointsman.account";
  EXPECT_THAT(judge(input, set("cleanup.policy", "compact")),
              ElementsAre(kTopicCleanup, kTopicRetention));
  EXPECT_THAT(judge(input, set("message.timestamp.type", "CreateTime")), ElementsAre(kTopicTime));
  EXPECT_THAT(judge(input, set("retention.ms", "-1")), ElementsAre(kTopicRetention));
  EXPECT_THAT(judge(input, set("retention.ms", "2592000001")), ElementsAre(kTopicRetention));
  EXPECT_THAT(judge("pointsman.leads", [](TopicState* t) { t->partitions = 3; }), IsEmpty());
  const auto takes = [](std::string bytes) {
    return [=](TopicState* t) { t->settings.emplace_back("max.message.bytes", bytes); };
  };
  EXPECT_THAT(judge("pointsman.leads", takes("1048588")), IsEmpty());
  EXPECT_THAT(judge("pointsman.leads", takes("999999")), ElementsAre(kTopicRecord));
  EXPECT_THAT(judge(state, takes("999999")), ElementsAre(kTopicRecord));
}

TEST(TopicPlan, WhatIsNeededIsNotDeletedAndWhatWasErasedGoes) {
  const TopicNeeds needs{.keep = Days(7)};
  const auto plan = PlanTopics(needs).value();
  const auto judge = [&](std::string_view name, std::string_view setting, std::string value) {
    TopicState found = MadeAs(Of(plan, name));
    std::erase_if(found.settings, [&](const auto& one) { return one.first == setting; });
    found.settings.emplace_back(setting, value);
    return JudgeTopic(Of(plan, name), found);
  };
  for (const std::string name : {"pointsman.control", "pointsman.desk"}) {
    EXPECT_EQ(Setting(Of(plan, name).settings, "retention.bytes"), "-1");
    EXPECT_THAT(Codes(judge(name, "retention.bytes", "1000")), ElementsAre(kTopicLoss)) << name;
    EXPECT_THAT(Codes(judge(name, "retention.ms", "1000")), ElementsAre(kTopicLoss)) << name;
    EXPECT_THAT(Codes(judge(name, "retention.ms", "0")), ElementsAre(kTopicLoss)) << name;
  }
  const auto control = judge("pointsman.control", "retention.ms", "604800000");
  ASSERT_THAT(Codes(control), ElementsAre(kTopicLoss))
      << "changes of rules are read from the first";
  EXPECT_EQ(control[0].text,
            "records go before they were read: `retention.ms` is 604800000, not -1");
  EXPECT_THAT(judge("pointsman.desk", "retention.ms", "604800000"), IsEmpty());
  EXPECT_THAT(judge("pointsman.desk", "retention.ms", "2592000000"), IsEmpty()) << "more is fine";
  EXPECT_THAT(judge("pointsman.leads", "retention.ms", "1000"), IsEmpty())
      << "its readers' business";
  for (const std::string name : {"pointsman.changelog.account", "pointsman.directory"}) {
    EXPECT_THAT(Codes(judge(name, "max.compaction.lag.ms", "9223372036854775807")),
                ElementsAre(kTopicRetention));
    EXPECT_THAT(judge(name, "max.compaction.lag.ms", "1000"), IsEmpty());
    EXPECT_EQ(Setting(Of(plan, name).settings, "delete.retention.ms"), "604800000");
    const auto short_kept = judge(name, "delete.retention.ms", "86399999");
    ASSERT_THAT(Codes(short_kept), ElementsAre(kTopicLoss));
    EXPECT_EQ(short_kept[0].text,
              "who reads it may miss what was deleted: `delete.retention.ms` is 86399999, not at "
              "least 86400000");
    EXPECT_THAT(Codes(judge(name, "delete.retention.ms", "0")), ElementsAre(kTopicLoss));
    EXPECT_THAT(judge(name, "delete.retention.ms", "86400000"), IsEmpty()) << "Kafka's default";
  }
  const std::vector<std::string> judged = JudgedSettings();
  for (const char* setting :
       {"retention.ms", "retention.bytes", "max.compaction.lag.ms", "delete.retention.ms"}) {
    EXPECT_THAT(judged, Contains(setting)) << "the brokers are asked for it";
  }
}

TEST(TopicPlan, AnInputMustBeThereAndNotKeepPersonalDataForLong) {
  TopicState found{"crm", 3, 1, {{"cleanup.policy", "delete"}, {"retention.ms", "604800000"}}};
  EXPECT_THAT(JudgeInput("crm", found), IsEmpty());
  EXPECT_THAT(Codes(JudgeInput("crm", std::nullopt)), ElementsAre(kTopicMissing));
  Set(&found, "retention.ms", "31536000000");
  ASSERT_THAT(Codes(JudgeInput("crm", found)), ElementsAre(kTopicRetention));
  EXPECT_THAT(JudgeInput("crm", found)[0].text, HasSubstr("kept for 365d"));
  Set(&found, "cleanup.policy", "compact");
  EXPECT_THAT(JudgeInput("crm", found)[0].text, HasSubstr("never deleted"));
}

TEST(TopicPlan, PatternsMeetWhatIsThereButNothingOfOurs) {
  const TopicNeeds needs{.inputs = {"crm", "^web[.]", "^none", "^pointsman[.]desk$"}};
  const MetInputs met = MeetInputs(needs, PlanTopics(needs).value(),
                                   {"web.forms", "web.visits", "pointsman.desk", "other"});
  EXPECT_THAT(met.names, ElementsAre("crm", "web.forms", "web.visits"));
  ASSERT_EQ(met.findings.size(), 2);
  EXPECT_EQ(met.findings[0].code, kTopicMissing);
  EXPECT_EQ(met.findings[0].topic, "^none");
  EXPECT_EQ(met.findings[1].code, kTopicName);
}

TEST(TopicCheck, WhatIsMissingIsMadeAndFoundFineAfterwards) {
  Shelf shelf;
  shelf.topics = {{"crm", 1, 1, {{"cleanup.policy", "delete"}, {"retention.ms", "1000"}}}};
  const TopicNeeds needs{.inputs = {"crm", "nowhere"}};
  const auto before = LookAtTopics(shelf, needs).value();
  const auto made = MakeTopics(shelf, before).value();
  EXPECT_EQ(made.size(), 9 + kTopics);
  const auto after = LookAtTopics(shelf, needs).value();
  std::vector<TopicFinding> findings;
  for (const TopicLook& look : after) {
    findings.insert(findings.end(), look.findings.begin(), look.findings.end());
  }
  EXPECT_EQ(findings,
            (std::vector<TopicFinding>{{"nowhere", kTopicMissing, "this input is not there"}}))
      << "inputs are their owners' to make";
  EXPECT_THAT(MakeTopics(shelf, after).value(), IsEmpty());
}

TEST(TopicCheck, MoreCopiesThanBrokersAreForeseenAndNothingIsMade) {
  Shelf shelf;
  shelf.topics = {{"pointsman.account", 16, 1, {}}, {"crm", 1, 1, {}}};
  const TopicNeeds needs{.inputs = {"crm", "nowhere"}, .replication = 3};
  const std::vector<TopicLook> looks = LookAtTopics(shelf, needs).value();
  std::vector<TopicLook> judged = looks;
  JudgeCopies(3, &judged);
  EXPECT_EQ(judged.front().findings, looks.front().findings);
  JudgeCopies(1, &judged);
  for (const TopicLook& look : judged) {
    const auto told = std::ranges::find(
        look.findings,
        "3 copies are asked for, and there is 1 broker: start more brokers, or say "
        "`kafka: { replication: 1 }`",
        &TopicFinding::text);
    EXPECT_EQ(told != look.findings.end(), !look.is_input && !look.found) << look.wanted.name;
  }
  shelf.topics.erase(shelf.topics.begin());
  judged = LookAtTopics(shelf, needs).value();
  JudgeCopies(2, &judged);
  const auto made = MakeTopics(shelf, judged);
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code, kTopicReplication);
  EXPECT_THAT(made.error().text, HasSubstr("there are 2 brokers: start more"));
  EXPECT_EQ(shelf.topics.size(), 1);
}

TEST(TopicCheck, WhatIsBorneHindersNothingFromBeingMade) {
  Shelf shelf;
  std::vector<TopicLook> looks = LookAtTopics(shelf, {}).value();
  looks.front().findings = {{looks.front().wanted.name, kTopicMissing, "is missing"},
                            {looks.front().wanted.name, kTopicLoss, "too soon", true}};
  EXPECT_EQ(MakeTopics(shelf, looks).value().size(), looks.size());
}

TEST(TopicCheck, NothingIsMadeBesideATopicThatIsWrong) {
  Shelf shelf;
  shelf.topics = {{"pointsman.account", 3, 3, {}}};
  const auto looks = LookAtTopics(shelf, {}).value();
  const auto made = MakeTopics(shelf, looks);
  ASSERT_FALSE(made.has_value());
  EXPECT_THAT(made.error().text, HasSubstr("pointsman.account: "));
  EXPECT_EQ(shelf.topics.size(), 1);
  shelf.topics.clear();
  shelf.refused = "pointsman.control";
  EXPECT_EQ(MakeTopics(shelf, LookAtTopics(shelf, {}).value()).error().code, kKafkaRefused);
}

}  // namespace
}  // namespace pm
