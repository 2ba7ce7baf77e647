#include "tests/benchmark/script.h"

#include "engine/runtime/memory_store.h"
#include "tests/benchmark/rules.h"

namespace pm::bench {

namespace {

// Hands the engine's new outputs to `tell`.
template <class F>
void ReadNew(const Embedded& engine, std::vector<int64_t>* read, F tell) {
  for (uint8_t topic = 0; topic < kTopics; ++topic) {
    const auto entries = engine.ReadTopic(topic, (*read)[topic], SIZE_MAX, SIZE_MAX);
    PM_CHECK(entries.has_value());
    for (const LogEntry& entry : *entries) {
      (*read)[topic] = entry.offset;
      Output output;
      PM_CHECK(DecodeOutput(entry.bytes, &output));
      PM_CHECK(output.topic != Topic::kDeadLetters);
      tell(output);
    }
  }
}

}  // namespace

Script PrepareScript(const CompanySettings& settings,
                     const std::shared_ptr<const RuleBook>& rules) {
  Script script;
  MemoryStore memory;
  RecordingStore store(memory);
  ManualClock clock(settings.start);
  Embedded engine(store, EngineSettings(), RealStages(), ProviderOf(rules), clock,
                  rules->version());
  Company company(settings);
  std::vector<int64_t> read(kTopics, -1);
  const size_t most = EngineSettings().batch.records - 1;  // and a tick
  for (Instant now = settings.start + kBatchSpan; !company.done(); now = now + kBatchSpan) {
    ScriptBatch batch{now, {}};
    const auto run = [&] {
      RunBatch(engine, clock, batch);
      script.events += static_cast<int64_t>(batch.events.size());
      script.batches.push_back(std::exchange(batch, {now, {}}));
    };
    for (CompanyEvent event; company.Next(now, &event);) {
      if (batch.events.size() == most) run();
      batch.events.push_back({std::move(event.json), "", Mode::kLive});
    }
    run();
    ReadNew(engine, &read, [&](const Output& output) {
      script.assignments +=
          output.type == "assignment.routed" || output.type == "assignment.queued" ? 1 : 0;
      company.React(output, now);
    });
  }
  script.captured = store.TakeCommits();
  return script;
}

EmbeddedSettings EngineSettings() {
  EmbeddedSettings settings;
  settings.catch_up = Duration{};
  return settings;
}

void RunBatch(Embedded& engine, ManualClock& clock, const ScriptBatch& batch) {
  clock.Set(batch.now);
  for (const Submission& event : batch.events) {
    std::vector<Submission> one;
    one.push_back(event);
    PM_CHECK(engine.Submit(std::move(one), [](const Result<Accepted>&) {}).has_value());
  }
  engine.RunUntilIdle();
}

}  // namespace pm::bench
