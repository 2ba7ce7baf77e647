// Asks the solver about the rules of a folder and tells what it finds. One thread.
#pragma once
#include <string>
#include <vector>

#include "rules/compile/checks/catalogue.h"
#include "rules/compile/context.h"
#include "rules/prove/find_lead.h"
#include "rules/prove/score_sums.h"

namespace pm {

class Prover {
 public:
  explicit Prover(CompileContext& context);

  // Within what is left of the work bound of the folder. `earlier_scores`: see LeadSpace.
  LeadAnswer Find(LeadQuery query, bool earlier_scores = false);
  // Work that was done outside the solver.
  void Spend(uint64_t units) { left_ -= std::min(left_, units); }
  uint64_t left() const { return left_; }
  bool spent() const { return left_ == 0; }

  // `example`: a lead that shows it, when it was found.
  void Tell(CheckKind check, const SourcePlace& place, std::string message, std::string hint,
            const LeadAnswer* example = nullptr) {
    Tell(check, DeclOf(check).gravity.value_or(Gravity::kWarning), place, std::move(message),
         std::move(hint), example);
  }
  // The same, of another gravity than the check has unless it is set.
  void Tell(CheckKind check, Gravity gravity, const SourcePlace& place, std::string message,
            std::string hint, const LeadAnswer* example = nullptr);
  // PM0242: `what` is a sentence without its end: `whether this holds for any lead`.
  void TellNotProved(const SourcePlace& place, std::string_view what, const LeadAnswer& answer);

  CompileContext& context() { return context_; }
  const FieldTable& fields() const { return context_.builder.fields(); }
  const Slots& slots() const { return context_.builder->slots(); }  // scores have theirs
  const ScoreSums& sums() const { return sums_; }

 private:
  CompileContext& context_;
  uint64_t left_;
  const ScoreSums sums_;
};

// The screening rules whose leads no route ever sees: those that do not let go after a review, but
// for rules that read what changes between screening and routing.
std::vector<const ScreeningRule*> KeepingRules(const RuleBook& book);
// No lead gets past these.
bool KeepEveryLead(Prover& prover, const std::vector<const ScreeningRule*>& rules);

// Each tells what it is named for. In this order.
void ProveConditions(Prover& prover);
void ProveScreening(Prover& prover);
void ProveScoring(Prover& prover);
void ProveLifecycle(Prover& prover);
void ProveRoutes(Prover& prover);
void ProveCadences(Prover& prover);
void ProveSkippedSteps(Prover& prover);
void ProveConsent(Prover& prover);
void ProvePeople(Prover& prover);
void ProveCaps(Prover& prover);
void ProvePoolHours(Prover& prover);
void ProveOpenAhead(Prover& prover);
void TellUnusedNames(Prover& prover);  // when every document is known

}  // namespace pm
