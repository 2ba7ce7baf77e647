#include "engine/runtime/kafka/topics/topic_check.h"

#include <fmt/format.h>

#include <algorithm>

namespace pm {

Result<std::vector<TopicLook>> LookAtTopics(KafkaAdmin& admin, const TopicNeeds& needs) {
  PM_TRY(const std::vector<WantedTopic> plan, PlanTopics(needs));
  PM_TRY(const std::vector<std::string> there, admin.List());
  const MetInputs inputs = MeetInputs(needs, plan, there);
  std::vector<std::string> names;
  for (const WantedTopic& topic : plan) names.push_back(topic.name);
  names.insert(names.end(), inputs.names.begin(), inputs.names.end());
  PM_TRY(const auto found, admin.Describe(names, JudgedSettings()));
  std::vector<TopicLook> looks;
  for (size_t i = 0; i < plan.size(); ++i) {
    looks.push_back({plan[i], found[i], JudgeTopic(plan[i], found[i])});
  }
  const auto add_input = [&](const std::string& name, const std::optional<TopicState>& state,
                             std::vector<TopicFinding> findings) {
    looks.push_back({{.name = name, .purpose = "input"}, state, std::move(findings), true});
  };
  for (size_t i = 0; i < inputs.names.size(); ++i) {
    const auto& state = found[plan.size() + i];
    add_input(inputs.names[i], state, JudgeInput(inputs.names[i], state));
  }
  for (const TopicFinding& finding : inputs.findings) {
    add_input(finding.topic, std::nullopt, {finding});
  }
  return looks;
}

Result<std::vector<TopicPartition>> FindInputs(KafkaAdmin& admin, const TopicNeeds& needs) {
  PM_TRY(const std::vector<WantedTopic> plan, PlanTopics(needs));
  PM_TRY(const std::vector<std::string> there, admin.List());
  PM_TRY(const auto found, admin.Describe(MeetInputs(needs, plan, there).names, {}));
  std::vector<TopicPartition> inputs;
  for (const std::optional<TopicState>& topic : found) {
    for (int32_t n = 0; topic && n < topic->partitions; ++n) inputs.push_back({topic->name, n});
  }
  std::ranges::sort(inputs);
  return inputs;
}

void JudgeCopies(int32_t brokers, std::vector<TopicLook>* looks) {
  for (TopicLook& look : *looks) {
    const int32_t copies = look.wanted.replication;
    if (look.found.has_value() || look.is_input || copies <= brokers) continue;
    look.findings.push_back(
        {look.wanted.name, kTopicReplication,
         fmt::format("{} copies are asked for, and there {}: start more brokers, or say `kafka: {{ "
                     "replication: {} }}`",
                     copies, brokers == 1 ? "is 1 broker" : fmt::format("are {} brokers", brokers),
                     brokers)});
  }
}

Result<std::vector<std::string>> MakeTopics(KafkaAdmin& admin,
                                            const std::vector<TopicLook>& looks) {
  for (const TopicLook& look : looks) {
    const auto wrong = std::ranges::find_if(look.findings, [](const TopicFinding& one) {
      return one.code != kTopicMissing && !one.is_borne;
    });
    if (look.is_input || wrong == look.findings.end()) continue;
    return Fail(wrong->code, fmt::format("{}: {}", wrong->topic, wrong->text));
  }
  std::vector<std::string> made;
  for (const TopicLook& look : looks) {
    if (look.found.has_value() || look.is_input) continue;
    const WantedTopic& wanted = look.wanted;
    PM_TRY_VOID(admin.Create({.name = wanted.name,
                              .partitions = wanted.partitions,
                              .replication = wanted.replication,
                              .settings = wanted.settings}));
    made.push_back(wanted.name);
  }
  return made;
}

}  // namespace pm
