#include "app/scenario/outcome.h"

#include <fmt/ranges.h>

#include <array>
#include <set>

#include "app/scenario/expect.h"
#include "app/scenario/scenario.h"
#include "base/time/text.h"

namespace pm {
namespace {

constexpr int kBadOutcome = 708;
constexpr auto kMilestones = std::to_array<std::string_view>({"assign", "accept", "first_touch"});
// Outputs that say what a milestone's deadline is, and when its clock began.
constexpr auto kClocks =
    std::to_array<std::string_view>({"sla.started", "sla.rescheduled", "sla.resumed"});
constexpr std::span<const std::string_view> kStarts = std::span(kClocks).first(1);
// Outputs that say who has the lead from then on.
constexpr auto kPlacings = std::to_array<std::string_view>(
    {"assignment.routed", "assignment.released", "assignment.reassigned", "assignment.transferred",
     "assignment.queued", "assignment.claimed"});

bool IsWanted(const YamlNode& node) { return node.kind != YamlNode::Kind::kNull; }

// A step as it is written: `call`, `email intro-a at +10m`.
struct StepText {
  std::string channel, content;
  std::optional<When> at;
};

Result<StepText> ParseStep(std::string_view text) {
  StepText step;
  if (const size_t at = text.find(" at "); at != std::string_view::npos) {
    PM_TRY(step.at, ParseWhen(text.substr(at + 4)));
    text = text.substr(0, at);
  }
  const size_t blank = text.find(' ');
  step.channel = text.substr(0, blank);
  if (blank != std::string_view::npos) step.content = text.substr(blank + 1);
  return step;
}

// All outputs about one person.
class Person {
 public:
  Person(std::span<const Seen> seen, std::string_view person_id) {
    for (const Seen& one : seen) {
      if (one.json.Text({"data", "lead", "person_id"}) == person_id) outputs_.push_back(&one);
    }
  }

  // The last output of a type that begins so and has that path; null when there is none.
  const JsonNode* Last(std::string_view type, std::string_view path) const {
    for (size_t i = outputs_.size(); i-- > 0;) {
      if (!outputs_[i]->type.starts_with(type)) continue;
      if (const JsonNode* found = AtPath(outputs_[i]->json, path)) return found;
    }
    return nullptr;
  }

  // Of the last hand-over; null also when that does not say it.
  const JsonNode* OfPlacing(std::string_view path) const {
    for (size_t i = outputs_.size(); i-- > 0;) {
      if (std::ranges::find(kPlacings, outputs_[i]->type) == kPlacings.end()) continue;
      return AtPath(outputs_[i]->json, path);
    }
    return nullptr;
  }

  // The last of those outputs about a milestone; null: none came.
  const JsonNode* Clock(std::string_view milestone, std::span<const std::string_view> types) const {
    for (size_t i = outputs_.size(); i-- > 0;) {
      const Seen& one = *outputs_[i];
      if (std::ranges::find(types, one.type) == types.end()) continue;
      if (one.json.Text({"data", "milestone"}) == milestone) return &one.json;
    }
    return nullptr;
  }

  const std::vector<const Seen*>& outputs() const { return outputs_; }

 private:
  std::vector<const Seen*> outputs_;
};

class Comparison {
 public:
  Comparison(const Outcome& wanted, std::string who, const Person& person)
      : wanted_(wanted), who_(std::move(who)), person_(person) {}

  std::vector<std::string> Run() {
    Look("stage", wanted_.stage, person_.Last("lead.", "lead.stage"));
    Look("grade", wanted_.grade, person_.Last("lead.", "score.grade"));
    Look("fit", wanted_.fit, person_.Last("lead.", "score.fit"));
    Look("engagement", wanted_.engagement, person_.Last("lead.", "score.engagement"));
    LookForReason();
    Look("screened", wanted_.screened, person_.Last("lead.screened", "screened_as"));
    Look("route", wanted_.route, person_.OfPlacing("assignment.route"));
    Look("pool", wanted_.pool, person_.OfPlacing("assignment.pool"));
    Look("rep", wanted_.rep, person_.OfPlacing("rep.id"));
    Look("priority", wanted_.priority, person_.OfPlacing("priority"));
    Look("sla", wanted_.sla, person_.OfPlacing("sla"));
    Look("cadence", wanted_.cadence, person_.Last("cadence.enrolled", "cadence"));
    for (const auto& [milestone, due] : wanted_.due) LookAtDue(milestone, due);
    if (IsWanted(wanted_.steps)) LookAtSteps();
    return std::move(lines_);
  }

 private:
  void Look(std::string_view what, const YamlNode& wanted, const JsonNode* got) {
    if (IsWanted(wanted) && !Matches(got, wanted)) Tell(what, WantedText(wanted), Shown(got));
  }

  void Tell(std::string_view what, std::string_view expected, std::string_view got) {
    lines_.push_back(fmt::format("{}: {}: expected {}, got {}", who_, what, expected, got));
  }

  // Behind the rule's name a reason says its points.
  void LookForReason() {
    if (!IsWanted(wanted_.because)) return;
    const JsonNode* reasons = person_.Last("lead.", "score.reasons");
    const bool told =
        reasons != nullptr && std::ranges::any_of(reasons->items, [&](const JsonNode& reason) {
          return reason.text.substr(0, reason.text.rfind(' ')) == wanted_.because.text;
        });
    if (!told) Tell("because", wanted_.because.text, Shown(reasons));
  }

  void LookAtDue(const std::string& milestone, const YamlNode& due) {
    const JsonNode* clock = person_.Clock(milestone, kClocks);
    if (due.kind == YamlNode::Kind::kMap || clock == nullptr) {
      return Look("due " + milestone, due, clock == nullptr ? nullptr : AtPath(*clock, "due"));
    }
    const When when = ParseWhen(due.text).value_or(When{});  // Check has read it
    const JsonNode* start = person_.Clock(milestone, kStarts);
    const std::string expected = FormatInstant(when.From(InstantAt(start, {"data", "started"})));
    const std::string_view got = clock->Text({"data", "due"});
    if (got != expected) Tell("due " + milestone, expected, got);
  }

  static Instant InstantAt(const JsonNode* node, std::initializer_list<std::string_view> path) {
    return node == nullptr ? Instant{} : ParseInstant(node->Text(path)).value_or(Instant{});
  }

  void LookAtSteps() {
    std::vector<std::string> got;
    bool same = true;
    size_t next = 0;
    Instant enrolled;
    for (const Seen* one : person_.outputs()) {
      if (one->type == "cadence.enrolled") enrolled = InstantAt(&one->json, {"time"});
      if (one->type != "cadence.step_due") continue;
      got.push_back(StepInWords(one->json, enrolled));
      same = same && next < wanted_.steps.items.size() &&
             IsStep(wanted_.steps.items[next].text, one->json, enrolled);
      ++next;
    }
    if (same && next == wanted_.steps.items.size()) return;
    Tell("steps", WantedText(wanted_.steps), fmt::format("[{}]", fmt::join(got, ", ")));
  }

  static std::string_view ContentOf(const JsonNode& step) {
    const std::string_view named = step.Text({"data", "template"});
    return named.empty() ? step.Text({"data", "action"}) : named;
  }

  static std::string StepInWords(const JsonNode& step, Instant enrolled) {
    const std::string_view content = ContentOf(step);
    return fmt::format("{}{}{} at {} (+{})", step.Text({"data", "channel"}),
                       content.empty() ? "" : " ", content, step.Text({"time"}),
                       FormatDuration(InstantAt(&step, {"time"}) - enrolled));
  }

  static bool IsStep(std::string_view text, const JsonNode& step, Instant enrolled) {
    const StepText wanted = ParseStep(text).value_or(StepText{});
    if (wanted.channel != step.Text({"data", "channel"})) return false;
    if (!wanted.content.empty() && wanted.content != ContentOf(step)) return false;
    return !wanted.at || wanted.at->From(enrolled) == InstantAt(&step, {"time"});
  }

  const Outcome& wanted_;
  const std::string who_;
  const Person& person_;
  std::vector<std::string> lines_;
};

// By the address of a contact; without one, of everybody. More than one is an answer, too.
std::set<std::string> PeopleOf(const std::string& email, std::span<const Seen> seen) {
  std::set<std::string> people;
  for (const Seen& one : seen) {
    const std::string_view id = one.json.Text({"data", "lead", "person_id"});
    if (id.empty()) continue;
    if (!email.empty() && one.json.Text({"data", "contact", "email"}) != email) continue;
    people.emplace(id);
  }
  return people;
}

}  // namespace

void Outcome::Check(const YamlNode&, Diagnostics& out) const {
  for (const auto& [milestone, at] : due) {
    if (std::ranges::find(kMilestones, milestone) == kMilestones.end()) {
      out.Error(kBadOutcome, PlaceOf(at), fmt::format("'{}' is no milestone", milestone),
                DidYouMean(milestone, kMilestones));
    }
    if (at.kind == YamlNode::Kind::kMap) continue;
    if (const auto when = ParseWhen(at.text); !when.has_value())
      out.Report(when.error(), PlaceOf(at));
  }
  if (!IsWanted(steps) || !ExpectKind(steps, YamlNode::Kind::kSequence, out)) return;
  for (const YamlNode& step : steps.items) {
    if (!ExpectKind(step, YamlNode::Kind::kScalar, out)) continue;
    if (const auto parsed = ParseStep(step.text); !parsed.has_value())
      out.Report(parsed.error(), PlaceOf(step));
  }
}

std::vector<std::string> Differences(const Outcome& wanted, std::span<const Seen> seen) {
  const std::set<std::string> people = PeopleOf(wanted.email, seen);
  const std::string who = wanted.email.empty() ? "the lead" : wanted.email;
  if (people.empty()) return {who + ": nothing came of anybody like that"};
  if (people.size() > 1) {
    return {fmt::format("{}: that may be {} people; say which by `email`", who, people.size())};
  }
  const Person person(seen, *people.begin());
  return Comparison(wanted, who, person).Run();
}

}  // namespace pm
