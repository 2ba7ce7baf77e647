#include "rules/documents/scalar_hints.h"

#include <fmt/format.h>

#include "base/text/slips.h"
#include "base/time/civil.h"

namespace pm {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr Habit kUnits[] = {{"w", "w"},
                            {"week", "w"},
                            {"weeks", "w"},
                            {"d", "d"},
                            {"day", "d"},
                            {"days", "d"},
                            {"h", "h"},
                            {"hr", "h"},
                            {"hrs", "h"},
                            {"hour", "h"},
                            {"hours", "h"},
                            {"m", "m"},
                            {"min", "m"},
                            {"mins", "m"},
                            {"minute", "m"},
                            {"minutes", "m"},
                            {"s", "s"},
                            {"sec", "s"},
                            {"secs", "s"},
                            {"second", "s"},
                            {"seconds", "s"},
                            {"ms", "ms"},
                            {"millisecond", "ms"},
                            {"milliseconds", "ms"}};
constexpr Habit kBusinessDays[] = {{"business day", "b"}, {"business days", "b"},
                                   {"workday", "b"},      {"workdays", "b"},
                                   {"working day", "b"},  {"working days", "b"}};
constexpr Habit kDayGroups[] = {
    {"weekdays", "mon-fri"}, {"workdays", "mon-fri"}, {"weekday", "mon-fri"},
    {"weekend", "sat-sun"},  {"weekends", "sat-sun"}, {"daily", "mon-sun"},
    {"everyday", "mon-sun"}, {"all", "mon-sun"},      {"always", "mon-sun"}};
constexpr std::string_view kFullDays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                          "friday", "saturday", "sunday"};

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

std::string_view Trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::string DidYouMeanText(std::string_view text) {
  return text.empty() ? "" : fmt::format("did you mean '{}'?", text);
}

// `15 min` to {"15", "min"}; an empty number when it does not begin with one.
std::pair<std::string_view, std::string_view> NumberAndWord(std::string_view text) {
  text = Trimmed(text);
  const size_t end = std::min(text.find_first_not_of(kDigits), text.size());
  return {text.substr(0, end), Trimmed(text.substr(end))};
}

// `1 hour 30 minutes` to `1h30m`; empty when a unit is not known.
std::string ShortUnits(std::string_view text) {
  std::string told;
  while (!text.empty()) {
    const auto [number, rest] = NumberAndWord(text);
    const size_t letters = std::min(rest.find_first_of(" 0123456789"), rest.size());
    const std::string_view unit = MeantBy(kUnits, rest.substr(0, letters));
    if (number.empty() || unit.empty()) return {};
    told += fmt::format("{}{}", number, unit);
    text = Trimmed(rest.substr(letters));
  }
  return told;
}

bool IsBusinessDays(std::string_view word) { return !MeantBy(kBusinessDays, word).empty(); }

// `9`, `9:00`, `9.30`, `5pm` as `17:00`; empty when it is no time.
std::string TimeOfDay(std::string_view text) {
  std::string lower = Lower(Trimmed(text));
  const bool afternoon = lower.ends_with("pm"), morning = lower.ends_with("am");
  if (afternoon || morning) lower.resize(lower.size() - 2);
  const auto [hours, rest] = NumberAndWord(lower);
  const auto [minutes, nothing] = NumberAndWord(rest.substr(rest.empty() ? 0 : 1));
  const bool form = !hours.empty() && hours.size() <= 2 && nothing.empty() &&
                    (rest.empty() || rest[0] == ':' || rest[0] == '.' || rest[0] == 'h') &&
                    (minutes.empty() || minutes.size() == 2);
  if (!form) return {};
  int hour = hours.size() == 2 ? (hours[0] - '0') * 10 + hours[1] - '0' : hours[0] - '0';
  if (afternoon && hour < 12) hour += 12;
  if (morning && hour == 12) hour = 0;
  std::string time = fmt::format("{:02}:{}", hour, minutes.empty() ? "00" : minutes);
  return ParseTimeOfDay(time) ? time : "";
}

// `thu` for `Thu`, `thurs`, `th`; empty when it is no weekday.
std::string_view Weekday3(std::string_view text) {
  const std::string word = Lower(Trimmed(text));
  if (word.size() < 2) return {};
  for (const std::string_view day : kFullDays) {
    if (day.starts_with(word) || (word.size() > 3 && word.starts_with(day.substr(0, 3)))) {
      return day.substr(0, 3);
    }
  }
  return {};
}

// The two sides of `a-b`, `a – b`, `a to b`, `a..b`; the second is empty when there is one side.
std::pair<std::string_view, std::string_view> Sides(std::string_view text) {
  for (const std::string_view between : {"-", "–", "—", " to ", "..", "…"}) {
    const size_t at = text.find(between);
    if (at != text.npos) return {text.substr(0, at), text.substr(at + between.size())};
  }
  return {text, {}};
}

}  // namespace

std::string HintOfDuration(std::string_view text) {
  const auto [number, word] = NumberAndWord(text);
  if (number.empty()) return {};
  if (word.empty()) return fmt::format("{0}m are minutes, {0}h hours, {0}d days", number);
  if (IsBusinessDays(word)) {
    return "business days are for steps of cadences (`after`, `expires`, `rep_away`) and for "
           "`hold_for_review`; a day of 24 hours is 1d";
  }
  const std::string meant = ShortUnits(text);
  return meant == text ? "" : DidYouMeanText(meant);  // else it is only too long
}

std::string HintOfSpan(std::string_view text) {
  const auto [number, word] = NumberAndWord(text);
  if (!number.empty() && IsBusinessDays(word)) {
    const std::string meant = fmt::format("{} business day{}", number, number == "1" ? "" : "s");
    return meant == text ? "" : DidYouMeanText(meant);
  }
  return HintOfDuration(text);
}

std::string HintOfRung(std::string_view text) {
  const size_t plus = text.find('+');
  if (plus == std::string_view::npos || !text.starts_with("due")) return {};
  const std::string meant = ShortUnits(text.substr(plus + 1));
  return meant.empty() ? "" : DidYouMeanText("due + " + meant);
}

std::string HintOfSlot(std::string_view text) {
  const auto [from, to] = Sides(text);
  const std::string begin = TimeOfDay(from), end = TimeOfDay(to);
  const std::string meant = begin + '-' + end;
  return begin.empty() || end.empty() || begin == end ? "" : DidYouMeanText(meant);
}

std::string HintOfWindow(std::string_view text) {
  const size_t space = std::min(text.find(' '), text.size());
  const auto [from, to] = Sides(text.substr(0, space));
  const auto begin = ParseTimeOfDay(from), end = ParseTimeOfDay(to);
  if (!begin || !end || end->ms >= begin->ms) return {};
  return fmt::format(
      "a window is of one day, midnight parts it: {}-24:00{}", FormatTimeOfDay(*begin),
      end->ms == 0 ? "" : fmt::format(", or 00:00-{} of the next", FormatTimeOfDay(*end)));
}

std::string HintOfCount(std::string_view text) {
  const std::string_view count = text.substr(0, text.find(' '));
  const size_t zeros = count.find_first_not_of('0');
  if (count.empty() || count[0] != '0') return {};
  if (zeros == count.npos) {
    return text.ends_with("open") ? "who is to get no leads is left out of `members`" : "";
  }
  return DidYouMeanText(text.substr(zeros));
}

std::string HintOfWeekdays(std::string_view text) {
  if (const std::string_view group = MeantBy(kDayGroups, text); !group.empty()) {
    return DidYouMeanText(group);
  }
  const auto [first, last] = Sides(text);
  const std::string_view begin = Weekday3(first), end = Weekday3(last);
  if (begin.empty() || (end.empty() && !last.empty())) return {};
  return DidYouMeanText(end.empty() ? std::string(begin) : fmt::format("{}-{}", begin, end));
}

}  // namespace pm
