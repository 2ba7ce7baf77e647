#include "app/views/explanation.h"

#include "rules/value_text.h"

namespace pm {
namespace {

using account::StoredDecision;

std::string Indented(std::string_view text) { return fmt::format("    {}", text); }

// The re-run of one decision: its facts in the slots of the rules it was made under.
class Evaluator {
 public:
  Evaluator(const RuleBook& book, const StoredDecision& decision)
      : book_(book), sheet_(book.slots()) {
    sheet_.Add(FieldBlock(decision.facts));
  }

  bool Holds(const Condition& condition) const { return condition.Holds(sheet_.facts()); }

  // `account.employees gte 200: saw 180` for each leaf, why a rule matched or not.
  void Leaves(const Condition& condition, std::vector<std::string>* lines) const {
    for (const ConditionTrace& leaf :
         condition.Trace(sheet_.facts(), book_.slots(), book_.fields())) {
      lines->push_back(Indented(Sentence(leaf)));
    }
  }

  // Only what stands in the way: the leaves that do not hold.
  void Obstacles(const Condition& condition, std::vector<std::string>* lines) const {
    for (const ConditionTrace& leaf :
         condition.Trace(sheet_.facts(), book_.slots(), book_.fields())) {
      if (leaf.verdict != Tri::kTrue) lines->push_back(Indented(Sentence(leaf)));
    }
  }

  std::string Saw(FieldNumber field) const {
    const uint32_t slot = book_.slots().Of(field);
    if (slot == UINT32_MAX) return "missing";
    const FieldDecl* decl = book_.fields().Find(field);
    return ValueText(sheet_.facts()[slot], decl == nullptr ? "" : decl->unit);
  }

  bool Hit(const Route& route) const {
    return route.table == nullptr || LookUp(*route.table, sheet_.facts()).has_value();
  }

 private:
  static std::string Sentence(const ConditionTrace& leaf) {
    const std::string_view verdict = leaf.missing                  ? "unknown"
                                     : leaf.verdict == Tri::kTrue  ? "holds"
                                     : leaf.verdict == Tri::kFalse ? "does not hold"
                                                                   : "unknown";
    return fmt::format("{}: {}, saw {}", leaf.text, verdict, leaf.saw);
  }

  const RuleBook& book_;
  FactSheet sheet_;
};

void ExplainScreening(const RuleBook& book, const StoredDecision& decision, const Evaluator& eval,
                      std::vector<std::string>* lines) {
  for (const ScreeningRule& rule : book.screening) {
    const bool won = rule.name == decision.winner;
    lines->push_back(fmt::format("{} ({}): {}", rule.name, rule.origin.Text(),
                                 won ? "matched" : "did not match"));
    won ? eval.Leaves(rule.when, lines) : eval.Obstacles(rule.when, lines);
    if (won) return;
  }
}

void ExplainScoring(const RuleBook& book, const Evaluator& eval, std::vector<std::string>* lines) {
  for (const ScoringRule& rule : book.scoring.fit) {
    const bool holds = eval.Holds(rule.when);
    std::string line = fmt::format("fit rule {} ({}): {}", rule.name, rule.origin.Text(),
                                   holds ? "matched" : "did not match");
    if (holds && rule.banded_field) {
      line += fmt::format(", {} is {}", book.fields().Find(*rule.banded_field)->name,
                          eval.Saw(*rule.banded_field));
    }
    lines->push_back(std::move(line));
    if (!holds) eval.Obstacles(rule.when, lines);
  }
}

void ExplainLifecycle(const RuleBook& book, const StoredDecision& decision, const Evaluator& eval,
                      std::vector<std::string>* lines) {
  for (const Threshold& threshold : book.lifecycle.thresholds) {
    if (threshold.to != decision.winner) continue;
    lines->push_back(fmt::format("threshold to {} ({})", threshold.to, threshold.origin.Text()));
    eval.Leaves(threshold.when, lines);
  }
}

// Routes in order up to the one that won. True: it was among these.
bool ExplainRoutes(const std::vector<Route>& routes, const StoredDecision& decision,
                   const Evaluator& eval, std::vector<std::string>* lines) {
  for (const Route& route : routes) {
    const bool won = route.name == decision.winner;
    const bool holds = eval.Holds(route.when);
    const std::string_view verdict = won               ? "taken"
                                     : !holds          ? "did not match"
                                     : eval.Hit(route) ? "matched, but its target could not take it"
                                                       : "no row of its table matches";
    lines->push_back(fmt::format("route {} ({}): {}", route.name, route.origin.Text(), verdict));
    holds ? eval.Leaves(route.when, lines) : eval.Obstacles(route.when, lines);
    if (won) return true;
    if (holds && ExplainRoutes(route.nested, decision, eval, lines)) return true;
  }
  return false;
}

std::string Summary(const StoredDecision& d) {
  const std::string where = d.winner_origin.empty() ? "" : fmt::format(" ({})", d.winner_origin);
  if (d.kind == "screening") {
    return fmt::format("Taken out by screening rule '{}'{} as {}.", d.winner, where, d.reason);
  }
  if (d.kind == "scoring") {
    return fmt::format("Scored {} after {}.", d.winner.empty() ? "without grades" : d.winner,
                       d.reason);
  }
  if (d.kind == "lifecycle") {
    return fmt::format("Reached {}{} because of {}.", d.winner, where, d.reason);
  }
  if (d.winner.empty()) return fmt::format("Not routed (asked because of {}).", d.reason);
  return fmt::format("Routed because of {}: route '{}'{} came first.", d.reason, d.winner, where);
}

DecisionView ExplainOne(const StoredDecision& d, const RuleBook& names, const RuleBook* book) {
  DecisionView view{d.kind, d.id, d.at, d.rules, Summary(d), {}, {}};
  view.facts = NameFields(FieldBlock(d.facts), names.fields());
  for (const std::string& text : d.counted) view.lines.push_back("counted: " + text);
  for (const std::string& text : d.passed_over) view.lines.push_back("passed over: " + text);
  if (book == nullptr) {
    view.lines.push_back("the rules of that version are not at hand, so no rule is shown");
    return view;
  }
  const Evaluator eval(*book, d);
  if (d.kind == "screening") ExplainScreening(*book, d, eval, &view.lines);
  if (d.kind == "scoring") ExplainScoring(*book, eval, &view.lines);
  if (d.kind == "lifecycle") ExplainLifecycle(*book, d, eval, &view.lines);
  if (d.kind == "routing" && !ExplainRoutes(book->routing.routes, d, eval, &view.lines)) {
    view.lines.push_back(fmt::format("no route matched, so `otherwise` ({}) takes it",
                                     book->routing.otherwise.origin.Text()));
  }
  return view;
}

DecisionView ExplainAssignment(const AssignmentRow& row, const RuleBook& names) {
  DecisionView view;
  view.kind = "assignment";
  view.id = row.decision;
  view.at = row.assigned_at != kNever ? row.assigned_at : row.queued_at;
  view.facts = NameFields(FieldBlock(row.card.fields), names.fields());
  if (row.rep.empty()) {
    view.summary = fmt::format("Waits in pool {} (route '{}').", row.pool, row.route);
  } else {
    view.summary =
        fmt::format("Given to {} by route '{}' ({}){}: {}.", row.rep, row.route, row.origin,
                    row.pool.empty() ? "" : " from pool " + row.pool, row.via);
  }
  for (const std::string& text : row.passed_over) view.lines.push_back("passed over " + text);
  return view;
}

}  // namespace

Result<Explanation> ExplainLead(const StoreView& store, LeadId id, const RuleBook& rules,
                                const BookProvider& books) {
  PM_TRY(const LeadRows rows, ReadLead(store, id));
  Explanation explanation;
  explanation.lead = {id, rows.lead.person, rows.account_domain, rows.lead.stage, {}};
  explanation.place = account::PlaceName(rows.lead.place);
  for (const std::string_view kind : {"screening", "scoring", "lifecycle", "routing"}) {
    const auto found = std::ranges::find(rows.lead.decisions, kind, &StoredDecision::kind);
    if (found == rows.lead.decisions.end()) continue;
    const std::shared_ptr<const RuleBook> book = books(found->rules);
    explanation.decisions.push_back(ExplainOne(*found, rules, book.get()));
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
  for (const DecisionView& d : explanation.decisions) {
    text += fmt::format("\n{} {}\n  {}\n", d.kind, d.at == kNever ? "" : FormatInstant(d.at),
                        d.summary);
    for (const std::string& line : d.lines) text += fmt::format("  {}\n", line);
  }
  return text;
}

}  // namespace pm
