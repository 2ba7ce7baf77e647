// Calls again what did nothing.
#pragma once
#include "engine/runtime/kafka/client/kafka_client.h"

namespace pm {

inline constexpr Duration kPatientWait = Milliseconds(500);

// For as long as the patience lasts; the client's time-outs are the pauses.
template <class F>
auto Patiently(Duration patience, F call) {
  auto done = call();
  for (Duration waited{}; !done && done.error().code == kKafkaRetry && waited < patience;
       waited = waited + kPatientWait)
    done = call();
  return done;
}

}  // namespace pm
