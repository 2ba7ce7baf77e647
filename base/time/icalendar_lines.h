// The lines of an iCalendar text: unfolded, numbered, sorted into events. Internal to icalendar.cc.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pm {

struct ContentLine {
  int line = 0;                    // where it begins, from 1
  std::string name;                // upper case, without parameters
  std::string text;                // the whole unfolded line
  std::string_view value() const;  // after the colon that ends name and parameters
  std::string_view head() const;   // up to and with that colon
};

struct CalendarLines {
  int line = 0;                    // of BEGIN:VEVENT
  std::vector<ContentLine> lines;  // without those of nested components
};

// Errors: PM0028 with the line: components not nested properly, no VCALENDAR, a line without a
// colon.
Result<std::vector<CalendarLines>> SplitEvents(std::string_view text);

}  // namespace pm
