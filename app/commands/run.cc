// `pointsman run`: the embedded engine or a worker on a Kafka, with its HTTP API, until SIGTERM.
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <ostream>

#include "app/commands/commands.h"
#include "app/commands/reach_broker.h"
#include "app/commands/run_service.h"
#include "app/server/logging.h"
#include "app/server/signal_queue.h"
#include "app/server/stop_deadline.h"
#include "engine/runtime/generation.h"
#include "engine/runtime/kafka/topics/topic_plan.h"
#include "net/net_codes.h"
#include "net/signals.h"

namespace pm {
namespace {

constexpr int kFailed = 0;  // no signal has this number
// For a worker, whose calls may wait for brokers; what it has not committed comes again. Most
// supervisors kill after 30 s.
constexpr Duration kStop = Seconds(20);

int ExitOf(const Error& error) {
  switch (error.code) {
    case kStoreLocked:
    case kStorageError:
    case kStoreDamaged:
    case kAddressInUse:
    case kListenFailed:
    case kKafkaRetry:
    case kKafkaUnknown:
    case kKafkaFenced:
    case kKafkaFatal:
      return kExitUnavailable;
    default:
      return kExitConfig;
  }
}

std::string_view NextStep(const Error& error) {
  if (error.code == kKafkaRetry) return kIsOneThere;
  if (error.code == kKafkaFenced) return "Has another process the same `worker`?";
  if (error.code == kTopicMissing) return "`pointsman topics create` makes the engine's own.";
  if (error.code == kHalfMade)
    return "The same `pointsman reshape` once more brings it to its end; with `--cancel` it gives "
           "it up.";
  if (error.code > kTopicMissing && error.code <= kTopicName)
    return "`pointsman topics check` lists all that is wrong.";
  return {};
}

// Why it ended by itself; empty: it was told to.
class Failure {
 public:
  void Set(const Error& error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = error;
  }
  std::optional<Error> Get() const {
    const std::lock_guard lock(mutex_);
    return error_;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<Error> error_;
};

// No answer came: if nobody listens there, each address with its reason says more.
Error WithAddresses(const Error& error, const std::vector<std::string>& brokers) {
  if (error.code != kKafkaRetry) return error;
  const Result<void> reached = ReachABroker(brokers);
  return reached.has_value() ? error : reached.error();
}

Result<std::unique_ptr<RunService>> ServiceOf(Config config, const Arguments& arguments,
                                              std::function<void(const Error&)> on_failure) {
  if (!config.kafka.has_value()) return MakeEmbeddedService(std::move(config));
  PM_TRY(const uint32_t worker, WorkerNumber(arguments.Text("worker"), *config.kafka));
  return MakeWorkerService(std::move(config), worker, std::move(on_failure));
}

}  // namespace

int RunRun(const Arguments& arguments, Streams& streams) {
  StartLogging(streams.err_is_terminal);
  Result<Config> config = ReadConfig(arguments.Text("config"));
  if (!config.has_value()) {
    return Complain(streams, kExitConfig, config.error(),
                    "See deploy/pointsman.yaml for an example.");
  }
  const auto brokers = config->kafka ? config->kafka->brokers : std::vector<std::string>();
  SignalQueue signals;
  const auto watch =
      SignalWatch::Start({SIGTERM, SIGINT, SIGHUP}, [&](int signal) { signals.Push(signal); });
  if (!watch.has_value()) return Complain(streams, kExitUnavailable, watch.error());
  Failure failure;
  std::optional<StopDeadline> deadline;
  const auto service = ServiceOf(*std::move(config), arguments, [&](const Error& error) {
    failure.Set(error);
    signals.Push(kFailed);
  });
  if (!service.has_value()) return Complain(streams, kExitConfig, service.error());
  if (const Result<void> started = (*service)->Start(); !started.has_value()) {
    const Error error = WithAddresses(started.error(), brokers);
    return Complain(streams, ExitOf(error), error, NextStep(error));
  }
  streams.out << "listening on http://" << (*service)->address() << "\n" << std::flush;
  while (signals.Next() == SIGHUP) (*service)->Reload();
  LogInfo("stopping");
  const auto exit_code = [&] {
    const std::optional<Error> failed = failure.Get();
    return failed ? Complain(streams, ExitOf(*failed), *failed, NextStep(*failed)) : kExitFine;
  };
  if (!brokers.empty()) {
    deadline.emplace(kStop, [&] {
      LogWarning(
          "ended after 20 s without waiting longer for the brokers; what was not committed "
          "is done again");
      std::_Exit(exit_code());
    });
  }
  (*service)->Stop();
  LogInfo("stopped");
  return exit_code();
}

}  // namespace pm
