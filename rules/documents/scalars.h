// Scalars of rule documents: how each is written, read by its declared type. All errors are
// PM0215 or the code of the parser behind (durations: PM0022).
#pragma once
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/text/describe_yaml.h"
#include "base/time/calendar.h"
#include "base/time/text.h"
#include "rules/book.h"

namespace pm {

bool ReadYaml(const YamlNode& node, Duration* out, Diagnostics& diagnostics);  // 14d
bool ReadYaml(const YamlNode& node, Span* out, Diagnostics& diagnostics);      // 1 business day
std::string_view YamlTypeName(std::type_identity<Duration>);
std::string YamlText(Duration value);  // how a default is written; empty: none
std::string YamlText(const Span& value);
std::string_view YamlTypeName(std::type_identity<Span>);
std::string_view YamlTypeName(std::type_identity<YamlNode>);  // conditions, told as `condition`

// `30 per 7d`.
Result<PointsLimit> ParsePointsLimit(std::string_view text);
bool ReadYaml(const YamlNode& node, PointsLimit* out, Diagnostics& diagnostics);
std::string_view YamlTypeName(std::type_identity<PointsLimit>);

// `40 open`, `15 per day`, `60 per week`, `200 per month` (civil, in the rep's zone), `60 per 7d`
// (rolling).
Result<Cap> ParseCap(std::string_view text);
Result<Cap> ParseOpenCount(std::string_view text);  // a cap, too, told of as `5 open`
bool ReadYaml(const YamlNode& node, Cap* out, Diagnostics& diagnostics);
std::string_view YamlTypeName(std::type_identity<Cap>);

// `09:00-11:30 prospect`, `09:00-17:00 rep`; without a word the prospect's.
Result<StepWindow> ParseWindow(std::string_view text);
bool ReadYaml(const YamlNode& node, StepWindow* out, Diagnostics& diagnostics);
std::string_view YamlTypeName(std::type_identity<StepWindow>);

// `150 per day`: a cap that counts what was done, not what is open.
struct Rate {
  Cap cap;
};
bool ReadYaml(const YamlNode& node, Rate* out, Diagnostics& diagnostics);
std::string_view YamlTypeName(std::type_identity<Rate>);

// `80%`, `due`, `due + 30m`: when a rung of a ladder is reached.
struct RungTime {
  bool percent = false;
  int64_t percent_of = 0;  // 1..100
  Duration after_due;
  std::string text;
};
Result<RungTime> ParseRungTime(std::string_view text);
bool ReadYaml(const YamlNode& node, RungTime* out, Diagnostics& diagnostics);
std::string_view YamlTypeName(std::type_identity<RungTime>);

// `50%`, 1..100.
struct Percent {
  int64_t of = 100;
};
Result<Percent> ParsePercent(std::string_view text);
bool ReadYaml(const YamlNode& node, Percent* out, Diagnostics& diagnostics);
std::string_view YamlTypeName(std::type_identity<Percent>);

bool ReadYaml(const YamlNode& node, Slot* out, Diagnostics& diagnostics);  // 09:00-13:00
std::string_view YamlTypeName(std::type_identity<Slot>);
bool ReadYaml(const YamlNode& node, LocalDate* out, Diagnostics& diagnostics);  // 2026-12-24
std::string_view YamlTypeName(std::type_identity<LocalDate>);

// `mon`, `mon-fri`, `fri-mon` (round the week): which weekdays a line of a calendar is about.
struct WeekdayRange {
  Weekday first = Weekday::kMonday;
  Weekday last = Weekday::kMonday;
  bool known = false;  // false: could not be read
};
Result<WeekdayRange> ParseWeekdayRange(std::string_view text);
bool ReadYaml(const YamlNode& node, WeekdayRange* out, Diagnostics& diagnostics);
std::string_view YamlTypeName(std::type_identity<WeekdayRange>);

// PM0203, a warning: `what` is part of the language and was read, but nothing comes of it yet.
void WarnLater(const SourcePlace& place, std::string_view what, std::string hint, Diagnostics& out);
// The same of a key of that map, at the key; nothing when the map does not have it.
void WarnLaterKey(const YamlNode& map, std::string_view key, std::string hint, Diagnostics& out);

}  // namespace pm
