// The state of many leads comes back from its changelog onto an empty disk: the product against a
// bare consumer that loads the same records into RocksDB. And what a worker costs that has nothing
// to do.
#include <filesystem>

#include "engine/runtime/kafka/client/rdkafka.h"
#include "engine/runtime/kafka/topics/topic_names.h"
#include "tests/benchmark/bare_rocks.h"
#include "tests/benchmark/kafka/drain.h"

namespace pm::bench {

namespace {

constexpr Stage kStateful[] = {Stage::kIdentity, Stage::kAccount, Stage::kDesk};
constexpr size_t kBatchBytes = size_t{4} << 20;

struct Restored {
  double seconds = 0, cpu = 0;
  int64_t records = 0;
};

Result<Restored> RestoreProduct(const KafkaPlan& plan, const ProductSettings& settings) {
  const std::string directory = plan.directory + "/" + settings.prefix;
  std::filesystem::remove_all(directory);
  Child child("product", directory, WordsOf(settings));
  Restored restored;
  PM_TRY(restored.seconds, Await(child, directory + "/ready", kPatience * 5));
  restored.cpu = CpuOf(child.pid());
  PM_TRY_VOID(child.Stop(kPatience));
  return restored;
}

Result<Restored> RestoreBare(const KafkaPlan& plan, const ProductSettings& settings) {
  const std::string directory = plan.directory + "/bare";
  Child child("load", directory, WordsOf(settings));
  PM_TRY_VOID(child.Wait(kPatience * 5));
  const Words told = ReadWords(directory + "/loaded");
  return Restored{static_cast<double>(NumberOf(told, "ms")) / 1e3,
                  static_cast<double>(NumberOf(told, "cpu_ms")) / 1e3, NumberOf(told, "records")};
}

}  // namespace

int RunLoad(const std::string& directory) {
  const Stopwatch watch;
  const ProductSettings settings = SettingsIn(ReadWords(directory + "/load.words"));
  const TopicNames names{settings.prefix};
  const KafkaConnection connection{.brokers = {settings.address}};
  auto client = ConnectKafkaClient(connection, {.group = "bench-bounds"});
  auto reader = ConnectKafkaReader(connection);
  PM_CHECK(client.has_value());
  PM_CHECK(reader.has_value());
  std::vector<PartitionOffset> from, to;
  for (const Stage stage : kStateful) {
    for (int32_t n = 0; n < settings.partitions; ++n) {
      const TopicPartition partition{names.Changelog(stage), n};
      const auto bounds = (*client)->Bounds(partition);
      PM_CHECK(bounds.has_value());
      from.push_back({partition, bounds->first});
      to.push_back({partition, bounds->second});
    }
  }
  PM_CHECK((*reader)->Assign(from).has_value());
  BareLoad load(directory + "/rocks");
  int64_t records = 0;
  const auto is_done = [&](const PartitionOffset& end) {
    return (*reader)->Position(end.partition).value() >= end.offset;
  };
  for (;;) {
    const auto record = (*reader)->Poll(Milliseconds(100));
    PM_CHECK(record.has_value());
    if (!*record) {
      if (std::ranges::all_of(to, is_done)) break;
      continue;
    }
    ++records;
    if ((*record)->tombstone)
      load.Delete((*record)->key);
    else
      load.Put((*record)->key, (*record)->value);
    if (load.bytes() >= kBatchBytes) load.Write();
  }
  load.Write();
  WriteWords(directory + "/loaded", {{"ms", fmt::format("{:.0f}", watch.wall() * 1e3)},
                                     {"cpu_ms", fmt::format("{:.0f}", watch.cpu() * 1e3)},
                                     {"records", fmt::format("{}", records)}});
  return 0;
}

Result<void> MeasureKafkaRestore(const KafkaPlan& plan, Figures* figures) {
  const ProductSettings settings = ManyLeads(plan.address);
  PM_TRY_VOID(Fill(plan, settings, plan.many_leads));
  PM_TRY(const Restored bare, RestoreBare(plan, settings));
  PM_TRY(const Restored product, RestoreProduct(plan, settings));
  const auto leads = static_cast<double>(plan.many_leads);
  const auto records = static_cast<double>(bare.records);
  figures->Add({fmt::format("restore of {} leads", plan.many_leads), product.seconds, "s",
                fmt::format("bare load {:.1f} s", bare.seconds), bare.seconds / product.seconds,
                0.5});
  figures->Add({"restore: records",
                records / product.seconds,
                "records/s",
                fmt::format("bare load {:.0f}", records / bare.seconds),
                bare.seconds / product.seconds,
                {}});
  figures->Add({"restore: client CPU a million leads",
                product.cpu / leads * 1e6,
                "CPU s",
                fmt::format("bare load {:.1f}", bare.cpu / leads * 1e6),
                {},
                {}});
  return {};
}

Result<void> MeasureKafkaIdle(const KafkaPlan& plan, Figures* figures) {
  constexpr std::chrono::seconds kSettling(5), kLong(20), kShort(2);
  const ProductSettings settings{
      .address = plan.address, .prefix = "idle", .work = Work::kJob, .partitions = 16};
  PM_TRY(const int64_t first, Prepare(plan, settings));
  const std::string directory = plan.directory + "/" + settings.prefix;
  std::filesystem::remove(directory + "/ready");
  Child child("product", directory, WordsOf(settings));
  PM_TRY_VOID(Await(child, directory + "/ready", kPatience));
  Pass(kSettling);
  const std::chrono::seconds span = plan.quick ? kShort : kLong;
  const double client = CpuOf(child.pid()), broker = CpuOf(plan.broker);
  Pass(span);
  const auto share = [&](double from, double to) {
    return (to - from) / static_cast<double>(span.count()) * 100;
  };
  const double own = share(client, CpuOf(child.pid())),
               of_broker = share(broker, CpuOf(plan.broker));
  PM_TRY_VOID(child.Stop(kPatience));
  figures->Add({fmt::format("an idle worker, {} partitions", settings.partitions), own,
                "% of a core", "1 %", 1 / std::max(own, 1e-3), 1.0});
  figures->Add({"its broker meanwhile", of_broker, "% of a core", "", {}, {}});
  return first > 0 ? Result<void>{} : Fail(kNoFigure, "no lead was assigned");
}

}  // namespace pm::bench
