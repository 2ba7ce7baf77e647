#include "engine/runtime/kafka/client/rdkafka_consumer.h"

#include <fmt/format.h>

#include <algorithm>

namespace pm {
namespace {

constexpr Duration kClose = Seconds(10);
constexpr int kCloseStepMs = 100;
constexpr Duration kTrouble = Minutes(1);

std::vector<KafkaProperty> ConsumerProperties(const KafkaMember& member) {
  std::vector<KafkaProperty> all = {
      {"group.id", member.group},
      {"session.timeout.ms", fmt::format("{}", member.session.ms)},
      {"heartbeat.interval.ms", fmt::format("{}", std::max<int64_t>(1, member.session.ms / 5))},
      {"max.poll.interval.ms", fmt::format("{}", std::max(member.rebalance, member.session).ms)},
      {"topic.metadata.refresh.interval.ms", fmt::format("{}", member.look_again.ms)},
      {"partition.assignment.strategy", "range"},
      {"isolation.level", "read_committed"},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"enable.partition.eof", "true"},
      {"auto.offset.reset", "error"},
      {"allow.auto.create.topics", "false"}};
  if (!member.instance_id.empty()) all.emplace_back("group.instance.id", member.instance_id);
  return all;
}

}  // namespace

RdConsumer::RdConsumer(std::span<const KafkaProperty> users, KafkaMember member, KafkaLog log,
                       PassingErrors& passing)
    // More records than the default are kept ready, 1.4 times the rate, but less bytes: these lie
    // in memory whenever there is a backlog. An answer that is lost on a connection that lives is
    // waited for so long; the default is a minute.
    : users_([users] {
        std::vector<KafkaProperty> all = {{"socket.timeout.ms", "10000"},
                                          {"queued.min.messages", "1000000"},
                                          {"queued.max.messages.kbytes", "32768"},
                                          {"fetch.max.bytes", "16777216"}};
        all.insert(all.end(), users.begin(), users.end());
        return all;
      }()),
      member_(std::move(member)),
      log_(log),
      passing_(passing) {}

Result<std::unique_ptr<RdConsumer>> RdConsumer::Make(std::span<const KafkaProperty> users,
                                                     const KafkaMember& member, KafkaLog log,
                                                     PassingErrors& passing) {
  std::unique_ptr<RdConsumer> made(new RdConsumer(users, member, log, passing));
  PM_TRY_VOID(made->Join());
  return made;
}

Result<void> RdConsumer::Join() {
  PM_TRY(RdConf conf, MakeConf(users_, ConsumerProperties(member_), log_));
  rd_kafka_conf_set_events(conf.get(),
                           RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_FETCH);
  PM_TRY(handle_, MakeHandle(RD_KAFKA_CONSUMER, std::move(conf)));
  rd_kafka_poll_set_consumer(handle());
  queue_.reset(rd_kafka_queue_get_consumer(handle()));
  std::vector<TopicPartition> topics;
  for (const std::string& topic : member_.topics) topics.push_back({topic, RD_KAFKA_PARTITION_UA});
  if (topics.empty()) return {};
  return Outcome("to subscribe", rd_kafka_subscribe(handle(), ListOf(topics).get()));
}

RdConsumer::~RdConsumer() {
  if (handle_ != nullptr) Close();
}

// Rebalances are events, so somebody has to answer the last one.
void RdConsumer::Close() {
  held_.reset();
  if (queue_ == nullptr) return;
  const RdError failed(rd_kafka_consumer_close_queue(handle(), queue_.get()));
  const RdDeadline end(member_.stop.stop_requested() ? KafkaMember::kAtTheEnd : kClose);
  while (failed == nullptr && rd_kafka_consumer_closed(handle()) == 0 && end.left_ms() > 0) {
    const RdEvent event(rd_kafka_queue_poll(queue_.get(), kCloseStepMs));
    if (event != nullptr && rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_REBALANCE) {
      rd_kafka_assign(handle(), nullptr);
    }
  }
}

Result<void> RdConsumer::Outcome(std::string_view what, rd_kafka_resp_err_t code) const {
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return std::unexpected(KafkaError(KafkaCall::kOutside, what, FaultOf(handle(), FaultOf(code))));
}

Result<KafkaEvent> RdConsumer::Poll(Duration wait) {
  held_.reset();
  if (fenced_ && awaited_ == Awaited::kNothing) {
    fenced_ = false;
    // What it had is others' now, if it was not told so yet.
    if (!granted_.empty()) {
      awaited_ = Awaited::kRevoked;
      lost_ = fenced_ = true;
      return KafkaEvent(Revoked{{granted_.begin(), granted_.end()}, true});
    }
    queue_.reset();
    PM_TRY_VOID(Join());
  }
  const RdDeadline end(wait);
  while (true) {
    RdEvent event(rd_kafka_queue_poll(queue_.get(), end.left_ms()));
    if (event == nullptr) return KafkaEvent(Nothing{});
    PM_TRY(std::optional<KafkaEvent> taken, Take(std::move(event)));
    if (taken.has_value()) return *std::move(taken);
  }
}

Result<std::optional<KafkaEvent>> RdConsumer::Take(RdEvent event) {
  switch (rd_kafka_event_type(event.get())) {
    case RD_KAFKA_EVENT_FETCH:
      return TakeMessage(std::move(event));
    case RD_KAFKA_EVENT_REBALANCE:
      return TakeRebalance(event.get());
    case RD_KAFKA_EVENT_ERROR:
      return TakeError(event.get());
    default:
      return std::nullopt;
  }
}

KafkaEvent RdConsumer::TakeRebalance(const rd_kafka_event_t* raw) {
  auto* event = const_cast<rd_kafka_event_t*>(raw);
  std::vector<TopicPartition> partitions = PartitionsOf(rd_kafka_event_topic_partition_list(event));
  if (rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    awaited_ = Awaited::kAssigned;
    lost_ = false;
    granted_ = {partitions.begin(), partitions.end()};
    return Assigned{std::move(partitions)};
  }
  // Whatever else it may be: what we have is to be given back.
  awaited_ = Awaited::kRevoked;
  lost_ = rd_kafka_assignment_lost(handle()) != 0;
  return Revoked{std::move(partitions), lost_};
}

RdConsumer::Reading* RdConsumer::Find(std::string_view topic, int32_t partition) {
  const auto found = readings_.find(Place(topic, partition));
  return found == readings_.end() ? nullptr : found->second.get();
}

Result<std::optional<KafkaEvent>> RdConsumer::TakeMessage(RdEvent event) {
  const rd_kafka_message_t* message = rd_kafka_event_message_next(event.get());
  if (message == nullptr || awaited_ != Awaited::kNothing) return std::nullopt;
  Reading* reading = Find(rd_kafka_topic_name(message->rkt), message->partition);
  // What was fetched before the last answer to a rebalance is read again by whoever has it now.
  if (reading == nullptr || message->offset < reading->next) return std::nullopt;
  reading->next = message->offset + 1;
  held_ = std::move(event);
  return KafkaEvent(RecordOf(*message, reading->partition));
}

Result<std::optional<KafkaEvent>> RdConsumer::TakeError(rd_kafka_event_t* event) {
  const rd_kafka_resp_err_t code = rd_kafka_event_error(event);
  const RdOwner<rd_kafka_topic_partition_t, rd_kafka_topic_partition_destroy> place(
      rd_kafka_event_topic_partition(event));
  if (code == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    Reading* reading = place == nullptr ? nullptr : Find(place->topic, place->partition);
    if (reading != nullptr) reading->next = std::max(reading->next, place->offset);
    return std::nullopt;
  }
  std::string what = place == nullptr || place->topic == nullptr
                         ? std::string("to poll")
                         : fmt::format("to poll {}/{}", place->topic, place->partition);
  const KafkaFault fault{.code = code,
                         .fatal = rd_kafka_event_error_is_fatal(event) != 0,
                         .text = rd_kafka_event_error_string(event)};
  Error error = KafkaError(KafkaCall::kOutside, what, FaultOf(handle(), fault));
  // librdkafka tries again by itself, and writes nothing to the log that it tells of.
  if (error.code == kKafkaRetry) {
    passing_.Note(error.text);
    troubled_.emplace(kTrouble);
    return std::nullopt;
  }
  if (!IsItsOwnGhost(error)) return std::unexpected(std::move(error));
  fenced_ = true;
  return KafkaEvent(Nothing{});
}

// A coordinator that takes over from one that died may know a static member by another id than it
// has: then librdkafka believes that somebody else is who it is. Somebody else is when no broker
// was away.
bool RdConsumer::IsItsOwnGhost(const Error& error) const {
  return error.code == kKafkaFenced && (lost_ || (troubled_ && troubled_->left_ms() > 0));
}

Result<void> RdConsumer::Assign(std::span<const PartitionOffset> from) {
  const bool revoked = awaited_ == Awaited::kRevoked;
  PM_CHECK(!revoked || from.empty());
  for (const auto& [partition, offset, note] : from) {
    PM_CHECK(offset >= 0);
    if (!granted_.contains(partition)) {
      return Fail(kKafkaRefused,
                  fmt::format("{}/{} was not given to us", partition.topic, partition.partition));
    }
  }
  held_.reset();
  readings_.clear();
  for (const auto& [partition, offset, note] : from) {
    auto reading = std::make_unique<Reading>(Reading{partition, offset});
    const Place place(reading->partition.topic, partition.partition);
    readings_.emplace(place, std::move(reading));
  }
  ResumeAll();
  if (revoked) granted_.clear();
  awaited_ = Awaited::kNothing;
  Result<void> done =
      Outcome("to assign", rd_kafka_assign(handle(), revoked ? nullptr : ListOf(from).get()));
  if (done) done = AwaitStops();
  if (!done && IsItsOwnGhost(done.error())) fenced_ = true;
  if (fenced_) return {};  // it joins anew at the next Poll
  return done;
}

// librdkafka 2.0.2 asserts when a partition is assigned away a second time before its fetcher has
// said that it stopped. The stops and their answers stand in the same queue as our questions: once
// the second is answered, they were.
Result<void> RdConsumer::AwaitStops() {
  for (int i = 0; i < 2; ++i) {
    rd_kafka_topic_partition_list_t* unused = nullptr;
    PM_TRY_VOID(Outcome("to assign", rd_kafka_assignment(handle(), &unused)));
    const RdPartitions owned(unused);
  }
  return {};
}

// librdkafka 2.0.2 keeps a partition paused also when it is assigned anew.
void RdConsumer::ResumeAll() {
  const std::vector<TopicPartition> paused(paused_.begin(), paused_.end());
  paused_.clear();
  if (!paused.empty()) rd_kafka_resume_partitions(handle(), ListOf(paused).get());
}

Result<void> RdConsumer::Pause(std::span<const TopicPartition> partitions) {
  paused_.insert(partitions.begin(), partitions.end());
  return Outcome("to pause", rd_kafka_pause_partitions(handle(), ListOf(partitions).get()));
}

Result<void> RdConsumer::Resume(std::span<const TopicPartition> partitions) {
  for (const TopicPartition& one : partitions) paused_.erase(one);
  return Outcome("to resume", rd_kafka_resume_partitions(handle(), ListOf(partitions).get()));
}

Result<int64_t> RdConsumer::Position(const TopicPartition& partition) const {
  const auto found = readings_.find(Place(partition.topic, partition.partition));
  PM_CHECK(found != readings_.end());
  return found->second->next;
}

std::optional<int64_t> RdConsumer::End(const TopicPartition& partition) const {
  return EndOf(handle(), partition);
}

Result<void> RdConsumer::Commit(std::span<const PartitionOffset> next) {
  constexpr std::string_view kWhat = "to commit offsets";
  if (!MayCommit(next)) return Fail(kKafkaRetry, fmt::format("{}: they are not ours now", kWhat));
  const RdQueue answers(rd_kafka_queue_new(handle()));
  PM_TRY_VOID(Outcome(
      kWhat, rd_kafka_commit_queue(handle(), ListOf(next).get(), answers.get(), nullptr, nullptr)));
  const RdEvent answer(
      rd_kafka_queue_poll(answers.get(), RdDeadline(member_.Patience()).left_ms()));
  if (answer == nullptr) return Outcome(kWhat, RD_KAFKA_RESP_ERR__TIMED_OUT);
  PM_TRY_VOID(Outcome(kWhat, rd_kafka_event_error(answer.get())));
  const rd_kafka_topic_partition_list_t* list = rd_kafka_event_topic_partition_list(answer.get());
  for (const rd_kafka_topic_partition_t& one :
       std::span(list->elems, static_cast<size_t>(list->cnt)))
    PM_TRY_VOID(Outcome(kWhat, one.err));
  return {};
}

bool RdConsumer::MayCommit(std::span<const PartitionOffset> next) const {
  if (lost_ || rd_kafka_assignment_lost(handle()) != 0) return false;
  return std::ranges::all_of(next, [&](const PartitionOffset& one) {
    return readings_.contains(Place(one.partition.topic, one.partition.partition));
  });
}

}  // namespace pm
