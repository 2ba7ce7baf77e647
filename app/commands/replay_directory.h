// `simulate --input DIR`: the input that an engine recorded in its data directory, run again in
// memory, with its own times, ticks and rules; all must come out as it stands there.
#pragma once
#include "app/commands/commands.h"

namespace pm {

// 0 the same; 1 not the same, with the first output that differs; 65 the directory is damaged, of a
// newer release, or its input is not whole; 69 it is no data directory, or an engine runs on it; 78
// the rules of --rules (may be left away) are not among those it was recorded under.
int ReplayDirectory(const Arguments& arguments, Streams& streams);

}  // namespace pm
