// Time zones by IANA name. A zone's transitions are read once from the system's database
// (/usr/share/zoneinfo, through `date`) into a table; every conversion after that is a binary
// search.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time/civil.h"
#include "base/time/instant.h"

namespace pm {

// From `begin_ms` (UTC) on, wall clocks show UTC plus `offset_ms`, until the next one begins.
struct ZoneOffset {
  int64_t begin_ms = 0;
  int64_t offset_ms = 0;
};

// Immutable once built; any thread. Zones from FindZone live until the process ends.
class Zone {
 public:
  // `offsets` are sorted and the first one holds for all time before. The database states
  // transitions up to 2037; a zone that still changes its clocks then repeats that year's rules for
  // ever. Exposed for tests; others use FindZone.
  Zone(std::string name, std::vector<ZoneOffset> offsets);

  // The canonical name: `US/Eastern` is found as `America/New_York`.
  const std::string& name() const { return name_; }

  int64_t OffsetMs(Instant at) const;
  LocalDateTime ToLocal(Instant at) const;
  LocalDate DateAt(Instant at) const { return ToLocal(at).date; }

  // A wall clock in a gap (spring) moves forward by the gap: 02:30 is 03:30. In a fold (autumn) the
  // first occurrence counts. `time` may be 24:00, the midnight that ends the date.
  Instant ToInstant(LocalDateTime local) const;
  // The same for milliseconds since 1970-01-01T00:00 on the wall clock.
  Instant ToInstant(int64_t local_ms) const;

 private:
  std::string name_;
  std::vector<ZoneOffset> offsets_;
  std::vector<int64_t> local_ends_;  // wall clock at which offsets_[i] ends; never falls
  bool repeats_ = false;             // after the table the Gregorian 400-year cycle goes on
};

// Loads the zone when it is first asked for; keep the pointer where speed matters. Names are
// case-sensitive and aliases resolve. Errors: PM0025 no such zone; PM0026 database unreadable.
Result<const Zone*> FindZone(std::string_view name);

const Zone& Utc();

// The version of the time zone database, such as `2026f`; part of the rule bundle's hash.
// Errors: PM0026.
Result<std::string> TimeZoneVersion();

}  // namespace pm
