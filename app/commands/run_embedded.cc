// The embedded engine with its HTTP API.
#include <filesystem>
#include <future>

#include "app/api/api.h"
#include "app/commands/run_service.h"
#include "app/server/logging.h"
#include "app/server/metrics.h"
#include "base/time/text.h"
#include "engine/runtime/embedded_state.h"
#include "engine/runtime/rocks/rocks_store.h"

namespace pm {
namespace {

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

// Everything that runs, in the order in which it is built; it stops in the other.
class EmbeddedService final : public RunService {
 public:
  explicit EmbeddedService(Config config) : config_(std::move(config)) {}

  Result<void> Start() override {
    server_ = std::make_unique<HttpServer>(ServerSettingsOf(config_.http));
    // An address in use, or rules that are refused, leave no new directory behind.
    PM_TRY_VOID(server_->Bind(config_.http.listen.text));
    if (!std::filesystem::exists(config_.data)) PM_TRY_VOID(library_.Load(config_.rules, {}));
    PM_TRY(store_, OpenToWork(config_.data));
    PM_TRY_VOID(CheckMayWork(ReadGeneration(*store_)));
    const ContentHash in_force = ReadTaskMeta(*store_).rules;
    PM_TRY_VOID(in_force ? GoOn(in_force) : StartAnew());
    PM_TRY_VOID(Serve());
    LogInfo(fmt::format("listening on http://{}, data in {}, rules {}", address(), config_.data,
                        ToText(engine_->status().meta.rules)));
    return {};
  }

  void Reload() override { ReloadRules(*publisher_, config_.rules); }

  // A change of rules ends first; then the engine: it commits what it took and sends home who waits
  // for more, so that the server has nothing left to wait for.
  void Stop() override {
    stopping_ = true;
    publisher_->Stop();
    engine_->Stop();
    server_->Stop(kDrain);
    metrics_.reset();
  }

  std::string address() const override { return server_->address(); }

 private:
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

std::unique_ptr<RunService> MakeEmbeddedService(Config config) {
  return std::make_unique<EmbeddedService>(std::move(config));
}

}  // namespace pm
