// `kind: screening`, `scoring`, `lifecycle` as written. Conditions stay trees until they are
// compiled.
#pragma once
#include "rules/documents/scalars.h"

namespace pm {

struct ScreeningRuleDoc {
  static constexpr std::string_view kYamlName = "screening rule";
  static constexpr Habit kYamlHabits[] = {{"if", "when"},
                                          {"where", "when"},
                                          {"label", "as"},
                                          {"reason", "as"},
                                          {"tag", "as"},
                                          {"hold", "hold_for_review"},
                                          {"review", "hold_for_review"}};
  Located<std::string> name;
  YamlNode when;
  std::string as;
  std::optional<Located<Span>> hold_for_review;
  SourcePlace place;
  template <class V>
  static void Describe(V& v) {
    v.Required("name", &ScreeningRuleDoc::name, "Name, shown in traces.");
    v.Required("when", &ScreeningRuleDoc::when, "Which leads.");
    v.Field("as", &ScreeningRuleDoc::as, "What they are screened as: employee, competitor, ...");
    v.Field("hold_for_review", &ScreeningRuleDoc::hold_for_review,
            "Held for people to look at; released after this.");
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};
struct ScreeningDoc {
  static constexpr std::string_view kYamlName = "screening";
  std::vector<ScreeningRuleDoc> rules;
  template <class V>
  static void Describe(V& v) {
    v.Required("rules", &ScreeningDoc::rules, "First match wins.");
  }
};

struct BandsDoc {
  static constexpr std::string_view kYamlName = "bands";
  Located<std::string> of;
  YamlMap<int64_t, Located<std::string>> from;
  template <class V>
  static void Describe(V& v) {
    v.Required("of", &BandsDoc::of, "A field that holds a number.");
    v.Required("from", &BandsDoc::from, "Points from each value on.",
               {.min = -1'000'000, .max = 1'000'000});
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};
enum class ScopeDoc : uint8_t { kPerson, kAccount };
constexpr std::array<YamlName<ScopeDoc>, 2> YamlNames(std::type_identity<ScopeDoc>) {
  return {{{"person", ScopeDoc::kPerson}, {"account", ScopeDoc::kAccount}}};
}
struct FitRuleDoc {
  static constexpr std::string_view kYamlName = "fit rule";
  static constexpr Habit kYamlHabits[] = {
      {"if", "when"}, {"where", "when"}, {"score", "points"}, {"value", "points"}};
  Located<std::string> name;
  YamlNode when;
  std::optional<int64_t> points;
  std::optional<BandsDoc> bands;
  SourcePlace place;
  template <class V>
  static void Describe(V& v) {
    v.Required("name", &FitRuleDoc::name, "Name, shown in traces; a score keeps to it.");
    v.Field("when", &FitRuleDoc::when, "Which leads; left out: all.");
    v.Field("points", &FitRuleDoc::points, "Points, may be negative.",
            {.min = -1'000'000, .max = 1'000'000});
    v.Field("bands", &FitRuleDoc::bands, "Points by ranges of a number, instead of `points`.");
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};
struct EngagementRuleDoc {
  static constexpr std::string_view kYamlName = "engagement rule";
  static constexpr Habit kYamlHabits[] = {
      {"if", "when"},      {"where", "when"},   {"event", "signal"},  {"type", "signal"},
      {"score", "points"}, {"value", "points"}, {"limit", "at_most"}, {"cap", "at_most"}};
  Located<std::string> name;
  Located<std::string> signal;
  YamlNode when;
  int64_t points = 0;
  Located<PointsLimit> at_most;
  ScopeDoc scope = ScopeDoc::kPerson;
  SourcePlace place;
  template <class V>
  static void Describe(V& v) {
    v.Required("name", &EngagementRuleDoc::name, "Name, shown in traces; a score keeps to it.");
    v.Required("signal", &EngagementRuleDoc::signal, "Type of event, e.g. site.visited.");
    v.Field("when", &EngagementRuleDoc::when, "Which of these events; left out: all.");
    v.Required("points", &EngagementRuleDoc::points, "Points, may be negative.",
               {.min = -1'000'000, .max = 1'000'000});
    v.Field("at_most", &EngagementRuleDoc::at_most, "Most points in a length of time.");
    v.Field("scope", &EngagementRuleDoc::scope, "account: counts for everybody there.");
  }
};
struct FitDoc {
  static constexpr std::string_view kYamlName = "fit";
  int64_t cap = 100;
  std::vector<FitRuleDoc> rules;
  template <class V>
  static void Describe(V& v) {
    v.Field("cap", &FitDoc::cap, "Most points.", {.min = 1, .max = 1'000'000});
    v.Field("rules", &FitDoc::rules, "All that match count.");
  }
};
struct EngagementDoc {
  static constexpr std::string_view kYamlName = "engagement";
  int64_t cap = 100;
  std::optional<Located<Duration>> half_life;
  std::optional<Located<Duration>> window;
  std::vector<EngagementRuleDoc> rules;
  template <class V>
  static void Describe(V& v) {
    v.Field("cap", &EngagementDoc::cap, "Most points.", {.min = 1, .max = 1'000'000});
    v.Field("half_life", &EngagementDoc::half_life, "Points fade: half is left after this.");
    v.Field("window", &EngagementDoc::window, "Points count for this long, instead of fading.");
    v.Field("rules", &EngagementDoc::rules, "All that match count.");
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};
struct GradesDoc {
  static constexpr std::string_view kYamlName = "grades";
  YamlMap<Located<int64_t>, Located<std::string>> fit;
  YamlMap<Located<int64_t>, Located<std::string>> engagement;
  template <class V>
  static void Describe(V& v) {
    v.Field("fit", &GradesDoc::fit,
            "Grade by least fit score; scores below the lowest grade have it, too.");
    v.Field("engagement", &GradesDoc::engagement,
            "Grade by least engagement score; scores below the lowest grade have it, too.");
  }
};
struct ScoringDoc {
  static constexpr std::string_view kYamlName = "scoring";
  FitDoc fit;
  EngagementDoc engagement;
  GradesDoc grades;
  template <class V>
  static void Describe(V& v) {
    v.Field("fit", &ScoringDoc::fit, "Who they are.");
    v.Field("engagement", &ScoringDoc::engagement, "What they did; it fades.");
    v.Field("grades", &ScoringDoc::grades, "Names for ranges of the scores.");
  }
};

struct ThresholdDoc {
  static constexpr std::string_view kYamlName = "threshold";
  static constexpr Habit kYamlHabits[] = {
      {"if", "when"}, {"where", "when"}, {"stage", "to"}, {"then", "to"}};
  Located<std::string> to;
  YamlNode when;
  Duration cooldown;
  SourcePlace place;
  template <class V>
  static void Describe(V& v) {
    v.Required("to", &ThresholdDoc::to,
               "Stage that is reached: mql; mqa and pql have no effect yet.");
    v.Required("when", &ThresholdDoc::when, "The condition for it.");
    v.Field("cooldown", &ThresholdDoc::cooldown,
            "Not again within this; never blocks a hand raise.");
  }
};
constexpr std::array<YamlName<RepeatAction>, 5> YamlNames(std::type_identity<RepeatAction>) {
  return {{{"ignore", RepeatAction::kIgnore},
           {"notify_owner", RepeatAction::kNotifyOwner},
           {"reopen", RepeatAction::kReopen},
           {"new_lead", RepeatAction::kNewLead},
           {"take_submission", RepeatAction::kTakeSubmission}}};
}
enum class SameDoc : uint8_t { kForm };
constexpr std::array<YamlName<SameDoc>, 1> YamlNames(std::type_identity<SameDoc>) {
  return {{{"form", SameDoc::kForm}}};
}
enum class ReopenTo : uint8_t { kRules, kPreviousRep };
constexpr std::array<YamlName<ReopenTo>, 2> YamlNames(std::type_identity<ReopenTo>) {
  return {{{"rules", ReopenTo::kRules}, {"previous_rep", ReopenTo::kPreviousRep}}};
}
struct RepeatDoc {
  static constexpr std::string_view kYamlName = "repeat";
  std::optional<Located<Duration>> within;
  std::optional<SameDoc> same;
  std::vector<Located<std::string>> stage;
  std::vector<Located<std::string>> reason;
  YamlNode when;
  RepeatAction action = RepeatAction::kTakeSubmission;
  std::optional<Located<ReopenTo>> to;
  SourcePlace place;
  template <class V>
  static void Describe(V& v) {
    v.Field("within", &RepeatDoc::within, "Since the last submission, or since it was closed.");
    v.Field("same", &RepeatDoc::same, "form: by the same form.");
    v.Field("stage", &RepeatDoc::stage, "Stage of the lead.", {.max_items = 32, .or_one = true});
    v.Field("reason", &RepeatDoc::reason, "Why it was closed.", {.max_items = 64, .or_one = true});
    v.Field("when", &RepeatDoc::when, "A condition on the new submission.");
    v.Required("do", &RepeatDoc::action,
               "What happens. notify_owner is for leads at a desk and closed ones, reopen for "
               "nurture, recycled and closed ones, new_lead for closed ones, take_submission for "
               "open ones, ignore for all. With another lead the default is done: an open one "
               "takes the submission, a closed one gets a new cycle.");
    v.Field("to", &RepeatDoc::to, "Of reopen: who gets it.");
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};
struct GateDoc {
  static constexpr std::string_view kYamlName = "gate";
  Located<std::string> to;
  std::string framework;
  std::optional<Located<int64_t>> at_least;
  std::vector<Located<std::string>> of;
  template <class V>
  static void Describe(V& v) {
    v.Required("to", &GateDoc::to, "Stage that is guarded.");
    v.Required("framework", &GateDoc::framework, "Of qualification.recorded: bant, meddic, ...");
    v.Field("at_least", &GateDoc::at_least, "How many must be confirmed; left out: all.",
            {.min = 1, .max = 64});
    v.Required("of", &GateDoc::of, "The criteria that count.", {.max_items = 64, .or_one = true});
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};
struct LifecycleDoc {
  static constexpr std::string_view kYamlName = "lifecycle";
  std::vector<Located<std::string>> route_when;
  std::vector<ThresholdDoc> thresholds;
  std::vector<RepeatDoc> repeat;
  std::vector<GateDoc> gates;
  template <class V>
  static void Describe(V& v) {
    v.Field("route_when", &LifecycleDoc::route_when, "What routes a lead; nothing else does.",
            {.max_items = 16, .or_one = true});
    v.Field("thresholds", &LifecycleDoc::thresholds, "When a person becomes an mql.");
    v.Field("repeat", &LifecycleDoc::repeat,
            "Another submission of the same person; first match wins.");
    v.Field("gates", &LifecycleDoc::gates,
            "What must be confirmed before a stage is reached. No effect yet.", {.max_items = 64});
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};

}  // namespace pm
