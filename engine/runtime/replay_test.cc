#include "engine/runtime/replay.h"

#include "engine/runtime/embedded.h"
#include "engine/runtime/testing_stages.h"

namespace pm {
namespace {

using toy::Do;
using toy::Job;

Submission AsSubmission(const Job& job) { return {Encoded(job), job.key, Mode::kLive}; }

void RetryAll(Embedded& engine) {
  std::vector<std::string> rows;
  std::optional<std::string> key;
  for (std::string after; (key = engine.View()->NextKey("!", after)); after = *key)
    rows.push_back(key->substr(1));
  ASSERT_GT(rows.size(), 1U);
  ASSERT_TRUE(engine.Retry(std::move(rows), nullptr).has_value());
}

// An embedded engine's data, made with all that makes trouble.
void RunEmbedded(Store& store, EmbeddedSettings settings, ManualClock& clock) {
  Embedded engine(store, std::move(settings), toy::Stages(), toy::Rules(), clock, toy::kRules);
  for (int i = 0; i < 120; ++i) {
    const Do what = static_cast<Do>(i % 4 == 3 ? i / 4 % 6 : 0);
    const Job job{fmt::format("k{}", i % 7), i % 5 + 1, Milliseconds(i * 37 % 3000 + 1), what, {}};
    ASSERT_TRUE(engine.Submit({AsSubmission(job)}, nullptr).has_value());
    if (i == 60) {
      ASSERT_TRUE(engine.Publish(toy::kOtherRules, "", nullptr).has_value());
    }
    clock.Advance(Milliseconds(i * 13 % 500));
    if (i % 3 == 0) engine.RunUntilIdle();
  }
  clock.Advance(Seconds(30));
  engine.RunUntilIdle();
  RetryAll(engine);
  clock.Advance(Seconds(30));
  engine.RunUntilIdle();
}

TEST(ReplayTest, ARecordedInputGivesTheSameOutputsAndRows) {
  EmbeddedSettings settings;
  settings.task.batch_rows = 20;
  ManualClock clock(Instant{1'000'000});
  MemoryStore store;
  RunEmbedded(store, settings, clock);
  std::vector<std::string> published;
  for (int topic = 0; topic < kTopics; ++topic) {
    const auto entries = store.ReadLog(static_cast<uint8_t>(topic), -1, 10'000, 1 << 24);
    for (const LogEntry& entry : entries.value()) published.push_back(entry.bytes);
  }
  std::vector<std::string> replayed;
  const auto result = Replay(store, toy::Stages(), toy::Rules(),
                             {[&](const Output& o) { replayed.push_back(EncodeOutput(o)); }, {}});
  ASSERT_TRUE(result.has_value()) << result.error().text;
  EXPECT_TRUE(result->Same());
  EXPECT_FALSE(result->first.has_value());
  EXPECT_GT(result->counters.fired, 50U);
  EXPECT_GT(result->counters.failed_steps, 5U);
  std::ranges::sort(published);
  std::ranges::sort(replayed);
  EXPECT_EQ(published, replayed);
}

TEST(ReplayTest, NamesTheFirstOutputThatDiffers) {
  ManualClock clock(Instant{1'000'000});
  MemoryStore store;
  RunEmbedded(store, {}, clock);
  const auto with = [&](int64_t offset, const std::string& json) {
    Output output{Topic::kLeads, "a", "lead.created", {}, json};
    const std::vector<LogEntry> changed = {
        {static_cast<uint8_t>(Topic::kLeads), offset, Instant{}, 0, EncodeOutput(output)}};
    EXPECT_TRUE(store.Commit({{}, {}, changed, {}}).has_value());
    return Replay(store, toy::Stages(), toy::Rules())->first.value();
  };
  const int64_t end = ReadEmbeddedMeta(store).offsets[static_cast<size_t>(Topic::kLeads)];
  const OutputDifference more = with(end, "{1}");
  EXPECT_EQ(more.offset, end);
  EXPECT_EQ(more.recorded, "{1}");
  EXPECT_EQ(more.replayed, "");
  const OutputDifference other = with(7, "{2}");
  EXPECT_EQ(other.topic, Topic::kLeads);
  EXPECT_EQ(other.offset, 7);
  EXPECT_EQ(other.recorded, "{2}");
  EXPECT_NE(other.replayed, "");
  ASSERT_TRUE(store.TrimLog(static_cast<uint8_t>(Topic::kLeads), 8).has_value());
  EXPECT_EQ(Replay(store, toy::Stages(), toy::Rules())->first->offset, end)
      << "what was trimmed cannot be compared";
}

TEST(ReplayTest, NoticesADifferenceOfRows) {
  ManualClock clock(Instant{1'000'000});
  MemoryStore store;
  RunEmbedded(store, {}, clock);
  TaskMeta meta = ReadTaskMeta(store);
  ++meta.digest.lo;
  const std::vector<MetaWrite> changed = {{kTaskMetaName, Encoded(meta)}};
  ASSERT_TRUE(store.Commit({{}, {}, {}, changed}).has_value());
  const auto result = Replay(store, toy::Stages(), toy::Rules());
  ASSERT_TRUE(result.has_value());
  EXPECT_FALSE(result->Same());
  EXPECT_FALSE(result->first.has_value());
}

TEST(ReplayTest, RefusesRulesThatNobodyKnows) {
  ManualClock clock(Instant{1'000'000});
  MemoryStore store;
  RunEmbedded(store, {}, clock);
  const auto first_only = [](ContentHash hash) {
    return hash == toy::kRules ? toy::Rules()(hash) : nullptr;
  };
  EXPECT_EQ(Replay(store, toy::Stages(), first_only).error().code, kUnknownRules);
}

TEST(ReplayTest, RefusesATickThatWasCutOff) {
  ManualClock clock(Instant{1'000'000});
  MemoryStore store;
  RunEmbedded(store, {}, clock);
  EmbeddedMeta meta = ReadEmbeddedMeta(store);
  ++meta.inputs;
  const std::vector<MetaWrite> changed = {{"embedded", Encoded(meta)}};
  ASSERT_TRUE(store.Commit({{}, {}, {}, changed}).has_value());
  const auto result = Replay(store, toy::Stages(), toy::Rules());
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, kReplayImpossible);
  EXPECT_NE(result.error().text.find("tick"), std::string::npos);
}

TEST(ReplayTest, RefusesAnInputWithoutItsBeginningOrItsEnd) {
  ManualClock clock(Instant{1'000'000});
  MemoryStore store;
  RunEmbedded(store, {}, clock);
  TaskMeta meta = ReadTaskMeta(store);
  meta.position += 1000;
  const std::vector<MetaWrite> changed = {{kTaskMetaName, Encoded(meta)}};
  ASSERT_TRUE(store.Commit({{}, {}, {}, changed}).has_value());
  EXPECT_EQ(Replay(store, toy::Stages(), toy::Rules()).error().code, kReplayImpossible);
  ASSERT_TRUE(store.TrimLog(kInputTopic, 2).has_value());
  EXPECT_EQ(Replay(store, toy::Stages(), toy::Rules()).error().code, kReplayImpossible);
}

}  // namespace
}  // namespace pm
