#include "tests/kafka/delete_topic.h"

#include "engine/runtime/kafka/client/rdkafka_handle.h"

namespace pm {

using DeletedTopic = RdOwner<rd_kafka_DeleteTopic_t, rd_kafka_DeleteTopic_destroy>;

Result<void> DeleteTopic(const KafkaConnection& connection, const std::string& name) {
  constexpr int kAnswerMs = 30'000;
  PM_TRY(const std::vector<KafkaProperty> users, PropertiesOf(connection));
  PM_TRY(RdConf conf, MakeConf(users, {}, nullptr));
  PM_TRY(const RdHandle handle, MakeHandle(RD_KAFKA_PRODUCER, std::move(conf)));
  const RdQueue queue(rd_kafka_queue_new(handle.get()));
  const DeletedTopic topic(rd_kafka_DeleteTopic_new(name.c_str()));
  rd_kafka_DeleteTopic_t* topics[] = {topic.get()};
  rd_kafka_DeleteTopics(handle.get(), topics, 1, nullptr, queue.get());
  const RdEvent event(rd_kafka_queue_poll(queue.get(), kAnswerMs));
  if (event == nullptr || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return Fail(kKafkaRefused, "cannot delete " + name);
  return {};
}

}  // namespace pm
