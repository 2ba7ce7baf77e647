// Connections to a broker in memory in place of librdkafka's, for what takes KafkaClients.
#pragma once
#include "engine/runtime/kafka/fake/fake_kafka.h"
#include "engine/runtime/kafka/worker/worker.h"

namespace pm {

// The broker outlives them. One thread; no followers.
KafkaClients ClientsOf(FakeBroker& broker);

}  // namespace pm
