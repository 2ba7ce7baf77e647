#include <fmt/format.h>

#include <charconv>

#include "base/text/encoding.h"
#include "rules/compile/passes.h"
#include "rules/in_words.h"

namespace pm {
namespace {

constexpr int kNoOpenTime = 227;
constexpr std::string_view kReserved[] = {"always", "assignee", "pool", "prospect"};

using WrittenSlots = std::vector<Located<Slot>>;
using WeeklyLine = std::pair<Located<WeekdayRange>, WrittenSlots>;
constexpr size_t kWeek = 7;

std::array<bool, kWeek> DaysOf(const WeekdayRange& range) {
  std::array<bool, kWeek> days{};
  for (auto day = static_cast<size_t>(range.first);; day = (day + 1) % kWeek) {
    days[day] = true;
    if (day == static_cast<size_t>(range.last)) return days;
  }
}

std::string RangeText(size_t first, size_t last) {
  const auto name = [](size_t day) { return FormatWeekday(static_cast<Weekday>(day)); };
  return first == last ? std::string(name(first)) : fmt::format("{}-{}", name(first), name(last));
}
std::string RangeText(const WeekdayRange& range) {
  return RangeText(static_cast<size_t>(range.first), static_cast<size_t>(range.last));
}

// Runs of days as lines of a calendar: `mon-tue` and `thu-fri`.
std::vector<std::string> Runs(const std::array<bool, kWeek>& days) {
  std::vector<std::string> runs;
  for (size_t day = 0; day < kWeek; ++day) {
    if (!days[day]) continue;
    const size_t first = day;
    while (day + 1 < kWeek && days[day + 1]) ++day;
    runs.push_back(RangeText(first, day));
  }
  return runs;
}

// How each day would stand in one line: what the wider one keeps beside the other.
std::string HintOfOverlap(const WeekdayRange& one, const WeekdayRange& other) {
  const auto first = DaysOf(one), second = DaysOf(other);
  const bool wider = std::ranges::count(first, true) >= std::ranges::count(second, true);
  std::array<bool, kWeek> kept = wider ? first : second;
  for (size_t day = 0; day < kWeek; ++day) kept[day] = kept[day] && !(wider ? second : first)[day];
  const std::vector<std::string> runs = Runs(kept);
  if (runs.empty()) return "leave out one of the two, or give it a list of hours";
  return fmt::format("write {} instead of {}", fmt::join(runs, " and "),
                     RangeText(wider ? one : other));
}

// False when a day stands in the line and in an earlier one.
bool ExpectApart(CompileContext& context, std::span<const WeeklyLine> earlier,
                 const Located<WeekdayRange>& line) {
  const auto days = DaysOf(line.value);
  for (const auto& [before, slots] : earlier) {
    if (!before.value.known) continue;
    const auto taken = DaysOf(before.value);
    for (size_t day = 0; day < kWeek; ++day) {
      if (!days[day] || !taken[day]) continue;
      context.out.Error(
          kNoOpenTime, line.place,
          fmt::format("{} stands in two lines of the calendar, {} and {}", RangeText(day, day),
                      RangeText(before.value), RangeText(line.value)),
          HintOfOverlap(before.value, line.value));
      return false;
    }
  }
  return true;
}

void TellOverlap(CompileContext& context, const Slot& before, const Located<Slot>& slot) {
  if (before == slot.value) {
    return context.out.Error(kNoOpenTime, slot.place,
                             fmt::format("{} stands twice", HoursInWords(slot.value)),
                             "leave out one of the two");
  }
  const std::string both = HoursInWords(Slot{std::min(slot.value.begin_ms, before.begin_ms),
                                             std::max(slot.value.end_ms, before.end_ms)});
  context.out.Error(
      kNoOpenTime, slot.place,
      fmt::format("{} overlaps with {} before it", HoursInWords(slot.value), HoursInWords(before)),
      fmt::format("write {} for both", both));
}

// Hours of one day: an overlap would count once, which nobody can have meant.
std::vector<Slot> SlotsOf(CompileContext& context, const WrittenSlots& written) {
  std::vector<Slot> slots;
  for (const Located<Slot>& slot : written) {
    const auto overlap = std::ranges::find_if(slots, [&](const Slot& before) {
      return slot.value.begin_ms < before.end_ms && before.begin_ms < slot.value.end_ms;
    });
    if (overlap != slots.end()) TellOverlap(context, *overlap, slot);
    slots.push_back(slot.value);
  }
  return slots;
}

void AddWeekly(CompileContext& context, std::span<const WeeklyLine> lines, CalendarSpec* spec) {
  for (size_t i = 0; i < lines.size(); ++i) {
    const auto& [range, slots] = lines[i];
    if (!range.value.known || !ExpectApart(context, lines.first(i), range)) continue;
    const auto days = DaysOf(range.value);
    const std::vector<Slot> hours = SlotsOf(context, slots);
    for (size_t day = 0; day < kWeek; ++day) {
      if (days[day]) spec->weekly[day] = hours;
    }
  }
}

// The text of such an error has a line for each problem, which begins `line 3: ` where it is known.
void ReportEach(Diagnostics& out, const Error& error, const Source& source) {
  constexpr std::string_view kLine = "line ", kBehind = ": ";
  std::string_view rest = error.text;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view text = rest.substr(0, end);
    SourcePlace place = PlaceOfFile(source);
    const size_t behind = text.find(kBehind);
    if (text.starts_with(kLine) && behind != text.npos) {
      std::from_chars(text.data() + kLine.size(), text.data() + behind, place.position.line);
      text.remove_prefix(behind + kBehind.size());
    }
    out.Error(error.code, place, std::string(text));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

void AddHoliday(CompileContext& context, const Located<std::string>& holiday, CalendarSpec* spec) {
  if (const auto date = ParseDate(holiday.value)) {
    spec->holidays.push_back(*date);
  } else if (UseDaysOff(context, holiday)) {
    const Source* source = context.sources.Find(holiday.value);
    const auto closed = ReadICalendar(source->text(), Utc(), kDaysOffFrom, kDaysOffUntil);
    spec->holidays.insert(spec->holidays.end(), closed->dates.begin(), closed->dates.end());
    spec->leave.insert(spec->leave.end(), closed->times.begin(), closed->times.end());
  }
}

// On no weekday, and on no date of a shift.
bool NeverOpens(const CalendarSpec& spec) {
  const auto on_holiday = [&](LocalDate date) {
    return std::ranges::find(spec.holidays, date) != spec.holidays.end();
  };
  return std::ranges::all_of(spec.weekly, [](const auto& slots) { return slots.empty(); }) &&
         std::ranges::all_of(spec.shifts, [&](const auto& shift) {
           return shift.second.empty() || on_holiday(shift.first);
         });
}

void CompileCalendar(CompileContext& context, const Located<std::string>& name,
                     const CalendarDoc& doc) {
  if (!context.names.Declare(NameKind::kCalendar, name, context.out)) return;
  if (std::ranges::find(kReserved, name.value) != std::end(kReserved)) {
    context.out.Error(
        222, name.place,
        fmt::format("'{}' has a meaning of its own where hours are named", name.value),
        "call the calendar something else");
  }
  CalendarSpec spec;
  AddWeekly(context, doc.weekly, &spec);
  for (const auto& [date, slots] : doc.shifts) spec.shifts[date] = SlotsOf(context, slots);
  for (const auto& holiday : doc.holidays) AddHoliday(context, holiday, &spec);
  if (doc.whole && NeverOpens(spec)) context.closed_calendars.push_back(name);
  context.builder.AddCalendar(name.value, std::move(spec));
}

void ReportNoDaysOff(CompileContext& context, const Located<std::string>& name) {
  const auto date = ParseDate(name.value);
  const bool like_a_date =
      name.value.size() == 10 && name.value.find_first_not_of("0123456789-") == std::string::npos;
  if (!date && like_a_date) return context.out.Report(date.error(), name.place);
  context.out.Error(
      206, name.place,
      name.value.empty() ? "this names no file" : fmt::format("'{}' is no .ics file", name.value),
      "give the path of an .ics file in the rule folder, or dates such as 2026-12-24");
}

}  // namespace

bool UseDaysOff(CompileContext& context, const Located<std::string>& name) {
  if (!name.value.ends_with(".ics")) {
    ReportNoDaysOff(context, name);
    return false;
  }
  if (context.builder.hours().KnowsDaysOff(name.value)) return true;
  const Source* source = context.UseFile(name);
  if (source == nullptr || !ExpectText(*source, context.out)) return false;
  const auto closed = ReadICalendar(source->text(), Utc(), kDaysOffFrom, kDaysOffUntil);
  if (!closed) {
    ReportEach(context.out, closed.error(), *source);
    return false;
  }
  context.builder.AddDaysOff(name.value, std::string(source->text()));
  return true;
}

void CompileCalendars(CompileContext& context) {
  context.names.DeclareBuiltIn(NameKind::kCalendar, "always");
  for (const CalendarsDoc& doc : context.draft.calendars) {
    for (const auto& [name, calendar] : doc.calendars) CompileCalendar(context, name, calendar);
  }
}

}  // namespace pm
