// The input of a run as a file: one JSON object a line,
//   {"position":0,"at":"2026-03-02T09:00:00Z","kind":"event","record":"<base64>"}
// and last {"outputs":"<32 hex digits>"}, the hash chain over all outputs. `record` is what the log
// holds (engine/runtime/record.h); `kind` (event, tick, switch, skip, retry) is for the reader's
// eye.
#pragma once
#include <string>
#include <vector>

#include "engine/runtime/record.h"

namespace pm {

std::string RecordLine(const Record& record);
std::string ChainLine(EventId outputs);

struct RecordedInput {
  struct Entry {
    int64_t position = 0;
    Instant at;
    std::string bytes;
  };
  std::vector<Entry> entries;  // positions rise
  std::string outputs;         // the chain as text; empty when the file does not say
};
// PM0704 with the line of what is no such file.
Result<RecordedInput> ParseRecordedInput(std::string_view text);

}  // namespace pm
