// Records with a time of the publisher's own: the engine gives none.
#pragma once
#include <iosfwd>
#include <string>

#include "engine/runtime/kafka/client/rdkafka.h"

namespace pm {

// Lines of KEY<tab>VALUE, each durable when it returns. kKafkaUnknown when one may not be.
Result<void> SendStamped(const KafkaConnection& connection, const std::string& topic, Instant at,
                         std::istream& lines);

}  // namespace pm
