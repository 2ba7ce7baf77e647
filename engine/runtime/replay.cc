#include "engine/runtime/replay.h"

#include "engine/runtime/embedded_log.h"

namespace pm {

namespace {

constexpr size_t kChunk = 1000;
constexpr size_t kChunkBytes = size_t{4} << 20;

// The recorded outputs beside the replayed ones, topic by topic.
class Comparison {
 public:
  explicit Comparison(const StoreView& recorded) : recorded_(recorded) {}

  void Take(const Output& replayed) {
    const auto topic = static_cast<uint8_t>(replayed.topic);
    const int64_t offset = next_[topic]++;
    if (first_ || offset < recorded_.LogFloor(topic)) return;
    const std::string json = RecordedAt(topic, offset);
    if (json != replayed.json) first_ = {replayed.topic, offset, json, replayed.json};
  }

  // Once all has been taken.
  std::optional<OutputDifference> First() {
    for (uint8_t topic = 0; topic < kTopics && !first_; ++topic) {
      const int64_t offset = std::max(next_[topic], recorded_.LogFloor(topic));
      const std::string json = RecordedAt(topic, offset);
      if (!json.empty()) first_ = {static_cast<Topic>(topic), offset, json, {}};
    }
    return first_;
  }

 private:
  // Empty behind the end.
  std::string RecordedAt(uint8_t topic, int64_t offset) {
    std::vector<LogEntry>& ahead = ahead_[topic];
    if (ahead.empty() || offset > ahead.back().offset) {
      auto read = recorded_.ReadLog(topic, offset - 1, kChunk, kChunkBytes);
      if (!read) StorageFailed(read.error().text);
      ahead = std::move(*read);
    }
    const auto entry = std::ranges::lower_bound(ahead, offset, {}, &LogEntry::offset);
    Output output;
    if (entry == ahead.end() || !DecodeOutput(entry->bytes, &output)) return {};
    return output.json;
  }

  const StoreView& recorded_;
  std::array<int64_t, kTopics> next_{};
  std::array<std::vector<LogEntry>, kTopics> ahead_;
  std::optional<OutputDifference> first_;
};

Result<void> CheckIsWhole(const StoreView& recorded, int64_t last) {
  if (const int64_t floor = recorded.LogFloor(kInputTopic); floor > 0)
    return Fail(kReplayImpossible,
                fmt::format("the recorded input begins at position {}: what came "
                            "before it was trimmed, and nothing can be run again "
                            "without its beginning",
                            floor));
  if (ReadEmbeddedMeta(recorded).inputs - 1 > last)
    return Fail(kReplayImpossible,
                "the engine ended in the middle of a tick; start it on this directory and stop it, "
                "so that it finishes the tick");
  return {};
}

}  // namespace

Result<void> VisitInput(const StoreView& recorded,
                        const std::function<Result<void>(const Record&)>& visit) {
  const int64_t last = ReadTaskMeta(recorded).position;
  PM_TRY_VOID(CheckIsWhole(recorded, last));
  for (int64_t after = -1; after < last;) {
    const auto entries = recorded.ReadLog(kInputTopic, after, kChunk, kChunkBytes);
    if (!entries) return Fail(kReplayImpossible, entries.error().text);
    if (entries->empty())
      return Fail(kReplayImpossible, fmt::format("the input ends at {}, not {}", after, last));
    for (const LogEntry& entry : *entries) {
      if (entry.offset <= last) PM_TRY_VOID(visit({entry.bytes, entry.offset, entry.at}));
      after = entry.offset;
    }
  }
  return {};
}

Result<ReplayResult> Replay(const StoreView& recorded, StageTable stages, RuleProvider rules,
                            Simulation::Observer observer, TaskSettings settings) {
  ReplayResult result;
  result.recorded = ReadTaskMeta(recorded);
  Comparison comparison(recorded);
  Simulation::Observer both = observer;
  both.output = [&](const Output& output) {
    comparison.Take(output);
    if (observer.output) observer.output(output);
  };
  Simulation simulation(std::move(stages), rules, std::move(both), std::move(settings));
  PM_TRY_VOID(VisitInput(recorded, [&](const Record& record) -> Result<void> {
    const std::optional<RecordBody> body = DecodeRecord(record.bytes);
    const auto* to = body ? std::get_if<SwitchRecord>(&*body) : nullptr;
    // Only once all before it is done: a provider may go on from what it gave last.
    if (to != nullptr) simulation.Run();
    if (to != nullptr && rules(to->rules) == nullptr)
      return Fail(kUnknownRules,
                  fmt::format("no compiled rules are known as {}", ToText(to->rules)));
    simulation.Replay(record);
    ++result.records;
    return {};
  }));
  simulation.Run();
  result.replayed = simulation.meta();
  result.counters = simulation.counters();
  result.first = comparison.First();
  return result;
}

}  // namespace pm
