// The parts of `pointsman_bench kafka`. Each runs in a process of its own, so that one that breaks
// costs its own rows alone.
#pragma once
#include <string>

#include "base/result.h"
#include "tests/benchmark/figures.h"

namespace pm::bench {

struct KafkaPlan {
  std::string address;  // of the broker that all parts share
  pid_t broker = 0;
  std::string directory;  // of this part
  std::string results;    // a folder in which parts leave what later ones want
  std::string source;     // this repository
  std::string peers;      // ../shared/peers/streams
  bool quick = false;
  int64_t leads = 100'000;         // of a rate
  int64_t many_leads = 1'000'000;  // of a restore
  int workers = 1;                 // of a rate
};

Result<void> MeasureKafkaRate(const KafkaPlan& plan, Figures* figures);
Result<void> MeasureKafkaRecords(const KafkaPlan& plan, Figures* figures);
Result<void> MeasureKafkaStreams(const KafkaPlan& plan, Figures* figures);
Result<void> MeasureKafkaLatency(const KafkaPlan& plan, Figures* figures);
Result<void> MeasureKafkaRestore(const KafkaPlan& plan, Figures* figures);
Result<void> MeasureKafkaFailOver(const KafkaPlan& plan, Figures* figures);
Result<void> MeasureKafkaIdle(const KafkaPlan& plan, Figures* figures);

// All of them, or `part` alone, against a broker of their own.
void MeasureKafka(const Plan& plan, const std::string& part, Figures* figures);
bool IsKafkaPart(std::string_view part);

// In a child: the bare load of MeasureKafkaRestore.
int RunLoad(const std::string& directory);

// What a child does: a part, or one end of a comparison.
int RunKafkaChild(const std::string& part, const std::string& directory);

}  // namespace pm::bench
