// What the product writes for its leads, record by record as it lies on the broker: counted by
// kind, so that the bare chain can write just as much.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "engine/runtime/kafka/client/kafka_client.h"
#include "tests/benchmark/kafka/product.h"

namespace pm::bench {

struct RecordKind {
  // Of messages: how many records stand between the lead and this one, itself included.
  // Of what is no message: 0.
  uint32_t hops = 0;
  std::string topic;
  std::string what;  // `message`, `tick`, `switch`, `output`, `row`, `due`, `meta`, `owner`, ...
  auto operator<=>(const RecordKind&) const = default;
};
struct RecordCount {
  int64_t records = 0;
  int64_t key_bytes = 0, value_bytes = 0;
};
using RecordCounts = std::map<RecordKind, RecordCount>;

using Offsets = std::map<TopicPartition, int64_t>;
// Where the topics of the product end now.
Offsets EndsOf(const ProductSettings& settings);
// All committed records from there to the topics' present ends, ticks and what switches rules
// included.
RecordCounts CountRecords(const ProductSettings& settings, const Offsets& from);

// Those that a lead is answerable for: not the ticks themselves.
bool IsOfLeads(const RecordKind& kind);

}  // namespace pm::bench
