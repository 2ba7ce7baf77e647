#include <fmt/format.h>

#include "base/time/calendar.h"
#include "base/time/text.h"
#include "tests/conformance/forms.h"

namespace pm::conformance {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

template <class T>
T Read(const Result<T>& parsed) {
  if (!parsed.has_value()) throw Malformed(parsed.error().text);
  return *parsed;
}

bool Has(object from, const char* key) {
  element value;
  return from[key].get(value) == simdjson::SUCCESS && !value.is_null();
}

Instant ReadInstant(element text) { return Read(ParseInstant(std::string_view(text))); }

Slot ReadSlot(element from, element to) {
  return Read(MakeSlot(Read(ParseTimeOfDay(std::string_view(from))),
                       Read(ParseTimeOfDay(std::string_view(to)))));
}

std::vector<Slot> ReadSlots(element list) {
  std::vector<Slot> slots;
  for (const element pair : array(list)) slots.push_back(ReadSlot(pair.at(0), pair.at(1)));
  return slots;
}

const Zone& ReadZone(object calendar) { return *Read(FindZone(std::string_view(calendar["tz"]))); }

CalendarSpec ReadSpec(object calendar) {
  CalendarSpec spec;
  if (Has(calendar, "weekly")) {
    for (const auto field : object(calendar["weekly"])) {
      spec.weekly[static_cast<size_t>(Read(ParseWeekday(field.key)))] = ReadSlots(field.value);
    }
  }
  if (Has(calendar, "holidays")) {
    for (const element date : array(calendar["holidays"])) {
      spec.holidays.push_back(Read(ParseDate(std::string_view(date))));
    }
  }
  if (Has(calendar, "shifts")) {
    for (const auto field : object(calendar["shifts"])) {
      spec.shifts[Read(ParseDate(field.key))] = ReadSlots(field.value);
    }
  }
  if (Has(calendar, "breaks")) {
    for (const element pause : array(calendar["breaks"])) {
      spec.leave.push_back({ReadInstant(pause["from"]).ms, ReadInstant(pause["to"]).ms});
    }
  }
  if (Has(calendar, "local_breaks")) {
    for (const element pause : array(calendar["local_breaks"])) {
      spec.breaks.push_back(
          {Read(ParseDate(std::string_view(pause["date"]))), ReadSlot(pause["from"], pause["to"])});
    }
  }
  return spec;
}

// Seconds as a decimal number, exactly: `-0.555`.
Duration ReadSeconds(element number) {
  const std::string text = simdjson::minify(number);
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative) digits.remove_prefix(1);
  int64_t ms = 0;
  int fraction_digits = -1;
  for (const char c : digits) {
    if (c == '.' && fraction_digits < 0) {
      fraction_digits = 0;
    } else if (c < '0' || c > '9' || ms > INT64_MAX / 100'000) {
      throw Malformed(fmt::format("`{}` are no seconds", text));
    } else if (fraction_digits < 3) {
      ms = ms * 10 + (c - '0');
      if (fraction_digits >= 0) ++fraction_digits;
    }
  }
  for (int i = std::max(fraction_digits, 0); i < 3; ++i) ms *= 10;
  return {negative ? -ms : ms};
}

std::string WriteSeconds(Duration length) {
  const int64_t size = length.ms < 0 ? -length.ms : length.ms;
  std::string text = fmt::format("{}{}", length.ms < 0 ? "-" : "", size / 1000);
  if (size % 1000 == 0) return text;
  text += fmt::format(".{:03}", size % 1000);
  return text.substr(0, text.find_last_not_of('0') + 1);
}

int ReadCount(object input, const char* key) {
  const int64_t count = input[key];
  if (count < -100'000 || count > 100'000) throw Malformed("a count is out of bounds");
  return static_cast<int>(count);
}

std::string WriteInterval(Instant begin, Instant end) {
  return fmt::format("[{}, {}]", FormatInstant(begin), FormatInstant(end));
}

// Open intervals from an instant on (`after`), or up to it with the latest first (`before`).
std::string ListIntervals(const Calendar& calendar, object input) {
  Instant at = ReadInstant(input["from"]);
  std::string text;
  const auto append = [&](Instant begin, Instant end) {
    text += (text.empty() ? "" : ", ") + WriteInterval(begin, end);
  };
  if (Has(input, "to")) {
    for (const Interval& open : calendar.OpenBetween(at, ReadInstant(input["to"]))) {
      append({open.begin}, {open.end});
    }
    return "[" + text + "]";
  }
  const bool after = std::string_view(input["direction"]) == "after";
  for (int left = ReadCount(input, "count"); left > 0 && at != kNever; --left) {
    const Instant begin = after ? calendar.NextOpen(at) : calendar.PrevOpen(at);
    const Instant end = after ? calendar.NextClose(at) : calendar.PrevClose(at);
    if (begin != kNever && end != kNever) append(begin, end);
    at = after ? end : begin;
  }
  return "[" + text + "]";
}

std::string AddDaysTo(const Calendar& calendar, object input) {
  const int days = ReadCount(input, "days");
  const std::string_view at(input["at"]);
  if (const auto date = ParseDate(at); date.has_value()) {
    const auto moved = calendar.AddBusinessDays(*date, days);
    return moved.has_value() ? FormatDate(*moved) : "never";
  }
  return FormatInstant(calendar.AddBusinessDays(Read(ParseInstant(at)), days));
}

std::string Run(std::string_view op, const Calendar& calendar, object input) {
  if (op == "intervals") return ListIntervals(calendar, input);
  if (op == "add_business_days") return AddDaysTo(calendar, input);
  if (op == "elapsed") {
    return WriteSeconds(calendar.Elapsed(ReadInstant(input["from"]), ReadInstant(input["to"])));
  }
  if (op == "resolve_wall_clock") {
    return FormatInstant(
        calendar.zone().ToInstant({Read(ParseDate(std::string_view(input["date"]))),
                                   Read(ParseTimeOfDay(std::string_view(input["time"])))}));
  }
  const Instant at = ReadInstant(input["at"]);
  if (op == "add") return FormatInstant(calendar.Add(at, ReadSeconds(input["seconds"])));
  if (op == "is_open") return calendar.IsOpen(at) ? "true" : "false";
  if (op == "next_open_or_self") return FormatInstant(calendar.NextOpen(at));
  if (op == "prev_close_or_self") return FormatInstant(calendar.PrevClose(at));
  if (op == "close_of_nth_working_day") {
    const int days = ReadCount(input, "days");
    if (days < 1) throw Malformed("days must be at least 1");
    return FormatInstant(calendar.CloseOfNthWorkingDay(at, days));
  }
  throw Malformed(fmt::format("unknown op {}", op));
}

}  // namespace

Outcome RunBusinessHours(object test) {
  const object calendar = test["calendar"];
  const Calendar compiled(ReadSpec(calendar), ReadZone(calendar));
  return {Run(test["op"], compiled, test["input"]), Accepted(test)};
}

}  // namespace pm::conformance
