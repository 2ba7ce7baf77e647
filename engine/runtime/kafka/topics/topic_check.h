// Looks at the topics of a Kafka and makes those that are missing.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "engine/runtime/kafka/topics/topic_plan.h"

namespace pm {

struct TopicLook {
  WantedTopic wanted;  // of an input only the name and purpose
  std::optional<TopicState> found;
  std::vector<TopicFinding> findings;
  bool is_input = false;
};

// Our own topics, then the users' inputs. A pattern that meets nothing stands under its own text.
// Errors of PlanTopics and of the port.
Result<std::vector<TopicLook>> LookAtTopics(KafkaAdmin& admin, const TopicNeeds& needs);

// The partitions of the inputs that are there, in order. Errors of PlanTopics and of the port.
Result<std::vector<TopicPartition>> FindInputs(KafkaAdmin& admin, const TopicNeeds& needs);

// Finds of those of ours that are still to be made that there are too few brokers for their copies.
void JudgeCopies(int32_t brokers, std::vector<TopicLook>* looks);

// Makes those of ours that are missing, and says which. None when one that is there is wrong, or
// one that is missing is more than that: its first finding that is not borne is the error.
Result<std::vector<std::string>> MakeTopics(KafkaAdmin& admin, const std::vector<TopicLook>& looks);

}  // namespace pm
