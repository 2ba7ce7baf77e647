// What a worker says of itself in the topic of rules, under `worker/INSTANCE`: who wants to put
// rules in force finds there who could not work by them.
#pragma once
#include <string>
#include <vector>

#include "engine/runtime/kafka/client/kafka_client.h"
#include "engine/runtime/kafka/topics/topic_names.h"
#include "engine/runtime/rules_history.h"

namespace pm {

struct WorkerNote {
  std::string release;                // of the program
  std::string zones;                  // version of its time zone database
  std::vector<ContentHash> compiled;  // rules it can work by, the latest last; a few
  std::vector<ContentHash> refused;   // rules it has read and cannot compile; a few
  bool operator==(const WorkerNote&) const = default;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "release", &WorkerNote::release, "Of the program.");
    v.Field(2, "zones", &WorkerNote::zones, "Version of its time zone database.");
    v.Field(3, "compiled", &WorkerNote::compiled, "Rules it can work by, the latest last.");
    v.Field(4, "refused", &WorkerNote::refused, "Rules that it cannot compile.");
  }
};

inline constexpr std::string_view kWorkerKey = "worker/";

// In one transaction, with a client of its own. Doing it twice does no harm.
Result<void> StoreWorkerNote(KafkaClient& client, const TopicNames& names,
                             const std::string& instance, const WorkerNote& note);

// What a worker says of itself is written under this transactional id.
std::string NotesTransactionalId(const TopicNames& names, const std::string& instance);

}  // namespace pm
