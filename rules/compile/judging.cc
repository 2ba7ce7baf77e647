#include <fmt/format.h>

#include <array>

#include "model/event_types.h"
#include "rules/compile/checks/catalogue.h"
#include "rules/compile/conditions.h"
#include "rules/compile/grades.h"
#include "rules/compile/passes.h"
#include "rules/literal.h"

namespace pm {
namespace {

constexpr int kNotBuilt = 203, kEither = 204, kUnknownName = 221, kDoubleName = 222;
constexpr std::string_view kRouteReasons[] = {"hand_raise", "mql", "mqa", "pql", "rep_request"};
constexpr std::string_view kBuiltReasons[] = {"hand_raise", "mql"};
// Why leads are closed, as people, CRMs and this engine call it.
constexpr std::string_view kUsualReasons[] = {"competitor", "employee", "spam",      "test",
                                              "duplicate",  "student",  "no_budget", "disqualified",
                                              "recycled",   "nurture",  "converted", "merged"};

// Contributions are stored under the hash of a rule's name.
uint32_t RuleId(std::string_view name) { return static_cast<uint32_t>(Hash64(name)); }

std::string WhereFirst(const SourcePlace& first) {
  if (first.source == nullptr) return {};
  return fmt::format("the first is at {}:{}", first.source->path(), first.position.line);
}

// Names are told in decisions, so each is one rule's.
class RuleNames {
 public:
  explicit RuleNames(CompileContext& context) : context_(context) {}
  void Take(const Located<std::string>& name) {
    const auto [first, is_new] = names_.emplace(name.value, name.place);
    if (is_new) return;
    context_.out.Error(kDoubleName, name.place,
                       fmt::format("two rules are called '{}'", name.value),
                       WhereFirst(first->second));
  }
  // Of a rule whose points are kept by its id.
  void TakeStored(const Located<std::string>& name) {
    Take(name);
    const auto [first, is_new] = ids_.emplace(RuleId(name.value), name.value);
    if (is_new || first->second == name.value) return;
    context_.out.Error(kDoubleName, name.place,
                       fmt::format("the names '{}' and '{}' cannot be told apart; change one",
                                   name.value, first->second));
  }

 private:
  CompileContext& context_;
  std::map<std::string_view, SourcePlace> names_;
  std::map<uint32_t, std::string_view> ids_;
};

std::vector<Band> CompileBands(CompileContext& context, const BandsDoc& doc,
                               const FieldDecl& field) {
  std::vector<Band> bands;
  for (const auto& [from, points] : doc.from) {
    const auto bound = ReadLiteral(field, from.value);
    if (!bound) {
      context.out.Report(bound.error(), from.place);
    } else if (std::ranges::find(bands, bound->number, &Band::from) != bands.end()) {
      context.out.Error(kDoubleName, from.place, "two bands begin at the same value");
    } else {
      bands.push_back({bound->number, points});
    }
  }
  std::ranges::sort(bands, {}, &Band::from);
  return bands;
}

ScoringRule CompileFitRule(CompileContext& context, const FitRuleDoc& doc) {
  ScoringRule rule;
  rule.name = doc.name.value;
  rule.origin = OriginOf(doc.place);
  rule.when = CompileCondition(context, doc.when, FactScope::kBeforeScore, {"fit rule", rule.name});
  rule.points = doc.points.value_or(0);
  if (!doc.bands) return rule;
  const FieldDecl* field = ExpectField(context, doc.bands->of, FactScope::kBeforeScore);
  if (field == nullptr) return rule;
  if (field->type != Type::kInt && field->type != Type::kDecimal &&
      field->type != Type::kDuration) {
    context.out.Error(
        211, doc.bands->of.place,
        fmt::format("bands are of a number; {} is {}", field->name, TypeName(field->type)));
    return rule;
  }
  rule.banded_field = FieldNumber{field->number};
  context.builder.slots().Add(*rule.banded_field);
  rule.bands = CompileBands(context, *doc.bands, *field);
  return rule;
}

// A limit that the first signal already meets, or that nothing comes near.
void CheckLimit(CompileContext& context, const EngagementRuleDoc& doc) {
  const int64_t limit = doc.at_most.value.points;
  if (doc.at_most.place.source == nullptr || limit == 0 || doc.points == 0) return;
  if (doc.points < 0) {
    context.out.Warning(kUnreachableScoreCode, doc.at_most.place,
                        "`at_most` limits points that are given; this rule takes some off",
                        "leave it out");
  } else if (doc.points > limit) {
    context.out.Warning(
        kUnreachableScoreCode, doc.at_most.place,
        fmt::format("`points: {}` is never given in full: `at_most` lets {} through", doc.points,
                    limit),
        fmt::format("write `points: {}`, or a larger limit", limit));
  }
}

ScoringRule CompileEngagementRule(CompileContext& context, const EngagementRuleDoc& doc) {
  ScoringRule rule;
  rule.name = doc.name.value;
  rule.id = RuleId(rule.name);
  rule.origin = OriginOf(doc.place);
  rule.points = doc.points;
  rule.at_most = doc.at_most.value;
  CheckLimit(context, doc);
  rule.account_scope = doc.scope == ScopeDoc::kAccount;
  const EventTypeDecl* type = FindEventType(doc.signal.value);
  rule.when = CompileCondition(
      context, doc.when, FactScope::kEvent,
      {"engagement rule", rule.name, "when", type == nullptr ? EventType::kNone : type->type});
  if (type != nullptr &&
      (type->subject == Subject::kPerson || type->subject == Subject::kAccount)) {
    rule.signal = type->type;
    return rule;
  }
  if (doc.signal.place.source == nullptr) return rule;  // told
  std::vector<std::string_view> known;
  for (const EventTypeDecl& one : kEventTypes) {
    if (one.subject == Subject::kPerson) known.push_back(one.name);
  }
  std::string hint = DidYouMean(doc.signal.value, known);
  if (hint.empty()) hint = fmt::format("there are {}", fmt::join(known, ", "));
  context.out.Error(kUnknownName, doc.signal.place,
                    doc.signal.value.empty()
                        ? "this names no signal"
                        : fmt::format("there is no signal '{}'", doc.signal.value),
                    std::move(hint));
  return rule;
}

std::vector<Grade> CompileGrades(CompileContext& context,
                                 const YamlMap<Located<int64_t>, Located<std::string>>& doc) {
  std::vector<Grade> grades;
  for (const auto& [name, from] : doc) {
    if (from.place.source == nullptr) continue;  // told
    const auto same = std::ranges::find(grades, from.value, &Grade::from);
    if (same != grades.end()) {
      context.out.Error(
          kDoubleName, name.place,
          fmt::format("grade '{}' begins at {} like '{}'", name.value, from.value, same->name));
    }
    grades.push_back({name.value, from.value});
  }
  std::ranges::sort(grades, std::greater<>(), &Grade::from);
  return grades;
}

void CompileRouteWhen(CompileContext& context, const std::vector<Located<std::string>>& doc) {
  LifecycleRules& rules = context.builder->lifecycle;
  rules.route_when.clear();
  for (const Located<std::string>& reason : doc) {
    if (std::ranges::find(kRouteReasons, reason.value) == std::end(kRouteReasons)) {
      context.out.Error(
          kUnknownName, reason.place,
          reason.value.empty()
              ? "this names nothing that could route a lead"
              : fmt::format("nothing is called '{}' that could route a lead", reason.value),
          DidYouMean(reason.value, kRouteReasons));
    } else if (std::ranges::find(kBuiltReasons, reason.value) == std::end(kBuiltReasons)) {
      context.out.Warning(
          kNotBuilt, reason.place,
          fmt::format("nothing makes a lead {} yet, so this never routes", reason.value),
          "hand_raise and mql are built");
    }
    rules.route_when.push_back(reason.value);
  }
}

void CompileThreshold(CompileContext& context, const ThresholdDoc& doc) {
  if (doc.to.value == "mqa" || doc.to.value == "pql") {
    WarnLater(doc.to.place, doc.to.value, "thresholds lead to mql", context.out);
    CompileCondition(context, doc.when, FactScope::kLead, {"threshold to", doc.to.value});
    return;
  }
  if (doc.to.value != "mql" && doc.to.place.source != nullptr) {
    context.out.Error(kUnknownName, doc.to.place,
                      doc.to.value.empty()
                          ? "a threshold leads to mql"
                          : fmt::format("a threshold leads to mql, not to '{}'", doc.to.value),
                      DidYouMean(doc.to.value, std::array{std::string_view("mql")}));
  }
  context.builder->lifecycle.thresholds.push_back(
      {.to = doc.to.value,
       .when =
           CompileCondition(context, doc.when, FactScope::kLead, {"threshold to", doc.to.value}),
       .cooldown = doc.cooldown,
       .origin = OriginOf(doc.place)});
}

// Reasons are the words of whoever closes leads, so any may be right.
void LookAtReason(CompileContext& context, const Located<std::string>& reason) {
  if (std::ranges::find(kUsualReasons, reason.value) != std::end(kUsualReasons)) return;
  std::string hint = DidYouMean(reason.value, kUsualReasons);
  if (hint.empty()) return;
  context.out.Warning(kLifecycleCode, reason.place,
                      fmt::format("'{}' is an unusual reason for closing a lead", reason.value),
                      std::move(hint));
}

void CompileRepeat(CompileContext& context, const RepeatDoc& doc) {
  RepeatRule rule;
  for (const Located<std::string>& stage : doc.stage) {
    ExpectStage(context, stage.value, stage.place);
    rule.stages.push_back(stage.value);
  }
  for (const Located<std::string>& reason : doc.reason) {
    LookAtReason(context, reason);
    rule.reasons.push_back(reason.value);
  }
  if (doc.within) {
    rule.within = doc.within->value;
    RefuseNoTime(context, *doc.within, "nobody comes again within no time at all",
                 "leave out `within` for any time, or say how long");
  }
  rule.same_form = doc.same.has_value();
  rule.when = CompileCondition(context, doc.when, FactScope::kRepeat, {"repeat rule", ""});
  rule.action = doc.action;
  rule.to_previous_rep = doc.to && doc.to->value == ReopenTo::kPreviousRep;
  rule.origin = OriginOf(doc.place);
  context.builder->lifecycle.repeat.push_back(std::move(rule));
}

std::optional<Span> ReviewOf(CompileContext& context, const ScreeningRuleDoc& doc) {
  if (!doc.hold_for_review) return std::nullopt;
  const Span& review = doc.hold_for_review->value;
  if (review == Span{} && doc.hold_for_review->place.source != nullptr) {  // else it was told
    context.out.Error(216, doc.hold_for_review->place,
                      "nobody can look at a lead that is let go after no time at all",
                      "say how long people have for it, such as 1 business day");
  }
  return review;
}

}  // namespace

void CompileScreening(CompileContext& context) {
  if (!context.draft.screening) return;
  RuleNames names(context);
  for (const ScreeningRuleDoc& doc : context.draft.screening->rules) {
    names.Take(doc.name);
    context.builder->screening.push_back(
        {.name = doc.name.value,
         .when = CompileCondition(context, doc.when, FactScope::kBeforeScore,
                                  {"screening rule", doc.name.value}),
         .as = doc.as,
         .hold_for_review = ReviewOf(context, doc),
         .origin = OriginOf(doc.place)});
  }
}

void CompileScoring(CompileContext& context) {
  if (!context.draft.scoring) return;
  const ScoringDoc& doc = *context.draft.scoring;
  ScoringRules& rules = context.builder->scoring;
  RuleNames names(context);
  rules.fit_cap = doc.fit.cap;
  for (const FitRuleDoc& rule : doc.fit.rules) {
    names.Take(rule.name);
    rules.fit.push_back(CompileFitRule(context, rule));
  }
  rules.engagement_cap = doc.engagement.cap;
  if (doc.engagement.half_life) rules.half_life = doc.engagement.half_life->value;
  if (doc.engagement.window) rules.window = doc.engagement.window->value;
  for (const EngagementRuleDoc& rule : doc.engagement.rules) {
    names.TakeStored(rule.name);
    rules.engagement.push_back(CompileEngagementRule(context, rule));
  }
  rules.fit_grades = CompileGrades(context, doc.grades.fit);
  rules.engagement_grades = CompileGrades(context, doc.grades.engagement);
}

void CompileLifecycle(CompileContext& context) {
  if (!context.draft.lifecycle) return;
  const LifecycleDoc& doc = *context.draft.lifecycle;
  if (!doc.route_when.empty()) CompileRouteWhen(context, doc.route_when);
  for (const ThresholdDoc& threshold : doc.thresholds) CompileThreshold(context, threshold);
  for (const RepeatDoc& repeat : doc.repeat) CompileRepeat(context, repeat);
  for (const GateDoc& gate : doc.gates) ExpectStage(context, gate.to.value, gate.to.place);
}

}  // namespace pm
