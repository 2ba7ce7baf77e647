// What a simulated run writes into its --out folder: one JSONL file a topic, and the input as it
// was recorded. PM0703 when that cannot be written.
#pragma once
#include <array>
#include <fstream>

#include "app/simulate/recorded_input.h"
#include "model/outputs/output.h"

namespace pm {

class TopicFiles {
 public:
  // Makes the folder; what it held under these names is lost. Empty: nothing will be written. A run
  // of several tasks has no one input to record.
  Result<void> Open(const std::string& folder, bool with_input = true);
  void Write(const Output& output);
  void Write(const Record& record);
  // `outputs` is the hash chain for the end of the recorded input, where there is one.
  Result<void> Close(EventId outputs);

 private:
  std::array<std::ofstream, kTopics> topics_;
  std::ofstream input_;
};

}  // namespace pm
