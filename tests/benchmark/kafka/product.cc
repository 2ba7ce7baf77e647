#include "tests/benchmark/kafka/product.h"

#include <unistd.h>

#include <csignal>

#include "engine/runtime/kafka/rdkafka.h"
#include "engine/runtime/kafka/rules_switch.h"
#include "engine/runtime/kafka/topic_check.h"
#include "engine/runtime/kafka/worker.h"
#include "tests/benchmark/measure.h"
#include "tests/benchmark/rules.h"

namespace pm::bench {

namespace {

std::shared_ptr<const RuleBook> BookOf(const ProductSettings& settings) {
  return RulesOf(settings.work, Milliseconds(settings.sla_ms));
}

KafkaConnection ConnectionOf(const ProductSettings& settings) {
  return {.brokers = {settings.address}};
}

void Line(std::string_view line) { fmt::print(stderr, "{}\n", line); }

[[noreturn]] void Die(const Error& error) {
  Line(error.text);
  _exit(1);
}

WorkerSettings WorkerSettingsOf(const ProductSettings& settings, const std::string& directory) {
  WorkerSettings worker;
  worker.directory = directory + "/state";
  worker.topics = NeedsOf(settings);
  worker.commit = settings.commit;
  worker.say = Line;
  worker.on_failure = Die;
  return worker;
}

// For whoever looks into the logs.
void Tell(const WorkerStatus& status) {
  const KafkaCounters& of_stages = status.stages.counters;
  Line(fmt::format("commits: stages {}, aborted {}, lost {}; intake {}, aborted {}",
                   of_stages.commits, of_stages.aborted, of_stages.unknown,
                   status.intake.counters.commits, status.intake.counters.aborted));
  const ProducedCounters& produced = status.stages.produced;
  Line(fmt::format("records of stages: messages {}, outputs {}, changelog {}", produced.messages,
                   produced.outputs, produced.changelog));
}

constexpr int64_t kLookNs = 20'000'000;

}  // namespace

TopicNeeds NeedsOf(const ProductSettings& settings) {
  return {.prefix = settings.prefix,
          .inputs = {InputOf(settings.prefix)},
          .partitions = settings.partitions,
          .replication = 1};
}

std::string InputOf(const std::string& prefix) { return prefix + "-in"; }

Words WordsOf(const ProductSettings& settings) {
  return {{"address", settings.address},
          {"prefix", settings.prefix},
          {"work", std::string(NameOf(settings.work))},
          {"sla_ms", fmt::format("{}", settings.sla_ms)},
          {"partitions", fmt::format("{}", settings.partitions)},
          {"commit_ms", fmt::format("{}", settings.commit.ms)}};
}

ProductSettings SettingsIn(const Words& words) {
  ProductSettings settings;
  settings.address = words.at("address");
  settings.prefix = words.at("prefix");
  settings.work = WorkOf(words.at("work"));
  settings.sla_ms = NumberOf(words, "sla_ms");
  settings.partitions = static_cast<int32_t>(NumberOf(words, "partitions"));
  settings.commit = Milliseconds(NumberOf(words, "commit_ms"));
  return settings;
}

Result<void> MakeTopicsOf(const ProductSettings& settings) {
  PM_TRY(const auto admin, ConnectKafkaAdmin(ConnectionOf(settings)));
  TopicNeeds needs = NeedsOf(settings);
  needs.inputs.clear();
  PM_TRY(const std::vector<TopicLook> looks, LookAtTopics(*admin, needs));
  PM_TRY(const std::vector<std::string> made, MakeTopics(*admin, looks));
  return admin->Create({InputOf(settings.prefix), settings.partitions, 1, {}});
}

Result<void> PutRulesInForce(const ProductSettings& settings) {
  PM_TRY(const auto client,
         ConnectKafkaClient(ConnectionOf(settings), {.group = settings.prefix + "-rules"}));
  const TopicNames names{settings.prefix};
  return SwitchRules(*client, names, static_cast<uint32_t>(settings.partitions),
                     BookOf(settings)->version());
}

int RunProduct(const std::string& directory) {
  const Stopwatch watch;
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  const ProductSettings settings = SettingsIn(ReadWords(directory + "/product.words"));
  const SystemClock clock;
  Worker worker(ClientsOf(ConnectionOf(settings), Line), WorkerSettingsOf(settings, directory),
                RealStages(), ProviderOf(BookOf(settings)), clock);
  if (const auto started = worker.Start(); !started) {
    Line(started.error().text);
    return 1;
  }
  const timespec look{0, kLookNs};
  bool is_told = false;
  while (sigtimedwait(&ending, nullptr, &look) < 0) {
    if (is_told || !worker.status().is_ready()) continue;
    is_told = true;
    WriteWords(directory + "/ready", {{"ms", fmt::format("{:.0f}", watch.wall() * 1e3)}});
  }
  worker.Stop();
  Tell(worker.status());
  return 0;
}

}  // namespace pm::bench
