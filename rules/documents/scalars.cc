#include "rules/documents/scalars.h"

#include <fmt/format.h>

#include "rules/documents/scalar_hints.h"
#include "rules/literal.h"

namespace pm {
namespace {

constexpr int kNotBuilt = 203, kWrongForm = 215;
constexpr int64_t kMostCount = 1'000'000;

template <class T>
std::expected<T, Error> Bad(std::string_view text, std::string_view wanted) {
  return Fail(kWrongForm, fmt::format("'{}' is not {}", text, wanted));
}

std::string_view Trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// `0 open`, `000 per day`: of the right form, but nothing.
bool IsNothing(std::string_view text) {
  const std::string_view count = text.substr(0, text.find(' '));
  return !count.empty() && count.size() < text.size() && count.find_first_not_of('0') == count.npos;
}

// What a count of caps, rates and limits is told when it is zero.
std::unexpected<Error> Nothing(std::string_view text) {
  return Fail(kWrongForm, fmt::format("'{}' allows nothing: the count is 1 at least", text));
}

// `2000000 open`: of the right form, but past every bound.
bool IsTooMany(std::string_view text) {
  const std::string_view count = text.substr(0, text.find(' '));
  if (count.empty() || count.size() == text.size()) return false;
  if (count[0] == '0' || count.find_first_not_of("0123456789") != count.npos) return false;
  const auto number = ReadInteger(count);
  return !number || *number > kMostCount;
}
std::unexpected<Error> TooMany(std::string_view text) {
  return Fail(kWrongForm, fmt::format("'{}' counts more than {}", text, kMostCount));
}

// `30 per 7d` to {30, "7d"}; a count without `per` leaves the second part empty.
std::optional<std::pair<int64_t, std::string_view>> SplitPer(std::string_view text) {
  const size_t space = text.find(' ');
  const auto count = ReadInteger(text.substr(0, space));
  if (!count || *count < 1 || *count > kMostCount || space == std::string_view::npos) {
    return std::nullopt;
  }
  return std::pair(*count, Trimmed(text.substr(space)));
}

Result<Cap> ParseRateCap(std::string_view text) {
  auto cap = ParseCap(text);
  if (cap || IsNothing(text) || IsTooMany(text)) return cap;
  return Bad<Cap>(text, "a rate such as '150 per day' or '60 per 7d'");
}

Result<int64_t> PercentOf(std::string_view text) {
  if (text.ends_with('%')) {
    const auto number = ReadInteger(text.substr(0, text.size() - 1));
    if (number && *number >= 1 && *number <= 100) return *number;
  }
  return Bad<int64_t>(text, "a percentage such as 80% (1% to 100%)");
}

}  // namespace

void WarnLater(const SourcePlace& place, std::string_view what, std::string hint,
               Diagnostics& out) {
  out.Warning(kNotBuilt, place, fmt::format("'{}' is read but has no effect yet", what),
              std::move(hint));
}

void WarnLaterKey(const YamlNode& map, std::string_view key, std::string hint, Diagnostics& out) {
  for (const YamlEntry& entry : map.entries) {
    if (entry.key.text == key) return WarnLater(PlaceOf(entry.key), key, std::move(hint), out);
  }
}

Result<PointsLimit> ParsePointsLimit(std::string_view text) {
  const auto split = SplitPer(text);
  if (split && split->second.starts_with("per ")) {
    const auto per = ParseDuration(Trimmed(split->second.substr(4)));
    if (per && per->ms > 0) return PointsLimit{split->first, *per};
  }
  if (IsNothing(text)) return Nothing(text);
  if (IsTooMany(text)) return TooMany(text);
  return Bad<PointsLimit>(text, "a limit such as '30 per 7d'");
}

Result<Cap> ParseCap(std::string_view text) {
  static constexpr std::pair<std::string_view, Cap::Kind> kKinds[] = {
      {"open", Cap::Kind::kOpen},
      {"per day", Cap::Kind::kPerDay},
      {"per week", Cap::Kind::kPerWeek},
      {"per month", Cap::Kind::kPerMonth}};
  if (const auto split = SplitPer(text)) {
    for (const auto& [name, kind] : kKinds) {
      if (split->second == name) return Cap{.kind = kind, .limit = split->first, .window = {}};
    }
    if (split->second.starts_with("per ")) {
      const auto window = ParseDuration(Trimmed(split->second.substr(4)));
      if (window && window->ms > 0 && *window <= Days(366)) {
        return Cap{.kind = Cap::Kind::kRolling, .limit = split->first, .window = *window};
      }
    }
  }
  if (IsNothing(text)) return Nothing(text);
  if (IsTooMany(text)) return TooMany(text);
  return Bad<Cap>(text, "a cap such as '40 open', '15 per day', '60 per week' or '60 per 7d'");
}

Result<Cap> ParseOpenCount(std::string_view text) {
  auto cap = ParseCap(text);
  if (cap || IsNothing(text) || IsTooMany(text)) return cap;
  return Bad<Cap>(text, "a count of open leads such as '5 open'");
}

Result<StepWindow> ParseWindow(std::string_view text) {
  const size_t space = text.find(' ');
  const std::string_view whose =
      space == std::string_view::npos ? "prospect" : Trimmed(text.substr(space));
  const std::string_view times = text.substr(0, space);
  const size_t dash = times.find('-');
  const auto from = ParseTimeOfDay(times.substr(0, dash));
  const auto to = dash == std::string_view::npos ? from : ParseTimeOfDay(times.substr(dash + 1));
  if (!from || !to || (whose != "prospect" && whose != "rep")) {
    return Bad<StepWindow>(text, "a window such as '09:00-11:30 prospect' or '08:00-17:00 rep'");
  }
  if (to->ms <= from->ms) {
    return Bad<StepWindow>(text, to->ms == from->ms
                                     ? "a window with any open minute: it ends when it begins"
                                     : "a window with any open minute: it ends before it begins");
  }
  return StepWindow{.from_minute = from->ms / 60'000,
                    .to_minute = to->ms / 60'000,
                    .prospect = whose == "prospect",
                    .set = true};
}

Result<RungTime> ParseRungTime(std::string_view text) {
  RungTime rung{.percent = false, .percent_of = 0, .after_due = {}, .text = std::string(text)};
  if (text == "due") return rung;
  if (text.starts_with("due")) {
    const std::string_view rest = Trimmed(text.substr(3));
    const auto after = ParseDuration(Trimmed(rest.substr(rest.starts_with('+') ? 1 : 0)));
    if (rest.starts_with('+') && after) {
      rung.after_due = *after;
      return rung;
    }
  } else if (const auto percent = PercentOf(text)) {
    rung.percent = true;
    rung.percent_of = *percent;
    return rung;
  }
  return Bad<RungTime>(text, "a time of a ladder such as '80%', 'due' or 'due + 30m'");
}

Result<Percent> ParsePercent(std::string_view text) {
  PM_TRY(const int64_t of, PercentOf(text));
  return Percent{of};
}

Result<WeekdayRange> ParseWeekdayRange(std::string_view text) {
  const size_t dash = text.find('-');
  const auto first = ParseWeekday(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : ParseWeekday(text.substr(dash + 1));
  if (!first || !last) return Bad<WeekdayRange>(text, "weekdays such as 'mon-fri' or 'sat'");
  return WeekdayRange{.first = *first, .last = *last, .known = true};
}

bool ReadYaml(const YamlNode& node, Duration* out, Diagnostics& diagnostics) {
  return ReadParsed<Duration>(node, out, diagnostics, ParseDuration, HintOfDuration);
}
bool ReadYaml(const YamlNode& node, Span* out, Diagnostics& diagnostics) {
  return ReadParsed<Span>(node, out, diagnostics, ParseSpan, HintOfSpan);
}
bool ReadYaml(const YamlNode& node, PointsLimit* out, Diagnostics& diagnostics) {
  return ReadParsed<PointsLimit>(node, out, diagnostics, ParsePointsLimit, HintOfCount);
}
bool ReadYaml(const YamlNode& node, Cap* out, Diagnostics& diagnostics) {
  return ReadParsed<Cap>(node, out, diagnostics, ParseCap, HintOfCount);
}
bool ReadYaml(const YamlNode& node, Rate* out, Diagnostics& diagnostics) {
  if (!ReadParsed<Cap>(node, &out->cap, diagnostics, ParseRateCap, HintOfCount)) return false;
  if (out->cap.kind != Cap::Kind::kOpen) return true;
  diagnostics.Error(kWrongForm, PlaceOf(node), "a rate is over a length of time: '150 per day'");
  return false;
}
bool ReadYaml(const YamlNode& node, StepWindow* out, Diagnostics& diagnostics) {
  return ReadParsed<StepWindow>(node, out, diagnostics, ParseWindow, HintOfWindow);
}
bool ReadYaml(const YamlNode& node, RungTime* out, Diagnostics& diagnostics) {
  return ReadParsed<RungTime>(node, out, diagnostics, ParseRungTime, HintOfRung);
}
bool ReadYaml(const YamlNode& node, Percent* out, Diagnostics& diagnostics) {
  return ReadParsed<Percent>(node, out, diagnostics, ParsePercent);
}
bool ReadYaml(const YamlNode& node, Slot* out, Diagnostics& diagnostics) {
  return ReadParsed<Slot>(node, out, diagnostics, ParseSlot, HintOfSlot);
}
bool ReadYaml(const YamlNode& node, LocalDate* out, Diagnostics& diagnostics) {
  return ReadParsed<LocalDate>(node, out, diagnostics, ParseDate);
}
bool ReadYaml(const YamlNode& node, WeekdayRange* out, Diagnostics& diagnostics) {
  return ReadParsed<WeekdayRange>(node, out, diagnostics, ParseWeekdayRange, HintOfWeekdays);
}

std::string YamlText(Duration value) { return value == Duration{} ? "" : FormatDuration(value); }
std::string YamlText(const Span& value) { return value == Span{} ? "" : FormatSpan(value); }
std::string_view YamlTypeName(std::type_identity<Duration>) { return "duration"; }
std::string_view YamlTypeName(std::type_identity<Span>) { return "duration or business days"; }
std::string_view YamlTypeName(std::type_identity<YamlNode>) { return "condition"; }
std::string_view YamlTypeName(std::type_identity<PointsLimit>) { return "points per duration"; }
std::string_view YamlTypeName(std::type_identity<Cap>) { return "cap"; }
std::string_view YamlTypeName(std::type_identity<Rate>) { return "rate"; }
std::string_view YamlTypeName(std::type_identity<StepWindow>) { return "window"; }
std::string_view YamlTypeName(std::type_identity<RungTime>) { return "time of a ladder"; }
std::string_view YamlTypeName(std::type_identity<Percent>) { return "percentage"; }
std::string_view YamlTypeName(std::type_identity<Slot>) { return "open hours"; }
std::string_view YamlTypeName(std::type_identity<LocalDate>) { return "date"; }
std::string_view YamlTypeName(std::type_identity<WeekdayRange>) { return "weekdays"; }

}  // namespace pm
