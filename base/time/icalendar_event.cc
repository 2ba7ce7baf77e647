#include "base/time/icalendar_event.h"

#include <fmt/format.h>

namespace pm {
namespace {

constexpr int64_t kMaxLengthDays = 3'660;

std::unexpected<Error> Bad(int line, std::string_view why) {
  return Fail(28, fmt::format("line {}: {}", line, why));
}

Result<IcalProperty> ReadProperty(const ContentLine& line, const std::string& text) {
  IcalProperty property(icalproperty_new_from_string(text.c_str()));
  const bool read = property != nullptr && icalproperty_get_value(property.get()) != nullptr;
  if (!read || icalproperty_isa(property.get()) == ICAL_XLICERROR_PROPERTY) {
    return Bad(line.line, fmt::format("`{}` cannot be read", text.substr(0, 80)));
  }
  return property;
}

// `/vendor/version/Europe/Berlin` is how some programs spell Europe/Berlin.
Result<const Zone*> ZoneNamed(std::string_view name, int line) {
  for (std::string_view rest = name;;) {
    if (const auto zone = FindZone(rest); zone.has_value()) return *zone;
    const size_t slash = rest.find('/');
    if (!name.starts_with('/') || slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  return Bad(line, fmt::format("TZID `{}` is no IANA time zone such as Europe/Berlin",
                               name.substr(0, 60)));
}

Result<Stamp> ReadStamp(const ContentLine& line, std::string_view value, const Zone& floating) {
  PM_TRY(const IcalProperty property, ReadProperty(line, std::string(line.head()) += value));
  const icalvalue* held = icalproperty_get_value(property.get());
  const icalvalue_kind kind = icalvalue_isa(held);
  if (kind != ICAL_DATE_VALUE && kind != ICAL_DATETIME_VALUE && kind != ICAL_DATETIMEPERIOD_VALUE) {
    return Bad(line.line, fmt::format("{} is neither a date nor a time", line.name));
  }
  const icaltimetype time = kind == ICAL_DATE_VALUE       ? icalvalue_get_date(held)
                            : kind == ICAL_DATETIME_VALUE ? icalvalue_get_datetime(held)
                                                          : icalvalue_get_datetimeperiod(held).time;
  const bool clock = time.hour >= 0 && time.hour <= 23 && time.minute >= 0 && time.minute <= 59 &&
                     time.second >= 0 && time.second <= 60;
  if (icaltime_is_null_time(time) || time.year < 1 || time.year > 9999 || !clock ||
      !IsDate(time.year, time.month, time.day)) {
    return Bad(line.line, fmt::format("`{}` is no date or time", value.substr(0, 40)));
  }
  Stamp stamp{.is_date = time.is_date != 0, .zone = &floating};
  const int64_t day_ms = DayNumber({time.year, time.month, time.day}) * kDayMs;
  stamp.local_ms = day_ms;
  if (stamp.is_date) return stamp;
  stamp.local_ms += ((time.hour * 60 + time.minute) * 60 + time.second) * 1000;
  if (icaltime_is_utc(time)) {
    stamp.zone = &Utc();
  } else if (auto* tzid = icalproperty_get_first_parameter(property.get(), ICAL_TZID_PARAMETER)) {
    PM_TRY(stamp.zone, ZoneNamed(icalparameter_get_tzid(tzid), line.line));
  }
  return stamp;
}

// A comma-separated list of dates or times; libical would keep only the first.
Result<std::vector<Stamp>> ReadStamps(const ContentLine& line, const Zone& floating) {
  std::vector<Stamp> stamps;
  std::string_view rest = line.value();
  while (true) {
    const size_t comma = std::min(rest.find(','), rest.size());
    PM_TRY(const Stamp stamp, ReadStamp(line, rest.substr(0, comma), floating));
    stamps.push_back(stamp);
    if (comma == rest.size()) return stamps;
    rest.remove_prefix(comma + 1);
  }
}

Result<void> ReadRule(const ContentLine& line, IcalEvent* event) {
  if (event->rule != nullptr) return Bad(line.line, "a second RRULE in one event");
  PM_TRY(event->rule, ReadProperty(line, line.text));
  event->rule_line = line.line;
  const icalrecurrencetype rule = icalproperty_get_rrule(event->rule.get());
  if (rule.freq == ICAL_NO_RECURRENCE) return Bad(line.line, "RRULE without a FREQ that is known");
  if (rule.freq < ICAL_DAILY_RECURRENCE) {
    return Bad(line.line, "RRULE more often than daily is not for holidays and leave");
  }
  constexpr short kNone = ICAL_RECURRENCE_ARRAY_MAX;
  if (rule.by_hour[0] != kNone || rule.by_minute[0] != kNone || rule.by_second[0] != kNone) {
    return Bad(line.line, "RRULE with BYHOUR, BYMINUTE or BYSECOND is not for holidays and leave");
  }
  return {};
}

Result<void> SetLengthFromEnd(const ContentLine& line, const Stamp& end, IcalEvent* event) {
  if (end.is_date != event->start.is_date) {
    return Bad(line.line, "DTSTART and DTEND must both be dates or both be times");
  }
  if (end.is_date) {
    event->length_days = (end.local_ms - event->start.local_ms) / kDayMs;
  } else {
    event->length_ms = end.at().ms - event->start.at().ms;
  }
  if (event->length_days < 0 || event->length_ms < 0)
    return Bad(line.line, "ends before it begins");
  return {};
}

Result<void> SetLengthFromDuration(const ContentLine& line, IcalEvent* event) {
  PM_TRY(const IcalProperty property, ReadProperty(line, line.text));
  const icaldurationtype length = icalproperty_get_duration(property.get());
  if (icaldurationtype_is_bad_duration(length)) return Bad(line.line, "DURATION cannot be read");
  if (length.is_neg) return Bad(line.line, "ends before it begins");
  event->length_days = int64_t{length.weeks} * 7 + length.days;
  event->length_ms =
      ((int64_t{length.hours} * 60 + length.minutes) * 60 + int64_t{length.seconds}) * 1000;
  if (event->start.is_date && event->length_ms != 0) {
    return Bad(line.line, "an all-day event lasts whole days");
  }
  return {};
}

Result<void> CheckLength(IcalEvent* event) {
  // A date without an end, or one that ends where it begins, lasts that day.
  if (event->start.is_date) event->length_days = std::max<int64_t>(event->length_days, 1);
  if (event->length_days > kMaxLengthDays || event->length_ms > kMaxLengthDays * kDayMs) {
    return Fail(29, fmt::format("line {}: an event longer than ten years", event->line));
  }
  return {};
}

struct Found {
  const ContentLine *start = nullptr, *end = nullptr, *duration = nullptr;
};

// Sets `found`, unless the event has that property twice.
Result<void> Note(const ContentLine& line, const ContentLine** found) {
  if (*found != nullptr) return Bad(line.line, fmt::format("a second {} in one event", line.name));
  *found = &line;
  return {};
}

Result<void> ReadOther(const ContentLine& line, const Zone& zone, IcalEvent* event) {
  if (line.name == "UID") {
    event->uid = line.value();
  } else if (line.name == "STATUS") {
    event->cancelled = line.value() == "CANCELLED";
  } else if (line.name == "RRULE") {
    return ReadRule(line, event);
  } else if (line.name == "RDATE" || line.name == "EXDATE") {
    PM_TRY(const std::vector<Stamp> stamps, ReadStamps(line, zone));
    std::vector<Stamp>& list = line.name == "RDATE" ? event->more : event->except;
    list.insert(list.end(), stamps.begin(), stamps.end());
  } else if (line.name == "RECURRENCE-ID") {
    if (line.head().find("THISANDFUTURE") != std::string_view::npos) {
      return Bad(line.line,
                 "RANGE=THISANDFUTURE is not supported; end the series and begin another");
    }
    PM_TRY(event->replaces, ReadStamp(line, line.value(), zone));
  }
  return {};
}

}  // namespace

Result<IcalEvent> ReadEvent(const CalendarLines& lines, const Zone& zone) {
  // libical's default is to abort the process.
  icalerror_set_errors_are_fatal(false);
  IcalEvent event;
  event.line = lines.line;
  Found found;
  for (const ContentLine& line : lines.lines) {
    if (line.name == "DTSTART") PM_TRY_VOID(Note(line, &found.start));
    if (line.name == "DTEND") PM_TRY_VOID(Note(line, &found.end));
    if (line.name == "DURATION") PM_TRY_VOID(Note(line, &found.duration));
    PM_TRY_VOID(ReadOther(line, zone, &event));
  }
  if (found.start == nullptr) return Bad(lines.line, "an event without DTSTART");
  if (found.end != nullptr && found.duration != nullptr) {
    return Bad(found.duration->line, "an event has DTEND or DURATION, not both");
  }
  PM_TRY(event.start, ReadStamp(*found.start, found.start->value(), zone));
  if (found.end != nullptr) {
    PM_TRY(const Stamp end, ReadStamp(*found.end, found.end->value(), zone));
    PM_TRY_VOID(SetLengthFromEnd(*found.end, end, &event));
  }
  if (found.duration != nullptr) PM_TRY_VOID(SetLengthFromDuration(*found.duration, &event));
  PM_TRY_VOID(CheckLength(&event));
  return event;
}

}  // namespace pm
