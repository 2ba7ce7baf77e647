// What people, retention and forgetful brokers do, and the engine never does. Errors:
// kKafkaRefused.
#pragma once
#include <string>

#include "engine/runtime/kafka/client/rdkafka.h"

namespace pm {

Result<void> DeleteTopic(const KafkaConnection& connection, const std::string& name);
// All that it holds now.
Result<void> DeleteRecords(const KafkaConnection& connection, const TopicPartition& partition);
// Nobody may be in the group.
Result<void> ForgetOffset(const KafkaConnection& connection, const std::string& group,
                          const TopicPartition& partition);
Result<void> PutOffsetBack(const KafkaConnection& connection, const std::string& group,
                           const PartitionOffset& offset);

}  // namespace pm
