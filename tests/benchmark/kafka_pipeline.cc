#include "tests/benchmark/kafka_pipeline.h"

#include "base/ids.h"
#include "engine/runtime/kafka/logs/rules_switch.h"
#include "model/decode/json_tree.h"
#include "tests/benchmark/rules.h"

namespace pm::bench {

namespace {

constexpr Stage kStateful[] = {Stage::kIdentity, Stage::kAccount, Stage::kDesk};
constexpr char kEvents[] = "events", kGroup[] = "pointsman";

// Ends the driver after some polls.
class SomePolls final : public Log {
 public:
  SomePolls(Log& log, int polls, std::stop_source stop)
      : log_(log), polls_(polls), stop_(std::move(stop)) {}
  Result<std::span<const Record>> Poll(TaskId* task, const Bounds& bounds) override {
    if (--polls_ == 0) stop_.request_stop();
    return log_.Poll(task, bounds);
  }
  Result<void> Commit(std::span<CommitSet> sets) override { return log_.Commit(sets); }
  bool GivesAgain() const override { return log_.GivesAgain(); }

 private:
  Log& log_;
  int polls_;
  std::stop_source stop_;
};

std::string_view TypeName(MessageType type) {
  constexpr std::string_view kNames[] = {"none",
                                         "raw",
                                         "event",
                                         "link",
                                         "adopt",
                                         "redirect",
                                         "directory",
                                         "route request",
                                         "lead card",
                                         "lead notice",
                                         "assignment changed"};
  const auto number = static_cast<size_t>(type);
  return number < std::size(kNames) ? kNames[number] : "?";
}

std::string MessageName(Stage to, std::string_view bytes) {
  // A pack is named for the first that is no tick.
  for (const PackedPart& part : Unpack(bytes, 0)) {
    const std::optional<RecordBody> body = DecodeRecord(part.bytes);
    if (body && std::holds_alternative<TickRecord>(*body)) continue;
    const auto* message = body ? std::get_if<Message>(&*body) : nullptr;
    if (message == nullptr) return fmt::format("message {} other", StageName(to));
    return fmt::format("message {} {}", StageName(to), TypeName(message->type));
  }
  return kTickRecords;
}

}  // namespace

KafkaPipeline::KafkaPipeline(std::shared_ptr<const RuleBook> rules, uint32_t partitions,
                             Instant start)
    : partitions_(partitions), clock_(start) {
  broker_.quiet = true;
  broker_.Advance(start);
  const auto count = static_cast<int32_t>(partitions);
  std::vector<std::string> inputs;
  for (const Stage stage : kStateful) {
    inputs.push_back(names_.Input(stage));
    broker_.CreateTopic({names_.Input(stage), count, 1, {}});
    broker_.CreateTopic({names_.Changelog(stage), count, 1, {}});
  }
  broker_.CreateTopic({names_.Directory(), 1, 1, {}});
  broker_.CreateTopic({names_.Control(), 1, 1, {}});
  for (int topic = 0; topic < kTopics; ++topic)
    broker_.CreateTopic({names_.Output(static_cast<Topic>(topic)), 1, 1, {}});
  broker_.CreateTopic({kEvents, 1, 1, {}});
  stage_settings_.take_over.transactional_id = "stages";
  stage_settings_.address = "here";
  stage_settings_.partitions = partitions;
  intake_settings_.transactional_id = "intake";
  intake_settings_.partitions = partitions;
  intake_settings_.inputs = {{kEvents, 0}};
  stage_client_ = std::make_unique<FakeClient>(broker_, kGroup, "worker", inputs);
  intake_client_ = std::make_unique<FakeClient>(broker_, intake_settings_.ticks.group, "worker",
                                                std::vector<std::string>{kEvents});
  const ContentHash version = rules->version();
  const RuleProvider provider = ProviderOf(std::move(rules));
  stages_ =
      std::make_unique<StageLog>(*stage_client_, StageReaders{stage_reader_}, disks_,
                                 stage_settings_, RealStages(), provider, clock_, stage_tasks_);
  intake_ =
      std::make_unique<IntakeLog>(*intake_client_, intake_reader_, intake_store_, intake_settings_,
                                  RealStages(), provider, clock_, intake_tasks_);
  FakeClient publisher(broker_, "rules", "rules", {});
  PM_CHECK(SwitchRules(publisher, names_, partitions, version).has_value());
  Settle();
  TakeCounts();
}

void KafkaPipeline::Publish(const std::string& event) {
  FakeEntry entry;
  entry.value = event;
  broker_.Publish({kEvents, 0}, std::move(entry));
}

void KafkaPipeline::SetTime(Instant now) {
  clock_.Set(now);
  broker_.Advance(now);
}

// True when something was written.
bool KafkaPipeline::Drain(Log& log, Tasks& tasks) {
  constexpr int kPolls = 20;
  constexpr Bounds kAll{1'000'000, size_t{1} << 30};
  const int commits = broker_.counts.commits;
  std::stop_source stop;
  SomePolls some(log, kPolls, stop);
  PM_CHECK(Drive(some, tasks, kAll, stop.get_token()).has_value());
  return broker_.counts.commits != commits;
}

void KafkaPipeline::Settle() {
  constexpr int kQuietRounds = 3;
  for (int quiet = 0; quiet < kQuietRounds;) {
    const bool intake = Drain(*intake_, intake_tasks_);
    const bool stages = Drain(*stages_, stage_tasks_);
    quiet = intake || stages ? 0 : quiet + 1;
  }
  PM_CHECK(stage_tasks_.size() == std::size(kStateful) * partitions_);
}

void KafkaPipeline::Count(const TopicPartition& partition, const FakeEntry& entry,
                          RecordCounts* counts) const {
  if (entry.is_marker || partition.topic == kEvents) return;
  const std::string value = entry.value.value_or("");
  for (const Stage stage : kStateful) {
    if (partition.topic == names_.Input(stage)) ++(*counts)[MessageName(stage, value)];
    if (partition.topic == names_.Changelog(stage))
      ++(*counts)[fmt::format("changelog {} {}", StageName(stage),
                              entry.key.substr(0, entry.key[0] == 'm' ? 1 : 2))];
  }
  if (partition.topic == names_.Directory()) ++(*counts)["message intake directory"];
  for (int n = 0; n < kTopics; ++n) {
    const auto topic = static_cast<Topic>(n);
    if (partition.topic == names_.Output(topic))
      ++(*counts)[fmt::format("output {}", TopicName(topic))];
  }
}

RecordCounts KafkaPipeline::TakeCounts() {
  RecordCounts counts;
  for (const auto& [name, topic] : broker_.topics) {
    for (int32_t n = 0; n < topic.state.partitions; ++n) {
      const TopicPartition partition{name, n};
      int64_t& from = counted_[partition];
      const FakePartition& log = *broker_.Find(partition);
      for (const FakeEntry& entry : log.entries)
        if (entry.offset >= from) Count(partition, entry, &counts);
      from = log.end;
    }
  }
  return counts;
}

ContentHash KafkaPipeline::Content() {
  std::string all;
  for (const auto& [name, topic] : broker_.topics) {
    for (int32_t n = 0; n < topic.state.partitions; ++n) {
      for (const FakeEntry& entry : broker_.Find({name, n})->entries) {
        const ContentHash of_entry = HashContent(fmt::format(
            "{}/{}/{}/{}={}", name, n, entry.offset, entry.key, entry.value.value_or("-")));
        EncodeId(of_entry, &all);
      }
    }
  }
  return HashContent(all);
}

std::vector<Output> KafkaPipeline::TakeOutputs() {
  std::vector<Output> outputs;
  for (int n = 0; n < kTopics; ++n) {
    const auto topic = static_cast<Topic>(n);
    const TopicPartition partition{names_.Output(topic), 0};
    int64_t& position = read_[partition];
    for (; const FakeEntry* entry = broker_.NextCommitted(partition, &position); ++position) {
      const Result<std::vector<std::string_view>> events = SplitBatch(*entry->value);
      PM_CHECK(events.has_value());
      for (const std::string_view json : *events) {
        const Result<JsonNode> event = ParseJson(json);
        PM_CHECK(event.has_value());
        outputs.push_back(
            {topic, entry->key, std::string(event->Text({"type"})), {}, std::string(json)});
      }
    }
  }
  return outputs;
}

}  // namespace pm::bench
