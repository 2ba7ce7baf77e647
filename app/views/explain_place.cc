#include "app/views/explain_place.h"

#include <fmt/ranges.h>

#include "app/views/explain_conditions.h"
#include "app/views/explain_work.h"
#include "app/views/read_rows.h"
#include "base/time/text.h"
#include "engine/stages/account/account.h"

namespace pm {
namespace {

using account::LeadPlace;
using account::LeadRow;

class PlaceInWords {
 public:
  PlaceInWords(const LeadRows& rows, const StoreView& store, const RuleBook& rules,
               Explanation* out)
      : rows_(rows),
        lead_(rows.lead),
        store_(store),
        rules_(rules),
        block_(account::StandingFacts(rows.person, rows.company ? &*rows.company : nullptr, lead_)),
        facts_(rules, FieldBlock(block_)),
        out_(*out) {}

  void Explain() {
    switch (lead_.place) {
      case LeadPlace::kNurture:
        return lead_.waits ? ExplainRefused() : ExplainNurture();
      case LeadPlace::kScreened:
        return ExplainScreened();
      case LeadPlace::kHeld:
        return ExplainHeld();
      case LeadPlace::kQueued:
      case LeadPlace::kAssigned:
        return rows_.assignment ? ExplainAtDesk(*rows_.assignment)
                                : Say(fmt::format("On its way to desk {}.", lead_.desk));
      case LeadPlace::kClosed:
        Say(fmt::format("Closed {}: {}.", FormatInstant(lead_.ended_at), lead_.end_reason));
        return Differently("another submission of the person begins anew, as the repeat rules say");
    }
  }

 private:
  void Say(std::string line) { out_.now.push_back(std::move(line)); }
  void Differently(std::string line) { out_.differently.push_back(std::move(line)); }
  void Differently(std::string_view what, const std::vector<std::string>& lines) {
    for (const std::string& line : lines) Differently(fmt::format("{}{}", what, line));
  }

  void ExplainRefused() {
    Say(
        fmt::format("To be routed because of {}, but every channel is refused, so nobody may "
                    "contact the person.",
                    lead_.pending));
    if (RefusesAll(rows_.person.consents)) {
      for (const ChannelWord& word : rows_.person.consents) {
        if (word.refused) SayRefusal("The person refused", word);
      }
    }
    for (const std::string& covers : account::CoveragesOf(rows_.person)) {
      const account::SuppressionRow::Key key = account::SuppressionKey(covers);
      auto row = ReadRow<account::SuppressionRow>(store_, key, rows_.world);
      if (!row.has_value()) row = ReadRow<account::SuppressionRow>(store_, key);
      if (!row.has_value() || !RefusesAll(row->consents)) continue;
      const std::string whom = covers == "all:" ? "everybody" : covers;
      for (const ChannelWord& word : row->consents) {
        if (word.refused) SayRefusal(fmt::format("A suppression of {} covers", whom), word);
      }
    }
    Differently(
        "a channel allowed again (consent.changed granted, suppression.removed); "
        "the lead then goes on by itself");
  }

  void SayRefusal(std::string_view who, const ChannelWord& word) {
    Say(fmt::format("{} {}, said by {} {}.", who, word.channel, word.said_by,
                    FormatInstant(word.at)));
  }

  void ExplainNurture() {
    if (lead_.ended_at != kNever) {
      Say(fmt::format("Came back from sales {}: {}.", FormatInstant(lead_.ended_at),
                      lead_.end_reason));
    }
    if (lead_.mode == Mode::kBackfill) Say("Taken in as backfill, which routes nothing.");
    Say(fmt::format("Waits for a reason to be routed: {}.",
                    fmt::join(rules_.lifecycle.route_when, " or ")));
    if (rules_.lifecycle.RoutesOn("hand_raise")) {
      Differently(lead_.hand_raise ? "hand_raise: another submission that asks for sales"
                                   : "hand_raise: a submission that asks for sales; none did");
    }
    for (const Threshold& threshold : rules_.lifecycle.thresholds) {
      if (rules_.lifecycle.RoutesOn(threshold.to)) ExplainThreshold(threshold);
    }
  }

  void ExplainThreshold(const Threshold& threshold) {
    const std::string name = fmt::format("{} ({}): ", threshold.to, threshold.origin.Text());
    Differently(name, facts_.Obstacles(threshold.when));
    const auto reached =
        std::ranges::find(rows_.person.reached, threshold.to, &account::Reached::stage);
    if (reached != rows_.person.reached.end()) {
      const Instant again = reached->at + threshold.cooldown;
      Differently(
          fmt::format("{}reached {} already; it counts again in the lead's next round, and "
                      "not before {}",
                      name, FormatInstant(reached->at), FormatInstant(again)));
    } else if (lead_.not_before.ms != 0) {
      Differently(
          fmt::format("{}not before {}, as sales said", name, FormatInstant(lead_.not_before)));
    }
  }

  void ExplainScreened() {
    Say(fmt::format("Screening rule '{}' took it out as {}.", lead_.screened_by,
                    lead_.screened_as));
    Say(lead_.due == kNever
            ? "It stays out until what the rule looks at changes."
            : fmt::format("For review until {}; then it is let in.", FormatInstant(lead_.due)));
    for (const ScreeningRule& rule : rules_.screening) {
      if (rule.name != lead_.screened_by) continue;
      Differently(fmt::format("not so, by {}: ", rule.origin.Text()), facts_.Reasons(rule.when));
    }
  }

  void ExplainHeld() {
    Say(fmt::format("To be routed because of {}; held for what routing wants to know first.",
                    lead_.pending));
    Say(fmt::format("Routed {} at the latest, with what is known then.", FormatInstant(lead_.due)));
    if (rules_.routing.hold)
      Differently("at once with ", facts_.Obstacles(rules_.routing.hold->until));
  }

  void ExplainAtDesk(const AssignmentRow& row) {
    ExplainHolder(row);
    std::ranges::move(WorkInWords(rows_, store_, rules_), std::back_inserter(out_.now));
  }

  void ExplainHolder(const AssignmentRow& row) {
    if (row.place == Place::kHeldForHours) {
      return Say(fmt::format("Pool {} holds it until a member is at work: {}.", row.pool,
                             FormatInstant(row.due)));
    }
    if (row.place == Place::kQueued) return ExplainQueued(row);
    Say(fmt::format("{} has it since {}{}.", row.rep, FormatInstant(row.assigned_at),
                    row.pool.empty() ? "" : ", from pool " + row.pool));
    Say(Milestone("Accepted", row.accepted_at));
    Say(Milestone("First touched", row.touched_at));
  }

  static std::string Milestone(std::string_view what, Instant at) {
    return at == kNever ? fmt::format("{}: not yet.", what)
                        : fmt::format("{} {}.", what, FormatInstant(at));
  }

  void ExplainQueued(const AssignmentRow& row) {
    Say(fmt::format("In the queue of pool {} since {}, until somebody claims it.", row.pool,
                    FormatInstant(row.queued_at)));
    const Pool* pool = rules_.FindPool(row.pool);
    if (pool == nullptr) return;
    std::vector<std::string_view> who;
    for (const PoolMember& member : pool->members) who.push_back(member.rep);
    if (who.empty()) who.push_back("any rep of its desk");
    const std::string limit =
        pool->claim_at_most_open > 0
            ? fmt::format(", each with at most {} open", pool->claim_at_most_open)
            : "";
    Differently(fmt::format("lead.claim by {}{}", fmt::join(who, ", "), limit));
  }

  const LeadRows& rows_;
  const LeadRow& lead_;
  const StoreView& store_;
  const RuleBook& rules_;
  const std::string block_;
  const FactsInWords facts_;
  Explanation& out_;
};

}  // namespace

void ExplainPlace(const LeadRows& rows, const StoreView& store, const RuleBook& rules,
                  Explanation* explanation) {
  PlaceInWords(rows, store, rules, explanation).Explain();
}

}  // namespace pm
