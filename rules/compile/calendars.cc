#include <fmt/format.h>

#include "rules/compile/passes.h"

namespace pm {
namespace {

constexpr int kNoOpenTime = 227;
constexpr std::string_view kReserved[] = {"always", "assignee", "pool", "prospect"};

void AddWeekdays(CompileContext& context, const SourcePlace& place, const WeekdayRange& days,
                 const std::vector<Slot>& slots, CalendarSpec* spec) {
  for (auto day = static_cast<size_t>(days.first);; day = (day + 1) % 7) {
    if (!spec->weekly[day].empty()) {
      context.out.Error(kNoOpenTime, place,
                        fmt::format("{} stands in two lines of the calendar",
                                    FormatWeekday(static_cast<Weekday>(day))));
      return;
    }
    spec->weekly[day] = slots;
    if (day == static_cast<size_t>(days.last)) return;
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
  for (const auto& [days, slots] : doc.weekly) {
    AddWeekdays(context, doc.place, days, slots, &spec);
  }
  for (const auto& [date, slots] : doc.shifts) spec.shifts[date] = slots;
  for (const auto& holiday : doc.holidays) AddHoliday(context, holiday, &spec);
  if (std::ranges::all_of(spec.weekly, [](const auto& slots) { return slots.empty(); })) {
    context.out.Error(kNoOpenTime, name.place,
                      fmt::format("calendar '{}' has no open time", name.value));
  }
  context.builder.AddCalendar(name.value, std::move(spec));
}

}  // namespace

bool UseDaysOff(CompileContext& context, const Located<std::string>& name) {
  if (!name.value.ends_with(".ics")) {
    context.out.Error(206, name.place, fmt::format("'{}' is no .ics file", name.value),
                      "give the path of an .ics file in the rule folder, or dates");
    return false;
  }
  if (context.builder.hours().KnowsDaysOff(name.value)) return true;
  const Source* source = context.UseFile(name);
  if (source == nullptr) return false;
  const auto closed = ReadICalendar(source->text(), Utc(), kDaysOffFrom, kDaysOffUntil);
  if (!closed) {
    context.out.Report(closed.error(), PlaceOfFile(*source));
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
