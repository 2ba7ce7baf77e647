// The topics that the engine needs of a Kafka, and what may be wrong with those that are there.
// Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time/instant.h"
#include "engine/runtime/kafka/client/kafka_client.h"

namespace pm {

inline constexpr int kTopicMissing = 538;
inline constexpr int kTopicCleanup = 539;  // compacted where it must not be, or not where it must
inline constexpr int kTopicPartitions = 540;   // not as many as the state has
inline constexpr int kTopicRetention = 541;    // personal data are kept for too long
inline constexpr int kTopicReplication = 542;  // too few copies
inline constexpr int kTopicTime = 543;         // stamped by publishers, not by the broker
inline constexpr int kTopicName = 544;    // no name of a topic, or one of ours among the inputs
inline constexpr int kTopicRecord = 545;  // takes no records as large as the engine's
inline constexpr int kTopicLoss = 546;    // deletes what may not have been read yet

// The longest that a topic that is only appended to may keep personal data.
inline constexpr Duration kPersonalRetention = Days(30);

struct TopicNeeds {
  std::string prefix = "pointsman";
  std::vector<std::string> inputs;  // the users' own: names, or patterns that begin with `^`
  int32_t partitions = 16;  // of each stage's input and changelog, fixed with the first state
  int32_t replication = 3;
  Duration keep = kPersonalRetention;  // what stages read and what comes out
};

struct WantedTopic {
  std::string name;
  std::string purpose;
  int32_t partitions = 0;
  bool partitions_fixed = false;  // another number is wrong
  int32_t replication = 0;        // at least
  bool compacted = false;
  bool personal = false;     // and so kept for at most kPersonalRetention
  bool broker_time = false;  // must be stamped by the broker
  // Somebody of ours has still to read what it holds: nothing goes before this; nullopt: that is
  // others' business. -1ms: never.
  std::optional<Duration> least_kept;
  std::vector<std::pair<std::string, std::string>> settings;  // it is made with these
};

struct TopicFinding {
  std::string topic;
  int code = 0;
  std::string text;
  bool is_borne = false;  // workers start all the same: what comes of it is found, and mended
  bool operator==(const TopicFinding&) const = default;
};

// Those of our own that are needed, by name. PM0544 for a prefix or an input that cannot be, PM0541
// for a `keep` beyond kPersonalRetention.
Result<std::vector<WantedTopic>> PlanTopics(const TopicNeeds& needs);

// The settings to ask the brokers for, so that the functions below can judge.
std::vector<std::string> JudgedSettings();

// What is wrong with one of ours; nullopt: it is not there.
std::vector<TopicFinding> JudgeTopic(const WantedTopic& wanted,
                                     const std::optional<TopicState>& found);
// What is wrong with one of the users' own.
std::vector<TopicFinding> JudgeInput(const std::string& name,
                                     const std::optional<TopicState>& found);

// Which of the topics there are are meant by the inputs; a name that is not there stands, too. One
// of the plan's own is a finding, as is a pattern that meets nothing.
struct MetInputs {
  std::vector<std::string> names;
  std::vector<TopicFinding> findings;
};
MetInputs MeetInputs(const TopicNeeds& needs, const std::vector<WantedTopic>& plan,
                     const std::vector<std::string>& there);

}  // namespace pm
