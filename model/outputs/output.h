// What comes out: topics, and the CloudEvents envelope that every output wears.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/time/instant.h"

namespace pm {

// Stored: never renumber.
enum class Topic : uint8_t {
  kLeads = 0,
  kAssignments = 1,
  kSla = 2,
  kCadence = 3,
  kHandoffs = 4,
  kPrivacy = 5,
  kDecisions = 6,
  kAlerts = 7,
  kDeadLetters = 8
};
inline constexpr int kTopics = 9;
std::string_view TopicName(Topic topic);  // `leads`, ..., `dead-letters`

struct Output {
  Topic topic = Topic::kLeads;
  std::string key;   // lead id, or what the event is about
  std::string type;  // `lead.created`
  EventId id;        // hash of (cause, kind, ordinal)
  std::string json;  // the whole CloudEvent
};

}  // namespace pm
