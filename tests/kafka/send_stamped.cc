#include "tests/kafka/send_stamped.h"

#include <istream>

#include "engine/runtime/kafka/client/rdkafka_handle.h"

namespace pm {

Result<void> SendStamped(const KafkaConnection& connection, const std::string& topic, Instant at,
                         std::istream& lines) {
  constexpr int kAnswerMs = 30'000;
  const KafkaProperty acks[] = {{"enable.idempotence", "true"}};
  PM_TRY(const std::vector<KafkaProperty> users, PropertiesOf(connection));
  PM_TRY(RdConf conf, MakeConf(users, acks, nullptr));
  int failed = 0;
  rd_kafka_conf_set_opaque(conf.get(), &failed);
  rd_kafka_conf_set_dr_msg_cb(
      conf.get(), [](rd_kafka_t*, const rd_kafka_message_t* message, void* count) {
        *static_cast<int*>(count) += message->err == RD_KAFKA_RESP_ERR_NO_ERROR ? 0 : 1;
      });
  PM_TRY(const RdHandle handle, MakeHandle(RD_KAFKA_PRODUCER, std::move(conf)));
  for (std::string line; std::getline(lines, line);) {
    const size_t tab = line.find('\t');
    char* const value = line.data() + tab + 1;
    const size_t size = line.size() - tab - 1;
    const rd_kafka_resp_err_t sent = rd_kafka_producev(
        handle.get(), RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_KEY(line.data(), tab), RD_KAFKA_V_VALUE(value, size),
        RD_KAFKA_V_TIMESTAMP(at.ms), RD_KAFKA_V_END);
    failed += sent == RD_KAFKA_RESP_ERR_NO_ERROR ? 0 : 1;
  }
  const bool flushed = rd_kafka_flush(handle.get(), kAnswerMs) == RD_KAFKA_RESP_ERR_NO_ERROR;
  if (!flushed || failed > 0) return Fail(kKafkaUnknown, "not all of it was delivered");
  return {};
}

}  // namespace pm
