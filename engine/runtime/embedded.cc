#include "engine/runtime/embedded.h"

namespace pm {

Embedded::Embedded(Store& store, EmbeddedSettings settings, StageTable stages, RuleProvider rules,
                   const Clock& clock, ContentHash initial, std::string_view document)
    : store_(store),
      settings_(std::move(settings)),
      rules_(std::move(rules)),
      queue_(clock, settings_.queue_records, settings_.queue_bytes),
      log_(store, settings_, clock, queue_, waiters_) {
  const TaskId id = settings_.task.id;
  tasks_.emplace(std::piecewise_construct, std::forward_as_tuple(id),
                 std::forward_as_tuple(store, settings_.task, std::move(stages), rules_));
  status_.meta = tasks_.at(id).meta();
  status_.parked = tasks_.at(id).parked().size();
  if (!status_.meta.rules) PM_CHECK(Publish(initial, document, nullptr).has_value());
}

Embedded::~Embedded() { Stop(); }

void Embedded::Start() {
  PM_CHECK(!thread_.joinable());
  thread_ = std::thread([this] { Run(true); });
}

void Embedded::Stop() {
  queue_.Close();
  if (thread_.joinable()) thread_.join();
  waiters_.End();
}

void Embedded::RunUntilIdle() {
  PM_CHECK(!thread_.joinable());
  Run(false);
}

void Embedded::Run(bool wait) {
  std::stop_source stop;
  log_.Begin(stop, wait, [this] { NoteStatus(); });
  const Result<void> ended = Drive(log_, tasks_, settings_.batch, stop.get_token());
  // The state on disk is unknown now; the next start recovers it.
  if (!ended) StorageFailed(ended.error().text);
}

void Embedded::NoteStatus() {
  const Task& task = tasks_.begin()->second;
  const std::scoped_lock lock(status_mutex_);
  status_.meta = task.meta();
  status_.counters = task.counters();
  status_.commits = log_.totals();
  status_.parked = task.parked().size();
}

Result<void> Embedded::Submit(std::vector<Submission> submissions, SubmitCallback done) {
  Request request;
  request.submissions = std::move(submissions);
  request.done = std::move(done);
  return queue_.Push(std::move(request));
}

Result<void> Embedded::Publish(ContentHash rules, std::string_view document, SubmitCallback done,
                               SwitchNote note) {
  if (rules_(rules) == nullptr)
    return Fail(kUnknownRules, fmt::format("no compiled rules are known as {}", ToText(rules)));
  Request request;
  request.switch_to = rules;
  request.document = WriteRulesPieces(store_, document);
  request.note = std::move(note);
  request.done = std::move(done);
  return queue_.Push(std::move(request));
}

Result<void> Embedded::Retry(std::vector<std::string> rows, SubmitCallback done) {
  Request request;
  request.retries = std::move(rows);
  request.done = std::move(done);
  return queue_.Push(std::move(request));
}

Result<std::vector<LogEntry>> Embedded::ReadTopic(uint8_t topic, int64_t after, size_t limit,
                                                  size_t limit_bytes) const {
  return store_.Snapshot()->ReadLog(topic, after, limit, limit_bytes);
}

int64_t Embedded::TopicEnd(Topic topic) const {
  return waiters_.ends()[static_cast<size_t>(topic)];
}

uint64_t Embedded::WaitTopic(Topic topic, int64_t after, Instant deadline,
                             TopicWaiters::Callback wake) {
  const uint64_t number = waiters_.Wait(topic, after, deadline, std::move(wake));
  queue_.Wake();  // the deadline may be the next one
  return number;
}

bool Embedded::CancelWait(uint64_t number) { return waiters_.Cancel(number); }

Embedded::Status Embedded::status() const {
  const std::scoped_lock lock(status_mutex_);
  Status status = status_;
  status.queued = queue_.size();
  return status;
}

}  // namespace pm
