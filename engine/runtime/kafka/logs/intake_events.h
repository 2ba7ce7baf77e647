// The CloudEvents in a record of a user's topic (Kafka protocol binding 1.0): structured mode, a
// batch, or binary mode (`ce_` headers; the value is `data`). Pure.
#pragma once
#include <string>
#include <vector>

#include "engine/runtime/kafka/client/kafka_client.h"
#include "model/messages/message.h"

namespace pm {

// Each as one JSON object, in order. What is not in one of the forms comes as it stands, so that
// the stage sets it aside with its bytes: also a binary event whose value should be JSON and is
// not.
std::vector<std::string> EventsIn(const KafkaRecord& record);

// The record's event number `index`, from 0, with an identity that derives from where it stands:
// read again, it is the same; the same bytes elsewhere are another.
Message RootOf(const KafkaRecord& record, size_t index, std::string event);

}  // namespace pm
