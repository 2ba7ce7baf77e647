#include "app/views/explain_work.h"

#include <fmt/format.h>

#include "app/views/read_rows.h"
#include "base/time/text.h"
#include "engine/stages/desk/records/enrolment.h"
#include "engine/stages/desk/records/sla_run.h"
#include "rules/in_words.h"

namespace pm {
namespace {

constexpr size_t kMostSteps = 10;  // of those that follow

std::string MilestoneText(const MilestoneRun& run, Instant paused_since) {
  const std::string_view name = MilestoneName(run.milestone);
  switch (run.state) {
    case SlaState::kMet:
      return fmt::format("{} met {}", name, FormatInstant(run.met_at));
    case SlaState::kBreached:
      return fmt::format("{} missed, it was due {}", name, FormatInstant(run.due));
    case SlaState::kRunning:
      break;
  }
  if (paused_since != kNever) {
    return fmt::format("{} paused since {}, its time stands still", name,
                       FormatInstant(paused_since));
  }
  return run.due == kNever ? fmt::format("{} never due: no hours to come count for it", name)
                           : fmt::format("{} due {}", name, FormatInstant(run.due));
}

void AddSla(const SlaRun& run, const RuleBook& rules, std::vector<std::string>* out) {
  const SlaPolicy* policy = rules.FindSla(run.policy);
  const std::string name = policy == nullptr ? "" : " " + policy->name;
  for (const MilestoneRun& milestone : run.milestones) {
    out->push_back(fmt::format("SLA{}: {}.", name, MilestoneText(milestone, run.paused_since)));
  }
}

// `2, call by the rep, 1h after the step before, window 09:00-17:00 prospect`.
std::string StepText(const Cadence& cadence, size_t index) {
  const CadenceStep& step = cadence.steps[index];
  std::string text = fmt::format("{}, {} by {}", index + 1, StepInWords(step),
                                 step.automatic ? "a tool" : "the rep");
  if (step.after != Span{}) text += fmt::format(", {} after", FormatSpan(step.after));
  if (step.window.set) text += ", window " + WindowInWords(step.window);
  if (step.skips) text += ", left out when " + ConditionInWords(step.skip_if);
  return text;
}

std::string WhenText(const Enrolment& enrolment) {
  if (enrolment.paused()) {
    return fmt::format("paused until {}: {}", FormatInstant(enrolment.paused_until),
                       enrolment.paused_why);
  }
  if (enrolment.open) {
    const OpenStep& open = *enrolment.open;
    return fmt::format("with {} since {}{}", open.rep, FormatInstant(open.issued),
                       open.expires == kNever ? "" : ", until " + FormatInstant(open.expires));
  }
  return enrolment.planned == kNever ? "not planned yet"
                                     : "planned " + FormatInstant(enrolment.planned);
}

std::string_view LeftOutText(std::string_view why) {
  if (why == "never_open") return "there was no minute to do it in";
  if (why == "no_safe_minute") return "no minute was right in every zone where the prospect may be";
  return why == "skip_if" ? "its `skip_if` held" : why;
}

void AddLeftOut(const Enrolment& enrolment, const Cadence& cadence, std::vector<std::string>* out) {
  for (const StepRecord& one : enrolment.past) {
    if (one.left_out.empty() || one.step == 0 || one.step > cadence.steps.size()) continue;
    out->push_back(fmt::format("Cadence {} left out step {}: {}.", enrolment.cadence,
                               StepText(cadence, one.step - 1), LeftOutText(one.left_out)));
  }
}

void AddCadence(const Enrolment& enrolment, const RuleBook& rules, std::vector<std::string>* out) {
  const Cadence* cadence = rules.FindCadence(enrolment.hash);
  if (cadence == nullptr || enrolment.step > cadence->steps.size()) return;
  AddLeftOut(enrolment, *cadence, out);
  if (!enrolment.running()) {
    return out->push_back(fmt::format("Cadence {} is over.", enrolment.cadence));
  }
  out->push_back(fmt::format("Cadence {}, step {}: {}.", enrolment.cadence,
                             StepText(*cadence, enrolment.step - 1), WhenText(enrolment)));
  size_t told = 0, more = 0;
  for (size_t i = 0; i < cadence->steps.size(); ++i) {
    const auto number = static_cast<uint32_t>(i + 1);
    if (number == enrolment.step || enrolment.is_over(number)) continue;
    ++told <= kMostSteps ? out->push_back(fmt::format("Then step {}.", StepText(*cadence, i)))
                         : void(++more);
  }
  if (more > 0) out->push_back(fmt::format("Then {} more.", more));
}

}  // namespace

std::vector<std::string> WorkInWords(const LeadRows& rows, const StoreView& store,
                                     const RuleBook& rules) {
  std::vector<std::string> lines;
  if (!rows.assignment) return lines;
  const AssignmentRow& row = *rows.assignment;
  const DeskLeadKey key{DeskHash(rows.lead.desk), row.card.lead};
  if (const auto run = ReadRow<SlaRun>(store, key, rows.world)) AddSla(*run, rules, &lines);
  const auto enrolment = ReadRow<Enrolment>(store, key, rows.world);
  if (enrolment.has_value() && enrolment->runs > 0) AddCadence(*enrolment, rules, &lines);
  const bool runs = enrolment.has_value() && enrolment->running();
  if (!runs && !row.cadence.empty() && row.rep.empty()) {
    lines.push_back(fmt::format("Cadence {} begins when a rep has it.", row.cadence));
  }
  return lines;
}

}  // namespace pm
