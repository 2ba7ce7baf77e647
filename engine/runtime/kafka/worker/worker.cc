#include "engine/runtime/kafka/worker/worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "engine/runtime/kafka/topics/topic_check.h"
#include "engine/runtime/kafka/worker/intake_worker.h"
#include "engine/runtime/kafka/worker/stage_worker.h"

namespace pm {

namespace {

constexpr uint32_t kMostWorkers = 1000;
constexpr Duration kAdminAnswer = Seconds(10);
constexpr int64_t kTicksOfRest = 30;
constexpr Duration kMostRest = Seconds(30);  // below a minute: later timers run at the tick's time

// The first thing that state could not live with; what else there is to say goes to the log.
Result<void> Judge(const std::vector<TopicLook>& looks, const WorkerSettings& settings) {
  for (const TopicLook& look : looks) {
    for (const TopicFinding& finding : look.findings) {
      const std::string text = fmt::format("{}: {}", finding.topic, finding.text);
      const bool is_awaited = look.is_input && finding.code == kTopicMissing;
      if (!is_awaited && !finding.is_borne) return Fail(finding.code, text);
      if (is_awaited && settings.say) settings.say(text + "; it is read once it is");
      if (finding.is_borne && settings.warn)
        settings.warn(fmt::format("{} ({})", text, CodeName(finding.code)));
    }
  }
  return {};
}

}  // namespace

Duration WorkerSettings::rest() const {
  return std::clamp(Duration{tick.ms * kTicksOfRest}, tick, std::max(tick, kMostRest));
}

KafkaClients ClientsOf(const KafkaConnection& connection, KafkaLog log) {
  // All clients look through one; the first of them makes it.
  struct Shared {
    std::mutex mutex;
    std::shared_ptr<KafkaLooker> looker;
  };
  const auto shared = std::make_shared<Shared>();
  return {.client = [=](const KafkaMember& member) -> Result<std::unique_ptr<KafkaClient>> {
            const std::scoped_lock lock(shared->mutex);
            if (shared->looker == nullptr) {
              PM_TRY(shared->looker, ConnectKafkaLooker(connection, member.group, log));
            }
            return ConnectKafkaClient(connection, member, log, shared->looker);
          },
          .reader = [=] { return ConnectKafkaReader(connection, log); },
          .restorer = [=] { return ConnectRestoreReader(connection, log); },
          .follower =
              [=](const std::string& group) { return ConnectKafkaReader(connection, log, group); },
          .uncommitted = [=] { return ConnectUncommittedReader(connection, log); },
          .admin = [=] { return ConnectKafkaAdmin(connection, kAdminAnswer, log); }};
}

Worker::Worker(KafkaClients clients, WorkerSettings settings, StageTable stages, RuleProvider rules,
               const Clock& clock)
    : clients_(std::move(clients)),
      settings_(std::move(settings)),
      stages_(std::make_unique<StageWorker>(clients_, settings_, stages, rules, clock)),
      intake_(std::make_unique<IntakeWorker>(clients_, settings_, stages, rules, clock)) {
  PM_CHECK(settings_.number < kMostWorkers);
}

Worker::~Worker() { Stop(); }

Result<void> Worker::Start() {
  {
    PM_TRY(const std::unique_ptr<KafkaAdmin> admin, clients_.admin());
    PM_TRY(const std::vector<TopicLook> looks, LookAtTopics(*admin, settings_.topics));
    PM_TRY_VOID(Judge(looks, settings_));
  }
  PM_TRY_VOID(stages_->Connect(stop_.get_token()));
  PM_TRY_VOID(intake_->Connect(stop_.get_token()));
  threads_.emplace_back([this] { Watch(stages_->Run(stop_.get_token())); });
  threads_.emplace_back([this] { Watch(intake_->Run(stop_.get_token())); });
  return {};
}

void Worker::Watch(const Result<void>& ended) {
  if (!ended && settings_.on_failure) settings_.on_failure(ended.error());
}

void Worker::Stop() {
  stop_.request_stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  intake_->Disconnect();
  stages_->Disconnect();
}

WorkerStatus Worker::status() const {
  return {stages_->status(), intake_->status(), settings_.rest() + settings_.late};
}

}  // namespace pm
