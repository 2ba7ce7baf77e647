// A worker on a Kafka with its HTTP API.
#include <fmt/format.h>

#include <atomic>
#include <filesystem>
#include <optional>
#include <set>

#include "app/api/worker_api.h"
#include "app/commands/run_service.h"
#include "app/server/kafka_rules.h"
#include "app/server/logging.h"
#include "app/server/worker_metrics.h"
#include "base/time/zone.h"
#include "engine/runtime/kafka/topics/topic_check.h"
#include "engine/runtime/kafka/worker/worker.h"
#include "engine/runtime/rocks/rocks_store.h"

namespace pm {
namespace {

constexpr int kEnginesDirectory = 747;
constexpr size_t kBooks = 8;  // tasks of one process may stand at several versions
constexpr Duration kRetryAnswer = Seconds(10);
constexpr Duration kStagger = Milliseconds(300);

WorkerSettings SettingsOf(const Config& config, uint32_t number) {
  WorkerSettings settings;
  settings.directory = config.data;
  settings.number = number;
  settings.topics = TopicNeedsOf(config);
  settings.commit = config.kafka->commit;
  settings.session = config.kafka->session;
  settings.standbys = static_cast<uint32_t>(config.kafka->standbys);
  const auto& accepted = config.kafka->accept_lost;
  settings.accept_lost.insert(accepted.begin(), accepted.end());
  settings.max_hold = config.kafka->max_hold;
  settings.tick = config.time.tick.of;
  settings.late = config.time.late;
  settings.say = [](std::string_view line) { LogInfo(line); };
  settings.warn = [](std::string_view line) { LogWarning(line); };
  settings.fail = [](std::string_view line) { LogError(line); };
  return settings;
}

// Two workers that put rules in force at once put each other out, which librdkafka calls fatal. The
// one that has lost says so itself, and waits for what comes of it.
void LogOfRules(KafkaLogLevel level, std::string_view line) {
  for (const std::string_view lost :
       {"fenced by a newer instance", "an operation with an old epoch"}) {
    if (line.contains(lost)) return;
  }
  LogKafka(level, line);
}

// Everything that runs, in the order in which it is built; it stops in the other.
class WorkerService final : public RunService {
 public:
  WorkerService(Config config, uint32_t number, std::function<void(const Error&)> on_failure,
                WorkerTrial trial)
      : config_(std::move(config)),
        number_(number),
        on_failure_(std::move(on_failure)),
        trial_(std::move(trial)),
        clients_(ClientsOf(*config_.kafka, LogKafka)) {}

  Result<void> Start() override {
    PM_TRY_VOID(CheckDirectory());
    server_ = std::make_unique<HttpServer>(ServerSettingsOf(config_.http));
    PM_TRY_VOID(server_->Bind(config_.http.listen.text));
    PM_TRY_VOID(CheckTopics());
    PM_TRY(store_, RocksStore::Open({.directory = config_.data + "/rules"}));
    PM_TRY_VOID(StartRules());
    PM_TRY_VOID(StartWorker());
    api_.emplace(WorkerApi{*server_,
                           number_,
                           config_.kafka->prefix,
                           [this] { return worker_->status(); },
                           [this] { return Metrics(); },
                           [this] { return stopping_.load(); },
                           {*server_, *rules_, *publisher_},
                           [this] { return rules_->Find(rules_->in_force()); },
                           [this](std::vector<ParkedPlace> rows, ParkedApi::Done done) {
                             return Retry(std::move(rows), std::move(done));
                           }});
    AddWorkerApi(*api_);
    PM_TRY_VOID(server_->Start());
    LogInfo(fmt::format("worker {} listens on http://{}, data in {}, rules {}", number_, address(),
                        config_.data, ToText(rules_->in_force())));
    return {};
  }

  void Reload() override { ReloadRules(*publisher_, config_.rules); }

  // What was applied is committed first: until then the rules are needed.
  void Stop() override {
    stopping_ = true;
    retries_end_.request_stop();
    retries_.Stop();
    publisher_->Stop();
    worker_->Stop();
    rules_->Stop();
    server_->Stop(kDrain);
  }

  std::string address() const override { return server_->address(); }

 private:
  // What an engine on one machine has gathered does not go over by itself, and would be missed.
  Result<void> CheckDirectory() const {
    std::error_code ignored;
    const bool is_engines = std::filesystem::exists(config_.data + "/CURRENT", ignored);
    if (!is_engines) return {};
    return Fail(kEnginesDirectory,
                fmt::format("{} holds the state of an engine on one machine", config_.data));
  }

  // Before anything joins: what state could not live with. The worker looks at the inputs.
  Result<void> CheckTopics() {
    PM_TRY(const std::unique_ptr<KafkaAdmin> admin, clients_.admin());
    PM_TRY(const std::vector<TopicLook> looks, LookAtTopics(*admin, TopicNeedsOf(config_)));
    for (const TopicLook& look : looks) {
      if (look.is_input) continue;
      for (const TopicFinding& wrong : look.findings)
        if (!wrong.is_borne)
          return Fail(wrong.code, fmt::format("{}: {}", wrong.topic, wrong.text));
    }
    return {};
  }

  Result<void> StartRules() {
    KafkaRulesSettings settings;
    settings.names.prefix = config_.kafka->prefix;
    settings.partitions = static_cast<uint32_t>(config_.kafka->partitions);
    settings.stagger = Milliseconds(kStagger.ms * (number_ % 10));
    KafkaMember member{.group = config_.kafka->prefix + ".rules"};
    member.outputs = {settings.names.Rules(), settings.names.Control()};
    for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk})
      member.outputs.push_back(settings.names.Input(stage));
    settings.client = [this, member] {
      return ConnectKafkaClient(*config_.kafka, member, LogOfRules);
    };
    settings.reader = clients_.reader;
    settings.on_gone = on_failure_;
    settings.fail_point = trial_.rules_fail_point;
    settings.instance = InstanceOf(number_);
    settings.release = PM_VERSION;
    settings.zones = TimeZoneVersion().value_or("unknown");
    settings.live = [this] { return LiveWorkers(); };
    settings.warn = [](std::string_view line) { LogWarning(line); };
    settings.say = [](std::string_view line) { LogInfo(line); };
    rules_ = std::make_unique<KafkaRules>(std::move(settings), *store_, library_);
    PM_TRY_VOID(rules_->Start());
    publisher_ = std::make_unique<RulePublisher>(*rules_, library_);
    if (!rules_->in_force()) return PublishFirst();
    CompareFolder();
    return {};
  }

  Result<std::vector<std::string>> LiveWorkers() const {
    PM_TRY(const std::unique_ptr<KafkaAdmin> admin, clients_.admin());
    PM_TRY(const GroupState group, admin->DescribeGroup(config_.kafka->prefix));
    std::vector<std::string> live;
    for (const GroupMember& member : group.members) live.push_back(member.instance_id);
    return live;
  }

  // Two who do this at once do no harm: one of them finds that there are rules.
  Result<void> PublishFirst() {
    const Result<PublishAnswer> first = publisher_->PublishFolder(config_.rules);
    if (first.has_value() && !first->warnings.empty()) LogWarning(first->warnings);
    if (first.has_value() || rules_->in_force()) return {};
    return std::unexpected(first.error());
  }

  // A worker that comes back with an old folder must not take the others back with it.
  void CompareFolder() {
    const ContentHash in_force = rules_->in_force();
    const Result<CompiledRules> folder = library_.Load(config_.rules, in_force);
    if (!folder.has_value()) {
      LogWarning(fmt::format("the rule folder is refused; rules {} stay in force:\n{}",
                             ToText(in_force), folder.error().text));
    } else if (folder->book->version() != in_force) {
      LogInfo(fmt::format("rules {} are in force and stay so; SIGHUP takes the folder's, {}",
                          ToText(in_force), ToText(folder->book->version())));
    }
  }

  Result<void> StartWorker() {
    WorkerSettings settings = SettingsOf(config_, number_);
    settings.address = server_->address();
    settings.on_failure = on_failure_;
    if (trial_.change) trial_.change(&settings);
    worker_.emplace(
        clients_, std::move(settings), trial_.stages,
        [this](ContentHash hash) { return rules_->Find(hash); }, *trial_.clock);
    return worker_->Start();
  }

  Result<void> Retry(std::vector<ParkedPlace> rows, ParkedApi::Done done) {
    const auto job = [this, rows = std::move(rows), done = std::move(done)](bool is_its_turn) {
      done(is_its_turn ? RetryNow(rows) : Fail(kStopped, "the worker is stopping"));
    };
    return retries_.Post(job) ? Result<void>{} : Fail(kOverloaded, "too many retries wait already");
  }

  // A transaction that its process leaves open holds back all tasks it went to.
  Result<void> RetryNow(const std::vector<ParkedPlace>& rows) const {
    const TopicNames names{config_.kafka->prefix};
    KafkaMember member{.group = names.prefix + ".retry"};
    std::set<std::string> topics;
    for (const ParkedPlace& place : rows) topics.insert(names.Input(place.task.stage));
    member.outputs.assign(topics.begin(), topics.end());
    member.answer = member.transaction = kRetryAnswer;
    member.stop = retries_end_.get_token();
    PM_TRY(const auto client, clients_.client(member));
    PM_TRY_VOID(RetryParked(*client, names, InstanceOf(number_), rows));
    LogInfo(fmt::format("timers that are tried again: {}", rows.size()));
    return {};
  }

  std::string Metrics() {
    return metrics_.Text(worker_->status(),
                         {trial_.clock->Now(), rules_->in_force(), library_.last_refused()});
  }

  const Config config_;
  const uint32_t number_;
  const std::function<void(const Error&)> on_failure_;
  const WorkerTrial trial_;
  const KafkaClients clients_;
  std::atomic<bool> stopping_ = false;
  std::stop_source retries_end_;
  RuleLibrary library_{kBooks};
  std::unique_ptr<RocksStore> store_;  // of rules
  std::unique_ptr<KafkaRules> rules_;
  std::unique_ptr<RulePublisher> publisher_;
  std::optional<Worker> worker_;
  WorkerMetrics metrics_;
  JobQueue retries_;  // of timers
  std::optional<WorkerApi> api_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace

std::unique_ptr<RunService> MakeWorkerService(Config config, uint32_t worker,
                                              std::function<void(const Error&)> on_failure,
                                              WorkerTrial trial) {
  return std::make_unique<WorkerService>(std::move(config), worker, std::move(on_failure),
                                         std::move(trial));
}

}  // namespace pm
