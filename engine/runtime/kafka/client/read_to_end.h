// Reading partitions from an offset to their ends of now.
#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "engine/runtime/kafka/client/patiently.h"
#include "engine/runtime/reshape.h"

namespace pm {

// Hands all that is committed to `take`, a KafkaRecord a call, until that fails; each partition in
// its order. Together they take hardly longer than one. PM0514 when a transaction stays open for
// longer than the patience.
template <class F>
Result<void> ReadToEnds(KafkaClient& client, KafkaReader& reader,
                        std::span<const PartitionOffset> from, Duration patience, F take) {
  std::vector<PartitionOffset> starts;
  std::map<TopicPartition, int64_t> ends;  // not come to yet
  for (const auto& [partition, offset, note] : from) {
    PM_TRY(const auto bounds, Patiently(patience, [&] { return client.Bounds(partition); }));
    const int64_t start = std::max(offset, bounds.first);
    if (start >= bounds.second) continue;
    starts.push_back({partition, start, {}});
    ends[partition] = bounds.second;
  }
  if (starts.empty()) return {};
  PM_TRY_VOID(reader.Assign(starts));
  for (Duration waited{}; waited < patience; waited = waited + kPatientWait) {
    PM_TRY(std::optional<KafkaRecord> record, reader.Poll(kPatientWait));
    for (; record; waited = {}) {
      PM_TRY_VOID(take(*record));
      PM_TRY(record, reader.Poll({}));
    }
    const size_t left = ends.size();
    for (auto one = ends.begin(); one != ends.end();) {
      PM_TRY(const int64_t position, reader.Position(one->first));
      one = position >= one->second ? ends.erase(one) : std::next(one);
    }
    if (ends.empty()) return {};
    if (ends.size() < left) waited = {};
  }
  const TopicPartition& open = ends.begin()->first;
  return Fail(kCannotReshape, fmt::format("a transaction of {}/{} stays open: has someone died?",
                                          open.topic, open.partition));
}

template <class F>
Result<void> ReadToEnd(KafkaClient& client, KafkaReader& reader, const PartitionOffset& from,
                       Duration patience, F take) {
  return ReadToEnds(client, reader, {&from, 1}, patience, take);
}

}  // namespace pm
