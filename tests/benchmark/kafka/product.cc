#include "tests/benchmark/kafka/product.h"

#include <unistd.h>

#include <csignal>

#include "engine/runtime/kafka/client/rdkafka.h"
#include "engine/runtime/kafka/logs/rules_switch.h"
#include "engine/runtime/kafka/topics/topic_check.h"
#include "engine/runtime/kafka/worker/worker.h"
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

WorkerSettings WorkerSettingsOf(const ProductSettings& settings, const std::string& directory,
                                uint32_t number) {
  WorkerSettings worker;
  worker.directory =
      fmt::format("{}/state{}", directory, number == 0 ? "" : std::to_string(number));
  worker.topics = NeedsOf(settings);
  worker.commit = settings.commit;
  worker.number = settings.worker + number;
  worker.standbys = settings.standbys;
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

bool IsReady(const std::unique_ptr<Worker>& worker) { return worker->status().is_ready(); }

constexpr int64_t kLookNs = 20'000'000;
constexpr int64_t kWarmRecords = 1000;
constexpr size_t kStages = 3;

bool IsWarm(const StagesStatus& status, const ProductSettings& settings) {
  const auto all = kStages * static_cast<size_t>(settings.partitions);
  const auto is_warm = [](const StandbyStatus& one) { return one.lag && *one.lag < kWarmRecords; };
  return status.tasks.size() + status.standbys.size() == all &&
         std::ranges::all_of(status.standbys, is_warm);
}

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
          {"commit_ms", fmt::format("{}", settings.commit.ms)},
          {"workers", fmt::format("{}", settings.workers)},
          {"worker", fmt::format("{}", settings.worker)},
          {"standbys", fmt::format("{}", settings.standbys)}};
}

ProductSettings SettingsIn(const Words& words) {
  ProductSettings settings;
  settings.address = words.at("address");
  settings.prefix = words.at("prefix");
  settings.work = WorkOf(words.at("work"));
  settings.sla_ms = NumberOf(words, "sla_ms");
  settings.partitions = static_cast<int32_t>(NumberOf(words, "partitions"));
  settings.commit = Milliseconds(NumberOf(words, "commit_ms"));
  settings.workers = static_cast<int>(NumberOf(words, "workers"));
  settings.worker = static_cast<uint32_t>(NumberOf(words, "worker"));
  settings.standbys = static_cast<uint32_t>(NumberOf(words, "standbys"));
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
  std::vector<std::unique_ptr<Worker>> workers;
  for (int n = 0; n < settings.workers; ++n) {
    workers.push_back(std::make_unique<Worker>(
        ClientsOf(ConnectionOf(settings), [](KafkaLogLevel, std::string_view line) { Line(line); }),
        WorkerSettingsOf(settings, directory, static_cast<uint32_t>(n)), RealStages(),
        ProviderOf(BookOf(settings)), clock));
    if (const auto started = workers.back()->Start(); !started) {
      Line(started.error().text);
      return 1;
    }
  }
  const timespec look{0, kLookNs};
  bool ready_is_told = false, warm_is_told = settings.standbys == 0;
  const auto tell = [&](std::string_view what) {
    WriteWords(fmt::format("{}/{}", directory, what),
               {{"ms", fmt::format("{:.0f}", watch.wall() * 1e3)}});
    return true;
  };
  while (sigtimedwait(&ending, nullptr, &look) < 0) {
    if (ready_is_told && warm_is_told) continue;
    if (!std::ranges::all_of(workers, IsReady)) continue;
    if (!ready_is_told) ready_is_told = tell("ready");
    if (!warm_is_told && IsWarm(workers.front()->status().stages, settings))
      warm_is_told = tell("warm");
  }
  for (const auto& worker : workers) worker->Stop();
  for (const auto& worker : workers) Tell(worker->status());
  return 0;
}

Result<double> Await(Child& child, const std::string& written, std::chrono::seconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  for (;; Pass(std::chrono::milliseconds(5))) {
    const Words words = ReadWords(written);
    if (!words.empty()) return static_cast<double>(NumberOf(words, "ms")) / 1e3;
    if (!child.IsRunning() || std::chrono::steady_clock::now() > end)
      return Fail(kNoFigure, fmt::format("no {}: {}", written, child.LastLines()));
  }
}

}  // namespace pm::bench
