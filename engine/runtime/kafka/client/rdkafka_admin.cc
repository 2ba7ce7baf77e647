#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <thread>
#include <utility>

#include "engine/runtime/kafka/client/rdkafka_handle.h"

namespace pm {
namespace {

constexpr std::chrono::milliseconds kPause(20);  // between two looks at a topic that is being made

using NewTopic = RdOwner<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
using Resource = RdOwner<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

Result<RdHandle> ConnectAdmin(std::span<const KafkaProperty> users, KafkaLog log) {
  PM_TRY(RdConf conf, MakeConf(users, {}, log));
  rd_kafka_conf_set_events(conf.get(), RD_KAFKA_EVENT_ERROR);
  return MakeHandle(RD_KAFKA_PRODUCER, std::move(conf));
}

// Why no broker could be used, as far as its connections have told: a login or a certificate that
// was refused before all else, then the last reason. `fault` where they have told nothing.
KafkaFault CauseOf(rd_kafka_t* handle, KafkaFault fault) {
  const RdQueue told(rd_kafka_queue_get_main(handle));
  while (const RdEvent event{rd_kafka_queue_poll(told.get(), 0)}) {
    const rd_kafka_resp_err_t code = rd_kafka_event_error(event.get());
    const bool has_one = KafkaErrorKind(KafkaCall::kOutside, fault) == kKafkaRefused;
    const bool is_all = code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || is_all || has_one) continue;
    fault = {.code = code, .text = rd_kafka_event_error_string(event.get())};
  }
  return fault;
}

class RdAdmin final : public KafkaAdmin {
 public:
  RdAdmin(std::vector<KafkaProperty> users, KafkaLog log, RdHandle handle, Duration answer)
      : users_(std::move(users)), log_(log), answer_(answer), handle_(std::move(handle)) {}

  Result<std::vector<std::optional<TopicState>>> Describe(
      std::span<const std::string> topics, std::span<const std::string> settings) override {
    PM_TRY(const auto known, Known());
    std::vector<std::optional<TopicState>> all;
    std::vector<std::string> there;
    for (const std::string& topic : topics) {
      const auto found = known.find(topic);
      all.emplace_back(found == known.end() ? std::nullopt : std::optional(found->second));
      if (found != known.end()) there.push_back(topic);
    }
    if (there.empty() || settings.empty()) return all;
    PM_TRY(const auto configured, Settings(there));
    for (std::optional<TopicState>& topic : all) {
      if (!topic.has_value()) continue;
      for (const auto& [name, value] : configured.at(topic->name)) {
        if (std::ranges::find(settings, name) == settings.end()) continue;
        topic->settings.emplace_back(name, value);
      }
      std::ranges::sort(topic->settings);
    }
    return all;
  }

  Result<std::vector<std::string>> List() override {
    PM_TRY(const auto known, Known());
    std::vector<std::string> names;
    for (const auto& [name, topic] : known) names.push_back(name);
    return names;
  }

  Result<void> Create(const TopicState& topic) override {
    const std::string what = fmt::format("to create {}", topic.name);
    std::array<char, 256> problem{};
    const NewTopic wanted(rd_kafka_NewTopic_new(topic.name.c_str(), topic.partitions,
                                                topic.replication, problem.data(), problem.size()));
    if (wanted == nullptr) return Fail(kKafkaRefused, fmt::format("{}: {}", what, problem.data()));
    for (const auto& [name, value] : topic.settings) {
      rd_kafka_NewTopic_set_config(wanted.get(), name.c_str(), value.c_str());
    }
    const RdAdminOptions options =
        MakeOptions(handle_.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS, answer_);
    const RdQueue queue(rd_kafka_queue_new(handle_.get()));
    rd_kafka_NewTopic_t* wanted_raw = wanted.get();
    rd_kafka_CreateTopics(handle_.get(), &wanted_raw, 1, options.get(), queue.get());
    PM_TRY(const RdEvent event, Await(queue.get(), what));
    size_t count = 0;
    const rd_kafka_topic_result_t** made = rd_kafka_CreateTopics_result_topics(
        rd_kafka_event_CreateTopics_result(event.get()), &count);
    PM_CHECK(count == 1);
    const rd_kafka_resp_err_t failed = rd_kafka_topic_result_error(made[0]);
    if (failed == RD_KAFKA_RESP_ERR_NO_ERROR) return AwaitLeaders(topic, what);
    const char* text = rd_kafka_topic_result_error_string(made[0]);
    return std::unexpected(Failed(what, {.code = failed, .text = text == nullptr ? "" : text}));
  }

  // By a handle for this once. librdkafka 2.0.2 ends the process when a coordinator comes back
  // after such a question has timed out, so no question does before its handle is gone; and a
  // handle goes on asking a broker that is the coordinator no more.
  Result<GroupState> DescribeGroup(const std::string& group) override {
    const std::string what = fmt::format("to ask who is in the group {}", group);
    PM_TRY(const RdHandle handle, ConnectAdmin(users_, log_));
    const RdAdminOptions options =
        MakeOptions(handle.get(), RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, kNeverInTime);
    const RdQueue queue(rd_kafka_queue_new(handle.get()));
    const char* name = group.c_str();
    rd_kafka_DescribeConsumerGroups(handle.get(), &name, 1, options.get(), queue.get());
    PM_TRY(const RdEvent event, Await(queue.get(), what));
    size_t count = 0;
    const rd_kafka_ConsumerGroupDescription_t** told =
        rd_kafka_DescribeConsumerGroups_result_groups(
            rd_kafka_event_DescribeConsumerGroups_result(event.get()), &count);
    PM_CHECK(count == 1);
    const rd_kafka_error_t* failed = rd_kafka_ConsumerGroupDescription_error(told[0]);
    if (failed != nullptr) return std::unexpected(Failed(what, FaultOf(failed)));
    return StateOf(*told[0]);
  }

 private:
  static GroupState StateOf(const rd_kafka_ConsumerGroupDescription_t& told) {
    const rd_kafka_consumer_group_state_t phase = rd_kafka_ConsumerGroupDescription_state(&told);
    GroupState state;
    state.is_rebalancing = phase == RD_KAFKA_CONSUMER_GROUP_STATE_PREPARING_REBALANCE ||
                           phase == RD_KAFKA_CONSUMER_GROUP_STATE_COMPLETING_REBALANCE;
    const size_t members = rd_kafka_ConsumerGroupDescription_member_count(&told);
    for (size_t i = 0; i < members; ++i) {
      const rd_kafka_MemberDescription_t* member =
          rd_kafka_ConsumerGroupDescription_member(&told, i);
      GroupMember& one = state.members.emplace_back();
      const char* instance = rd_kafka_MemberDescription_group_instance_id(member);
      if (instance != nullptr) one.instance_id = instance;
      // Java's form of an address begins with what would be the host's name.
      one.host = rd_kafka_MemberDescription_host(member);
      if (one.host.starts_with('/')) one.host.erase(0, 1);
      if (state.is_rebalancing) continue;
      const rd_kafka_MemberAssignment_t* assignment = rd_kafka_MemberDescription_assignment(member);
      if (assignment == nullptr) continue;
      one.partitions = PartitionsOf(rd_kafka_MemberAssignment_partitions(assignment));
      std::ranges::sort(one.partitions);
    }
    std::ranges::sort(state.members);
    return state;
  }

  // A topic is made some time before the brokers tell of it.
  Result<void> AwaitLeaders(const TopicState& topic, std::string_view what) const {
    const RdTopic handle(rd_kafka_topic_new(handle_.get(), topic.name.c_str(), nullptr));
    const RdDeadline end(answer_);
    while (true) {
      const rd_kafka_metadata_t* raw = nullptr;
      rd_kafka_metadata(handle_.get(), 0, handle.get(), &raw, end.left_ms());
      const RdMetadata metadata(raw);
      if (metadata != nullptr && IsLed(metadata->topics[0], topic.partitions)) return {};
      if (end.left_ms() == 0) {
        return std::unexpected(Failed(what, FaultOf(RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE)));
      }
      std::this_thread::sleep_for(kPause);
    }
  }

  static bool IsLed(const rd_kafka_metadata_topic_t& topic, int32_t partitions) {
    return topic.partition_cnt == partitions &&
           std::ranges::all_of(std::span(topic.partitions, static_cast<size_t>(partitions)),
                               [](const auto& one) { return one.leader >= 0; });
  }

  // All topics there are, without their settings.
  Result<std::map<std::string, TopicState>> Known() {
    const rd_kafka_metadata_t* raw = nullptr;
    const rd_kafka_resp_err_t failed =
        rd_kafka_metadata(handle_.get(), 1, nullptr, &raw, static_cast<int>(answer_.ms));
    const RdMetadata metadata(raw);
    if (failed != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return std::unexpected(
          Failed("to ask which topics there are", CauseOf(handle_.get(), FaultOf(failed))));
    }
    std::map<std::string, TopicState> all;
    for (const rd_kafka_metadata_topic_t& topic :
         std::span(metadata->topics, static_cast<size_t>(metadata->topic_cnt))) {
      if (topic.partition_cnt == 0) continue;
      all[topic.topic] = {.name = topic.topic,
                          .partitions = topic.partition_cnt,
                          .replication = topic.partitions[0].replica_cnt,
                          .settings = {}};
    }
    return all;
  }

  Result<std::map<std::string, Pairs>> Settings(std::span<const std::string> topics) {
    std::vector<Resource> resources;
    std::vector<rd_kafka_ConfigResource_t*> asked;
    for (const std::string& topic : topics) {
      resources.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
      asked.push_back(resources.back().get());
    }
    const RdAdminOptions options =
        MakeOptions(handle_.get(), RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, answer_);
    const RdQueue queue(rd_kafka_queue_new(handle_.get()));
    rd_kafka_DescribeConfigs(handle_.get(), asked.data(), asked.size(), options.get(), queue.get());
    PM_TRY(const RdEvent event, Await(queue.get(), "to ask for the settings of topics"));
    std::map<std::string, Pairs> all;
    size_t count = 0;
    const rd_kafka_ConfigResource_t** answered = rd_kafka_DescribeConfigs_result_resources(
        rd_kafka_event_DescribeConfigs_result(event.get()), &count);
    for (const rd_kafka_ConfigResource_t* one : std::span(answered, count)) {
      const std::string name = rd_kafka_ConfigResource_name(one);
      const rd_kafka_resp_err_t failed = rd_kafka_ConfigResource_error(one);
      if (failed != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return std::unexpected(
            Failed(fmt::format("to ask for the settings of {}", name), FaultOf(failed)));
      }
      size_t entries = 0;
      const rd_kafka_ConfigEntry_t** configs = rd_kafka_ConfigResource_configs(one, &entries);
      for (const rd_kafka_ConfigEntry_t* entry : std::span(configs, entries)) {
        const char* value = rd_kafka_ConfigEntry_value(entry);
        all[name].emplace_back(rd_kafka_ConfigEntry_name(entry), value == nullptr ? "" : value);
      }
    }
    return all;
  }

  Result<RdEvent> Await(rd_kafka_queue_t* queue, std::string_view what) const {
    RdEvent event(rd_kafka_queue_poll(queue, static_cast<int>(answer_.ms)));
    if (event == nullptr) {
      return std::unexpected(Failed(what, FaultOf(RD_KAFKA_RESP_ERR__TIMED_OUT)));
    }
    const rd_kafka_resp_err_t failed = rd_kafka_event_error(event.get());
    if (failed == RD_KAFKA_RESP_ERR_NO_ERROR) return event;
    return std::unexpected(
        Failed(what, {.code = failed, .text = rd_kafka_event_error_string(event.get())}));
  }

  Error Failed(std::string_view what, const KafkaFault& fault) const {
    return KafkaError(KafkaCall::kOutside, what, FaultOf(handle_.get(), fault));
  }

  const std::vector<KafkaProperty> users_;
  const KafkaLog log_;
  const Duration answer_;
  const RdHandle handle_;
};

}  // namespace

Result<std::unique_ptr<KafkaAdmin>> ConnectKafkaAdmin(const KafkaConnection& connection,
                                                      Duration answer, KafkaLog log) {
  PM_TRY(std::vector<KafkaProperty> users, PropertiesOf(connection));
  PM_TRY(RdHandle handle, ConnectAdmin(users, log));
  return std::make_unique<RdAdmin>(std::move(users), log, std::move(handle), answer);
}

Result<int32_t> CountBrokers(const KafkaConnection& connection, Duration answer) {
  PM_TRY(const std::vector<KafkaProperty> users, PropertiesOf(connection));
  PM_TRY(const RdHandle handle, ConnectAdmin(users, nullptr));
  const rd_kafka_metadata_t* raw = nullptr;
  const rd_kafka_resp_err_t failed =
      rd_kafka_metadata(handle.get(), 0, nullptr, &raw, static_cast<int>(answer.ms));
  const RdMetadata metadata(raw);
  if (failed == RD_KAFKA_RESP_ERR_NO_ERROR) return metadata->broker_cnt;
  return std::unexpected(KafkaError(KafkaCall::kOutside, "to ask which brokers there are",
                                    CauseOf(handle.get(), FaultOf(failed))));
}

}  // namespace pm
