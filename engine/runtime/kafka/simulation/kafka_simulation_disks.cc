// What happens to the disks of a simulated worker.
#include "engine/runtime/kafka/simulation/kafka_simulation.h"

namespace pm {

namespace {

void Copy(const Store& from, Store& to) {
  std::vector<RowWrite> rows;
  std::string after;
  for (auto key = from.NextKey("", after); key; key = from.NextKey("", *key))
    rows.push_back({*key, from.Get(*key)});
  std::vector<DueChange> dues;
  for (const DueKey& due : from.Dues({Instant{INT64_MIN}, {}}, kNever, SIZE_MAX))
    dues.push_back({due, true});
  std::vector<MetaWrite> meta;
  for (const char* name : {kTaskMetaName, kCopyStateName}) {
    if (auto bytes = from.Meta(name)) meta.push_back({name, std::move(*bytes)});
  }
  PM_CHECK(to.Commit({rows, dues, {}, meta}).has_value());
}

void CopyAll(MemoryStores& from, MemoryStores& to) {
  to.stores.clear();
  for (const auto& [task, store] : from.stores) Copy(*store, **to.Open(task));
}

// Each second row is not there, nor what says how far they go.
void LoseHalf(Store& store) {
  std::vector<RowWrite> rows;
  int number = 0;
  for (auto key = store.NextKey("", ""); key; key = store.NextKey("", *key))
    if (++number % 2 == 0) rows.push_back({*key, std::nullopt});
  const std::vector<MetaWrite> meta = {{kCopyStateName, ""}};
  PM_CHECK(store.Commit({rows, {}, {}, meta}).has_value());
}

}  // namespace

void KafkaSimulation::KeepDisks() {
  for (const auto& host : hosts_) CopyAll(host->disks, host->old_disks);
}

void KafkaSimulation::SpoilDisks(Host& host) {
  ++counts_.lost_disks;
  auto& stores = host.disks.stores;
  switch (settings_.disk) {
    case DiskFault::kLost:
      stores.clear();
      return;
    case DiskFault::kStale:
      CopyAll(host.old_disks, host.disks);
      return;
    case DiskFault::kPartial:
      for (const auto& [task, store] : stores) LoseHalf(*store);
      return;
    case DiskFault::kForeign:
      for (auto one = stores.begin(); one != stores.end(); ++one)
        std::swap(one->second, stores.begin()->second);
      return;
  }
}

}  // namespace pm
