// One lead that a rule set gets to see alone: submitted to the whole engine in memory, with the
// reps of the roster and nothing before it. What the engine did with it, and why.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/simulate/dry_run.h"
#include "app/simulate/lead_file.h"
#include "app/views/explanation.h"

namespace pm {

class LeadTrial {
 public:
  // Submits it at that instant. A lead that routing holds is looked at when the hold ends.
  LeadTrial(std::shared_ptr<const RuleBook> book, const LeadFile& lead, Instant at);

  // Null when the engine made no lead of it: `problems` say why.
  const LeadRows* rows() const { return rows_ ? &*rows_ : nullptr; }
  // What intake says of its fields, a line each.
  const std::vector<std::string>& problems() const { return problems_; }
  // When the hold began that was waited for; kNever: none did.
  Instant held_at() const { return held_at_; }
  // Name of the route that has it; empty: it is not at a desk.
  std::string route() const { return rows_ && rows_->assignment ? rows_->assignment->route : ""; }
  // What rules see of it: as routing saw it, else as they would now. A block.
  const std::string& facts() const { return facts_; }
  // Of a lead that was made: a line for each value that it was given and does not have, since
  // others overrule it. `also_given`: a block of what the event itself cannot say.
  std::vector<std::string> Overruled(std::string_view also_given) const;
  // Of a lead that was made. Screening rules and routes are told also when none took it out, and
  // when nothing asked for routing.
  Explanation Explain() const;

 private:
  const std::shared_ptr<const RuleBook> book_;
  DryRun run_;
  std::optional<LeadRows> rows_;
  std::vector<std::string> problems_;
  Instant held_at_ = kNever;
  LeadId id_;
  std::string given_;  // a block
  std::string facts_;
};

}  // namespace pm
