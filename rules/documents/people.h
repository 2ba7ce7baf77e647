// `kind: team` and `kind: calendars` as written.
#pragma once
#include "rules/documents/scalars.h"

namespace pm {

constexpr std::array<YamlName<PoolStrategy>, 3> YamlNames(std::type_identity<PoolStrategy>) {
  return {{{"weighted", PoolStrategy::kWeighted},
           {"least_loaded", PoolStrategy::kLeastLoaded},
           {"queue", PoolStrategy::kQueue}}};
}
inline constexpr Habit kPoolStrategyHabits[] = {
    {"round_robin", "weighted"}, {"rotation", "weighted"}, {"random", "weighted"},
    {"even", "weighted"},        {"load", "least_loaded"}, {"balanced", "least_loaded"},
    {"manual", "queue"},         {"claim", "queue"}};
constexpr std::span<const Habit> YamlHabits(std::type_identity<PoolStrategy>) {
  return kPoolStrategyHabits;
}
constexpr std::array<YamlName<OffHours>, 3> YamlNames(std::type_identity<OffHours>) {
  return {{{"assign", OffHours::kAssign},
           {"hold", OffHours::kHold},
           {"overflow", OffHours::kOverflow}}};
}
constexpr std::array<YamlName<QueueOrder>, 3> YamlNames(std::type_identity<QueueOrder>) {
  return {{{"due", QueueOrder::kDue},
           {"score", QueueOrder::kScore},
           {"arrival", QueueOrder::kArrival}}};
}

// `ana`, or `{ rep: ana, weight: 2 }`.
struct MemberDoc {
  static constexpr std::string_view kYamlName = "member";
  static constexpr Habit kYamlHabits[] = {
      {"user", "rep"}, {"id", "rep"}, {"name", "rep"}, {"share", "weight"}};
  Located<std::string> rep;
  int64_t weight = 1;
  std::vector<std::string> skills;
  template <class V>
  static void Describe(V& v) {
    v.Required("rep", &MemberDoc::rep, "Id of the rep.");
    v.Field("weight", &MemberDoc::weight, "Share of the work, against the others' weights.",
            {.min = 1, .max = 1000});
    v.Field("skills", &MemberDoc::skills, "What they can do for this pool. No effect yet.",
            {.max_items = 64, .or_one = true});
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};
struct MemberOrName {
  MemberDoc member;
};
bool ReadYaml(const YamlNode& node, MemberOrName* out, Diagnostics& diagnostics);
std::string_view YamlTypeName(std::type_identity<MemberOrName>);

enum class StickyBy : uint8_t { kAccount };
constexpr std::array<YamlName<StickyBy>, 1> YamlNames(std::type_identity<StickyBy>) {
  return {{{"account", StickyBy::kAccount}}};
}
enum class StickyAway : uint8_t { kOther, kBackup };
constexpr std::array<YamlName<StickyAway>, 2> YamlNames(std::type_identity<StickyAway>) {
  return {{{"other", StickyAway::kOther}, {"backup", StickyAway::kBackup}}};
}
struct StickyDoc {
  static constexpr std::string_view kYamlName = "sticky";
  static constexpr std::string_view kYamlShort = "{ by: * }";
  StickyBy by = StickyBy::kAccount;
  Located<Duration> for_time{Days(90), {}};
  StickyAway if_away = StickyAway::kOther;
  SourcePlace place;
  template <class V>
  static void Describe(V& v) {
    v.Field("by", &StickyDoc::by, "What leads must share to go to the same rep.");
    v.Field("for", &StickyDoc::for_time, "How long after the last assignment.");
    v.Field("if_away", &StickyDoc::if_away, "Who takes it when that rep is away.");
  }
};

enum class OnAway : uint8_t { kRelease, kKeep };
constexpr std::array<YamlName<OnAway>, 2> YamlNames(std::type_identity<OnAway>) {
  return {{{"release", OnAway::kRelease}, {"keep", OnAway::kKeep}}};
}

// `5 open`.
struct OpenCount {
  int64_t open = 0;
};
bool ReadYaml(const YamlNode& node, OpenCount* out, Diagnostics& diagnostics);
std::string_view YamlTypeName(std::type_identity<OpenCount>);

struct ClaimDoc {
  static constexpr std::string_view kYamlName = "claim";
  static constexpr std::string_view kYamlShort = "{ at_most: * }";
  std::optional<Located<OpenCount>> at_most;
  std::optional<Located<Duration>> return_after;
  template <class V>
  static void Describe(V& v) {
    v.Field("at_most", &ClaimDoc::at_most, "Claimed leads a rep may hold open.");
    v.Field("return_after", &ClaimDoc::return_after,
            "A claimed lead without a touch returns to the queue; left out: it stays.");
  }
};

// `0`, `3` or `all`.
struct CatchUp {
  bool all = false;
  int64_t leads = 0;
};
bool ReadYaml(const YamlNode& node, CatchUp* out, Diagnostics& diagnostics);
std::string_view YamlTypeName(std::type_identity<CatchUp>);

struct AfterLeaveDoc {
  static constexpr std::string_view kYamlName = "after leave";
  static constexpr std::string_view kYamlShort = "{ catch_up: * }";
  CatchUp catch_up;
  template <class V>
  static void Describe(V& v) {
    v.Required("catch_up", &AfterLeaveDoc::catch_up,
               "Leads that a rep who returns gets above the share: 0, a number or all.");
  }
};

struct PoolDoc {
  static constexpr std::string_view kYamlName = "pool";
  static constexpr Habit kYamlHabits[] = {
      {"reps", "members"},        {"users", "members"}, {"people", "members"},
      {"limit", "caps"},          {"limits", "caps"},   {"max", "caps"},
      {"fallback", "overflow"},   {"else", "overflow"}, {"timezone", "zone"},
      {"time_zone", "zone"},      {"tz", "zone"},       {"calendar", "hours"},
      {"business_hours", "hours"}};
  Located<std::string> desk{"main", {}};
  PoolStrategy strategy = PoolStrategy::kWeighted;
  Located<std::vector<MemberOrName>> members;
  std::vector<Located<Cap>> caps;
  Located<OffHours> off_hours{OffHours::kAssign, {}};
  OnAway on_away = OnAway::kRelease;
  std::optional<StickyDoc> sticky;
  std::vector<Located<std::string>> overflow;
  std::vector<Located<QueueOrder>> order;
  std::optional<ClaimDoc> claim;
  std::optional<Located<std::string>> hours;
  Located<std::string> zone{"UTC", {}};
  std::optional<AfterLeaveDoc> after_leave;
  SourcePlace place;
  bool whole = true;
  template <class V>
  static void Describe(V& v) {
    v.Field("desk", &PoolDoc::desk, "Desk the pool belongs to; a rep works at one desk.");
    v.Field("strategy", &PoolDoc::strategy, "Who is next.");
    v.Field("members", &PoolDoc::members,
            "Reps who share the work; of a queue, who may claim: left out, every rep of its desk.",
            {.max_items = 10'000});
    v.Field("caps", &PoolDoc::caps, "Limits of each member from this pool; all hold.",
            {.max_items = 16, .or_one = true});
    v.Field("off_hours", &PoolDoc::off_hours, "When nobody is at work.");
    v.Field("on_away", &PoolDoc::on_away,
            "What an absent rep has not begun: released to the backup or others, or kept.");
    v.Field("sticky", &PoolDoc::sticky, "Leads of one account go to one rep.");
    v.Field("overflow", &PoolDoc::overflow, "Pools to try when no member can take it, in order.",
            {.max_items = 16, .or_one = true});
    v.Field("order", &PoolDoc::order, "Of a queue: what comes first.", {.max_items = 3});
    v.Field("claim", &PoolDoc::claim, "Of a queue: how reps claim.");
    v.Field("hours", &PoolDoc::hours, "Calendar of the pool, for SLAs with `hours: pool`.");
    v.Field("zone", &PoolDoc::zone, "IANA zone of that calendar.");
    v.Field("after_leave", &PoolDoc::after_leave,
            "What a rep who returns catches up on. No effect yet.");
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};

struct TeamDoc {
  static constexpr std::string_view kYamlName = "team";
  static constexpr Habit kYamlHabits[] = {
      {"reps", "roster"}, {"users", "roster"}, {"teams", "pools"}, {"queues", "pools"}};
  std::optional<Located<std::string>> roster;
  YamlMap<PoolDoc, Located<std::string>> pools;
  template <class V>
  static void Describe(V& v) {
    v.Field("roster", &TeamDoc::roster, "CSV file with the reps.");
    v.Field("pools", &TeamDoc::pools, "Pools by name.");
  }
};

struct CalendarDoc {
  static constexpr std::string_view kYamlName = "calendar";
  static constexpr std::string_view kYamlShort = "{ weekly: { mon-fri: * } }";
  static constexpr Habit kYamlHabits[] = {
      {"hours", "weekly"},    {"week", "weekly"},       {"weekdays", "weekly"},  {"open", "weekly"},
      {"closed", "holidays"}, {"days_off", "holidays"}, {"exceptions", "shifts"}};
  YamlMap<std::vector<Located<Slot>>, Located<WeekdayRange>> weekly;
  YamlMap<std::vector<Located<Slot>>, LocalDate> shifts;
  std::vector<Located<std::string>> holidays;
  SourcePlace place;
  bool whole = true;
  template <class V>
  static void Describe(V& v) {
    v.Required("weekly", &CalendarDoc::weekly, "Open hours by weekday, on the rep's wall clock.",
               {.or_one = true});
    v.Field("shifts", &CalendarDoc::shifts, "Open hours of single dates, instead of the weekly.",
            {.or_one = true});
    v.Field("holidays", &CalendarDoc::holidays, ".ics files or dates that are closed for all.",
            {.or_one = true});
  }
};

struct CalendarsDoc {
  static constexpr std::string_view kYamlName = "calendars";
  YamlMap<CalendarDoc, Located<std::string>> calendars;
  template <class V>
  static void Describe(V& v) {
    v.Rest("name", &CalendarsDoc::calendars, "A calendar.");
  }
};

}  // namespace pm
