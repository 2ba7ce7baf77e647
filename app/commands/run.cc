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
#include "app/server/signal_queue.h"
#include "engine/runtime/rocks/rocks_store.h"
#include "net/net_codes.h"
#include "net/signals.h"

namespace pm {
namespace {

constexpr Duration kDrain = Seconds(10);

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

// What the engine is asked to do has become durable.
class Done {
 public:
  SubmitCallback Callback() {
    return [this](const Result<Accepted>& accepted) {
      promise_.set_value(accepted.has_value() ? Result<void>() : std::unexpected(accepted.error()));
    };
  }
  Result<void> Wait() { return promise_.get_future().get(); }

 private:
  std::promise<Result<void>> promise_;
};

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
    if (in_force) PM_TRY_VOID(library_.Restore(*store_, in_force));
    PM_TRY(const CompiledRules rules, LoadAtStart(in_force));
    engine_ = std::make_unique<Embedded>(
        *store_, SettingsOf(config_), RealStages(),
        [this](ContentHash hash) { return library_.Find(hash); }, clock_, rules.book->version(),
        rules.document);
    started_ = clock_.Now();
    if (in_force) {
      engine_->Start();
      if (rules.book->version() != in_force) PM_TRY_VOID(Publish(rules));
    } else {
      PM_TRY_VOID(StartAnew());
    }
    PM_TRY_VOID(Serve());
    LogInfo(fmt::format("listening on http://{}, data in {}, rules {}", address(), config_.data,
                        ToText(rules.book->version())));
    return {};
  }

  // Compiles the folder beside what runs. A folder that is refused leaves everything as it is.
  void Reload() {
    const ContentHash in_force = engine_->status().meta.rules;
    const Result<CompiledRules> rules =
        library_.Load(config_.rules, in_force, engine_->View().get());
    if (!rules.has_value()) return LogRefused(rules.error());
    LogWarnings();
    if (rules->book->version() == in_force) return LogInfo("rules are unchanged");
    const Result<void> published = Publish(*rules);
    if (!published.has_value()) return LogError(published.error().text);
    LogInfo(fmt::format("rules {} are in force", ToText(rules->book->version())));
  }

  // The engine first: it commits what it took and sends home who waits for more, so that the server
  // has nothing left to wait for.
  void Stop() {
    stopping_ = true;
    engine_->Stop();
    server_->Stop(kDrain);
    metrics_.reset();
  }

  std::string address() const { return server_->address(); }

 private:
  // Rules that once came into force stay so while the folder is refused, over a restart too.
  Result<CompiledRules> LoadAtStart(ContentHash in_force) {
    Result<CompiledRules> rules = library_.Load(config_.rules, in_force, &*store_);
    if (rules.has_value()) {
      LogWarnings();
    } else if (in_force) {
      LogRefused(rules.error());
      return CompiledRules{library_.Find(in_force), {}};
    }
    return rules;
  }

  void LogWarnings() const {
    if (const std::string warnings = library_.last_warnings(); !warnings.empty())
      LogWarning(warnings);
  }

  static void LogRefused(const Error& error) {
    LogError(fmt::format("rules are refused, the old ones stay in force:\n{}", error.text));
  }

  // A new engine has its first rules waiting. What is submitted before it starts goes with them, so
  // that nobody is served without rules.
  Result<void> StartAnew() {
    Done done;
    PM_TRY_VOID(engine_->Submit({}, done.Callback()));
    engine_->Start();
    return done.Wait();
  }

  Result<void> Publish(const CompiledRules& rules) {
    Done done;
    PM_TRY_VOID(engine_->Publish(rules.book->version(), rules.document, done.Callback()));
    return done.Wait();
  }

  std::shared_ptr<const RuleBook> RulesInForce() const {
    return library_.Find(engine_->status().meta.rules);
  }

  bool IsReady() const { return !stopping_ && clock_.Now() >= started_ + config_.time.catch_up; }

  Result<void> Serve() {
    metrics_ = std::make_unique<EngineMetrics>(*engine_, library_, clock_);
    context_.emplace(ApiContext{*engine_, *server_, library_, [this] { return RulesInForce(); },
                                clock_, *metrics_, [this] { return IsReady(); }});
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
