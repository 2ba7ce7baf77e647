// A CSV file and a map become events, with an account of every row. Pure.
#pragma once
#include <string>
#include <vector>

#include "app/importing/import_map.h"
#include "base/text/csv.h"
#include "model/messages/message.h"

namespace pm {

struct ImportedEvent {
  Instant time;
  int32_t line = 0;
  std::string json;  // a CloudEvent
};
struct RowNote {
  int32_t line = 0;
  std::string reason;
};
struct ImportOutcome {
  std::vector<ImportedEvent> events;
  std::vector<RowNote> skipped;   // by the map's `skip`
  std::vector<RowNote> rejected;  // with the reason
  std::vector<RowNote> left_out;  // of rows taken: a value that means nothing to its field
  int64_t rows() const {
    return static_cast<int64_t>(events.size() + skipped.size() + rejected.size());
  }
};

// The map's columns must be in the header: what is missing goes to `problems`, and then nothing is
// converted. The mode is written into the events unless it is live. Notes are in the order of
// lines. A row is rejected that has no id or time, names nobody, or has a value its map does not
// list and its field cannot take: an opt-out that cannot be read must not pass for none.
ImportOutcome ConvertCsv(const Source& csv, const ImportMap& map, Mode mode, Diagnostics& problems);

}  // namespace pm
