#include "app/demo/story.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ostream>

#include "base/time/text.h"

namespace pm {
namespace {

constexpr std::string_view kLegend =
    "  scored               what the rules make of a lead: a grade for fit (A to C) and engagement "
    "(1 to 3)\n"
    "  routed, queued       who gets it, by which route, and until when it must be accepted\n"
    "  warning, breach      a response SLA runs out ...\n"
    "  ladder, reassigned   ... so the rep is told, another one gets the lead, the manager hears "
    "of "
    "it\n"
    "  step due             the follow-up: what a tool sends now, or what the rep does\n\n";

// Of one step of the engine, what explains the rest comes first.
int RankOf(std::string_view type) {
  if (type.starts_with("lead.")) return 0;
  if (type.starts_with("sla.")) return 1;
  return type.starts_with("assignment.") ? 2 : 3;
}

std::string Clock(std::string_view instant) {
  return std::string(instant.size() > 16 ? instant.substr(11, 5) : "");
}

// `15:06`, with its date when that is another day than the output's.
std::string DueOf(const JsonNode& output, std::string_view due) {
  const bool today = due.substr(0, 10) == output.Text({"time"}).substr(0, 10);
  return today ? Clock(due) : fmt::format("{} {}", due.substr(0, 10), Clock(due));
}

std::string PersonOf(const JsonNode& output) {
  const std::string_view title = output.Text({"data", "contact", "title"});
  const std::string_view company = output.Text({"data", "contact", "company"});
  return fmt::format("{} ({}{}{})", output.Text({"data", "contact", "name"}), title,
                     company.empty() ? "" : ", ", company);
}

std::string Joined(const JsonNode* list) {
  std::vector<std::string_view> items;
  if (list != nullptr) {
    for (const JsonNode& item : list->items) items.push_back(item.text);
  }
  return fmt::format("{}", fmt::join(items, ", "));
}

// `emma@northwind.example, raj@...` as `emma and raj`.
std::string RecipientsOf(const JsonNode& output) {
  std::vector<std::string_view> names;
  if (const JsonNode* list = output.At({"data", "recipients"})) {
    for (const JsonNode& item : list->items) {
      names.push_back(std::string_view(item.text).substr(0, item.text.find('@')));
    }
  }
  return fmt::format("{}", fmt::join(names, " and "));
}

std::string_view WhyReassigned(std::string_view reason) {
  if (reason.starts_with("sla_")) return "not answered in time";
  return reason.starts_with("declined") ? "declined" : reason;
}

}  // namespace

void DemoStory::Introduce(const std::string& rules, Duration span, int64_t speed) {
  out_ << fmt::format(
              "{} of a sales day at Northwind, a made-up company, through the real engine. One "
              "second "
              "shows "
              "{}; times are UTC.\nRules: {}\n\n{}",
              FormatDuration(span), FormatDuration(Seconds(speed)), rules, kLegend)
       << std::flush;
}

void DemoStory::Tell(std::vector<JsonNode> outputs) {
  std::ranges::stable_sort(outputs, {}, [](const JsonNode& output) {
    return std::pair(output.Text({"time"}), RankOf(output.Text({"type"})));
  });
  for (const JsonNode& output : outputs) TellOne(output);
}

void DemoStory::TellOne(const JsonNode& output) {
  const std::string_view type = output.Text({"type"});
  ++counts_[std::string(type)];
  const std::string lead(output.Text({"data", "lead", "id"}));
  if (!lead.empty() && output.Text({"data", "contact", "name"}).size() > 1) {
    leads_[lead].who = PersonOf(output);
  }
  if (type.starts_with("lead.")) return TellLead(output);
  if (type.starts_with("assignment.")) return TellAssignment(output);
  if (type.starts_with("sla.")) return TellSla(output);
  if (type.starts_with("cadence.")) return TellCadence(output);
  if (type == "alert.raised") {
    Line(output, Colour::kRed, "alert", std::string(output.Text({"data", "what"})));
  }
}

void DemoStory::TellLead(const JsonNode& output) {
  const std::string lead(output.Text({"data", "lead", "id"}));
  const std::string_view type = output.Text({"type"});
  if (type == "lead.screened") {
    Line(output, Colour::kYellow, "screened",
         fmt::format("{}: {}", Who(output), output.Text({"data", "screened_as"})));
  }
  if (type != "lead.scored" || lead.empty()) return;
  const std::string_view grade = output.Text({"data", "score", "grade"});
  if (leads_[lead].grade == grade) return;
  leads_[lead].grade = grade;
  Line(output, Colour::kPlain, "scored",
       fmt::format("{} is {}: fit {}, engagement {} ({})", Who(output), grade,
                   output.Text({"data", "score", "fit"}),
                   output.Text({"data", "score", "engagement"}),
                   Joined(output.At({"data", "score", "reasons"}))));
}

void DemoStory::TellAssignment(const JsonNode& output) {
  const std::string_view name = output.Text({"type"}).substr(11);
  const std::string lead(output.Text({"data", "lead", "id"}));
  const std::string_view rep = output.Text({"data", "rep", "id"});
  const std::string_view pool = output.Text({"data", "assignment", "pool"});
  const std::string_view route = output.Text({"data", "assignment", "route"});
  const std::string_view reason = output.Text({"data", "reason"});
  const std::string due = DueOf(output, output.Text({"data", "sla_due"}));
  const std::string until = due.empty() ? "" : fmt::format("; accept by {}", due);
  const std::string who = Who(output);
  if (name == "queued") {
    queued_.insert(lead);
    leads_[lead].where = fmt::format("waits in the queue {}, route '{}'", pool, route);
    return Line(output, Colour::kCyan, "queued", fmt::format("{} waits in {}", who, pool));
  }
  if (name == "accepted") {
    return Line(output, Colour::kPlain, name, fmt::format("{} by {}", who, rep));
  }
  if (name == "declined") {
    return Line(output, Colour::kYellow, name, fmt::format("{} by {}: {}", who, rep, reason));
  }
  if (name == "expired") {
    return Line(output, Colour::kYellow, "returned",
                fmt::format("{} to {}: claimed, but not worked on", who, pool));
  }
  if (rep.empty()) return;
  leads_[lead].where = fmt::format("{} has it by {}, route '{}'", rep,
                                   output.Text({"data", "assignment", "reason"}), route);
  if (std::ranges::find(routed_, lead) == routed_.end()) routed_.push_back(lead);
  if (name == "routed") {
    const std::string where = pool.empty() ? "" : fmt::format(", pool {}", pool);
    Line(output, Colour::kGreen, name,
         fmt::format("{} -> {}  [{}{}{}]", who, rep, route, where, until));
  } else if (name == "claimed") {
    Line(output, Colour::kGreen, name, fmt::format("{} by {} from {}", who, rep, pool));
  } else if (name == "reassigned" || name == "released" || name == "transferred") {
    Line(output, Colour::kGreen, name,
         fmt::format("{}: {} -> {}  [{}{}]", who, output.Text({"data", "previous_rep", "id"}), rep,
                     WhyReassigned(reason), until));
  }
}

void DemoStory::FollowClock(const JsonNode& output) {
  const std::string_view type = output.Text({"type"});
  const std::string milestone(output.Text({"data", "milestone"}));
  const std::string key = fmt::format("{} {}", output.Text({"data", "lead", "id"}), milestone);
  const auto due = ParseInstant(output.Text({"data", "due"}));
  if ((type == "sla.started" || type == "sla.rescheduled") && due.has_value()) {
    open_[key] = {std::string(output.Text({"data", "rep", "id"})), milestone, *due};
  } else if (type == "sla.met" || type == "sla.breached" || type == "sla.cancelled") {
    open_.erase(key);
  }
}

void DemoStory::TellSla(const JsonNode& output) {
  FollowClock(output);
  const std::string_view type = output.Text({"type"});
  const std::string_view rep = output.Text({"data", "rep", "id"});
  const std::string_view milestone = output.Text({"data", "milestone"});
  const std::string_view pool = output.Text({"data", "assignment", "pool"});
  const std::string due = DueOf(output, output.Text({"data", "due"}));
  const std::string who = Who(output);
  // What should have happened, and whose turn it was: nobody's while the lead waits in a queue.
  const std::string wanted = milestone == "accept"   ? fmt::format("to accept {}", who)
                             : milestone == "assign" ? fmt::format("for a rep to claim {}", who)
                                                     : fmt::format("to reach {} first", who);
  const std::string whose = rep.empty() ? fmt::format("the queue {}", pool) : std::string(rep);
  if (type == "sla.met" && milestone == "first_touch") {
    const auto from = ParseInstant(output.Text({"data", "started"}));
    const auto to = ParseInstant(output.Text({"data", "met_at"}));
    if (!from.has_value() || !to.has_value()) return;
    first_touches_.push_back(*to - *from);
    Line(output, Colour::kPlain, "touched",
         fmt::format("{} by {}, {} after routing", who, rep,
                     FormatDuration(Seconds(first_touches_.back().ms / 1000))));
  } else if (type == "sla.warning") {
    Line(output, Colour::kYellow, "warning", fmt::format("{} has until {} {}", whose, due, wanted));
  } else if (type == "sla.breached") {
    ++leads_[std::string(output.Text({"data", "lead", "id"}))].breaches;
    Line(output, Colour::kRed, "breach", fmt::format("{} had until {} {}", whose, due, wanted));
  } else if (type == "sla.escalated") {
    const bool passes_on = output.Text({"data", "action"}) == "reassign";
    const bool enough = !output.Text({"data", "reason"}).empty();
    Line(output, Colour::kYellow, "ladder",
         passes_on ? fmt::format("{} {}", who,
                                 enough ? "has been passed on often enough" : "goes to another rep")
                   : fmt::format("{} told of {}", RecipientsOf(output), who));
  }
}

void DemoStory::TellCadence(const JsonNode& output) {
  const std::string_view type = output.Text({"type"});
  const std::string_view rep = output.Text({"data", "rep", "id"});
  const std::string_view channel = output.Text({"data", "channel"});
  const std::string_view content = output.Text({"data", "template"});
  if (type == "cadence.exited") {
    Line(output, Colour::kBlue, "follow-up",
         fmt::format("ends for {}: {}", Who(output), output.Text({"data", "reason"})));
  }
  if (type != "cadence.step_due") return;
  const std::string_view action = content.empty() ? output.Text({"data", "action"}) : content;
  const std::string what = fmt::format("{}{}{}", channel, action.empty() ? "" : " ", action);
  Line(output, Colour::kBlue, "step due",
       output.Text({"data", "execution"}) == "auto"
           ? fmt::format("{} to {}, sent for {}", what, Who(output), rep)
           : fmt::format("{} to {}, {} does it", what, Who(output), rep));
}

std::string DemoStory::Who(const JsonNode& output) const {
  const std::string_view lead = output.Text({"data", "lead", "id"});
  const auto known = leads_.find(lead);
  return known == leads_.end() || known->second.who.empty() ? std::string(lead) : known->second.who;
}

int64_t DemoStory::Count(std::string_view type) const {
  const auto it = counts_.find(type);
  return it == counts_.end() ? 0 : it->second;
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
                        FormatDuration(Seconds((next->due - now).ms / 1000)),
                        next->milestone == "first_touch" ? "a first touch" : next->milestone);
  }
  out_ << "\r\033[K" << text << std::flush;
}

void DemoStory::Line(const JsonNode& output, Colour colour, std::string_view what,
                     const std::string& text) {
  constexpr std::array<std::string_view, 6> kCodes = {"0", "31", "32", "33", "34", "36"};
  if (terminal_) out_ << "\r\033[K";
  const std::string line = fmt::format("{:<10} {}", what, text);
  out_ << Clock(output.Text({"time"})) << "  ";
  if (colours_ && colour != Colour::kPlain) {
    out_ << "\033[" << kCodes[static_cast<size_t>(colour)] << "m" << line << "\033[0m\n";
  } else {
    out_ << line << "\n";
  }
}

// A lead that reps were too slow for, one that was claimed from a queue, and the first of all.
std::vector<std::string> DemoStory::Examples() const {
  std::vector<std::string> examples;
  const auto add = [&](auto wanted) {
    const auto it = std::ranges::find_if(routed_, [&](const std::string& lead) {
      return std::ranges::find(examples, lead) == examples.end() && wanted(lead);
    });
    if (it != routed_.end()) examples.push_back(*it);
  };
  add([&](const std::string& lead) { return leads_.at(lead).breaches > 0; });
  add([&](const std::string& lead) { return queued_.contains(lead); });
  add([](const std::string&) { return true; });
  return examples;
}

void DemoStory::Summary(Duration span) {
  if (terminal_) out_ << "\r\033[K";
  const auto created = Count("lead.created");
  std::ranges::sort(first_touches_);
  out_ << fmt::format(
      "\n{} of the day: {} leads came in. {} went to a rep, {} of all waited in a queue on the "
      "way; "
      "the others have not\nasked for sales or read enough yet, and stay in nurture.\n"
      "SLA: {} milestones met, {} missed, {} leads given to another rep. Follow-up: {} steps due, "
      "{} ended early.\n",
      FormatDuration(span), created, routed_.size(), queued_.size(), Count("sla.met"),
      Count("sla.breached"), Count("assignment.reassigned"), Count("cadence.step_due"),
      Count("cadence.exited"));
  if (!first_touches_.empty()) {
    const Duration median = first_touches_[first_touches_.size() / 2];
    out_ << fmt::format("Speed to lead: half of the first touches in time came within {}.\n",
                        FormatDuration(Seconds(median.ms / 1000)));
  }
  const std::vector<std::string> examples = Examples();
  if (examples.empty()) return;
  out_ << "\nSome of them:\n";
  for (const std::string& lead : examples) {
    out_ << fmt::format("  {}  {}: {}\n", lead, leads_.at(lead).who, leads_.at(lead).where);
  }
}

void DemoStory::WhereToLook(const std::string& program, const std::string& data,
                            const std::string& again) {
  const std::vector<std::string> examples = Examples();
  if (examples.empty()) return;
  out_ << "\nWhy did it go there? What is known of it?\n";
  if (!again.empty()) {
    out_ << fmt::format(
        "This day's data are gone with the demo; the first line plays it again and "
        "keeps them, under the same ids.\n  {}\n",
        again);
  }
  out_ << fmt::format("  {0} explain {2} --data {1}\n  {0} lead show {2} --data {1}\n", program,
                      data, examples.front());
}

}  // namespace pm
