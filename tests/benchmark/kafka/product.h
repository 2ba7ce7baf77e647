// The product's side: a worker of the engine in a process of its own.
#pragma once
#include <string>

#include "engine/runtime/kafka/topics/topic_plan.h"
#include "tests/benchmark/kafka/leads.h"
#include "tests/benchmark/kafka/process.h"

namespace pm::bench {

struct ProductSettings {
  std::string address;  // of the broker
  std::string prefix;   // of its topics; the input is PREFIX-in
  Work work = Work::kJob;
  int64_t sla_ms = 2000;  // of the job
  int32_t partitions = 4;
  Duration commit = Milliseconds(100);
  int workers = 1;        // in one process, so that its CPU time is theirs
  uint32_t worker = 0;    // its number, of several that of the first
  uint32_t standbys = 0;  // deaths of others for which it keeps copies
};
TopicNeeds NeedsOf(const ProductSettings& settings);
std::string InputOf(const std::string& prefix);

Words WordsOf(const ProductSettings& settings);
ProductSettings SettingsIn(const Words& words);  // the other way round
// In the child: runs the workers on `directory` until SIGTERM. Writes DIRECTORY/ready, with the
// milliseconds since its start, as soon as all of their tasks run, and DIRECTORY/warm, once a
// single one follows all tasks that are not its own and is not behind.
int RunProduct(const std::string& directory);
// Until the child has written that: seconds since its start.
Result<double> Await(Child& child, const std::string& written, std::chrono::seconds patience);

// Its topics and its input, in the process that measures.
Result<void> MakeTopicsOf(const ProductSettings& settings);
// Nothing but this says which rules are in force.
Result<void> PutRulesInForce(const ProductSettings& settings);

}  // namespace pm::bench
