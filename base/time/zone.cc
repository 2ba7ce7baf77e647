#include "base/time/zone.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <array>
#include <fstream>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace pm {
namespace {

constexpr const char* kDatabaseIndex = "/usr/share/zoneinfo/tzdata.zi";
constexpr int64_t kCycleMs = 146'097 * kDayMs;  // 400 years, a whole number of weeks
constexpr int kLastStatedYear = 2037;

int64_t MarchFirstMs(int year) { return DayNumber({year, 3, 1}) * kDayMs; }

const int64_t kCycleEndMs = MarchFirstMs(kLastStatedYear + 1 + 400);

// Repeats the last stated rules over the 400 years after them. A rule names a month, a week and a
// weekday, so a year counted from 1 March repeats the latest stated one that began on the same
// weekday; no zone that still changes its clocks does so in January or February.
void RepeatRules(std::vector<ZoneOffset>* offsets) {
  const std::vector<ZoneOffset> stated = *offsets;
  for (int year = kLastStatedYear + 1; year <= kLastStatedYear + 400; ++year) {
    int model = kLastStatedYear;
    while ((MarchFirstMs(year) - MarchFirstMs(model)) % (7 * kDayMs) != 0) --model;
    for (const ZoneOffset& offset : stated) {
      if (offset.begin_ms < MarchFirstMs(model) || offset.begin_ms >= MarchFirstMs(model + 1)) {
        continue;
      }
      offsets->push_back(
          {offset.begin_ms - MarchFirstMs(model) + MarchFirstMs(year), offset.offset_ms});
    }
  }
}

bool StillChangesClocks(const std::vector<ZoneOffset>& offsets) {
  return FromLocalMs(offsets.back().begin_ms).date.year == kLastStatedYear;
}

std::vector<ZoneOffset> ReadOffsets(const date::time_zone& zone) {
  std::vector<ZoneOffset> offsets;
  const auto end = date::sys_seconds(date::sys_days(date::year(9999) / 1 / 1));
  date::sys_seconds at = date::sys_days(date::year(1) / 1 / 1);
  while (at < end) {
    const date::sys_info info = zone.get_info(at);
    const int64_t offset_ms = int64_t{info.offset.count()} * 1000;
    if (offsets.empty() || offsets.back().offset_ms != offset_ms) {
      offsets.push_back({int64_t{at.time_since_epoch().count()} * 1000, offset_ms});
    }
    at = info.end;
  }
  return offsets;
}

// Names that mean another zone, from the lines `L target alias` of the database's index.
std::unordered_map<std::string, std::string> ReadAliases() {
  std::unordered_map<std::string, std::string> aliases;
  std::ifstream file(kDatabaseIndex);
  for (std::string line; std::getline(file, line);) {
    const size_t space = line.find(' ', 2);
    if (!line.starts_with("L ") || space == std::string::npos) continue;
    aliases[line.substr(space + 1)] = line.substr(2, space - 2);
  }
  return aliases;
}

Result<std::unique_ptr<Zone>> LoadZone(const std::string& name) {
  try {
    const date::tzdb& database = date::get_tzdb();
    const auto found = std::lower_bound(database.zones.begin(), database.zones.end(), name,
                                        [](const date::time_zone& zone, const std::string& wanted) {
                                          return zone.name() < wanted;
                                        });
    // `localtime` is the machine's own zone, which must never decide anything.
    if (found == database.zones.end() || found->name() != name || name == "localtime") {
      return Fail(25, fmt::format("there is no time zone `{}`; use an IANA name such as "
                                  "Europe/Berlin",
                                  name.substr(0, 60)));
    }
    return std::make_unique<Zone>(name, ReadOffsets(*found));
  } catch (const std::exception& e) {
    return Fail(26, fmt::format("the time zone database cannot be read: {}", e.what()));
  }
}

struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

struct Registry {
  std::mutex mutex;
  // By the names that were asked for, aliases among them.
  std::unordered_map<std::string, const Zone*, TextHash, std::equal_to<>> known;
  const std::unordered_map<std::string, std::string> aliases = ReadAliases();
  std::unordered_map<std::string, std::unique_ptr<Zone>> zones;
};

}  // namespace

Zone::Zone(std::string name, std::vector<ZoneOffset> offsets)
    : name_(std::move(name)), offsets_(std::move(offsets)) {
  PM_CHECK(!offsets_.empty());
  if (StillChangesClocks(offsets_)) {
    RepeatRules(&offsets_);
    repeats_ = true;
  }
  offsets_.front().begin_ms = INT64_MIN;
  local_ends_.reserve(offsets_.size());
  int64_t latest = INT64_MIN;
  for (size_t i = 0; i + 1 < offsets_.size(); ++i) {
    latest = std::max(latest, offsets_[i + 1].begin_ms + offsets_[i].offset_ms);
    local_ends_.push_back(latest);
  }
  local_ends_.push_back(INT64_MAX);
}

int64_t Zone::OffsetMs(Instant at) const {
  int64_t ms = at.ms;
  if (repeats_ && ms >= kCycleEndMs) ms -= ((ms - kCycleEndMs) / kCycleMs + 1) * kCycleMs;
  const auto after =
      std::upper_bound(offsets_.begin() + 1, offsets_.end(), ms,
                       [](int64_t wanted, const ZoneOffset& o) { return wanted < o.begin_ms; });
  return (after - 1)->offset_ms;
}

LocalDateTime Zone::ToLocal(Instant at) const { return FromLocalMs(at.ms + OffsetMs(at)); }

Instant Zone::ToInstant(LocalDateTime local) const { return ToInstant(ToLocalMs(local)); }

Instant Zone::ToInstant(int64_t local_ms) const {
  int64_t cycles = 0;
  if (repeats_ && local_ms >= kCycleEndMs) {
    cycles = ((local_ms - kCycleEndMs) / kCycleMs + 1) * kCycleMs;
    local_ms -= cycles;
  }
  // The first stretch that has not ended holds the first occurrence; if it has not begun either,
  // the wall clock jumped over this time and the stretch before carries it past the gap.
  const auto end = std::upper_bound(local_ends_.begin(), local_ends_.end(), local_ms);
  size_t i = end == local_ends_.end() ? offsets_.size() - 1
                                      : static_cast<size_t>(end - local_ends_.begin());
  if (i > 0 && local_ms < offsets_[i].begin_ms + offsets_[i].offset_ms) --i;
  return {local_ms - offsets_[i].offset_ms + cycles};
}

Result<const Zone*> FindZone(std::string_view name) {
  static Registry* const registry = new Registry;  // never destroyed: zones outlive all statics
  const std::lock_guard lock(registry->mutex);
  if (const auto found = registry->known.find(name); found != registry->known.end())
    return found->second;
  std::string canonical(name);
  if (const auto alias = registry->aliases.find(canonical); alias != registry->aliases.end()) {
    canonical = alias->second;
  }
  std::unique_ptr<Zone>& zone = registry->zones[canonical];
  if (zone == nullptr) {
    auto loaded = LoadZone(canonical);
    if (!loaded.has_value()) {
      registry->zones.erase(canonical);
      return std::unexpected(std::move(loaded).error());
    }
    zone = *std::move(loaded);
  }
  registry->known.emplace(name, zone.get());
  return zone.get();
}

const Zone& Utc() {
  static const Zone* const utc = new Zone("Etc/UTC", {{0, 0}});
  return *utc;
}

Result<std::string> TimeZoneVersion() {
  constexpr std::string_view kPrefix = "# version ";
  std::ifstream file(kDatabaseIndex);
  std::string line;
  if (!std::getline(file, line) || !line.starts_with(kPrefix)) {
    return Fail(26, fmt::format("no version in the first line of {}", kDatabaseIndex));
  }
  return line.substr(kPrefix.size());
}

}  // namespace pm
