// `kind: routing` as written.
#pragma once
#include "rules/documents/scalars.h"
#include "rules/tables/route_table.h"

namespace pm {

inline constexpr Habit kTargetHabits[] = {
    {"team", "pool"},  {"group", "pool"}, {"queue", "pool"},    {"pools", "pool"},
    {"user", "rep"},   {"person", "rep"}, {"assignee", "rep"},  {"agent", "rep"},
    {"member", "rep"}, {"reps", "rep"},   {"fallback", "else"}, {"otherwise", "else"}};

struct ElseDoc {
  static constexpr std::string_view kYamlName = "else";
  static constexpr std::string_view kYamlShort = "{ pool: * }";
  static constexpr std::span<const Habit> kYamlHabits = kTargetHabits;
  Located<std::string> pool;
  template <class V>
  static void Describe(V& v) {
    v.Required("pool", &ElseDoc::pool, "Pool that takes it instead.");
  }
};
enum class IfAway : uint8_t { kFallThrough, kWait };
constexpr std::array<YamlName<IfAway>, 2> YamlNames(std::type_identity<IfAway>) {
  return {{{"fall_through", IfAway::kFallThrough}, {"wait", IfAway::kWait}}};
}
struct TargetDoc {
  static constexpr std::string_view kYamlName = "target";
  static constexpr std::string_view kYamlShort = "{ pool: * }";
  static constexpr std::span<const Habit> kYamlHabits = kTargetHabits;
  std::optional<Located<std::string>> pool, rep, owner, sdr_of, ae_of;
  std::optional<ElseDoc> otherwise;
  std::optional<Located<IfAway>> if_away;
  SourcePlace place;
  template <class V>
  static void Describe(V& v) {
    v.Field("pool", &TargetDoc::pool, "A pool, or `$column` of the table.");
    v.Field("rep", &TargetDoc::rep, "A rep, or `$column` of the table.");
    v.Field("owner", &TargetDoc::owner, "account, lead, or a field that names a rep.");
    v.Field("sdr_of", &TargetDoc::sdr_of, "A field that names an AE: the SDR who supports them.");
    v.Field("ae_of", &TargetDoc::ae_of,
            "assignee, or a field that names an SDR: the AE they support. No effect yet.");
    v.Field("else", &TargetDoc::otherwise,
            "Where to, when that cannot take it; left out, or when nobody of that pool can either: "
            "the next route.");
    v.Field("if_away", &TargetDoc::if_away, "Of a rep or owner who is away without a backup.");
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};
constexpr std::array<YamlName<HitPolicy>, 3> YamlNames(std::type_identity<HitPolicy>) {
  return {{{"unique", HitPolicy::kUnique},
           {"first", HitPolicy::kFirst},
           {"most_specific", HitPolicy::kMostSpecific}}};
}
inline constexpr Habit kHitPolicyHabits[] = {
    {"one", "unique"}, {"single", "unique"}, {"best", "most_specific"}};
constexpr std::span<const Habit> YamlHabits(std::type_identity<HitPolicy>) {
  return kHitPolicyHabits;
}
enum class Priority : uint8_t { kUrgent, kHigh, kNormal };
constexpr std::array<YamlName<Priority>, 3> YamlNames(std::type_identity<Priority>) {
  return {
      {{"urgent", Priority::kUrgent}, {"high", Priority::kHigh}, {"normal", Priority::kNormal}}};
}
inline constexpr Habit kPriorityHabits[] = {{"hot", "urgent"},
                                            {"critical", "urgent"},
                                            {"asap", "urgent"},
                                            {"medium", "normal"},
                                            {"low", "normal"}};
constexpr std::span<const Habit> YamlHabits(std::type_identity<Priority>) {
  return kPriorityHabits;
}
struct RouteDoc {
  static constexpr std::string_view kYamlName = "route";
  static constexpr Habit kYamlHabits[] = {
      {"if", "when"},      {"condition", "when"}, {"conditions", "when"}, {"where", "when"},
      {"filter", "when"},  {"then", "to"},        {"target", "to"},       {"assign", "to"},
      {"assign_to", "to"}, {"route_to", "to"},    {"send_to", "to"},      {"children", "routes"},
      {"rules", "routes"}};
  Located<std::string> name;
  YamlNode when;
  std::optional<Located<std::string>> table;
  std::vector<Located<std::string>> match;
  std::optional<Located<HitPolicy>> hit;
  std::optional<TargetDoc> to;
  std::optional<std::vector<RouteDoc>> routes;
  std::optional<Located<std::string>> sla, cadence;
  std::optional<Priority> priority;
  SourcePlace place;
  bool whole = true;
  template <class V>
  static void Describe(V& v) {
    v.Required("name", &RouteDoc::name, "Name, shown in traces.");
    v.Field("when", &RouteDoc::when, "Which leads; left out: all.");
    v.Field("table", &RouteDoc::table, "CSV file: a decision table.");
    v.Field("match", &RouteDoc::match, "Columns of the table that are fields to match.",
            {.max_items = 64, .or_one = true});
    v.Field("hit", &RouteDoc::hit, "Which row counts when several match; by default none may.");
    v.Field("to", &RouteDoc::to, "Who gets the lead.");
    v.Field("routes", &RouteDoc::routes, "Instead of `to`: routes tried within this one.");
    v.Field("sla", &RouteDoc::sla, "SLA of the hand-over.");
    v.Field("cadence", &RouteDoc::cadence, "Cadence to enrol in.");
    v.Field("priority", &RouteDoc::priority, "urgent, high or normal.");
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};
struct OtherwiseDoc {
  static constexpr std::string_view kYamlName = "otherwise";
  static constexpr std::string_view kYamlShort = "{ to: { pool: * } }";
  TargetDoc to;
  std::optional<Located<std::string>> sla, cadence;
  std::optional<Priority> priority;
  SourcePlace place;
  template <class V>
  static void Describe(V& v) {
    v.Required("to", &OtherwiseDoc::to, "A pool; better a queue, which always takes a lead.");
    v.Field("sla", &OtherwiseDoc::sla, "SLA of the hand-over.");
    v.Field("cadence", &OtherwiseDoc::cadence, "Cadence to enrol in.");
    v.Field("priority", &OtherwiseDoc::priority, "urgent, high or normal.");
  }
};
struct HoldDoc {
  static constexpr std::string_view kYamlName = "hold";
  static constexpr std::string_view kYamlShort = "{ until: ..., at_most: * }";
  YamlNode until;
  Located<Duration> at_most;
  template <class V>
  static void Describe(V& v) {
    v.Required("until", &HoldDoc::until, "Routing waits until this holds.");
    v.Required("at_most", &HoldDoc::at_most, "It waits no longer than this.");
  }
};
struct RoutingDoc {
  static constexpr std::string_view kYamlName = "routing";
  static constexpr Habit kYamlHabits[] = {{"default", "otherwise"},
                                          {"else", "otherwise"},
                                          {"fallback", "otherwise"},
                                          {"rules", "routes"},
                                          {"route", "routes"}};
  std::optional<HoldDoc> hold;
  std::vector<RouteDoc> routes;
  OtherwiseDoc otherwise;
  SourcePlace place;
  template <class V>
  static void Describe(V& v) {
    v.Field("hold", &RoutingDoc::hold, "Wait for enrichment.");
    v.Field("routes", &RoutingDoc::routes, "First match wins.");
    v.Required("otherwise", &RoutingDoc::otherwise, "Where a lead goes that no route took.");
  }
};

}  // namespace pm
