#include "base/time/icalendar.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/time/icalendar_event.h"

namespace pm {
namespace {

constexpr size_t kMaxProblems = 20;
constexpr int kMaxBarrenRules = 10;
constexpr int64_t kSpareMs = 2 * kDayMs;  // no zone is further than this from another

struct FreeIterator {
  void operator()(icalrecur_iterator* iterator) const { icalrecur_iterator_free(iterator); }
};

// Names one occurrence of an event, whichever way its time is written.
using OccurrenceId = std::tuple<std::string, bool, int64_t>;

OccurrenceId IdOf(const std::string& uid, const Stamp& stamp) {
  return {uid, stamp.is_date, stamp.is_date ? stamp.local_ms : stamp.at().ms};
}

icaltimetype ToIcal(const Stamp& stamp) {
  const auto [date, time] = FromLocalMs(stamp.local_ms);
  icaltimetype ical = icaltime_null_time();
  ical.year = date.year;
  ical.month = date.month;
  ical.day = date.day;
  ical.is_date = stamp.is_date ? 1 : 0;
  if (stamp.is_date) return ical;
  const int second = time.ms / 1000;
  ical.hour = second / 3600;
  ical.minute = second / 60 % 60;
  ical.second = second % 60;
  return ical;
}

int64_t LocalMsOf(const icaltimetype& time) {
  const int64_t day_ms = DayNumber({time.year, time.month, time.day}) * kDayMs;
  if (time.is_date) return day_ms;
  return day_ms + ((time.hour * 60 + time.minute) * 60 + time.second) * 1000;
}

// The last wall clock an occurrence may begin at by the rule's UNTIL, which may be written as a
// date, in UTC or as a wall clock.
int64_t LastLocalMs(const icaltimetype& until, const Stamp& start) {
  if (icaltime_is_null_time(until)) return INT64_MAX;
  const int64_t ms = LocalMsOf(until);
  if (until.is_date) return ms + kDayMs - 1;
  if (start.is_date || !icaltime_is_utc(until)) return ms;
  return ToLocalMs(start.zone->ToLocal({ms}));
}

// What an event's EXDATEs take out: a date takes out whatever begins on it.
struct Exceptions {
  explicit Exceptions(const IcalEvent& event) {
    for (const Stamp& stamp : event.except) {
      if (stamp.is_date) {
        dates.insert(FromLocalMs(stamp.local_ms).date);
      } else {
        instants.insert(stamp.at().ms);
      }
    }
  }
  bool Hold(const Stamp& start) const {
    return dates.contains(FromLocalMs(start.local_ms).date) ||
           (!start.is_date && instants.contains(start.at().ms));
  }

  std::set<LocalDate> dates;
  std::set<int64_t> instants;
};

class Expansion {
 public:
  Expansion(const Zone& zone, LocalDate from, LocalDate until)
      : from_ms_(ToLocalMs({from, {}})),
        until_ms_(ToLocalMs({until, {}})),
        bounds_{zone.ToInstant(from_ms_).ms, zone.ToInstant(until_ms_).ms} {}

  void Replace(const IcalEvent& event) {
    if (event.replaces.has_value()) replaced_.insert(IdOf(event.uid, *event.replaces));
  }

  Result<void> Add(const IcalEvent& event) {
    if (event.cancelled) return {};
    PM_TRY(std::set<int64_t> starts, Starts(event));
    for (const Stamp& stamp : event.more) {
      starts.insert(stamp.is_date == event.start.is_date && !stamp.is_date
                        ? ToLocalMs(event.start.zone->ToLocal(stamp.at()))
                        : stamp.local_ms);
    }
    const Exceptions exceptions(event);
    for (const int64_t local_ms : starts) {
      const Stamp start{event.start.is_date, local_ms, event.start.zone};
      if (!Replaced(event, start) && !exceptions.Hold(start)) PM_TRY_VOID(Emit(event, start));
    }
    return {};
  }

  ClosedTimes Finish() {
    std::sort(dates_.begin(), dates_.end());
    dates_.erase(std::unique(dates_.begin(), dates_.end()), dates_.end());
    return {std::move(dates_), Normalised(std::move(times_))};
  }

 private:
  // Wall clocks at which the event begins, DTSTART always among them.
  Result<std::set<int64_t>> Starts(const IcalEvent& event) {
    std::set<int64_t> starts = {event.start.local_ms};
    if (event.rule == nullptr) return starts;
    icalrecurrencetype rule = icalproperty_get_rrule(event.rule.get());
    const int64_t last_ms = std::min(LastLocalMs(rule.until, event.start), until_ms_ + kSpareMs);
    // Set even where COUNT ends the rule: it also bounds libical's own search for a match.
    rule.until = ToIcal({event.start.is_date, last_ms, event.start.zone});
    const std::unique_ptr<icalrecur_iterator, FreeIterator> iterator(
        icalrecur_iterator_new(rule, ToIcal(event.start)));
    if (iterator == nullptr) return Fail(28, At(event.rule_line, "RRULE cannot be expanded"));
    const int before = occurrences_;
    for (;;) {
      const icaltimetype next = icalrecur_iterator_next(iterator.get());
      if (icaltime_is_null_time(next) || LocalMsOf(next) > last_ms) break;
      if (++occurrences_ > kMaxICalendarOccurrences) return TooMany(event.rule_line);
      if (LocalMsOf(next) >= event.start.local_ms) starts.insert(LocalMsOf(next));
    }
    // To find that a rule never matches takes libical up to a second.
    if (occurrences_ == before && ++barren_rules_ > kMaxBarrenRules) {
      return Fail(29, At(event.rule_line, "too many rules without any occurrence"));
    }
    return starts;
  }

  bool Replaced(const IcalEvent& event, const Stamp& start) const {
    return !event.replaces.has_value() && replaced_.contains(IdOf(event.uid, start));
  }

  Result<void> Emit(const IcalEvent& event, const Stamp& start) {
    const int64_t end_ms = start.local_ms + event.length_days * kDayMs;
    if (start.is_date) {
      const int64_t end = std::min(end_ms, until_ms_);
      for (int64_t ms = std::max(start.local_ms, from_ms_); ms < end; ms += kDayMs) {
        if (dates_.size() >= kMaxICalendarOccurrences) return TooMany(event.line);
        dates_.push_back(FromLocalMs(ms).date);
      }
      return {};
    }
    const Interval time{start.at().ms, start.zone->ToInstant(end_ms).ms + event.length_ms};
    if (time.begin < bounds_.end && time.end > bounds_.begin) times_.push_back(time);
    return {};
  }

  static std::string At(int line, std::string_view why) {
    return fmt::format("line {}: {}", line, why);
  }
  static std::unexpected<Error> TooMany(int line) {
    return Fail(29, At(line, fmt::format("more than {} occurrences", kMaxICalendarOccurrences)));
  }

  const int64_t from_ms_, until_ms_;  // wall clock
  const Interval bounds_;             // the same in UTC
  std::set<OccurrenceId> replaced_;
  std::vector<LocalDate> dates_;
  Intervals times_;
  int occurrences_ = 0;
  int barren_rules_ = 0;
};

}  // namespace

Result<ClosedTimes> ReadICalendar(std::string_view text, const Zone& zone, LocalDate from,
                                  LocalDate until) {
  if (text.size() > kMaxICalendarBytes) {
    return Fail(29, fmt::format("{} bytes are more than {}", text.size(), kMaxICalendarBytes));
  }
  PM_TRY(const std::vector<CalendarLines> components, SplitEvents(text));
  std::vector<IcalEvent> events;
  std::vector<Error> problems;
  for (const CalendarLines& lines : components) {
    auto event = ReadEvent(lines, zone);
    if (event.has_value()) {
      events.push_back(*std::move(event));
    } else {
      problems.push_back(std::move(event).error());
    }
  }
  Expansion expansion(zone, from, until);
  for (const IcalEvent& event : events) expansion.Replace(event);
  for (const IcalEvent& event : events) {
    if (problems.size() >= kMaxProblems) break;
    if (auto added = expansion.Add(event); !added.has_value()) problems.push_back(added.error());
  }
  if (problems.empty()) return expansion.Finish();
  std::string all;
  for (size_t i = 0; i < std::min(problems.size(), kMaxProblems); ++i) {
    all += (i == 0 ? "" : "\n") + problems[i].text;
  }
  return Fail(problems.front().code, std::move(all));
}

}  // namespace pm
