#include "app/server/kafka_checks.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <fstream>

#include "engine/runtime/kafka/topics/topic_names.h"
#include "engine/runtime/kafka/topics/topic_plan.h"

namespace pm {
namespace {

constexpr int kBadConfig = 731;

class Checker {
 public:
  Checker(const YamlNode& node, Diagnostics& out) : node_(node), out_(out) {}

  void CheckBrokers(const std::vector<std::string>& brokers) {
    if (brokers.empty())
      Tell(PlaceOfKey({"brokers"}), "no broker is named", "write `brokers: [kafka-1:9092]`");
    for (size_t i = 0; i < brokers.size(); ++i) CheckAddress(brokers[i], PlaceOfItem("brokers", i));
  }

  void CheckTls(const KafkaTls& tls) {
    ExpectFile(tls.ca, {"tls", "ca"});
    ExpectFile(tls.certificate, {"tls", "certificate"});
    ExpectFile(tls.key, {"tls", "key"});
  }

  void CheckSecret(const KafkaSecret& secret, std::initializer_list<std::string_view> keys) {
    const Result<std::string> read = secret.Read();
    if (!read.has_value()) out_.Report(read.error(), PlaceOfKey(keys));
  }

  void CheckNames(const KafkaConfig& config) {
    TopicNeeds needs{.prefix = config.prefix,
                     .inputs = {},
                     .partitions = static_cast<int32_t>(config.partitions),
                     .replication = static_cast<int32_t>(config.replication),
                     .keep = {}};
    if (!CheckPlan(needs, PlaceOfKey({"prefix"}))) return;
    for (size_t i = 0; i < config.inputs.size(); ++i) {
      needs.inputs = {config.inputs[i]};
      CheckPlan(needs, PlaceOfItem("inputs", i));
    }
  }

  void CheckAccepted(const KafkaConfig& config) {
    static const RE2 kPlace(R"(([^/@]+)/(\d{1,4})@\d{1,18})");
    const std::vector<std::string>& lost = config.accept_lost;
    for (size_t i = 0; i < lost.size(); ++i) {
      std::string topic;
      int64_t partition = 0;
      std::string problem;
      if (!RE2::FullMatch(lost[i], kPlace, &topic, &partition))
        problem = "is no offset of an input";
      else if (!IsTasks(topic, config.prefix))
        problem = fmt::format("names no topic that tasks of `prefix` {} read", config.prefix);
      else if (partition >= config.partitions)
        problem = fmt::format("names a partition beyond the {} there are", config.partitions);
      if (problem.empty()) continue;
      Tell(PlaceOfItem("accept_lost", i), fmt::format("'{}' {}", lost[i], problem),
           fmt::format("write what the refusal of the task names: {}.account/3@1234",
                       config.prefix));
    }
  }

 private:
  static bool IsTasks(std::string_view topic, const std::string& prefix) {
    const TopicNames names{prefix};
    const Stage all[] = {Stage::kIdentity, Stage::kAccount, Stage::kDesk};
    return std::ranges::any_of(all, [&](Stage stage) { return topic == names.Input(stage); });
  }

  void CheckAddress(const std::string& broker, const SourcePlace& place) {
    const size_t colon = broker.rfind(':');
    const std::string_view port =
        colon == std::string::npos ? "9092" : std::string_view(broker).substr(colon + 1);
    uint16_t parsed = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), parsed);
    const bool number = error == std::errc() && end == port.data() + port.size() && parsed > 0;
    const bool bare = broker.ends_with(']');  // an IPv6 address without a port
    if (!broker.empty() && colon != 0 && (number || bare) &&
        broker.find_first_of(" ,/") == std::string::npos) {
      return;
    }
    Tell(place, fmt::format("'{}' is no address of a broker", broker),
         broker.contains(',') ? "write a list, one address each: [kafka-1:9092, kafka-2:9092]"
                              : "write host:port, as kafka-1:9092");
  }

  void ExpectFile(const std::string& path, std::initializer_list<std::string_view> keys) {
    if (path.empty() || std::ifstream(path).good()) return;
    Tell(PlaceOfKey(keys), fmt::format("the file {} is not there, or cannot be read", path), "");
  }

  bool CheckPlan(const TopicNeeds& needs, const SourcePlace& place) {
    const auto plan = PlanTopics(needs);
    if (plan.has_value() || plan.error().code != kTopicName) return true;
    out_.Report(plan.error(), place);
    return false;
  }

  // Of the value there; of the last key that is there, if it is not.
  SourcePlace PlaceOfKey(std::initializer_list<std::string_view> keys) const {
    const YamlNode* at = &node_;
    for (const std::string_view key : keys) {
      const YamlNode* next = at->Find(key);
      if (next == nullptr) break;
      at = next;
    }
    return PlaceOf(*at);
  }

  // Of a list, or of what stands in the place of one.
  SourcePlace PlaceOfItem(std::string_view key, size_t i) const {
    const YamlNode* list = node_.Find(key);
    const bool item = list->kind == YamlNode::Kind::kSequence && i < list->items.size();
    return PlaceOf(item ? list->items[i] : *list);
  }

  void Tell(const SourcePlace& place, std::string message, std::string hint) {
    out_.Error(kBadConfig, place, std::move(message), std::move(hint));
  }

  const YamlNode& node_;
  Diagnostics& out_;
};

}  // namespace

void CheckKafka(const YamlNode& node, const KafkaConfig& config, Diagnostics& out) {
  Checker checker(node, out);
  checker.CheckBrokers(config.brokers);
  if (config.tls.has_value()) checker.CheckTls(*config.tls);
  if (config.sasl.has_value()) {
    checker.CheckSecret(config.sasl->password, {"sasl", "password"});
  }
  for (const auto& [name, secret] : config.secrets) checker.CheckSecret(secret, {"secrets", name});
  checker.CheckNames(config);
  checker.CheckAccepted(config);
}

}  // namespace pm
