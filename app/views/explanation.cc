#include "app/views/explanation.h"

#include "app/views/explain_decision.h"
#include "app/views/explain_place.h"

namespace pm {
namespace {

void WriteList(std::string_view title, const std::vector<std::string>& lines, std::string* text) {
  if (lines.empty()) return;
  *text += fmt::format("{}\n", title);
  for (const std::string& line : lines) *text += fmt::format("  {}\n", line);
}

}  // namespace

Result<Explanation> ExplainLead(const StoreView& store, LeadId id, const RuleBook& rules,
                                const BookProvider& books) {
  PM_TRY(const LeadRows rows, ReadLead(store, id));
  Explanation explanation;
  explanation.lead = {id, rows.lead.person, rows.account_domain, rows.lead.stage, {}};
  explanation.place = account::PlaceName(rows.lead.place);
  explanation.mode = ModeName(rows.lead.mode);
  ExplainPlace(rows, store, rules, &explanation);
  for (const std::string_view kind : {"screening", "scoring", "lifecycle", "routing"}) {
    const auto found = std::ranges::find(rows.lead.decisions, kind, &account::StoredDecision::kind);
    if (found == rows.lead.decisions.end()) continue;
    const std::shared_ptr<const RuleBook> book = books(found->rules);
    explanation.decisions.push_back(ExplainDecision(*found, rows, rules, book.get()));
  }
  if (rows.assignment) {
    explanation.decisions.push_back(ExplainAssignment(*rows.assignment, rules));
  }
  return explanation;
}

std::string ToJson(const Explanation& explanation) { return ToJson<Explanation>(explanation); }

std::string ToText(const Explanation& explanation) {
  std::string text = fmt::format("{} is {}, stage {}\n", ToText(explanation.lead.id),
                                 explanation.place, explanation.lead.stage);
  if (explanation.mode == "shadow" || explanation.mode == "test") {
    text += fmt::format("  of mode {0}: nobody acts on it, and only events of mode {0} reach it\n",
                        explanation.mode);
  }
  for (const std::string& line : explanation.now) text += fmt::format("  {}\n", line);
  WriteList("it would go on with", explanation.differently, &text);
  for (const DecisionView& d : explanation.decisions) {
    text += fmt::format("\n{}{}\n  {}\n", d.kind, d.at == kNever ? "" : " " + FormatInstant(d.at),
                        d.summary);
    for (const std::string& line : d.lines) text += fmt::format("  {}\n", line);
  }
  return text;
}

}  // namespace pm
