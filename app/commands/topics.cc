// `pointsman topics plan|create|check`: the topics that a configuration needs of its Kafka.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ostream>

#include "app/commands/commands.h"
#include "app/commands/reach_broker.h"
#include "app/server/config.h"
#include "base/text/json_writer.h"
#include "engine/runtime/kafka/client/rdkafka.h"
#include "engine/runtime/kafka/topics/topic_check.h"

namespace pm {
namespace {

constexpr int kNoKafka = 744;
constexpr Duration kAnswer = Seconds(10);

struct Look {
  std::unique_ptr<KafkaAdmin> admin;
  std::vector<TopicLook> topics;
};

int ExitOf(const Error& error) {
  return error.code == kKafkaRetry ? kExitUnavailable : kExitConfig;
}

Result<Look> LookThere(const Arguments& arguments) {
  PM_TRY(const Config config, ReadConfig(arguments.Text("config")));
  if (!config.kafka.has_value()) {
    return Fail(kNoKafka, fmt::format("{} has no `kafka`", arguments.Text("config")));
  }
  PM_TRY_VOID(PlanTopics(TopicNeedsOf(config)));
  Look look;
  PM_TRY(look.admin, ConnectKafkaAdmin(*config.kafka, kAnswer));
  // What librdkafka refuses of a worker's clients is better found before one is started.
  PM_TRY_VOID(ConnectKafkaClient(
      *config.kafka, {.group = config.kafka->prefix + ".look", .session = config.kafka->session}));
  PM_TRY_VOID(ReachABroker(config.kafka->brokers));
  PM_TRY(look.topics, LookAtTopics(*look.admin, TopicNeedsOf(config)));
  PM_TRY(const int32_t brokers, CountBrokers(*config.kafka, kAnswer));
  JudgeCopies(brokers, &look.topics);
  return look;
}

std::string SettingsText(const WantedTopic& topic) {
  std::vector<std::string> all;
  for (const auto& [name, value] : topic.settings) all.push_back(fmt::format("{}={}", name, value));
  return fmt::format("{}", fmt::join(all, " "));
}

std::string_view StateOf(const TopicLook& look) {
  if (!look.found.has_value() && !look.is_input) return "missing";
  return look.findings.empty() ? "fine" : "wrong";
}

void PrintText(const TopicLook& look, bool settings, std::ostream& out) {
  const WantedTopic& wanted = look.wanted;
  out << fmt::format("{:<8} {:<32} {}", StateOf(look), wanted.name, wanted.purpose);
  if (!look.is_input) {
    out << fmt::format("; {} {}, {} {}", wanted.partitions,
                       wanted.partitions == 1 ? "partition" : "partitions", wanted.replication,
                       wanted.replication == 1 ? "copy" : "copies");
  }
  out << "\n";
  if (settings && !look.is_input) out << fmt::format("         {}\n", SettingsText(wanted));
  for (const TopicFinding& finding : look.findings) {
    if (finding.code == kTopicMissing && !look.is_input) continue;  // the state says so
    out << fmt::format("         {} ({})\n", finding.text, CodeName(finding.code));
  }
}

void PrintJson(const TopicLook& look, std::ostream& out) {
  std::string text;
  JsonWriter json(&text);
  json.BeginObject();
  json.Field("topic", look.wanted.name);
  json.Field("purpose", look.wanted.purpose);
  json.Field("state", StateOf(look));
  if (!look.is_input) {
    json.Field("partitions", look.wanted.partitions);
    json.Field("replication", look.wanted.replication);
    json.Key("settings");
    json.BeginObject();
    for (const auto& [name, value] : look.wanted.settings) json.Field(name, value);
    json.EndObject();
  }
  json.Key("findings");
  json.BeginArray();
  for (const TopicFinding& finding : look.findings) {
    json.BeginObject();
    json.Field("code", CodeName(finding.code));
    json.Field("text", finding.text);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  out << text << "\n";
}

void Print(const Look& look, const Arguments& arguments, bool settings, Streams& streams) {
  for (const TopicLook& topic : look.topics) {
    if (arguments.Has("json")) {
      PrintJson(topic, streams.out);
    } else {
      PrintText(topic, settings, streams.out);
    }
  }
}

int Refuse(Streams& streams, const Error& error) {
  const bool unreachable = error.code == kKafkaRetry;
  return Complain(streams, ExitOf(error), error, unreachable ? kIsOneThere : "");
}

}  // namespace

int RunTopicsPlan(const Arguments& arguments, Streams& streams) {
  const Result<Look> look = LookThere(arguments);
  if (!look.has_value()) return Refuse(streams, look.error());
  Print(*look, arguments, true, streams);
  return kExitFine;
}

int RunTopicsCreate(const Arguments& arguments, Streams& streams) {
  const Result<Look> look = LookThere(arguments);
  if (!look.has_value()) return Refuse(streams, look.error());
  const auto made = MakeTopics(*look->admin, look->topics);
  if (!made.has_value()) {
    const bool kafka = made.error().code <= kKafkaRefused;
    return Complain(streams, kafka ? ExitOf(made.error()) : kExitFailed, made.error(),
                    kafka ? "" : "`topics check` lists all that is wrong; nothing was created.");
  }
  for (const std::string& name : *made) streams.out << fmt::format("created {}\n", name);
  streams.out << fmt::format("{} created\n", made->size());
  return kExitFine;
}

int RunTopicsCheck(const Arguments& arguments, Streams& streams) {
  const Result<Look> look = LookThere(arguments);
  if (!look.has_value()) return Refuse(streams, look.error());
  Print(*look, arguments, false, streams);
  const auto wrong = std::ranges::count_if(
      look->topics, [](const TopicLook& topic) { return !topic.findings.empty(); });
  if (wrong == 0) return kExitFine;
  streams.err << fmt::format("{} of {} topics are missing or wrong\n", wrong, look->topics.size());
  return kExitFailed;
}

}  // namespace pm
