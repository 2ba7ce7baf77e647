// One table: what a broker's or librdkafka's error means to the caller of the port.
#pragma once
#include <cstdint>
#include <string>

#include "base/result.h"
#include "engine/runtime/kafka/client/rdkafka.h"

namespace pm {

// What was asked when it went wrong.
enum class KafkaCall : uint8_t {
  kOutside,  // of any transaction: poll, offsets, bounds, topics; also to begin a transaction
  kInside,   // of a transaction: produce, flush, send offsets
  kCommit,
  kAbort
};

// As librdkafka tells it.
struct KafkaFault {
  int code = 0;            // rd_kafka_resp_err_t
  bool fatal = false;      // its handle is of no use any more
  bool abortable = false;  // its transaction is
  std::string text;
};

// One of kKafkaRetry to kKafkaRefused (kafka_client.h).
int KafkaErrorKind(KafkaCall call, const KafkaFault& fault);
// `what` begins the sentence: "the commit".
Error KafkaError(KafkaCall call, std::string_view what, const KafkaFault& fault);

// Of a line of its log: its level, as of syslog, and what it is about. What syslog calls an error
// is mostly tried again, as a connection that fails, and a warning here, unless it is about errors.
KafkaLogLevel LogLevelOf(int level, std::string_view fact);

}  // namespace pm
