// `pointsman run`: the embedded engine with its HTTP API, until SIGTERM.
#include <csignal>
#include <future>
#include <ostream>

#include "app/api/api.h"
#include "app/commands/commands.h"
#include "app/server/config.h"
#include "app/server/logging.h"
#include "app/server/metrics.h"
#include "engine/runtime/rocks/rocks_store.h"
#include "net/signals.h"

namespace pm {
namespace {

constexpr Duration kDrain = Seconds(10);

int ExitOf(const Error& error) {
  return error.code == kStoreLocked || error.code == kStorageError ? kExitUnavailable : kExitConfig;
}

EmbeddedSettings SettingsOf(const Config& config) {
  EmbeddedSettings settings;
  settings.tick = config.time.tick;
  settings.catch_up = config.time.catch_up;
  settings.task.late = config.time.late;
  for (TopicKeep& keep : settings.topics) {
    keep = {config.keep.age, config.keep.mebibytes << 20};
  }
  settings.input = {config.keep.age, config.keep.mebibytes << 20};
  return settings;
}

// Everything that runs, in the order in which it is built; it stops in the other.
class Service {
 public:
  explicit Service(Config config) : config_(std::move(config)) {}

  Result<void> Start() {
    PM_TRY(store_, RocksStore::Open({.directory = config_.data}));
    const ContentHash in_force = ReadTaskMeta(*store_).rules;
    if (in_force) PM_TRY_VOID(library_.Restore(*store_, in_force));
    PM_TRY(const CompiledRules rules, library_.Load(config_.rules, in_force));
    if (!library_.last_warnings().empty()) LogWarning(library_.last_warnings());
    const ContentHash version = rules.book->version();
    engine_ = std::make_unique<Embedded>(
        *store_, SettingsOf(config_), RealStages(),
        [this](ContentHash hash) { return library_.Find(hash); }, clock_, version, rules.document);
    engine_->Start();
    started_ = clock_.Now();
    if (in_force && in_force != version) PM_TRY_VOID(Publish(rules));
    return Serve();
  }

  // Compiles the folder beside what runs. A folder that is refused leaves everything as it is.
  void Reload() {
    const ContentHash in_force = engine_->status().meta.rules;
    const Result<CompiledRules> rules = library_.Load(config_.rules, in_force);
    if (!rules.has_value()) {
      return LogError(
          fmt::format("rules are refused, the old ones stay in force:\n{}", rules.error().text));
    }
    if (rules->book->version() == in_force) return LogInfo("rules are unchanged");
    const Result<void> published = Publish(*rules);
    if (!published.has_value()) return LogError(published.error().text);
    LogInfo(fmt::format("rules {} are in force", ToText(rules->book->version())));
  }

  void Stop() {
    server_->Stop(kDrain);
    metrics_.reset();
    engine_->Stop();
  }

  std::string address() const { return server_->address(); }

 private:
  Result<void> Publish(const CompiledRules& rules) {
    std::promise<Result<void>> done;
    std::future<Result<void>> result = done.get_future();
    PM_TRY_VOID(engine_->Publish(rules.book->version(), rules.document,
                                 [&done](const Result<Accepted>& accepted) {
                                   if (accepted.has_value()) {
                                     done.set_value({});
                                   } else {
                                     done.set_value(std::unexpected(accepted.error()));
                                   }
                                 }));
    return result.get();
  }

  Result<void> Serve() {
    HttpServerSettings settings;
    settings.threads = static_cast<int>(config_.http.threads);
    settings.max_connections = static_cast<size_t>(config_.http.max_connections);
    settings.max_body_bytes = static_cast<size_t>(config_.http.max_body_bytes);
    server_ = std::make_unique<HttpServer>(settings);
    metrics_ = std::make_unique<EngineMetrics>(*engine_, library_, *server_, clock_);
    context_.emplace(
        ApiContext{*engine_, *server_, library_, clock_, [this] { return metrics_->Text(); },
                   [this] { return clock_.Now() >= started_ + config_.time.catch_up; }});
    AddApi(*context_);
    PM_TRY_VOID(server_->Start(config_.http.listen));
    metrics_->Start();
    return {};
  }

  const Config config_;
  const SystemClock clock_;
  Instant started_;
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
  Service service(*std::move(config));
  const Result<void> started = service.Start();
  if (!started.has_value()) return Complain(streams, ExitOf(started.error()), started.error());
  std::promise<void> stop;
  bool stopping = false;
  const auto watch = SignalWatch::Start({SIGTERM, SIGINT, SIGHUP}, [&](int signal) {
    if (signal == SIGHUP) return service.Reload();
    if (!std::exchange(stopping, true)) stop.set_value();
  });
  if (!watch.has_value()) return Complain(streams, kExitUnavailable, watch.error());
  streams.out << "listening on http://" << service.address() << "\n" << std::flush;
  stop.get_future().wait();
  LogInfo("stopping");
  service.Stop();
  return kExitFine;
}

}  // namespace pm
