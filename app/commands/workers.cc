// `pointsman workers`: which worker has which task, which ones keep copies of it warm, and how far
// behind they are, as the brokers say.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ostream>
#include <thread>

#include "app/commands/commands.h"
#include "app/commands/reach_broker.h"
#include "app/server/config.h"
#include "base/text/json_writer.h"
#include "base/time/text.h"
#include "engine/runtime/clock.h"
#include "engine/runtime/kafka/client/rdkafka.h"
#include "engine/runtime/kafka/client/rebalances.h"
#include "engine/runtime/kafka/logs/group_look.h"
#include "engine/runtime/kafka/topics/topic_check.h"
#include "engine/runtime/kafka/topics/topic_names.h"

namespace pm {
namespace {

constexpr int kNoKafka = 744;
constexpr Duration kAnswer = Seconds(10);
constexpr std::chrono::milliseconds kPause(500);
constexpr Duration kLate = Seconds(90);  // of a tick: while nothing is due they come every 30 s

struct Named {
  std::string name;  // of what reads it: intake, identity, account, desk
  PartitionLook look;
};
struct Workers {
  bool is_rebalancing = false;
  std::vector<LossLook> losses;
  std::vector<Named> all;
  std::vector<StandbyLook> standbys;
  ClockLook clock;
};

void Add(const GroupLook& look, std::string_view name, Workers* to) {
  to->is_rebalancing |= look.is_rebalancing;
  for (const PartitionLook& one : look.partitions) {
    const size_t dot = one.partition.topic.rfind('.');
    to->all.push_back(
        {name.empty() ? one.partition.topic.substr(dot + 1) : std::string(name), one});
  }
}

// A group cannot be asked about what is not there.
Result<void> CheckOwnTopics(KafkaAdmin& admin, const TopicNeeds& needs) {
  PM_TRY(const std::vector<WantedTopic> plan, PlanTopics(needs));
  std::vector<std::string> topics;
  for (const WantedTopic& wanted : plan) topics.push_back(wanted.name);
  PM_TRY(const auto found, admin.Describe(topics, {}));
  for (size_t i = 0; i < plan.size(); ++i) {
    for (const TopicFinding& one : JudgeTopic(plan[i], found[i])) {
      if (one.code == kTopicMissing || one.code == kTopicPartitions)
        return Fail(one.code, fmt::format("{}: {}", one.topic, one.text));
    }
  }
  return {};
}

// On brokers on which no group ever was, the first question has them make the topic for it.
Result<void> AwaitGroups(KafkaAdmin& admin, const std::string& group) {
  const Instant end = SystemClock().Now() + kAnswer;
  while (true) {
    const Result<GroupState> told = admin.DescribeGroup(group);
    if (told.has_value()) return {};
    const bool passes = told.error().code == kKafkaRetry && SystemClock().Now() < end;
    if (!passes) return std::unexpected(told.error());
    std::this_thread::sleep_for(kPause);
  }
}

std::string_view NextStep(const Error& error) {
  if (error.code == kTopicMissing) return "`pointsman topics create` makes the engine's own.";
  if (error.code == kTopicPartitions) return "`pointsman topics check` lists all that is wrong.";
  if (error.code != kKafkaRetry) return {};
  return error.text.contains("oordinator")
             ? "A broker answers, but none for this group yet. Where nothing has run before, the "
               "brokers only now make their topic of groups: ask again in some seconds."
             : kIsOneThere;
}

Result<Workers> LookThere(const Arguments& arguments) {
  PM_TRY(const Config config, ReadConfig(arguments.Text("config")));
  if (!config.kafka.has_value())
    return Fail(kNoKafka, fmt::format("{} has no `kafka`", arguments.Text("config")));
  const TopicNeeds needs = TopicNeedsOf(config);
  const TopicNames names{needs.prefix};
  PM_TRY(const auto admin, ConnectKafkaAdmin(*config.kafka, kAnswer));
  PM_TRY_VOID(ReachABroker(config.kafka->brokers));
  PM_TRY_VOID(CheckOwnTopics(*admin, needs));
  PM_TRY(const std::vector<TopicPartition> inputs, FindInputs(*admin, needs));
  PM_TRY_VOID(AwaitGroups(*admin, names.prefix));
  PM_TRY(const auto client,
         ConnectKafkaClient(*config.kafka, {.group = names.prefix + ".look", .answer = kAnswer}));
  std::vector<TopicPartition> tasks;
  for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk}) {
    for (int32_t n = 0; n < needs.partitions; ++n) tasks.push_back({names.Input(stage), n});
  }
  PM_TRY(const auto reader, ConnectKafkaReader(*config.kafka));
  Workers workers;
  PM_TRY(const GroupLook intake,
         LookAtGroup(*admin, *client, *reader, names.prefix + ".intake", inputs));
  PM_TRY(const GroupLook stages,
         LookAtGroup(*admin, *client, *reader, names.prefix, std::move(tasks)));
  Add(intake, "intake", &workers);
  Add(stages, {}, &workers);
  workers.clock = LookAtClock(intake, inputs, stages, names.Input(Stage::kIdentity));
  PM_TRY(workers.losses, LookForLosses(*client, *reader, names, stages));
  PM_TRY(workers.standbys,
         LookAtStandbys(*admin, *client, names, static_cast<uint32_t>(needs.partitions),
                        static_cast<uint32_t>(config.kafka->standbys)));
  return workers;
}

std::string OrDash(std::optional<int64_t> number) {
  return number ? fmt::format("{}", *number) : "-";
}

// Who keeps the clock, and whether it goes.
std::string ClockLine(const ClockLook& clock, bool is_rebalancing, Instant now) {
  std::string line = "clock: ";
  if (!clock.input) {
    line += "there is no input, each worker keeps it";
  } else {
    const std::string input = fmt::format("{}/{}", clock.input->topic, clock.input->partition);
    if (!clock.worker.empty())
      line += fmt::format("{} keeps it, who reads {}", clock.worker, input);
    else
      line += fmt::format("nobody keeps it{}: nobody reads {}", is_rebalancing ? " just now" : "",
                          input);
  }
  if (!clock.tick || clock.tick->ms == 0) return line + "; no tick has come yet";
  const Duration age = now - *clock.tick;
  return fmt::format("{}; the last tick was {}, {} s ago{}", line, FormatInstant(*clock.tick),
                     age.ms / Seconds(1).ms, age > kLate ? ": timers wait" : "");
}

void PrintLosses(const std::vector<LossLook>& losses, std::ostream& out) {
  if (losses.empty()) return;
  out << "\n";
  for (const LossLook& one : losses) {
    const std::string who = one.worker.empty() ? "whoever gets it" : one.worker;
    out << fmt::format("{}: {} refuses it: {} (PM0512)\n", ToText(one.task), who, one.why);
  }
}

void PrintText(const Workers& workers, Instant now, std::ostream& out) {
  constexpr std::string_view kLine = "{:<10} {:<32} {:>9}  {:<12} {:>12} {:>12} {:>9}\n";
  out << fmt::format(kLine, "stage", "topic", "partition", "worker", "committed", "end", "lag");
  for (const auto& [name, look] : workers.all) {
    out << fmt::format(kLine, name, look.partition.topic, look.partition.partition,
                       look.owner.empty() ? "-" : look.owner, OrDash(look.committed), look.end,
                       look.lag);
  }
  out << "\n" << ClockLine(workers.clock, workers.is_rebalancing, now) << "\n";
  PrintLosses(workers.losses, out);
  if (workers.standbys.empty()) return;
  constexpr std::string_view kStandby = "{:<20} {:<12} {:>12} {:>12} {:>9}\n";
  out << "\n" << fmt::format(kStandby, "copies of", "worker", "read", "end", "lag");
  for (const StandbyLook& one : workers.standbys) {
    out << fmt::format(kStandby, ToText(one.task), one.worker, OrDash(one.read), one.end, one.lag);
  }
}

// One object a line.
template <class Write>
void PrintLine(std::ostream& out, Write write) {
  std::string text;
  JsonWriter json(&text);
  json.BeginObject();
  write(json);
  json.EndObject();
  out << text << "\n";
}

void WriteTask(const TaskId& task, JsonWriter& json) {
  json.Field("stage", StageName(task.stage));
  json.Field("partition", task.partition);
}

// Of a partition or a standby.
void WriteLag(const auto& look, JsonWriter& json) {
  json.Field("end", look.end);
  json.Field("lag", look.lag);
}

void PrintJson(const ClockLook& clock, Instant now, std::ostream& out) {
  PrintLine(out, [&](JsonWriter& json) {
    json.Field("clock", clock.worker);
    if (clock.input) {
      json.Field("topic", clock.input->topic);
      json.Field("partition", clock.input->partition);
    }
    if (clock.tick && clock.tick->ms > 0) {
      json.Field("tick", FormatInstant(*clock.tick));
      json.Field("tick_age_seconds", (now - *clock.tick).ms / Seconds(1).ms);
    }
  });
}

void PrintJson(const Workers& workers, Instant now, std::ostream& out) {
  for (const auto& [name, look] : workers.all) {
    PrintLine(out, [&](JsonWriter& json) {
      json.Field("stage", name);
      json.Field("topic", look.partition.topic);
      json.Field("partition", look.partition.partition);
      if (!look.owner.empty()) json.Field("worker", look.owner);
      if (look.committed) json.Field("committed", *look.committed);
      WriteLag(look, json);
      if (look.tick && look.tick->ms > 0) json.Field("tick", FormatInstant(*look.tick));
    });
  }
  for (const LossLook& one : workers.losses) {
    PrintLine(out, [&](JsonWriter& json) {
      WriteTask(one.task, json);
      if (!one.worker.empty()) json.Field("worker", one.worker);
      json.Field("refused", one.why);
    });
  }
  PrintJson(workers.clock, now, out);
  for (const StandbyLook& one : workers.standbys) {
    PrintLine(out, [&](JsonWriter& json) {
      WriteTask(one.task, json);
      json.Field("standby", one.worker);
      if (one.read) json.Field("read", *one.read);
      WriteLag(one, json);
    });
  }
}

}  // namespace

int RunWorkers(const Arguments& arguments, Streams& streams) {
  const Result<Workers> workers = LookThere(arguments);
  if (!workers.has_value()) {
    const bool unreachable = workers.error().code == kKafkaRetry;
    return Complain(streams, unreachable ? kExitUnavailable : kExitConfig, workers.error(),
                    NextStep(workers.error()));
  }
  if (workers->is_rebalancing) streams.err << "the workers are sharing their tasks out anew\n";
  const Instant now = SystemClock().Now();
  arguments.Has("json") ? PrintJson(*workers, now, streams.out)
                        : PrintText(*workers, now, streams.out);
  if (workers->losses.empty()) return kExitFine;
  streams.err << fmt::format(
      "{} tasks are refused; others may be for what only their worker knows: "
      "its GET /v1/workers says it\n",
      workers->losses.size());
  return kExitFailed;
}

}  // namespace pm
