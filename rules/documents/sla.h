// `kind: sla` as written.
#pragma once
#include "rules/documents/scalars.h"

namespace pm {

enum class FromDoc : uint8_t { kRouted, kAssigned };
constexpr std::array<YamlName<FromDoc>, 2> YamlNames(std::type_identity<FromDoc>) {
  return {{{"routed", FromDoc::kRouted}, {"assigned", FromDoc::kAssigned}}};
}
enum class PerDoc : uint8_t { kLead, kAssignment };
constexpr std::array<YamlName<PerDoc>, 2> YamlNames(std::type_identity<PerDoc>) {
  return {{{"lead", PerDoc::kLead}, {"assignment", PerDoc::kAssignment}}};
}
struct MilestoneDoc {
  static constexpr std::string_view kYamlName = "milestone";
  static constexpr std::string_view kYamlShort = "{ within: * }";
  static constexpr Habit kYamlHabits[] = {
      {"time", "within"}, {"due", "within"}, {"deadline", "within"}, {"at_most", "within"}};
  Located<Duration> within;
  std::optional<Located<FromDoc>> from;
  std::optional<PerDoc> per;
  template <class V>
  static void Describe(V& v) {
    v.Required("within", &MilestoneDoc::within, "Business time.");
    v.Field("from", &MilestoneDoc::from, "Where the clock starts; accept: assigned, else routed.");
    v.Field("per", &MilestoneDoc::per, "assignment: it restarts with each hand-over.");
  }
};
struct MilestonesDoc {
  static constexpr std::string_view kYamlName = "milestones";
  std::optional<MilestoneDoc> assign, accept, first_touch, next_touch, handoff_accept;
  template <class V>
  static void Describe(V& v) {
    v.Field("assign", &MilestonesDoc::assign, "Time until a rep has it.");
    v.Field("accept", &MilestonesDoc::accept, "Time until the rep accepts.");
    v.Field("first_touch", &MilestonesDoc::first_touch, "Time until a rep reaches out.");
    v.Field("next_touch", &MilestonesDoc::next_touch,
            "Time until a rep reaches out after another hand raise. No effect yet.");
    v.Field("handoff_accept", &MilestonesDoc::handoff_accept,
            "Time until the AE takes a handoff. No effect yet.");
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};
enum class ExcludeDoc : uint8_t { kAllPrevious };
constexpr std::array<YamlName<ExcludeDoc>, 1> YamlNames(std::type_identity<ExcludeDoc>) {
  return {{{"all_previous", ExcludeDoc::kAllPrevious}}};
}
enum class ReassignElse : uint8_t { kKeep, kQueue };
constexpr std::array<YamlName<ReassignElse>, 2> YamlNames(std::type_identity<ReassignElse>) {
  return {{{"keep", ReassignElse::kKeep}, {"queue", ReassignElse::kQueue}}};
}
struct ReassignDoc {
  static constexpr std::string_view kYamlName = "reassign";
  ExcludeDoc exclude = ExcludeDoc::kAllPrevious;
  int64_t at_most = 3;
  ReassignElse otherwise = ReassignElse::kKeep;
  template <class V>
  static void Describe(V& v) {
    v.Field("exclude", &ReassignDoc::exclude, "Who does not get it again.");
    v.Field("at_most", &ReassignDoc::at_most, "Times a lead is reassigned by this rung.",
            {.min = 1, .max = 100});
    v.Field("else", &ReassignDoc::otherwise,
            "After that, or when nobody else of its pool can have it (of a lead given by name: "
            "nobody): the rep keeps it and the manager is told; or the fallback queue, and before "
            "that, unless it was the last time, what is behind its pool.");
  }
};
struct RungDoc {
  static constexpr std::string_view kYamlName = "rung";
  Located<RungTime> at;
  std::vector<Located<std::string>> notify;
  std::vector<Located<std::string>> escalate;
  std::optional<ReassignDoc> reassign;
  SourcePlace place;
  template <class V>
  static void Describe(V& v) {
    v.Required("at", &RungDoc::at, "When: 80%, due, or due + 30m.");
    v.Field("notify", &RungDoc::notify, "rep, manager, a rep's id or an address.",
            {.max_items = 16, .or_one = true});
    v.Field("escalate", &RungDoc::escalate, "The same, as an escalation.",
            {.max_items = 16, .or_one = true});
    v.Field("reassign", &RungDoc::reassign, "Another rep gets it.");
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};
struct LadderDoc {
  static constexpr std::string_view kYamlName = "ladder";
  std::vector<RungDoc> assign, accept, first_touch, next_touch, handoff_accept;
  template <class V>
  static void Describe(V& v) {
    v.Field("assign", &LadderDoc::assign, "What happens on the way to and past this due.");
    v.Field("accept", &LadderDoc::accept, "What happens on the way to and past this due.");
    v.Field("first_touch", &LadderDoc::first_touch,
            "What happens on the way to and past this due.");
    v.Field("next_touch", &LadderDoc::next_touch, "The same. No effect yet.");
    v.Field("handoff_accept", &LadderDoc::handoff_accept, "The same. No effect yet.");
  }
};
struct PauseDoc {
  static constexpr std::string_view kYamlName = "pause";
  YamlNode while_holds;
  template <class V>
  static void Describe(V& v) {
    v.Required("while", &PauseDoc::while_holds, "The clock stands while this holds.");
  }
};
struct SlaDoc {
  static constexpr std::string_view kYamlName = "sla policy";
  Located<std::string> hours{"assignee", {}};
  Duration grace;
  MilestonesDoc milestones;
  LadderDoc ladder;
  std::optional<PauseDoc> pause;
  SourcePlace place;
  template <class V>
  static void Describe(V& v) {
    v.Field(
        "hours", &SlaDoc::hours,
        "assignee, pool, prospect, always, or a calendar. Time in which a pool holds the lead for "
        "its hours does not count, but for always and calendars.");
    v.Field("grace", &SlaDoc::grace, "How long the verdict waits for evidence to arrive.");
    v.Required("milestones", &SlaDoc::milestones, "What must happen, and by when.");
    v.Field("ladder", &SlaDoc::ladder, "Warnings and consequences, by milestone.");
    v.Field("pause", &SlaDoc::pause, "When the clock stands.");
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};
struct SlasDoc {
  static constexpr std::string_view kYamlName = "sla";
  using RestIs = SlaDoc;                             // for the reference
  YamlMap<YamlNode, Located<std::string>> policies;  // kept as trees: their text is their hash
  template <class V>
  static void Describe(V& v) {
    v.Rest("name", &SlasDoc::policies, "An SLA policy.");
  }
};

}  // namespace pm
