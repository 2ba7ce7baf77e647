// The bare chain: librdkafka's transactional loops with the product's hops, partitions, records,
// bytes and commit interval, and no engine. It copies no state and decides nothing.
#pragma once
#include <string>
#include <vector>

#include "tests/benchmark/kafka/process.h"
#include "tests/benchmark/kafka/records.h"

namespace pm::bench {

enum class Where : uint8_t {
  kSpread,  // over the partitions, by the lead
  kSame,    // the partition of the record that causes it
  kByKey    // as librdkafka chooses by the key
};

// For each lead in a record of kind `from` that is read, `per_million` millionths of these are
// written; but a message waits until it has as many leads as those of the product had, or for the
// commit, and says which they are.
struct ChainRecord {
  int from = 0;  // 0: a lead as it is published; else the kind of a message
  int kind = 0;  // of this message; 0: it is none, and no loop reads it
  std::string topic;
  Where where = Where::kByKey;
  int64_t key_bytes = 0, value_bytes = 0, per_million = 0;
  int64_t leads = 1;  // of a message
};

// What a worker's two threads do: one reads the input, the other what the stages send each other.
struct ChainPlan {
  std::string address, prefix;
  int32_t partitions = 0;
  Duration commit;
  std::vector<ChainRecord> records;
};

// As much as was counted for so many leads, on topics of its own with that prefix.
ChainPlan PlanChain(const ProductSettings& product, const RecordCounts& counts, int64_t leads,
                    const std::string& prefix);
// How the lead's number is marked where it stands alone; as in the assignments of the product.
inline constexpr std::string_view kLeadMark = R"("name":"q)";

ChainPlan Renamed(ChainPlan plan, const std::string& prefix);
Words WordsOf(const ChainPlan& plan);
ChainPlan ChainIn(const Words& words);       // the other way round
int RunChain(const std::string& directory);  // in the child, until SIGTERM

}  // namespace pm::bench
