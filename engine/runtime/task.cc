#include "engine/runtime/task.h"

namespace pm {

namespace {

// Ticks of a stage go to the next one; none come back, and intake has no timers.
std::optional<Stage> TickReceiver(const std::vector<Stage>& fused) {
  const Stage last = *std::ranges::max_element(fused);
  switch (last) {
    case Stage::kIdentity:
      return Stage::kAccount;
    case Stage::kAccount:
      return Stage::kDesk;
    case Stage::kIntake:
    case Stage::kDesk:
      return std::nullopt;
  }
  return std::nullopt;
}

// The least of the upstream ticks; nothing until each partition has sent one.
std::optional<Instant> LeastTick(const std::vector<UpstreamTick>& ticks, uint32_t upstream) {
  if (ticks.size() < upstream) return std::nullopt;
  return std::ranges::min_element(ticks, {}, &UpstreamTick::until)->until;
}

}  // namespace

Task::Task(Store& store, TaskSettings settings, StageTable stages, RuleProvider rules)
    : store_(store),
      settings_(std::move(settings)),
      stages_(std::move(stages)),
      provider_(std::move(rules)),
      cache_(store, settings_.cache_bytes),
      dues_(store),
      meta_(ReadTaskMeta(store)),
      committed_(meta_) {
  PM_CHECK(!settings_.fused.empty());
  if (meta_.rules) {
    rules_ = provider_(meta_.rules);
    PM_CHECK(rules_ != nullptr);
  }
  LoadParked();
}

bool Task::Apply(const Record& record) {
  PM_CHECK(!sealed_);
  if (record.position <= meta_.position) return true;
  if (firing_) {
    PM_CHECK(record.position == firing_->position);
    return GoOnFiring();
  }
  has_work_ = true;
  ++counters_.records;
  meta_.at = std::max(meta_.at, record.at);
  std::optional<RecordBody> body = DecodeRecord(record.bytes);
  if (body) {
    if (const auto* tick = std::get_if<TickRecord>(&*body)) return BeginTick(*tick, record, {});
    if (auto* skip = std::get_if<SkipRecord>(&*body); skip != nullptr && !skip->rows.empty()) {
      const std::optional<RecordBody> original = DecodeRecord(skip->original);
      PM_CHECK(original && std::holds_alternative<TickRecord>(*original));
      return BeginTick(std::get<TickRecord>(*original), record, std::move(skip->rows));
    }
  }
  if (!body) {
    SetAside("malformed_record", record.bytes, record);
  } else if (auto* message = std::get_if<Message>(&*body)) {
    ApplyData(std::move(*message), record);
  } else if (const auto* to = std::get_if<SwitchRecord>(&*body)) {
    ApplySwitch(*to, record);
  } else if (const auto* retry = std::get_if<RetryRecord>(&*body)) {
    RetryParked(retry->row);
  } else {
    SetAside("set_aside", std::get<SkipRecord>(*body).original, record);
  }
  meta_.position = record.position;
  cache_.Trim();
  return true;
}

void Task::ApplyData(Message message, const Record& record) {
  // Only what comes from outside takes the record's time: what stages send keeps its root's.
  if (message.hops == 0) message.at = record.at;
  if (std::ranges::find(settings_.fused, message.to) == settings_.fused.end()) {
    SetAside("wrong_task", record.bytes, record);
    return;
  }
  RunMessage(std::move(message));
}

// What several partitions read alike must not have one id in all of them.
void Task::AppendPartition(std::string* identity) const {
  if (settings_.id.partition > 0) AppendBigEndian32(identity, settings_.id.partition);
}

void Task::ApplySwitch(const SwitchRecord& to, const Record& record) {
  meta_.rules = to.rules;
  rules_ = provider_(to.rules);
  PM_CHECK(rules_ != nullptr);
  for (const Stage stage : stages_.on_switch) {
    if (std::ranges::find(settings_.fused, stage) == settings_.fused.end()) continue;
    Message message;
    message.to = stage;
    message.at = record.at;
    message.rules = to.rules;
    if (to.propagate) message.body = kPropagates;
    std::string identity(record.bytes);
    AppendBigEndian(&identity, static_cast<uint64_t>(record.at.ms));
    AppendPartition(&identity);
    message.id = message.root = Derive(HashEvent(identity), 0, static_cast<uint32_t>(stage));
    RunMessage(std::move(message));
  }
}

bool Task::BeginTick(const TickRecord& tick, const Record& record, std::vector<std::string> parks) {
  const auto known = std::ranges::lower_bound(meta_.upstream, tick.from, {}, &UpstreamTick::from);
  if (known == meta_.upstream.end() || known->from != tick.from) {
    meta_.upstream.insert(known, {tick.from, tick.until});
  } else {
    known->until = std::max(known->until, tick.until);
  }
  const std::optional<Instant> until = LeastTick(meta_.upstream, settings_.upstream);
  if (!until || *until <= meta_.tick) {
    meta_.position = record.position;
    return true;
  }
  firing_ = {*until, record.position, std::move(parks)};
  return GoOnFiring();
}

bool Task::GoOnFiring() {
  const size_t most =
      fires_at_most_ == 0 ? settings_.batch_rows : std::min(fires_at_most_, settings_.batch_rows);
  while (const std::optional<DueKey> due = dues_.First(firing_->until)) {
    if (cache_.dirty_rows() >= most || work_bytes() >= settings_.batch_work) return false;
    has_work_ = true;
    Fire(*due, firing_->until);
    cache_.Trim();
  }
  has_work_ = true;
  meta_.tick = firing_->until;
  meta_.position = firing_->position;
  if (const std::optional<Stage> receiver = TickReceiver(settings_.fused))
    sends_.push_back(
        {*receiver, true, {}, EncodeRecord(TickRecord{meta_.tick, settings_.id.partition})});
  firing_.reset();
  meta_.fired_to.reset();
  meta_.echo_count = 0;
  PM_CHECK(meta_.echoes.empty());
  return true;
}

CommitSet Task::Seal() {
  PM_CHECK(!sealed_);
  sealed_ = true;
  meta_.digest = committed_.digest;
  meta_.digest += cache_.digest_change();
  CommitSet set;
  set.task = settings_.id;
  set.rows = cache_.TakeWrites();
  set.dues = dues_.Changes();
  set.meta = meta_;
  set.sends = std::move(sends_);
  set.outputs = std::move(outputs_);
  sends_.clear();
  outputs_.clear();
  batch_bytes_ = 0;
  counters_.rows_written += set.rows.size();
  for (const RowWrite& row : set.rows)
    counters_.row_bytes_written += row.key.size() + (row.value ? row.value->size() : 0);
  return set;
}

void Task::Committed() {
  PM_CHECK(sealed_);
  sealed_ = has_work_ = false;
  cache_.Committed();
  dues_.Committed();
  committed_ = meta_;
}

void Task::Abandon() {
  sealed_ = has_work_ = false;
  firing_.reset();
  cache_.Abandon();
  dues_.Abandon();
  sends_.clear();
  outputs_.clear();
  batch_bytes_ = 0;
  const bool other_rules = meta_.rules != committed_.rules;
  meta_ = committed_;
  if (other_rules) rules_ = meta_.rules ? provider_(meta_.rules) : nullptr;
  LoadParked();
}

std::optional<DueKey> Task::NextDue(Instant before) { return dues_.First(before); }

TaskCounters Task::counters() const {
  TaskCounters counters = counters_;
  counters.store_gets = cache_.store_gets();
  return counters;
}

void Task::LoadParked() {
  parked_.clear();
  const std::string prefix(1, ParkedRow::kPrefix);
  std::optional<std::string> key;
  for (std::string after; (key = store_.NextKey(prefix, after)); after = *key)
    parked_.insert(key->substr(1));
}

}  // namespace pm
