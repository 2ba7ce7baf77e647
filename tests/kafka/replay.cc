// Whether each task of workers that have stopped, on the broker of $PM_KAFKA, is what its input
// gives when it is applied again from its start:
//   pointsman_kafka_replay PREFIX PARTITIONS
// A line a task. Exit 1: one is not, or an input is not whole any more.
#include <fmt/format.h>

#include <cstdlib>
#include <iostream>

#include "app/server/rule_library.h"
#include "engine/runtime/digest.h"
#include "engine/runtime/kafka/client/rdkafka.h"
#include "engine/runtime/kafka/client/read_to_end.h"
#include "engine/runtime/kafka/reshape/kafka_source.h"
#include "engine/runtime/kafka/state/changelog_keys.h"
#include "engine/runtime/kafka/state/task_replay.h"

namespace pm {
namespace {

constexpr size_t kBooks = 64;

class Replays {
 public:
  Replays(KafkaClient& client, KafkaReader& reader, KafkaPlace place)
      : client_(client), reader_(reader), place_(std::move(place)) {}

  // How many are not what they should be.
  Result<int> Run() {
    PM_TRY_VOID(LookAtRules(client_, reader_, place_, documents_));
    std::map<TaskId, MemoryStore> live;
    PM_TRY_VOID(ReadKafkaState(client_, reader_, place_,
                               [&](TaskId task) -> Result<Store*> { return &live[task]; }));
    int unlike = 0;
    for (const auto& [task, store] : live) {
      if (task.stage == Stage::kIntake) continue;  // its input is the publishers'
      PM_TRY(const bool is_same, IsItsReplay(task, store));
      unlike += is_same ? 0 : 1;
    }
    return unlike;
  }

 private:
  Result<std::set<std::string>> SkipsOf(const TopicPartition& changelog) {
    std::set<std::string> keys;
    PM_TRY_VOID(ReadToEnd(client_, reader_, {changelog, 0}, place_.patience,
                          [&](const KafkaRecord& record) -> Result<void> {
                            if (record.key.starts_with(changelog_keys::kSkip))
                              keys.emplace(record.key);
                            return {};
                          }));
    return keys;
  }

  Result<bool> IsItsReplay(TaskId task, const Store& live) {
    const auto number = static_cast<int32_t>(task.partition);
    const TopicPartition input{place_.names.Input(task.stage), number};
    PM_TRY(const auto bounds, client_.Bounds(input));
    if (bounds.first != 0)
      return Fail(kCannotReshape, fmt::format("{} is not whole any more", input.topic));
    PM_TRY(std::set<std::string> skips, SkipsOf({place_.names.Changelog(task.stage), number}));
    const size_t set_aside = skips.size();
    TaskSettings settings;
    settings.id = task;
    settings.fused = {task.stage};
    settings.partitions = place_.partitions;
    settings.upstream = task.stage > Stage::kIdentity ? place_.partitions : 1;
    MemoryStore again;
    TaskReplay replay(
        again, settings, RealStages(), [this](ContentHash hash) { return Find(hash); },
        std::move(skips));
    const TaskMeta meta = ReadTaskMeta(live);
    int64_t records = 0;
    PM_TRY_VOID(ReadToEnd(client_, reader_, {input, 0}, place_.patience,
                          [&](const KafkaRecord& record) -> Result<void> {
                            ++records;
                            replay.Apply(record.value, record.offset, record.at, meta.position);
                            return {};
                          }));
    replay.Finish();
    const bool is_same = meta == replay.meta() && FullDigest(live) == FullDigest(again);
    std::cout << fmt::format("{} {}: {} records, {} set aside, chain {}, {}\n",
                             is_same ? "same" : "UNLIKE", ToText(task), records, set_aside,
                             ToText(meta.outputs),
                             is_same ? "as replayed" : ToText(replay.meta().outputs) + " replayed");
    return is_same;
  }

  std::shared_ptr<const RuleBook> Find(ContentHash rules) {
    if (auto book = library_.Find(rules)) return book;
    if (const auto restored = library_.Restore(documents_, rules); !restored)
      std::cerr << restored.error().text << "\n";
    return library_.Find(rules);
  }

  KafkaClient& client_;
  KafkaReader& reader_;
  const KafkaPlace place_;
  MemoryStore documents_;
  RuleLibrary library_{kBooks};
};

Result<int> Run(const KafkaConnection& connection, KafkaPlace place) {
  PM_TRY(const auto client,
         ConnectKafkaClient(connection, {.group = place.names.prefix + ".replay"}));
  PM_TRY(const auto reader, ConnectKafkaReader(connection));
  return Replays(*client, *reader, std::move(place)).Run();
}

int Main(std::span<char*> words) {
  const char* address = std::getenv("PM_KAFKA");
  if (words.size() != 3) {
    std::cerr << "usage: pointsman_kafka_replay PREFIX PARTITIONS\n";
    return 64;
  }
  const KafkaConnection connection{.brokers = {address == nullptr ? "127.0.0.1:9092" : address}};
  const Result<int> unlike =
      Run(connection, {.names = {words[1]},
                       .partitions = static_cast<uint32_t>(std::atoi(words[2])),
                       .rows = RealStateRows()});
  if (!unlike) std::cerr << unlike.error().text << "\n";
  return unlike && *unlike == 0 ? 0 : 1;
}

}  // namespace
}  // namespace pm

int main(int argc, char** argv) { return pm::Main(std::span(argv, static_cast<size_t>(argc))); }
