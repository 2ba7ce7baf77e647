#include "app/simulate/lead_trial.h"

#include <fmt/format.h>

#include "app/simulate/contradictions.h"
#include "app/views/explain_decision.h"
#include "app/views/find_lead.h"
#include "engine/stages/account/account.h"
#include "model/decode/decode.h"

namespace pm {
namespace {

using account::LeadPlace;
using account::StoredDecision;

const StoredDecision* DecisionOf(const LeadRows& rows, std::string_view kind) {
  const auto found = std::ranges::find(rows.lead.decisions, kind, &StoredDecision::kind);
  return found == rows.lead.decisions.end() ? nullptr : &*found;
}

std::string FactsOf(const LeadRows& rows) {
  if (const StoredDecision* routing = DecisionOf(rows, "routing")) return routing->facts.bytes;
  return account::StandingFacts(rows.person, rows.company ? &*rows.company : nullptr, rows.lead);
}

}  // namespace

LeadTrial::LeadTrial(std::shared_ptr<const RuleBook> book, const LeadFile& lead, Instant at)
    : book_(std::move(book)), run_(book_, {}) {
  const std::string json = lead.EventAt(at);
  const DecodedEvent event = DecodeEvent(json, DecodeRulesOf(*book_), at);
  given_ = event.event.fields.bytes;
  for (const DecodeProblem& problem : event.problems) {
    problems_.push_back(fmt::format("{}: {}", problem.pointer, problem.detail));
  }
  run_.SubmitAt(json, at);
  run_.Flush();
  const auto read = [&]() {
    const std::optional<LeadId> id = FindLead(run_.store(), event.event, WorldOf(event.mode));
    if (!id) return;
    id_ = *id;
    if (Result<LeadRows> rows = ReadLead(run_.store(), id_)) rows_ = *std::move(rows);
  };
  read();
  if (rows_ && rows_->lead.place == LeadPlace::kHeld) {
    held_at_ = at;
    run_.RunUntil(rows_->lead.due);
    run_.Flush();
    read();
  }
  if (rows_) facts_ = FactsOf(*rows_);
}

std::vector<std::string> LeadTrial::Overruled(std::string_view also_given) const {
  const std::string standing = account::StandingFacts(
      rows_->person, rows_->company ? &*rows_->company : nullptr, rows_->lead);
  std::vector<std::string> lines =
      ValuesOverruled(*book_, FieldBlock(given_), FieldBlock(standing));
  const auto more = ValuesOverruled(*book_, FieldBlock(also_given), FieldBlock(standing));
  lines.insert(lines.end(), more.begin(), more.end());
  return lines;
}

Explanation LeadTrial::Explain() const {
  const BookProvider books = [this](ContentHash) { return book_; };
  Explanation told = *ExplainLead(run_.store(), id_, *book_, books);
  if (DecisionOf(*rows_, "screening") == nullptr && !book_->screening.empty()) {
    DecisionView view = ExplainDecision(
        {.kind = "screening", .id = {}, .at = kNever, .rules = {}, .facts = BlockBytes{facts_}},
        *rows_, *book_, book_.get());
    view.summary = "No screening rule took it out.";
    told.decisions.insert(told.decisions.begin(), std::move(view));
  }
  if (rows_->lead.place != LeadPlace::kNurture || DecisionOf(*rows_, "routing") != nullptr)
    return told;
  FactSheet sheet(book_->slots());
  sheet.Add(FieldBlock(facts_));
  const auto found = account::FindCandidates(*book_, sheet.facts());
  if (found.candidates.empty()) return told;
  StoredDecision decision{
      .kind = "routing", .id = {}, .at = kNever, .rules = {}, .facts = BlockBytes{facts_}};
  decision.passed_over = found.passed_over;
  decision.winner = found.candidates.front().route;
  DecisionView view = ExplainDecision(decision, *rows_, *book_, book_.get());
  view.summary =
      fmt::format("Not asked to route; if it were, route '{}' would come first.", decision.winner);
  told.decisions.push_back(std::move(view));
  return told;
}

}  // namespace pm
