// The lead that a search is putting together: what each field may still be, and a value that is.
// Everything done to it can be undone back to a mark.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "rules/prove/find_address.h"
#include "rules/prove/find_lead.h"
#include "rules/prove/find_scores.h"
#include "rules/prove/possible.h"

namespace pm {

class LeadDraft {
 public:
  // Both must outlive the store.
  LeadDraft(const LeadSpace& space, uint64_t* work);

  // False when no value is left, or none was found (then exact() is false from then on). The store
  // must then be undone.
  bool Narrow(const std::shared_ptr<const ConditionNode>& test, Goal goal);
  size_t Mark() const { return trail_.size(); }
  void Undo(size_t mark);

  Facts facts() const { return facts_; }
  bool exact() const { return exact_; }

  // Something was asked of a field that the fit score decides.
  bool FitAsked() const;
  // The fit score of the lead as it is, whether or not some rule reads it.
  int64_t fit() const { return fit_; }
  // No engagement that is sure would do, but one that perhaps cannot be reached.
  bool engagement_in_doubt() const { return engagement_in_doubt_; }
  // Keeps only these fit scores; false when none is left that goes with the rest.
  bool NarrowFit(const Intervals& scores);
  void MarkInexact() { exact_ = false; }

  // After Narrow found no value and ruled none out: the test that can only be tried out.
  const ConditionNode& UncertainOf(const ConditionNode& test) const;

  // Gives the field a value without asking more of it; false when it cannot have it.
  bool Try(uint32_t slot, OwnValue value);
  // Leaves the field out: when it may be missing, or when nothing was asked of it.
  bool TryMissing(uint32_t slot);
  // Something was asked of the field.
  bool IsAsked(uint32_t slot) const { return possible_[slot].has_value(); }
  // The slot of one of kAddressFields, and others are there that go with it.
  bool IsOfAddress(uint32_t slot) const;
  // Takes the value away from a field that others of the address tell.
  void Hide(uint32_t slot) { Save(slot), Set(slot, {}); }
  const FieldDecl& FieldOf(uint32_t slot) const;

 private:
  struct Saved {
    uint32_t slot;  // UINT32_MAX: of the fit score itself
    std::optional<Possible> possible;
    OwnValue value;
    Intervals fits = {};
  };
  void Save(uint32_t slot) { trail_.push_back({slot, possible_[slot], values_[slot]}); }
  void Set(uint32_t slot, OwnValue value);
  Possible NewPossible(uint32_t slot) const;
  bool ChooseScores();
  bool ChooseAddress();
  bool TryAddress(uint32_t slot, const OwnValue& value);
  using AddressPossible = std::array<const Possible*, kAddressFields.size()>;
  AddressPossible PossibleAddress() const;
  void SetAddress(std::array<OwnValue, kAddressFields.size()> values);
  bool FindScoresIn(const Intervals& engagement, std::array<OwnValue, kScoreFields.size()>* out);
  bool IsTied(uint32_t slot) const;

  const LeadSpace& space_;
  uint64_t& work_;
  std::vector<std::optional<Possible>> possible_;  // by slot; nothing was asked: no value
  std::vector<OwnValue> values_;                   // by slot
  std::vector<Value> facts_;                       // the same, as conditions read it
  std::array<uint32_t, kScoreFields.size()> score_slots_;
  std::array<uint32_t, kAddressFields.size()> address_slots_;
  ScoreSets sets_;  // what scores may still be; of engagement, those that are sure
  int64_t fit_ = 0;
  std::vector<Saved> trail_;
  bool exact_ = true;
  bool engagement_in_doubt_ = false;
};

}  // namespace pm
