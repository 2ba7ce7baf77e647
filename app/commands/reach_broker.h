// Whether anything listens where a Kafka is said to be: asked first, since librdkafka goes on
// trying and says little.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pm {

// What to ask oneself where none answers.
inline constexpr std::string_view kIsOneThere =
    "Is a broker at the addresses of `kafka: brokers`, and does it want the `tls` and `sasl` that "
    "are said there?";

// Fine when one of them takes a connection; else kKafkaRetry, and why not, a line each. `brokers`
// as the configuration has them, `host:port`; without a port 9092. Waits some seconds for each at
// most.
Result<void> ReachABroker(const std::vector<std::string>& brokers);

}  // namespace pm
