// One VEVENT, read and checked, before its rule is expanded. Internal to icalendar.cc.
#pragma once
#include <libical/ical.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/time/icalendar_lines.h"
#include "base/time/zone.h"

namespace pm {

struct FreeProperty {
  void operator()(icalproperty* property) const { icalproperty_free(property); }
};
using IcalProperty = std::unique_ptr<icalproperty, FreeProperty>;

// A date, or a wall clock in a zone.
struct Stamp {
  bool is_date = false;
  int64_t local_ms = 0;  // see ToLocalMs
  const Zone* zone = nullptr;
  Instant at() const { return zone->ToInstant(local_ms); }
};

struct IcalEvent {
  int line = 0;
  std::string uid;
  bool cancelled = false;
  Stamp start;
  int64_t length_days = 0;  // counted on the wall clock, before ...
  int64_t length_ms = 0;    // ... this is added exactly
  IcalProperty rule;        // null: once
  int rule_line = 0;
  std::vector<Stamp> more, except;  // RDATE, EXDATE
  std::optional<Stamp> replaces;    // RECURRENCE-ID
};

// `zone` reads times that name none. Errors: PM0028, PM0029, with the line.
Result<IcalEvent> ReadEvent(const CalendarLines& lines, const Zone& zone);

}  // namespace pm
