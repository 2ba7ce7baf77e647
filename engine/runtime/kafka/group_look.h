// Who has what of a group, and how far behind that is, as the brokers know it.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "engine/runtime/kafka/kafka_client.h"

namespace pm {

struct PartitionLook {
  TopicPartition partition;
  std::string owner;                 // its member's instance; empty: nobody's
  std::optional<int64_t> committed;  // absent: never, or a transaction was open all the time
  int64_t end = 0;                   // next offset
  int64_t lag = 0;                   // offsets not committed yet, markers of transactions included
};
struct GroupLook {
  bool is_rebalancing = false;  // then nobody owns anything
  std::vector<PartitionLook> partitions;
};

// In order; `partitions` and whatever else somebody has. Errors of the port.
Result<GroupLook> LookAtGroup(KafkaAdmin& admin, KafkaClient& client, const std::string& group,
                              std::vector<TopicPartition> partitions);

}  // namespace pm
