// What comes out: topics, and the CloudEvents envelope that every output wears.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/describe.h"

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

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "topic", &Output::topic, "Topic.");
    v.Field(2, "key", &Output::key, "What it is about.");
    v.Field(3, "type", &Output::type, "Event type.");
    v.Field(4, "id", &Output::id, "Its identity.");
    v.Field(5, "json", &Output::json, "The CloudEvent.");
  }
};

}  // namespace pm
