#include <fmt/format.h>

#include "rules/compile/checks/catalogue.h"
#include "rules/compile/conditions.h"
#include "rules/compile/passes.h"

namespace pm {
namespace {

constexpr int kBeyondCap = 229;

// A calendar, or a word of its own.
void ExpectHours(CompileContext& context, const Located<std::string>& hours) {
  const bool named = hours.place.source != nullptr && !hours.value.empty();
  if (!named || context.names.Has(NameKind::kCalendar, hours.value)) {
    context.names.Expect(NameKind::kCalendar, hours, context.out);
    return;
  }
  constexpr std::string_view kWords[] = {"assignee", "pool", "prospect", "always"};
  std::string hint = DidYouMean(hours.value, kWords);
  if (hint.empty()) {
    // The calendar `always` is among those that there are.
    hint = context.names.Hint(NameKind::kCalendar, hours.value);
    if (!hint.starts_with("did you mean")) {
      hint = fmt::format("hours are those of assignee, pool or prospect, or a calendar{}{}",
                         hint.empty() ? "" : "; ", hint);
    }
  }
  context.out.ErrorOf(context.names.CauseOf(NameKind::kCalendar, hours.value), 221, hours.place,
                      fmt::format("there is no calendar '{}'", hours.value), std::move(hint));
}

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
  ExpectHours(context, hours);
}

void ExpectTime(CompileContext& context, const std::optional<MilestoneDoc>& doc) {
  if (doc) RefuseNoTime(context, doc->within, "nobody can do it within no time at all");
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

// A later step that is due before an earlier one: a touch is an acceptance, and nobody accepts or
// touches what nobody has, so the earlier deadline is never the first to be missed.
void CheckOrder(CompileContext& context, const MilestonesDoc& doc, const SlaPolicy& policy) {
  const std::optional<MilestoneDoc>* docs[] = {&doc.assign, &doc.accept, &doc.first_touch};
  for (size_t later = 1; later < kMilestones; ++later) {
    for (size_t before = 0; before < later; ++before) {
      const MilestoneRule& first = policy.milestones[before];
      const MilestoneRule& second = policy.milestones[later];
      const bool same_start = first.from_assigned == second.from_assigned;
      const bool comparable = first.on && second.on && (same_start || first.from_assigned);
      if (!comparable || second.within >= first.within) continue;
      const std::string_view late = MilestoneName(static_cast<Milestone>(before));
      const std::string_view soon = MilestoneName(static_cast<Milestone>(later));
      context.out.Warning(kBeyondCap, (*docs[later])->within.place,
                          fmt::format("`{0}` is due before `{1}` ({2}); what meets it meets that, "
                                      "too: `{1}` is never the first to be missed",
                                      soon, late, FormatDuration(first.within)),
                          fmt::format("give `{}` at least as long as `{}`", soon, late));
      break;
    }
  }
}

void CheckReceivers(CompileContext& context, const std::vector<Located<std::string>>& receivers) {
  for (const Located<std::string>& receiver : receivers) {
    const std::string& name = receiver.value;
    if (name == "rep" || name == "manager" || name.find('@') != std::string::npos) continue;
    if (context.names.Has(NameKind::kRep, name)) continue;
    const std::string cause = context.names.CauseOf(NameKind::kRep, name);
    if (context.out.Also(cause, receiver.place)) continue;
    const std::string known = context.names.Hint(NameKind::kRep, name);
    context.out.ErrorOf(cause, 221, receiver.place,
                        name.empty() ? "this names nobody to notify"
                                     : fmt::format("there is nobody '{}' to notify", name),
                        fmt::format("name rep, manager, a rep's id or an address{}{}",
                                    known.empty() ? "" : "; ", known));
  }
}

// Where on the way a rung stands: the part of the time, then what comes after it.
std::pair<int64_t, Duration> TimeOf(const RungDoc& rung) {
  const RungTime& at = rung.at.value;
  return {at.percent ? at.percent_of : 100, at.after_due};
}

std::set<std::string> Named(const std::vector<Located<std::string>>& receivers) {
  std::set<std::string> names;
  for (const auto& receiver : receivers) names.insert(receiver.value);
  return names;
}

// Of two at the same time; true when they do not go together, which was told.
bool TellTwoRungs(CompileContext& context, const RungDoc& above, const RungDoc& rung) {
  if (above.reassign && rung.reassign) {
    context.out.Warning(kSlaLadderCode, rung.at.place,
                        "two rungs reassign at the same time: the second would take the lead from "
                        "a rep who has just got it, or does nothing",
                        "leave one out, or give it a later time");
    return true;
  }
  if (!rung.reassign && !above.reassign && Named(above.notify) == Named(rung.notify) &&
      Named(above.escalate) == Named(rung.escalate)) {
    context.out.Warning(kSlaLadderCode, rung.at.place,
                        "a rung above tells the same people at the same time", "leave one out");
    return true;
  }
  return false;
}

void CheckLadder(CompileContext& context, const std::vector<RungDoc>& rungs) {
  const RungDoc* latest = nullptr;
  for (size_t i = 0; i < rungs.size(); ++i) {
    const RungDoc& rung = rungs[i];
    CheckReceivers(context, rung.notify);
    CheckReceivers(context, rung.escalate);
    if (rung.at.value.text.empty()) continue;  // told already
    const auto above = std::span(rungs).first(i);
    const auto same = std::ranges::find_if(above, [&](const RungDoc& one) {
      return !one.at.value.text.empty() && TimeOf(one) == TimeOf(rung);
    });
    if (same != above.end() && TellTwoRungs(context, *same, rung)) continue;
    if (latest == nullptr || TimeOf(*latest) <= TimeOf(rung)) {
      latest = &rung;
      continue;
    }
    context.out.Warning(
        kSlaLadderCode, rung.at.place,
        fmt::format("this rung comes before the one at '{}' above it: rungs run in the order of "
                    "their times",
                    latest->at.value.text),
        "put it above that one");
  }
}

void CheckLadders(CompileContext& context, const LadderDoc& doc) {
  for (const auto* rungs :
       {&doc.assign, &doc.accept, &doc.first_touch, &doc.next_touch, &doc.handoff_accept}) {
    CheckLadder(context, *rungs);
  }
}

Rung CompileRung(const RungDoc& doc) {
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
  const bool good = ReadYaml<SlaDoc>(tree, &doc, context.out);
  CheckLadders(context, doc.ladder);
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
      policy.ladders[i].push_back(CompileRung(rung));
    }
  }
  ExpectTime(context, doc.milestones.next_touch);
  ExpectTime(context, doc.milestones.handoff_accept);
  if (good) CheckOrder(context, doc.milestones, policy);
  if (doc.pause) {
    policy.pauses = true;
    policy.pause_while = CompileCondition(context, doc.pause->while_holds, FactScope::kCard,
                                          {"sla", name.value, "pause while"});
  }
  if (!good) return;
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
