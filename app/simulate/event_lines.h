// A file of events, one JSON object a line, with the instant at which each is taken: its own
// `time`, never before that of a line ahead of it.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time/instant.h"

namespace pm {

struct EventLine {
  std::string_view text;
  Instant at;
};

// Time went more than a year on, or a line says a time more than a year back: mostly a mistake.
struct TimeJump {
  int64_t line;
  Instant from, to;
};

struct EventLines {
  std::vector<EventLine> events;
  int64_t untimed = 0;          // before the first line with a time: taken at that one's
  int64_t first_timed = 0;      // number of that line
  bool array = false;           // of one JSON array: a number is that of the event in it
  std::vector<TimeJump> jumps;  // in order, at most kMostJumps
  int64_t more_jumps = 0;       // beyond those
};
inline constexpr size_t kMostJumps = 5;

// What begins with `[` and is no JSON array is taken by lines. A byte order mark, empty lines and
// CR are passed over; `text` outlives the result. Lines without a time come at the time before
// them, at the head of the file at the first. PM0715 when no line has one.
Result<EventLines> ReadEventLines(std::string_view text);

// What a person should know of them, a line each; empty when all is well.
std::string NotesOn(const EventLines& lines);

}  // namespace pm
