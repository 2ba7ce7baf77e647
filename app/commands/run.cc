// `pointsman run`: the embedded engine with its HTTP API, until SIGTERM.
#include <csignal>
#include <filesystem>
#include <future>
#include <ostream>

#include "app/api/api.h"
#include "app/commands/commands.h"
#include "app/server/config.h"
#include "app/server/logging.h"
#include "app/server/metrics.h"
#include "app/server/rule_publisher.h"
#include "app/server/signal_queue.h"
#include "base/time/text.h"
#include "engine/runtime/rocks/rocks_store.h"
#include "net/net_codes.h"
#include "net/signals.h"

namespace pm {
namespace {

constexpr Duration kDrain = Seconds(10);
constexpr int kNoKafkaYet = 743;

int ExitOf(const Error& error) {
  switch (error.code) {
    case kStoreLocked:
    case kStorageError:
    case kStoreDamaged:
    case kAddressInUse:
    case kListenFailed:
      return kExitUnavailable;
    default:
      return kExitConfig;
  }
}

EmbeddedSettings SettingsOf(const Config& config) {
  EmbeddedSettings settings;
  settings.tick = config.time.tick.of;
  settings.catch_up = config.time.catch_up;
  settings.task.late = config.time.late;
  for (TopicKeep& keep : settings.topics) {
    keep = {config.keep.age.of, config.keep.mebibytes << 20};
  }
  settings.input = {config.keep.age.of, config.keep.mebibytes << 20};
  return settings;
}

HttpServerSettings SettingsOf(const HttpConfig& config) {
  HttpServerSettings settings;
  settings.threads = static_cast<int>(config.threads);
  settings.max_connections = static_cast<size_t>(config.max_connections);
  settings.max_body_bytes = static_cast<size_t>(config.max_body_bytes);
  settings.read_timeout = config.read_timeout.of;
  settings.idle_timeout = config.idle_timeout.of;
  settings.write_timeout = config.write_timeout.of;
  return settings;
}

// Everything that runs, in the order in which it is built; it stops in the other.
class Service {
 public:
  explicit Service(Config config) : config_(std::move(config)) {}

  Result<void> Start() {
    server_ = std::make_unique<HttpServer>(SettingsOf(config_.http));
    // An address in use, or rules that are refused, leave no new directory behind.
    PM_TRY_VOID(server_->Bind(config_.http.listen.text));
    if (!std::filesystem::exists(config_.data)) PM_TRY_VOID(library_.Load(config_.rules, {}));
    PM_TRY(store_, RocksStore::Open({.directory = config_.data}));
    const ContentHash in_force = ReadTaskMeta(*store_).rules;
    PM_TRY_VOID(in_force ? GoOn(in_force) : StartAnew());
    PM_TRY_VOID(Serve());
    LogInfo(fmt::format("listening on http://{}, data in {}, rules {}", address(), config_.data,
                        ToText(engine_->status().meta.rules)));
    return {};
  }

  // Compiles the folder beside what runs. A folder that is refused leaves everything as it is.
  void Reload() {
    const Result<PublishAnswer> answer = publisher_->PublishFolder(config_.rules);
    if (!answer.has_value()) return LogRefused(answer.error());
    if (!answer->warnings.empty()) LogWarning(answer->warnings);
    LogInfo(answer->published ? fmt::format("rules {} are in force", ToText(answer->version))
                              : "rules are unchanged");
  }

  // A change of rules ends first; then the engine: it commits what it took and sends home who waits
  // for more, so that the server has nothing left to wait for.
  void Stop() {
    stopping_ = true;
    publisher_->Stop();
    engine_->Stop();
    server_->Stop(kDrain);
    metrics_.reset();
  }

  std::string address() const { return server_->address(); }

 private:
  static void LogRefused(const Error& error) {
    LogError(fmt::format("rules are refused, the old ones stay in force:\n{}", error.text));
  }

  void MakeEngine(ContentHash initial, std::string document) {
    engine_ = std::make_unique<Embedded>(
        *store_, SettingsOf(config_), RealStages(),
        [this](ContentHash hash) { return library_.Find(hash); }, clock_, initial,
        std::move(document));
    keeper_.emplace(*engine_);
    publisher_ = std::make_unique<RulePublisher>(*keeper_, library_);
    started_ = clock_.Now();
  }

  // A new engine has its first rules waiting. What is submitted before it starts goes with them, so
  // that nobody is served without rules.
  Result<void> StartAnew() {
    PM_TRY(const CompiledRules rules, library_.Load(config_.rules, {}, &*store_));
    if (!rules.warnings.empty()) LogWarning(rules.warnings);
    MakeEngine(rules.book->version(), rules.document);
    std::promise<void> done;
    PM_TRY_VOID(engine_->Submit({}, [&](const Result<Accepted>&) { done.set_value(); }));
    engine_->Start();
    done.get_future().wait();
    return {};
  }

  // Rules that once came into force stay so while the folder is refused, over a restart too; and
  // those that came over HTTP until SIGHUP asks for the folder.
  Result<void> GoOn(ContentHash in_force) {
    PM_TRY_VOID(library_.Restore(*store_, in_force));
    const std::vector<RulesSwitch> switches = ReadRulesHistory(*store_).switches;
    MakeEngine(in_force, {});
    engine_->Start();
    if (switches.empty() || switches.back().how == "folder") {
      Reload();
    } else {
      LogInfo(
          fmt::format("rules {} came over HTTP at {} and stay in force; SIGHUP takes the folder's",
                      ToText(in_force), FormatInstant(switches.back().at)));
    }
    return {};
  }

  std::shared_ptr<const RuleBook> RulesInForce() const {
    // What is in force is always kept; a null was in force until a moment ago.
    std::shared_ptr<const RuleBook> book;
    while (book == nullptr) book = library_.Find(engine_->status().meta.rules);
    return book;
  }

  bool IsReady() const { return !stopping_ && clock_.Now() >= started_ + config_.time.catch_up; }

  Result<void> Serve() {
    metrics_ = std::make_unique<EngineMetrics>(*engine_, library_, clock_);
    context_.emplace(ApiContext{*engine_,
                                *server_,
                                library_,
                                [this] { return RulesInForce(); },
                                clock_,
                                *metrics_,
                                [this] { return IsReady(); },
                                {*server_, *keeper_, *publisher_}});
    AddApi(*context_);
    PM_TRY_VOID(server_->Start());
    metrics_->Follow(*server_);
    return {};
  }

  const Config config_;
  const SystemClock clock_;
  Instant started_;
  std::atomic<bool> stopping_ = false;
  RuleLibrary library_;
  std::unique_ptr<RocksStore> store_;
  std::unique_ptr<Embedded> engine_;
  std::optional<EmbeddedRules> keeper_;
  std::unique_ptr<RulePublisher> publisher_;
  std::optional<ApiContext> context_;
  std::unique_ptr<EngineMetrics> metrics_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace

int RunRun(const Arguments& arguments, Streams& streams) {
  StartLogging(streams.err_is_terminal);
  Result<Config> config = ReadConfig(arguments.Text("config"));
  if (!config.has_value()) {
    return Complain(streams, kExitConfig, config.error(),
                    "See deploy/pointsman.yaml for an example.");
  }
  if (config->kafka.has_value()) {
    return Complain(streams, kExitConfig,
                    {kNoKafkaYet, "the engine does not run on Kafka: `run` cannot take `kafka`"},
                    "Take it out to run on this machine alone; `topics` works with it.");
  }
  SignalQueue signals;
  const auto watch =
      SignalWatch::Start({SIGTERM, SIGINT, SIGHUP}, [&](int signal) { signals.Push(signal); });
  if (!watch.has_value()) return Complain(streams, kExitUnavailable, watch.error());
  Service service(*std::move(config));
  const Result<void> started = service.Start();
  if (!started.has_value()) return Complain(streams, ExitOf(started.error()), started.error());
  streams.out << "listening on http://" << service.address() << "\n" << std::flush;
  while (signals.Next() == SIGHUP) service.Reload();
  LogInfo("stopping");
  service.Stop();
  LogInfo("stopped");
  return kExitFine;
}

}  // namespace pm
