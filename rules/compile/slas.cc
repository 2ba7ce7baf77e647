#include <fmt/format.h>

#include "rules/compile/conditions.h"
#include "rules/compile/passes.h"

namespace pm {
namespace {

constexpr int kBeyondCap = 229;

void CompileHours(CompileContext& context, const Located<std::string>& hours, SlaPolicy* policy) {
  static constexpr std::pair<std::string_view, SlaHours> kNames[] = {
      {"assignee", SlaHours::kAssignee},
      {"pool", SlaHours::kPool},
      {"prospect", SlaHours::kProspect},
      {"always", SlaHours::kAlways}};
  for (const auto& [name, meaning] : kNames) {
    if (hours.value == name) {
      policy->hours = meaning;
      return;
    }
  }
  policy->hours = SlaHours::kCalendar;
  policy->calendar = hours.value;
  context.names.Expect(NameKind::kCalendar, hours, context.out);
}

void ExpectTime(CompileContext& context, const std::optional<MilestoneDoc>& doc) {
  if (doc && doc->within.value.ms == 0) {
    context.out.Error(216, doc->within.place, "nobody can do it within no time at all");
  }
}

MilestoneRule CompileMilestone(CompileContext& context, const std::optional<MilestoneDoc>& doc,
                               Milestone milestone) {
  MilestoneRule rule;
  if (!doc) return rule;
  const bool of_assignment = milestone == Milestone::kAccept;
  rule.on = true;
  rule.within = doc->within.value;
  rule.from_assigned = doc->from ? doc->from->value == FromDoc::kAssigned : of_assignment;
  rule.per_assignment =
      doc->per.value_or(of_assignment ? PerDoc::kAssignment : PerDoc::kLead) == PerDoc::kAssignment;
  ExpectTime(context, doc);
  return rule;
}

// Both are due in the wrong order when the later step must be done first. A touch is an acceptance,
// and nobody accepts or touches what nobody has.
void CheckOrder(CompileContext& context, const MilestonesDoc& doc, const SlaPolicy& policy) {
  static constexpr std::string_view kSteps[] = {"assigned", "accepted", "touched"};
  const std::optional<MilestoneDoc>* docs[] = {&doc.assign, &doc.accept, &doc.first_touch};
  for (size_t later = 1; later < kMilestones; ++later) {
    for (size_t before = 0; before < later; ++before) {
      const MilestoneRule& first = policy.milestones[before];
      const MilestoneRule& second = policy.milestones[later];
      const bool same_start = first.from_assigned == second.from_assigned;
      const bool comparable = first.on && second.on && (same_start || first.from_assigned);
      if (!comparable || second.within >= first.within) continue;
      context.out.Warning(
          kBeyondCap, (*docs[later])->within.place,
          fmt::format("a lead must be {} before it can be {}, but has longer for it: {}",
                      kSteps[before], kSteps[later], FormatDuration(first.within)),
          fmt::format("give `{}` at least as long as `{}`",
                      MilestoneName(static_cast<Milestone>(later)),
                      MilestoneName(static_cast<Milestone>(before))));
    }
  }
}

void CheckReceivers(CompileContext& context, const std::vector<Located<std::string>>& receivers) {
  for (const Located<std::string>& receiver : receivers) {
    const std::string& name = receiver.value;
    if (name == "rep" || name == "manager" || name.find('@') != std::string::npos) continue;
    if (context.names.Has(NameKind::kRep, name)) continue;
    std::string hint = context.names.Hint(NameKind::kRep, name);
    context.out.Error(221, receiver.place, fmt::format("there is nobody '{}' to notify", name),
                      hint.empty() ? "name rep, manager, a rep's id or an address" : hint);
  }
}

Rung CompileRung(CompileContext& context, const RungDoc& doc) {
  Rung rung;
  rung.percent = doc.at.value.percent;
  rung.percent_of = doc.at.value.percent_of;
  rung.after_due = doc.at.value.after_due;
  rung.text = doc.at.value.text;
  if (doc.reassign) {
    rung.action = RungAction::kReassign;
    rung.reassign_at_most = doc.reassign->at_most;
    rung.else_queue = doc.reassign->otherwise == ReassignElse::kQueue;
    return rung;
  }
  const auto& receivers = doc.escalate.empty() ? doc.notify : doc.escalate;
  rung.action = doc.escalate.empty() ? RungAction::kNotify : RungAction::kEscalate;
  CheckReceivers(context, receivers);
  for (const auto& receiver : receivers) rung.notify.push_back(receiver.value);
  return rung;
}

// What a policy means beside its own text: the calendar it names, the lists it reads.
std::string SpecText(const CalendarSpec& spec) {
  std::string text;
  for (const auto& slots : spec.weekly) {
    for (const Slot& slot : slots) text += fmt::format("{}-{},", slot.begin_ms, slot.end_ms);
    text += ';';
  }
  for (const auto& [date, slots] : spec.shifts) {
    text += FormatDate(date);
    for (const Slot& slot : slots) text += fmt::format(" {}-{}", slot.begin_ms, slot.end_ms);
    text += ';';
  }
  for (const LocalDate& date : spec.holidays) text += FormatDate(date) + ';';
  for (const Interval& leave : spec.leave) text += fmt::format("{}-{};", leave.begin, leave.end);
  return text;
}

void CompileSla(CompileContext& context, const Located<std::string>& name, const YamlNode& tree) {
  SlaDoc doc;
  if (!ReadYaml<SlaDoc>(tree, &doc, context.out)) return;
  SlaPolicy policy;
  policy.name = name.value;
  policy.origin = OriginOf(name.place);
  policy.grace = doc.grace;
  CompileHours(context, doc.hours, &policy);
  const std::pair<const std::optional<MilestoneDoc>&, const std::vector<RungDoc>&> parts[] = {
      {doc.milestones.assign, doc.ladder.assign},
      {doc.milestones.accept, doc.ladder.accept},
      {doc.milestones.first_touch, doc.ladder.first_touch}};
  for (size_t i = 0; i < kMilestones; ++i) {
    policy.milestones[i] = CompileMilestone(context, parts[i].first, static_cast<Milestone>(i));
    for (const RungDoc& rung : parts[i].second) {
      policy.ladders[i].push_back(CompileRung(context, rung));
    }
  }
  ExpectTime(context, doc.milestones.next_touch);
  ExpectTime(context, doc.milestones.handoff_accept);
  for (const auto* later : {&doc.ladder.next_touch, &doc.ladder.handoff_accept}) {
    for (const RungDoc& rung : *later) CompileRung(context, rung);
  }
  CheckOrder(context, doc.milestones, policy);
  if (doc.pause) {
    policy.pauses = true;
    policy.pause_while = CompileCondition(context, doc.pause->while_holds, FactScope::kCard,
                                          {"sla", name.value, "pause while"});
  }
  std::string content = "sla " + name.value + ' ' + CanonicalText(tree);
  if (const CalendarSpec* spec = context.builder.hours().FindCalendar(policy.calendar)) {
    content += SpecText(*spec);
  }
  policy.hash = HashContent(content + ListsOf(policy.pause_while));
  context.builder.AddSla(std::move(policy));
}

}  // namespace

void CompileSlas(CompileContext& context) {
  for (const SlasDoc& doc : context.draft.slas) {
    for (const auto& [name, tree] : doc.policies) CompileSla(context, name, tree);
  }
}

}  // namespace pm
