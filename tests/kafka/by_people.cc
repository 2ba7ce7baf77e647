#include "tests/kafka/by_people.h"

#include <functional>

#include "engine/runtime/kafka/client/rdkafka_handle.h"

namespace pm {
namespace {

using TopicToDelete = RdOwner<rd_kafka_DeleteTopic_t, rd_kafka_DeleteTopic_destroy>;
using RecordsToDelete = RdOwner<rd_kafka_DeleteRecords_t, rd_kafka_DeleteRecords_destroy>;
using OffsetsToDelete =
    RdOwner<rd_kafka_DeleteConsumerGroupOffsets_t, rd_kafka_DeleteConsumerGroupOffsets_destroy>;
using OffsetsToAlter =
    RdOwner<rd_kafka_AlterConsumerGroupOffsets_t, rd_kafka_AlterConsumerGroupOffsets_destroy>;

// One request; what becomes of each partition stands in the result.
Result<void> Ask(const KafkaConnection& connection, const std::string& what,
                 const std::function<void(rd_kafka_t*, rd_kafka_queue_t*)>& ask,
                 const std::function<const rd_kafka_topic_partition_list_t*(rd_kafka_event_t*)>&
                     partitions = {}) {
  constexpr int kAnswerMs = 30'000;
  PM_TRY(const std::vector<KafkaProperty> users, PropertiesOf(connection));
  PM_TRY(RdConf conf, MakeConf(users, {}, nullptr));
  PM_TRY(const RdHandle handle, MakeHandle(RD_KAFKA_PRODUCER, std::move(conf)));
  const RdQueue queue(rd_kafka_queue_new(handle.get()));
  ask(handle.get(), queue.get());
  const RdEvent event(rd_kafka_queue_poll(queue.get(), kAnswerMs));
  if (event == nullptr) return Fail(kKafkaRefused, what + ": no answer");
  rd_kafka_resp_err_t failed = rd_kafka_event_error(event.get());
  if (failed == RD_KAFKA_RESP_ERR_NO_ERROR && partitions)
    failed = partitions(event.get())->elems[0].err;
  if (failed != RD_KAFKA_RESP_ERR_NO_ERROR)
    return Fail(kKafkaRefused, what + ": " + rd_kafka_err2str(failed));
  return {};
}

const rd_kafka_topic_partition_list_t* OfTheGroup(const rd_kafka_group_result_t** groups) {
  return rd_kafka_group_result_partitions(groups[0]);
}

}  // namespace

Result<void> DeleteTopic(const KafkaConnection& connection, const std::string& name) {
  const TopicToDelete topic(rd_kafka_DeleteTopic_new(name.c_str()));
  return Ask(connection, "cannot delete " + name, [&](rd_kafka_t* handle, rd_kafka_queue_t* queue) {
    rd_kafka_DeleteTopic_t* topics[] = {topic.get()};
    rd_kafka_DeleteTopics(handle, topics, 1, nullptr, queue);
  });
}

Result<void> DeleteRecords(const KafkaConnection& connection, const TopicPartition& partition) {
  const PartitionOffset end[] = {{partition, RD_KAFKA_OFFSET_END}};
  const RdPartitions all = ListOf(end);
  const RecordsToDelete records(rd_kafka_DeleteRecords_new(all.get()));
  return Ask(
      connection, "cannot delete the records of " + partition.topic,
      [&](rd_kafka_t* handle, rd_kafka_queue_t* queue) {
        rd_kafka_DeleteRecords_t* wanted[] = {records.get()};
        rd_kafka_DeleteRecords(handle, wanted, 1, nullptr, queue);
      },
      [](rd_kafka_event_t* event) {
        return rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event));
      });
}

Result<void> ForgetOffset(const KafkaConnection& connection, const std::string& group,
                          const TopicPartition& partition) {
  const RdPartitions one = ListOf(std::span(&partition, 1));
  const OffsetsToDelete offsets(rd_kafka_DeleteConsumerGroupOffsets_new(group.c_str(), one.get()));
  return Ask(
      connection, "cannot forget an offset of " + group,
      [&](rd_kafka_t* handle, rd_kafka_queue_t* queue) {
        rd_kafka_DeleteConsumerGroupOffsets_t* wanted[] = {offsets.get()};
        rd_kafka_DeleteConsumerGroupOffsets(handle, wanted, 1, nullptr, queue);
      },
      [](rd_kafka_event_t* event) {
        size_t count = 0;
        return OfTheGroup(rd_kafka_DeleteConsumerGroupOffsets_result_groups(
            rd_kafka_event_DeleteConsumerGroupOffsets_result(event), &count));
      });
}

Result<void> PutOffsetBack(const KafkaConnection& connection, const std::string& group,
                           const PartitionOffset& offset) {
  const RdPartitions one = ListOf(std::span(&offset, 1));
  const OffsetsToAlter offsets(rd_kafka_AlterConsumerGroupOffsets_new(group.c_str(), one.get()));
  return Ask(
      connection, "cannot put an offset of " + group + " back",
      [&](rd_kafka_t* handle, rd_kafka_queue_t* queue) {
        rd_kafka_AlterConsumerGroupOffsets_t* wanted[] = {offsets.get()};
        rd_kafka_AlterConsumerGroupOffsets(handle, wanted, 1, nullptr, queue);
      },
      [](rd_kafka_event_t* event) {
        size_t count = 0;
        return OfTheGroup(rd_kafka_AlterConsumerGroupOffsets_result_groups(
            rd_kafka_event_AlterConsumerGroupOffsets_result(event), &count));
      });
}

}  // namespace pm
