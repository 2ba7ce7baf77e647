#include "app/views/explain_decision.h"

#include <fmt/ranges.h>

#include <array>

#include "app/views/explain_conditions.h"
#include "rules/tables/route_table.h"

namespace pm {
namespace {

using account::StoredDecision;
using Lines = std::vector<std::string>;

constexpr std::string_view kRepeat = "repeat";  // the reason of a lifecycle decision

void AddIndented(Lines* lines, const Lines& more) {
  for (const std::string& line : more) lines->push_back("    " + line);
}

// What stands behind `name` and a separator, in the first text that begins so.
std::string_view Behind(const Lines& texts, std::string_view name, std::string_view separator) {
  for (const std::string_view text : texts) {
    if (text.starts_with(name) && text.substr(name.size()).starts_with(separator))
      return text.substr(name.size() + separator.size());
  }
  return {};
}

// `+15` of `Company size +15`; empty: the rule gave nothing.
std::string_view PointsOf(const Lines& counted, std::string_view rule) {
  for (const std::string_view text : counted) {
    const size_t blank = text.rfind(' ');
    if (text.substr(0, blank) == rule) return text.substr(blank + 1);
  }
  return {};
}

// The decision kept only the rules that gave most: `and 36 more` is its last line.
bool IsCut(const Lines& counted) {
  return !counted.empty() && counted.back().starts_with("and ") &&
         counted.back().ends_with(" more");
}

void ExplainScreening(const RuleBook& book, const StoredDecision& decision,
                      const FactsInWords& facts, Lines* lines) {
  for (const ScreeningRule& rule : book.screening) {
    const bool won = rule.name == decision.winner;
    lines->push_back(fmt::format("rule {} ({}) {}", rule.name, rule.origin.Text(),
                                 won ? "matched" : "did not match"));
    AddIndented(lines, won ? facts.Reasons(rule.when) : facts.Obstacles(rule.when));
    if (won) return;
  }
}

void ExplainFit(const ScoringRule& rule, const StoredDecision& decision, const FactsInWords& facts,
                Lines* lines) {
  const std::string_view points = PointsOf(decision.counted, rule.name);
  const std::string name = fmt::format("fit: {} ({})", rule.name, rule.origin.Text());
  const bool holds = facts.Holds(rule.when);
  const bool unknown = points.empty() && holds && IsCut(decision.counted);
  lines->push_back(unknown ? name + " matched; only the rules that gave most are kept with points"
                           : fmt::format("{} gave {}", name, points.empty() ? "nothing" : points));
  AddIndented(lines, holds ? facts.Reasons(rule.when) : facts.Obstacles(rule.when));
  if (holds && rule.banded_field) {
    AddIndented(lines, {fmt::format("{} is {}", facts.NameOf(*rule.banded_field),
                                    facts.Saw(*rule.banded_field))});
  }
}

void ExplainEngagement(const ScoringRule& rule, const StoredDecision& decision, Lines* lines) {
  const std::string_view points = PointsOf(decision.counted, rule.name);
  std::string line = fmt::format("engagement: {} ({}) gave {}", rule.name, rule.origin.Text(),
                                 !points.empty()           ? points
                                 : IsCut(decision.counted) ? "nothing, or less than is kept"
                                                           : "nothing");
  if (points.empty()) {
    line += fmt::format("; it gives {:+} for {}", rule.points, DeclOf(rule.signal).name);
    if (!rule.when.always()) line += fmt::format(" with {}", rule.when.Text());
  }
  lines->push_back(std::move(line));
}

// How far the next better grade is.
void ExplainGrade(std::string_view what, const std::vector<Grade>& grades, std::string_view grade,
                  int64_t score, Lines* lines) {
  const auto at = std::ranges::find(grades, grade, &Grade::name);
  if (at == grades.end() || at == grades.begin()) return;
  const Grade& better = *std::prev(at);
  lines->push_back(fmt::format("{} {} would be grade {}: {} more than {}", what, better.from,
                               better.name, better.from - score, score));
}

void ExplainScoring(const RuleBook& book, const StoredDecision& decision, const LeadRows& rows,
                    const FactsInWords& facts, Lines* lines) {
  for (const ScoringRule& rule : book.scoring.fit) ExplainFit(rule, decision, facts, lines);
  for (const ScoringRule& rule : book.scoring.engagement) ExplainEngagement(rule, decision, lines);
  const account::ScoreState& score = rows.person.score;
  if (score.fit_grade + score.engagement_grade != decision.winner) return;
  ExplainGrade("fit", book.scoring.fit_grades, score.fit_grade, score.fit, lines);
  ExplainGrade("engagement", book.scoring.engagement_grades, score.engagement_grade,
               score.engagement, lines);
}

void ExplainLifecycle(const RuleBook& book, const StoredDecision& decision,
                      const FactsInWords& facts, Lines* lines) {
  if (decision.reason == kRepeat) return;
  bool decided = false;
  for (const Threshold& threshold : book.lifecycle.thresholds) {
    if (threshold.to != decision.winner) continue;
    const bool holds = facts.Holds(threshold.when);
    const bool crossed = !decided && threshold.origin.Text() == decision.winner_origin;
    std::string line = fmt::format("threshold to {} ({}) was {}met", threshold.to,
                                   threshold.origin.Text(), holds ? "" : "not ");
    if (crossed) line += " and crossed";
    if (holds && !crossed) {
      line += decided ? ", too, after the one that decides" : ", but its cooldown was not over";
    }
    lines->push_back(std::move(line));
    AddIndented(lines, holds ? facts.Reasons(threshold.when) : facts.Obstacles(threshold.when));
    decided |= crossed;
  }
}

// Walks the routes as routing did, up to the one that has the lead.
class RoutesInWords {
 public:
  RoutesInWords(const StoredDecision& decision, const LeadRows& rows, const FactsInWords& facts,
                Lines* lines)
      : decision_(decision), facts_(facts), lines_(lines) {
    taken_ = decision.winner;
    if (rows.assignment && rows.assignment->decision == decision.id) {
      taken_ = rows.assignment->route;
      tried_ = &rows.assignment->passed_over;
    }
  }

  // True: one of these has the lead.
  bool Explain(const std::vector<Route>& routes) {
    for (const Route& route : routes) {
      if (ExplainOne(route)) return true;
    }
    return false;
  }

  void ExplainOtherwise(const Route& otherwise) {
    Say(otherwise, otherwise.name == taken_ ? "took it, as no route before it did"
                                            : "was the last to be asked");
  }

 private:
  void Say(const Route& route, std::string_view what) {
    lines_->push_back(fmt::format("route {} ({}) {}", route.name, route.origin.Text(), what));
  }

  bool ExplainOne(const Route& route) {
    if (!facts_.Holds(route.when)) {
      Say(route, "did not match");
      AddIndented(lines_, facts_.Obstacles(route.when));
      return false;
    }
    if (!route.nested.empty()) {
      Say(route, "matched; of those in it:");
      AddIndented(lines_, facts_.Reasons(route.when));
      return Explain(route.nested);
    }
    std::string why_not;
    const auto hit = route.table == nullptr ? std::optional<RouteTableHit>()
                                            : LookUp(*route.table, facts_.facts(), &why_not);
    const bool matches = route.table == nullptr || hit.has_value();
    const bool taken = matches && route.name == taken_;
    Say(route, taken ? "took it" : matches ? WhyNotTaken(route) : "did not match");
    AddIndented(lines_, facts_.Reasons(route.when));
    if (route.table != nullptr) ExplainTable(*route.table, hit, why_not);
    return taken;
  }

  // It matched and came first, but somebody else has the lead.
  std::string WhyNotTaken(const Route& route) const {
    const std::string_view no_target = Behind(decision_.passed_over, route.name, ": ");
    if (!no_target.empty()) return fmt::format("matched, but {}", PassedOverInWords(no_target));
    if (tried_ != nullptr && !Behind(*tried_, route.name, ": ").empty())
      return "matched, but nobody it names could take the lead: see the assignment";
    if (!Behind(decision_.counted, route.name, ": ").empty())
      return "matched and was asked before the lead came where it is now";
    return "matched, but was not asked: desks had given the lead back before";
  }

  void ExplainTable(const RouteTable& table, const std::optional<RouteTableHit>& hit,
                    const std::string& why_not) {
    std::string saw;
    for (const RouteTable::Column& column : table.inputs()) {
      saw += fmt::format("{}{} is {}", saw.empty() ? "" : ", ", facts_.NameOf(column.field),
                         facts_.Saw(column.field));
    }
    AddIndented(lines_,
                {hit               ? fmt::format("{}:{} matches: {}", table.file(), hit->row, saw)
                 : why_not.empty() ? fmt::format("no line of {} matches: {}", table.file(), saw)
                                   : fmt::format("{}: {}", why_not, saw)});
  }

  const StoredDecision& decision_;
  const FactsInWords& facts_;
  Lines* const lines_;
  std::string taken_;
  const Lines* tried_ = nullptr;  // what the desk says of each, when it is still this decision
};

std::string Where(const StoredDecision& d) {
  return d.winner_origin.empty() ? "" : fmt::format(" ({})", d.winner_origin);
}

// What its rule asks may not be what was done: that is kept as `reopen: assigned`.
std::string RepeatInWords(const StoredDecision& d) {
  const std::string begin =
      fmt::format("Another submission came; the rule for that{} says", Where(d));
  if (d.passed_over.empty()) return fmt::format("{} {}.", begin, d.winner);
  const std::string_view asked = d.passed_over.front();
  const size_t colon = std::min(asked.find(": "), asked.size());
  const std::string_view why = asked.substr(std::min(colon + 2, asked.size()));
  return fmt::format(
      "{} {}, which cannot be done with a lead {}: {}.", begin, asked.substr(0, colon),
      why == "no_previous_rep" ? "that no rep had before" : fmt::format("in stage {}", why),
      d.winner == "new_lead" ? "a new one was begun" : "the lead took the submission");
}

std::string Summary(const StoredDecision& d, const LeadRows& rows) {
  const std::string where = Where(d);
  if (d.kind == "screening")
    return fmt::format("Taken out by screening rule '{}'{} as {}.", d.winner, where, d.reason);
  if (d.kind == "scoring") {
    const account::ScoreState& score = rows.person.score;
    const bool same = score.fit_grade + score.engagement_grade == d.winner;
    return fmt::format(
        "Scored{}{} after {}.", d.winner.empty() ? "" : " " + d.winner,
        same ? fmt::format(", fit {} and engagement {},", score.fit, score.engagement) : "",
        d.reason);
  }
  if (d.kind == "lifecycle" && d.reason == kRepeat) return RepeatInWords(d);
  if (d.kind == "lifecycle")
    return fmt::format("Reached {}{}: its {} was crossed.", d.winner, where, d.reason);
  if (d.winner.empty())
    return fmt::format(
        "Not routed, though asked for because of {}: no channel is left on which "
        "the person may be contacted. No route was asked.",
        d.reason);
  return fmt::format("Routed because of {}; route '{}'{} came first.", d.reason, d.winner, where);
}

}  // namespace

DecisionView ExplainDecision(const StoredDecision& d, const LeadRows& rows, const RuleBook& names,
                             const RuleBook* book) {
  DecisionView view{d.kind, d.id, d.at, d.rules, Summary(d, rows), {}, {}};
  view.facts = NameFields(FieldBlock(d.facts), names.fields());
  if (book == nullptr) {
    for (const std::string& text : d.counted) view.lines.push_back("counted: " + text);
    for (const std::string& text : d.passed_over) view.lines.push_back("passed over: " + text);
    view.lines.push_back("the rules of that version are not at hand, so no rule is shown");
    return view;
  }
  const FactsInWords facts(*book, FieldBlock(d.facts));
  if (d.kind == "screening") ExplainScreening(*book, d, facts, &view.lines);
  if (d.kind == "scoring") ExplainScoring(*book, d, rows, facts, &view.lines);
  if (d.kind == "lifecycle") ExplainLifecycle(*book, d, facts, &view.lines);
  if (d.kind != "routing" || d.winner.empty()) return view;
  RoutesInWords routes(d, rows, facts, &view.lines);
  if (!routes.Explain(book->routing.routes)) routes.ExplainOtherwise(book->routing.otherwise);
  return view;
}

DecisionView ExplainAssignment(const AssignmentRow& row, const RuleBook& names) {
  DecisionView view;
  view.kind = "assignment";
  view.id = row.decision;
  view.at = row.assigned_at != kNever ? row.assigned_at : row.queued_at;
  view.facts = NameFields(FieldBlock(row.card.fields), names.fields());
  const std::string by = fmt::format("by route '{}' ({})", row.route, row.origin);
  const std::string from = row.pool.empty() ? "" : " from pool " + row.pool;
  if (row.place == Place::kHeldForHours) {
    view.summary = fmt::format("Pool {} holds it until its hours begin, {}.", row.pool, by);
  } else if (row.rep.empty()) {
    view.summary = fmt::format("Waits in the queue of pool {}, {}.", row.pool, by);
  } else {
    view.summary = fmt::format("Given to {}{}, {}: {}.", row.rep, from, by, ViaInWords(row.via));
  }
  if (!row.past_reps.empty()) {
    view.lines.push_back(fmt::format("had it before: {}; it moved on because of {}",
                                     fmt::join(row.past_reps, ", "), row.reason));
  }
  for (const std::string_view text : row.passed_over) {
    const size_t colon = text.find(": ");
    if (colon == std::string_view::npos) continue;
    std::string line =
        fmt::format("{}: {}", text.substr(0, colon), PassedOverInWords(text.substr(colon + 2)));
    // Whom a route names may be in its pool as well.
    const bool said = std::ranges::find(view.lines, line) != view.lines.end();
    if (!said) view.lines.push_back(std::move(line));
  }
  return view;
}

std::string PassedOverInWords(std::string_view reason) {
  constexpr auto kWords = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"inactive", "is not active"},
      {"away", "is away"},
      {"away, backup asked", "is away, so the backup was asked"},
      {"had_it_before", "had this lead before"},
      {"not_their_turn", "could have had it, but it was another's turn"},
      {"more_open_leads", "could have had it, but has more open leads"},
      {"not_a_member", "is not in the pool any more"},
      {"unknown_rep", "is nobody we know"},
      {"no_sdr", "is supported by nobody"},
      {"no_such_pool", "is no pool of the rules"},
      {"no_target", "it names nobody for this lead"},
      {"unknown_pool", "it names a pool that does not exist"},
      {"falls through", "nobody could take it, so the next route was asked"},
      {"nobody_eligible", "nobody could take it"},
      {"off_hours", "is off hours"},
      {"too_many_desks", "is of another desk, and too many had been asked already"},
  });
  for (const auto& [code, words] : kWords) {
    if (reason == code) return std::string(words);
  }
  if (reason.starts_with("cap ")) return fmt::format("is at the cap of {}", reason.substr(4));
  if (reason.starts_with("off_hours ")) return fmt::format("is off hours {}", reason.substr(10));
  constexpr std::string_view kSticky = "sticky, but ";
  if (reason.starts_with(kSticky)) {
    return fmt::format("had this account's last lead, but {}",
                       PassedOverInWords(reason.substr(kSticky.size())));
  }
  return std::string(reason);
}

std::string ViaInWords(std::string_view via) {
  constexpr auto kWords = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"rotation", "it was their turn in the rotation"},
      {"least_loaded", "they have the fewest open leads"},
      {"opens soonest", "of all who are off hours they are at work first"},
      {"tie by hash", "several were equal, so it was drawn"},
      {"sticky", "they had this account's last lead"},
      {"owner", "they own the account"},
      {"sdr_of", "they support the owner"},
      {"rep", "the route names them"},
      {"table", "the table names them"},
      {"else", "whom the route names could not take it"},
      {"backup", "as backup"},
      {"previous_rep", "they had this person before"},
      {"claim", "they claimed it"},
  });
  std::string words;
  while (!via.empty()) {
    const size_t comma = via.find(", ");
    const std::string_view part = via.substr(0, comma);
    via.remove_prefix(comma == std::string_view::npos ? via.size() : comma + 2);
    const auto found = std::ranges::find(kWords, part, &decltype(kWords)::value_type::first);
    if (!words.empty()) words += "; ";
    words += found == kWords.end() ? part : found->second;
  }
  return words;
}

}  // namespace pm
