#include "app/server/kafka_rules.h"

#include <fmt/format.h>

#include "app/server/logging.h"
#include "base/text/diagnostic.h"
#include "engine/runtime/kafka/rules_switch.h"

namespace pm {
namespace {

constexpr int kMostTries = 5;

bool IsPassing(const Error& error) {
  return error.code == kKafkaRetry || error.code == kKafkaAborted || error.code == kKafkaUnknown ||
         error.code == kKafkaFatal || error.code == kKafkaFenced;
}

std::chrono::milliseconds Chrono(Duration duration) {
  return std::chrono::milliseconds(duration.ms);
}

}  // namespace

KafkaRules::KafkaRules(KafkaRulesSettings settings, Store& store, RuleLibrary& library)
    : settings_(std::move(settings)), store_(store), library_(library) {}

KafkaRules::~KafkaRules() { Stop(); }

Result<void> KafkaRules::Start() {
  PM_TRY(client_, settings_.client());
  PM_TRY(reader_, settings_.reader());
  topic_ = std::make_unique<RulesTopic>(*client_, *reader_, settings_.names, store_);
  for (int tries = 0; !topic_->caught_up();) {
    const Result<void> looked = Look();
    if (looked) continue;
    if (looked.error().code != kKafkaRetry || ++tries == kMostTries) return looked;
  }
  thread_ = std::thread([this] { Follow(); });
  return {};
}

void KafkaRules::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void KafkaRules::Follow() {
  std::string said;
  for (;;) {
    const Result<void> looked = Look();
    const std::string failed = looked ? "" : looked.error().text;
    if (failed != said && !failed.empty())
      LogError(
          fmt::format("rules are not followed: {} ({})", failed, CodeName(looked.error().code)));
    said = failed;
    std::unique_lock lock(mutex_);
    if (!looked) changed_.wait_for(lock, Chrono(settings_.again), [this] { return stopped_; });
    if (stopped_) return;
  }
}

// What there is of news, and what is asked for.
Result<void> KafkaRules::Look() {
  const bool was_caught_up = topic_->caught_up();
  PM_TRY_VOID(topic_->Poll(settings_.wait));
  std::vector<ContentHash> now = topic_->TakeNew();
  for (const ContentHash rules : now) given_up_.erase(rules);
  // Of what was there before only that is compiled which is wanted.
  if (!was_caught_up) now.clear();
  if (!topic_->caught_up()) return {};
  if (topic_->in_force()) now.push_back(topic_->in_force());
  std::ranges::copy(Missed(), std::back_inserter(now));
  for (const ContentHash rules : now) Compile(rules);
  const std::lock_guard lock(mutex_);
  in_force_ = topic_->in_force();
  switches_ = topic_->switches();
  changed_.notify_all();
  return {};
}

std::set<ContentHash> KafkaRules::Missed() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

void KafkaRules::Compile(ContentHash rules) {
  if (given_up_.contains(rules)) return;
  const Result<void> compiled = library_.Restore(store_, rules);
  if (!compiled) {
    given_up_.insert(rules);
    LogError(fmt::format("rules {} are not compiled here, tasks that need them wait: {}",
                         ToText(rules), compiled.error().text));
    return;
  }
  const std::lock_guard lock(mutex_);
  asked_.erase(rules);
}

std::shared_ptr<const RuleBook> KafkaRules::Find(ContentHash rules) {
  if (auto book = library_.Find(rules)) return book;
  const std::lock_guard lock(mutex_);
  asked_.insert(rules);
  return nullptr;
}

ContentHash KafkaRules::in_force() const {
  const std::lock_guard lock(mutex_);
  return in_force_;
}

// Two who publish at once put each other out; the one that waits finds what came of it.
Result<void> KafkaRules::PutInForce(ContentHash rules, std::string_view document,
                                    const SwitchNote& note) {
  std::unique_lock lock(mutex_);
  const uint64_t before = switches_;
  const auto has_changed = [&] { return stopped_ || switches_ > before; };
  Result<void> done;
  for (int i = 0; i < kMostTries; ++i) {
    lock.unlock();
    done = PublishOnce(rules, document, note);
    lock.lock();
    if (done || !IsPassing(done.error())) break;
    changed_.wait_for(lock, Chrono(settings_.again + settings_.stagger), has_changed);
    if (has_changed()) break;
  }
  const auto is_ours = [&] { return switches_ > before && in_force_ == rules; };
  if (done) changed_.wait_for(lock, Chrono(settings_.known), [&] { return stopped_ || is_ours(); });
  if (is_ours()) return {};
  if (!done && !has_changed()) return done;
  if (switches_ > before)
    return Fail(kKafkaFenced, fmt::format("rules {} came into force meanwhile", ToText(in_force_)));
  return Fail(kKafkaUnknown, fmt::format("rules {} were published, but did not come back to us yet",
                                         ToText(rules)));
}

// With a client of its own: one that changes rules writes nothing else.
Result<void> KafkaRules::PublishOnce(ContentHash rules, std::string_view document,
                                     const SwitchNote& note) const {
  PM_TRY(const std::unique_ptr<KafkaClient> client, settings_.client());
  PM_TRY_VOID(StoreRules(*client, settings_.names, rules, document));
  return SwitchRules(*client, settings_.names, settings_.partitions, rules, note);
}

}  // namespace pm
