#include "app/server/kafka_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/server/logging.h"
#include "app/server/rule_publisher.h"
#include "base/text/diagnostic.h"
#include "engine/runtime/kafka/logs/rules_switch.h"
#include "engine/runtime/memory_store.h"

namespace pm {
namespace {

constexpr int kMostTries = 5;
constexpr size_t kMostNamed = 8;  // rules in what a worker says of itself

void AddTo(ContentHash rules, std::vector<ContentHash>* list) {
  std::erase(*list, rules);
  list->push_back(rules);
  if (list->size() > kMostNamed) list->erase(list->begin());
}

bool MayBeTriedAgain(const Error& error) {
  return error.code == kKafkaRetry || error.code == kKafkaAborted || error.code == kKafkaUnknown ||
         error.code == kKafkaFatal || error.code == kKafkaFenced;
}

std::chrono::milliseconds Chrono(Duration duration) {
  return std::chrono::milliseconds(duration.ms);
}

}  // namespace

KafkaRules::KafkaRules(KafkaRulesSettings settings, Store& store, RuleLibrary& library)
    : settings_(std::move(settings)),
      store_(store),
      library_(library),
      own_{settings_.release, settings_.zones, {}, {}} {}

KafkaRules::~KafkaRules() { Stop(); }

Result<void> KafkaRules::Start() {
  PM_TRY(reader_, settings_.reader());
  // A connection that is kept for two questions a start would cost more than this one.
  const auto bounds = [this](const TopicPartition& partition) -> RulesTopic::Asked {
    PM_TRY(const std::unique_ptr<KafkaClient> client, settings_.client());
    return client->Bounds(partition);
  };
  topic_ = std::make_unique<RulesTopic>(bounds, *reader_, settings_.names, store_);
  for (int tries = 0; !topic_->caught_up();) {
    const Result<void> looked = Look();
    if (looked) continue;
    if (looked.error().code != kKafkaRetry || ++tries == kMostTries) return looked;
  }
  PM_TRY_VOID(CheckMayWork(topic_->generation()));
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
    const Result<void> may_work = CheckMayWork(topic_->generation());
    if (!may_work && !std::exchange(gone_, true) && settings_.on_gone)
      settings_.on_gone(may_work.error());
    std::unique_lock lock(mutex_);
    if (!looked) changed_.wait_for(lock, Chrono(settings_.again), [this] { return stopped_; });
    if (stopped_) return;
  }
}

// What there is of news, and what is asked for.
Result<void> KafkaRules::Look() {
  const bool was_caught_up = topic_->caught_up();
  PM_TRY_VOID(topic_->Poll(settings_.wait));
  PM_TRY_VOID(EndWhatIsAbandoned());
  if (!topic_->caught_up()) return {};
  std::vector<ContentHash> now = topic_->TakeNew();
  for (const ContentHash rules : now) given_up_.erase(rules);
  // Of what was there before only that is compiled which is wanted, and what came last: somebody
  // may wait for us to put it in force.
  if (!was_caught_up && now.size() > 1) now.erase(now.begin(), now.end() - 1);
  if (topic_->in_force()) now.push_back(topic_->in_force());
  std::ranges::copy(Missed(), std::back_inserter(now));
  for (const ContentHash rules : now) Compile(rules);
  Tell();
  SaySwitches();
  CompareReleases();
  const std::lock_guard lock(mutex_);
  workers_ = topic_->workers();
  in_force_ = topic_->in_force();
  switches_ = topic_->switches();
  changed_.notify_all();
  return {};
}

// Whoever died while it put rules in force, or told of itself, has left a transaction open: it
// holds back all inputs of all tasks, and workers that start. One that lives is done sooner, or
// goes on writing, and begins again when it was put out.
Result<void> KafkaRules::EndWhatIsAbandoned() {
  const auto held = topic_->held_back();
  const auto now = std::chrono::steady_clock::now();
  if (held != held_) {
    held_ = held;
    held_at_ = now;
  }
  if (!held || now - held_at_ < Chrono(settings_.abandoned + settings_.stagger)) return {};
  held_at_ = now;
  PM_TRY(const std::unique_ptr<KafkaClient> client, settings_.client());
  std::set<std::string> ids = {RulesTransactionalId(settings_.names)};
  if (!settings_.instance.empty())
    ids.insert(NotesTransactionalId(settings_.names, settings_.instance));
  for (const auto& [instance, note] : topic_->workers())
    ids.insert(NotesTransactionalId(settings_.names, instance));
  if (settings_.warn)
    settings_.warn("rules are held back by a transaction that stands still: it is ended");
  for (const std::string& id : ids) PM_TRY_VOID(client->InitTransactions(id));
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
    std::erase(own_.compiled, rules);
    AddTo(rules, &own_.refused);
    LogError(fmt::format("rules {} are not compiled here, tasks that need them wait: {}",
                         ToText(rules), compiled.error().text));
    return;
  }
  std::erase(own_.refused, rules);
  if (std::ranges::find(own_.compiled, rules) == own_.compiled.end()) AddTo(rules, &own_.compiled);
  const std::lock_guard lock(mutex_);
  asked_.erase(rules);
}

// Whoever put them in force, on whichever worker. What was so before the start is no news, and what
// is read again after an error neither.
void KafkaRules::SaySwitches() {
  const std::vector<RulesSwitch>& all = topic_->history().switches;
  const bool first = !std::exchange(has_heard_, true);
  auto news = all.end();
  while (!first && news != all.begin() && !(heard_ == std::pair((news - 1)->at, (news - 1)->rules)))
    --news;
  for (; settings_.say && news != all.end(); ++news) {
    settings_.say(
        InForceLine(news->rules, {.how = news->how, .by = news->by, .message = news->message}));
  }
  if (!all.empty()) heard_ = {all.back().at, all.back().rules};
}

// A failure is tried again, but not with each look: it takes connections.
void KafkaRules::Tell() {
  const auto now = std::chrono::steady_clock::now();
  if (settings_.instance.empty() || own_ == told_ || now < tell_at_) return;
  tell_at_ = now + Chrono(settings_.compiled) / 4;
  const auto client = settings_.client();
  const auto told = client ? StoreWorkerNote(**client, settings_.names, settings_.instance, own_)
                           : std::unexpected(client.error());
  if (told) {
    told_ = own_;
    tell_at_ = {};
  } else if (!MayBeTriedAgain(told.error())) {
    LogError(fmt::format("what rules are compiled here is not told: {}", told.error().text));
  }
}

// Two programs that are not the same may take the same rules for something else.
void KafkaRules::CompareReleases() {
  if (!settings_.warn || !settings_.live || compared_ == topic_->workers()) return;
  const auto live = settings_.live();
  if (!live) return;
  for (const auto& [instance, note] : topic_->workers()) {
    const auto before = compared_.find(instance);
    const bool is_same = note.release == own_.release && note.zones == own_.zones;
    const bool was_said = before != compared_.end() && before->second.release == note.release &&
                          before->second.zones == note.zones;
    if (is_same || was_said || std::ranges::find(*live, instance) == live->end()) continue;
    settings_.warn(fmt::format(
        "{} is release {} with time zones {}, this worker {} with {}: bring them to the same",
        instance, note.release, note.zones, own_.release, own_.zones));
  }
  compared_ = topic_->workers();
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

// Two who publish at once put each other out; the one that waits finds what came of it, and says
// that it does.
Result<void> KafkaRules::PutInForce(ContentHash rules, std::string_view document,
                                    const SwitchNote& note) {
  std::unique_lock lock(mutex_);
  const uint64_t before = switches_;
  const bool is_first = !in_force_;
  bool has_said = false;
  const auto has_changed = [&] { return stopped_ || switches_ > before; };
  Result<void> done;
  for (int i = 0; i < kMostTries; ++i) {
    lock.unlock();
    done = PublishOnce(rules, document, note, is_first);
    const bool came_late = !done && done.error().code == kOtherInForce;
    const bool has_lost = came_late || (!done && done.error().code == kKafkaFenced);
    if (settings_.say && has_lost && !std::exchange(has_said, true))
      settings_.say(
          fmt::format("rules {} wait: another worker puts rules in force", ToText(rules)));
    lock.lock();
    // What came before us is there, and will be heard of.
    if (came_late) changed_.wait_for(lock, Chrono(settings_.known), has_changed);
    if (done || !MayBeTriedAgain(done.error())) break;
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
                                     const SwitchNote& note, bool is_first) {
  PM_TRY(const std::unique_ptr<KafkaClient> client, settings_.client());
  PM_TRY_VOID(StoreRules(*client, settings_.names, rules, document));
  PM_TRY_VOID(AwaitWorkers(rules));
  std::function<Result<void>()> may_switch;
  if (is_first) may_switch = [&] { return CheckNoneInForce(*client); };
  return SwitchRules(*client, settings_.names, settings_.partitions, rules, note,
                     settings_.fail_point, may_switch);
}

// Read anew: what we follow may not have come to the last switch yet.
Result<void> KafkaRules::CheckNoneInForce(KafkaClient& client) const {
  PM_TRY(const std::unique_ptr<KafkaReader> reader, settings_.reader());
  MemoryStore unused;
  RulesTopic topic([&](const TopicPartition& one) { return client.Bounds(one); }, *reader,
                   settings_.names, unused);
  const auto end = std::chrono::steady_clock::now() + Chrono(settings_.known);
  while (!topic.caught_up()) {
    if (std::chrono::steady_clock::now() >= end)
      return Fail(kKafkaRetry, "whether rules are in force cannot be read");
    PM_TRY_VOID(topic.Poll(settings_.wait));
  }
  if (!topic.in_force()) return {};
  return Fail(kOtherInForce,
              fmt::format("rules {} came into force meanwhile", ToText(topic.in_force())));
}

std::vector<std::string> KafkaRules::NotCompiledBy(const std::vector<std::string>& live,
                                                   ContentHash rules, bool* refused) const {
  const auto has = [&](const std::vector<ContentHash>& list) {
    return std::ranges::find(list, rules) != list.end();
  };
  std::vector<std::string> waited;
  for (const std::string& instance : live) {
    const auto said = workers_.find(instance);
    if (said != workers_.end() && has(said->second.compiled)) continue;
    *refused |= said != workers_.end() && has(said->second.refused);
    waited.push_back(instance);
  }
  return waited;
}

// A worker that is gone meanwhile is not waited for: it compiles before it takes part again.
Result<void> KafkaRules::AwaitWorkers(ContentHash rules) {
  if (!settings_.live) return {};
  const auto end = std::chrono::steady_clock::now() + Chrono(settings_.compiled);
  for (;;) {
    PM_TRY(const std::vector<std::string> live, settings_.live());
    std::unique_lock lock(mutex_);
    bool refused = false;
    const std::vector<std::string> waited = NotCompiledBy(live, rules, &refused);
    if (waited.empty()) return {};
    if (refused || stopped_ || std::chrono::steady_clock::now() >= end)
      return Fail(
          kNotCompiledByAll,
          fmt::format("rules {} are not put in force: {} {} them{}", ToText(rules),
                      fmt::join(waited, ", "), refused ? "cannot compile" : "did not compile",
                      refused
                          ? ", as the log there says"
                          : fmt::format(" within {} s", settings_.compiled.ms / Seconds(1).ms)));
    const auto is_over = [&] {
      return stopped_ || refused || NotCompiledBy(live, rules, &refused).empty();
    };
    changed_.wait_for(lock, Chrono(settings_.again), is_over);
  }
}

}  // namespace pm
