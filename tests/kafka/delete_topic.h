// The engine deletes no topic; people do.
#pragma once
#include <string>

#include "engine/runtime/kafka/client/rdkafka.h"

namespace pm {

Result<void> DeleteTopic(const KafkaConnection& connection, const std::string& name);

}  // namespace pm
