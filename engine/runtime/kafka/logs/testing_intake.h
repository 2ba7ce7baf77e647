// For tests of a worker's intake only: intakes on the model of a broker, and what comes of them.
#pragma once
#include "engine/runtime/kafka/logs/group_look.h"
#include "engine/runtime/kafka/logs/rules_switch.h"
#include "engine/runtime/kafka/simulation/testing_kafka.h"

namespace pm {

class IntakeTest : public KafkaTest {
 protected:
  explicit IntakeTest(FakeSettings settings = {}) : KafkaTest(settings) {
    broker_.CreateTopic({names_.Control(), 1, 1, {}});
    broker_.CreateTopic({"events", 2, 1, {}});
  }
  struct Intake {
    IntakeSettings settings;
    std::unique_ptr<FakeClient> client;
    std::unique_ptr<FakeReader> reader;
    MemoryStore store;
    Tasks tasks;
    std::unique_ptr<IntakeLog> log;
  };
  std::unique_ptr<Intake> StartIntake(const std::string& instance,
                                      std::vector<TopicPartition> inputs = {kFirst, kSecond}) {
    auto intake = std::make_unique<Intake>();
    intake->settings.transactional_id = names_.IntakeTransactionalId(instance);
    intake->settings.members = [this, group = intake->settings.ticks.group] {
      FakeAdmin admin(broker_);
      return MembersOf(admin, group);
    };
    intake->settings.partitions = kPartitions;
    intake->settings.inputs = std::move(inputs);
    intake->settings.say = [this](std::string_view line) { lines_.emplace_back(line); };
    intake->settings.warn = [this](std::string_view line) { warnings_.emplace_back(line); };
    std::vector<std::string> topics;
    for (const TopicPartition& one : intake->settings.inputs) topics.push_back(one.topic);
    intake->client = std::make_unique<FakeClient>(broker_, intake->settings.ticks.group, instance,
                                                  std::move(topics));
    intake->reader = std::make_unique<FakeReader>(broker_);
    intake->log =
        std::make_unique<IntakeLog>(*intake->client, *intake->reader, intake->store,
                                    intake->settings, stages_, rules_, clock_, intake->tasks);
    return intake;
  }
  Result<void> RunIntake(Intake& intake, int polls = 20) {
    return DriveFor(*intake.log, intake.tasks, polls);
  }
  void PutInForce(ContentHash rules) {
    FakeClient client(broker_, "rules", "rules", {});
    ASSERT_TRUE(SwitchRules(client, names_, kPartitions, rules).has_value());
  }
  void Submit(const std::string& key, const TopicPartition& to = kFirst) {
    broker_.Publish(to, {.value = Encoded(toy::Job{.key = key})});
  }
  // Messages that identity has got.
  std::vector<Message> Sent() {
    std::vector<Message> messages;
    for (const std::string& record : ReadInput(Stage::kIdentity)) {
      std::optional<RecordBody> body = DecodeRecord(record);
      if (auto* message = body ? std::get_if<Message>(&*body) : nullptr)
        messages.push_back(std::move(*message));
    }
    return messages;
  }
  // Ticks in the input of a stage, of all its partitions.
  std::vector<TickRecord> Ticks(Stage stage) {
    std::vector<TickRecord> ticks;
    for (const std::string& record : ReadInput(stage)) {
      const std::optional<RecordBody> body = DecodeRecord(record);
      if (const auto* tick = body ? std::get_if<TickRecord>(&*body) : nullptr)
        ticks.push_back(*tick);
    }
    return ticks;
  }
  std::vector<std::string> lines_, warnings_;
  inline static const TopicPartition kFirst{"events", 0}, kSecond{"events", 1};
};

}  // namespace pm
