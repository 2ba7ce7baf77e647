#include "app/demo/story.h"

#include <fmt/format.h>

#include <ostream>

#include "base/time/text.h"

namespace pm {
namespace {

std::string Clock(std::string_view instant) {
  return std::string(instant.size() > 16 ? instant.substr(11, 5) : "");
}

std::string Person(const JsonNode& output) {
  const std::string name(output.Text({"data", "contact", "name"}));
  const std::string title(output.Text({"data", "contact", "title"}));
  const std::string company(output.Text({"data", "contact", "company"}));
  return fmt::format("{} ({}{}{})", name, title, company.empty() ? "" : ", ", company);
}

}  // namespace

void DemoStory::Tell(const JsonNode& output) {
  const std::string type(output.Text({"type"}));
  const std::string lead(output.Text({"data", "lead", "id"}));
  const std::string rep(output.Text({"data", "rep", "id"}));
  const std::string pool(output.Text({"data", "assignment", "pool"}));
  const std::string route(output.Text({"data", "assignment", "route"}));
  const std::string how(output.Text({"data", "assignment", "reason"}));
  const std::string reason(output.Text({"data", "reason"}));
  ++counts_[type];
  if (type.starts_with("assignment.") && output.Text({"data", "contact", "name"}).size() > 1) {
    names_[lead] = Person(output);
  }
  const std::string who = names_.contains(lead) ? names_[lead] : lead;
  if (type.starts_with("sla.")) {
    const std::string milestone(output.Text({"data", "milestone"}));
    const std::string key = lead + milestone;
    const auto due = ParseInstant(output.Text({"data", "due"}));
    if ((type == "sla.started" || type == "sla.rescheduled") && due.has_value()) {
      open_[key] = {rep, milestone, *due};
    } else if (type == "sla.met" || type == "sla.breached" || type == "sla.cancelled") {
      open_.erase(key);
    }
    const std::string rung(output.Text({"data", "rung"}));
    if (type == "sla.breached") {
      Line(output, "31",
           fmt::format("breach    {} of {}: {} was due {}", milestone, who,
                       rep.empty() ? "nobody" : rep, Clock(output.Text({"data", "due"}))));
    } else if (type == "sla.warning" || type == "sla.escalated") {
      Line(output, "33",
           fmt::format("ladder    {} at {}: {} for {}", milestone, rung,
                       output.Text({"data", "action"}), who));
    }
  } else if (type == "assignment.routed" || type == "assignment.reassigned" ||
             type == "assignment.claimed" || type == "assignment.released" ||
             type == "assignment.transferred") {
    if (type == "assignment.routed") routed_.push_back(lead);
    why_[lead] = fmt::format("{} by {}, route '{}'", rep, how, route);
    const std::string due = Clock(output.Text({"data", "sla_due"}));
    Line(output, "32",
         fmt::format("{:<9} {} -> {}  [{}{}{}{}]", type.substr(11), who, rep, route,
                     pool.empty() ? "" : ", ", pool, due.empty() ? "" : ", due " + due));
  } else if (type == "assignment.queued") {
    Line(output, "36", fmt::format("queued    {} in {}", who, pool));
  } else if (type == "assignment.accepted") {
    Line(output, "0", fmt::format("accepted  {} by {}", who, rep));
  } else if (type == "assignment.declined") {
    Line(output, "33", fmt::format("declined  {} by {}: {}", who, rep, reason));
  } else if (type == "cadence.step_due") {
    Line(output, "34",
         fmt::format("step due  {} {} to {} by {}", output.Text({"data", "channel"}),
                     output.Text({"data", "template"}), who, rep));
  } else if (type == "alert.raised") {
    Line(output, "31", fmt::format("alert     {}", output.Text({"data", "what"})));
  }
}

void DemoStory::Status(Instant now) {
  if (!terminal_) return;
  const Open* next = nullptr;
  for (const auto& [key, open] : open_) {
    if (open.due >= now && (next == nullptr || open.due < next->due)) next = &open;
  }
  std::string text = fmt::format("{}  {} clocks running", Clock(FormatInstant(now)), open_.size());
  if (next != nullptr) {
    text += fmt::format(", next: {} has {} for {}", next->rep.empty() ? "a queue" : next->rep,
                        FormatDuration(Seconds((next->due - now).ms / 1000)), next->milestone);
  }
  out_ << "\r\033[K" << text << std::flush;
}

void DemoStory::Line(const JsonNode& output, std::string_view colour, const std::string& text) {
  if (terminal_) out_ << "\r\033[K";
  out_ << Clock(output.Text({"time"})) << "  ";
  if (colours_ && colour != "0") {
    out_ << "\033[" << colour << "m" << text << "\033[0m\n";
  } else {
    out_ << text << "\n";
  }
}

void DemoStory::Summary(const std::string& explain, Duration span) const {
  const auto count = [&](const std::string& type) {
    const auto it = counts_.find(type);
    return it == counts_.end() ? int64_t{0} : it->second;
  };
  if (terminal_) out_ << "\r\033[K";
  out_ << fmt::format(
      "\n{} of a sales day: {} leads routed, {} queued, {} claimed, {} accepted, {} declined;\n",
      FormatDuration(span), count("assignment.routed"), count("assignment.queued"),
      count("assignment.claimed"), count("assignment.accepted"), count("assignment.declined"));
  out_ << fmt::format(
      "SLA: {} milestones met, {} breached, {} reassigned; cadences: {} steps due, {} left "
      "early.\n\n",
      count("sla.met"), count("sla.breached"), count("assignment.reassigned"),
      count("cadence.step_due"), count("cadence.exited"));
  for (size_t i = 0; i < routed_.size() && i < 3; ++i) {
    const std::string& lead = routed_[i];
    out_ << fmt::format("{}\n  {}\n", names_.contains(lead) ? names_.at(lead) : lead,
                        why_.at(lead));
  }
  if (routed_.empty()) return;
  out_ << fmt::format("\nWhy did it go there? Ask:\n  {} {}\n", explain, routed_.front());
}

}  // namespace pm
