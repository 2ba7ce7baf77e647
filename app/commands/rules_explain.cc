#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <ostream>

#include "app/commands/commands.h"
#include "app/commands/files.h"
#include "app/commands/load_rules.h"
#include "app/simulate/contradictions.h"
#include "app/simulate/derived_facts.h"
#include "app/simulate/lead_trial.h"
#include "app/simulate/why_not.h"
#include "base/describe_json.h"
#include "base/time/text.h"

namespace pm {
namespace {

Instant Now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return Instant{std::chrono::duration_cast<std::chrono::seconds>(since).count() * 1000};
}

// An instant, or a date, which means its noon: then it is that day nearly everywhere.
Result<Instant> MomentOf(const std::string& text, Streams& streams) {
  if (!ParseDate(text)) return ParseInstant(text);
  PM_TRY(const Instant noon, ParseInstant(text + "T12:00:00Z"));
  streams.err << fmt::format("note: {} is taken as {}\n", text, FormatInstant(noon));
  return noon;
}

// What the route that won gives beside a rep: `SLA hot, priority high`.
std::string GivenWith(const LeadTrial& trial) {
  if (!trial.rows()->assignment) return {};
  const AssignmentRow& row = *trial.rows()->assignment;
  std::string text = "priority " + row.priority;
  if (!row.sla.empty()) text += ", SLA " + row.sla;
  if (!row.cadence.empty()) text += ", cadence " + row.cadence;
  return text;
}

void TellText(const LeadTrial& trial, const std::optional<WhyNot>& why_not, Streams& streams) {
  for (const std::string& problem : trial.problems()) {
    streams.err << fmt::format("note: {}\n", problem);
  }
  if (trial.held_at() != kNever) {
    streams.err << fmt::format("note: routing held it from {}, for what it wants to know first\n",
                               FormatInstant(trial.held_at()));
  }
  streams.out << ToText(trial.Explain());
  const std::string given = GivenWith(trial);
  if (!given.empty()) streams.out << fmt::format("  with {}\n", given);
  if (why_not) streams.out << '\n' << ToText(*why_not);
}

void TellJson(const LeadTrial& trial, const std::optional<WhyNot>& why_not, Streams& streams) {
  std::string line;
  JsonWriter w(&line);
  w.BeginObject();
  w.Field("route", trial.route());
  if (trial.rows()->assignment) {
    const AssignmentRow& row = *trial.rows()->assignment;
    w.Field("pool", row.pool);
    w.Field("rep", row.rep);
    w.Field("sla", row.sla);
    w.Field("cadence", row.cadence);
    w.Field("priority", row.priority);
  }
  w.Key("problems");
  w.BeginArray();
  for (const std::string& problem : trial.problems()) w.String(problem);
  w.EndArray();
  w.Key("explanation");
  w.Raw(ToJson(trial.Explain()));
  if (why_not) {
    w.Key("why_not");
    w.Raw(ToJson<WhyNot>(*why_not));
  }
  w.EndObject();
  streams.out << line << '\n';
}

// What a form sends names somebody, or the engine refuses it. A lead as `rules check` shows it,
// whose fields have their full names, is only what rules look at. Empty: it may be tried.
std::string WhyNobody(const std::string& path, const LeadFile& lead, Streams& streams) {
  if (lead.NamesSomebody()) return {};
  const std::string what = fmt::format("{} says nothing of whom it is about", path);
  const auto bare = [](const auto& said) {
    return said.first.find('.') == std::string::npos && said.first != "hand_raise";
  };
  if (std::ranges::any_of(lead.data(), bare))
    return what + ", and such a lead is refused: add an e-mail address or another identity";
  streams.err << fmt::format("note: {}; it is tried as somebody's\n", what);
  return {};
}

int ComplainOfContradiction(const std::string& path, const std::vector<std::string>& lines,
                            Streams& streams) {
  return Complain(streams, kExitBadData,
                  {720, fmt::format("{} contradicts itself: {}", path, fmt::join(lines, "; "))});
}

}  // namespace

int RunRulesExplain(const Arguments& arguments, Streams& streams) {
  const std::string path = arguments.Text("lead");
  Result<std::string> text = ReadWholeFile(path);
  if (!text.has_value()) return Complain(streams, kExitUnavailable, text.error());
  Result<LeadFile> lead = LeadFile::Read(path, *std::move(text));
  if (!lead.has_value()) {
    return Complain(streams, kExitBadData, lead.error(),
                    "give its fields, as `{ email: ann@acme.example, hand_raise: true }`");
  }
  Instant at = lead->time().value_or(Now());
  if (arguments.Has("at")) {
    const Result<Instant> said = MomentOf(arguments.Text("at"), streams);
    if (!said.has_value()) return Complain(streams, kExitUsage, said.error());
    at = *said;
  }
  int exit_code = kExitFine;
  auto book = LoadRules(arguments.Text("rules"), streams, &exit_code);
  if (book == nullptr) return exit_code;
  const std::string of_address = GiveAddress(book->fields(), &*lead);
  if (const std::string why = WhyNobody(path, *lead, streams); !why.empty())
    return Complain(streams, kExitBadData, {720, why});
  const std::vector<std::string> disagree = KeysThatDisagree(*book, "lead.submitted", lead->data());
  if (!disagree.empty()) return ComplainOfContradiction(path, disagree, streams);
  const Result<std::optional<GivenScores>> scores = TakeScores(book, &*lead, at);
  if (!scores.has_value()) return Complain(streams, kExitBadData, scores.error());
  if (scores->has_value()) {
    book = WithScores(*book, **scores);
    streams.err << fmt::format(
        "note: scores as {} says: fit {}, engagement {}; points of rules count nothing\n", path,
        (*scores)->fit, (*scores)->engagement);
  }
  const LeadTrial trial(book, *lead, at);
  if (trial.rows() == nullptr) {
    return Complain(
        streams, kExitBadData,
        {720, fmt::format("{} makes no lead: {}", path, fmt::join(trial.problems(), "; "))});
  }
  const std::vector<std::string> overruled = trial.Overruled(of_address);
  if (!overruled.empty()) return ComplainOfContradiction(path, overruled, streams);
  std::optional<WhyNot> why_not;
  if (arguments.Has("why-not")) {
    Result<WhyNot> asked = AskWhyNot(book, *lead, at, arguments.Text("why-not"));
    if (!asked.has_value()) return Complain(streams, kExitUsage, asked.error());
    why_not = *std::move(asked);
  }
  arguments.Has("json") ? TellJson(trial, why_not, streams) : TellText(trial, why_not, streams);
  return kExitFine;
}

}  // namespace pm
