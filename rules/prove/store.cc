#include "rules/prove/store.h"

#include "rules/condition_make.h"

namespace pm {

Store::Store(const LeadSpace& space, uint64_t* work)
    : space_(space),
      work_(*work),
      possible_(space.slots.size()),
      values_(space.slots.size()),
      facts_(space.slots.size()) {
  for (size_t i = 0; i < kScoreFields.size(); ++i) {
    score_slots_[i] = space.slots.Of(kScoreFields[i]);
  }
  for (uint32_t slot = 0; slot < values_.size(); ++slot) {
    if (IsTied(slot) || !AlwaysPresent(FieldOf(slot))) continue;
    OwnValue value;
    NewPossible(slot).Choose(&value, &work_);
    Set(slot, std::move(value));
  }
  if (space.scoring != nullptr) ChooseScores();
  trail_.clear();
}

bool Store::Narrow(const std::shared_ptr<const ConditionNode>& test, Goal goal) {
  ++work_;
  const uint32_t slot = test->slot;
  Save(slot);
  std::optional<Possible>& possible = possible_[slot];
  if (!possible) possible = NewPossible(slot);
  possible->Narrow(test, DemandOf(*test, goal));
  if (IsTied(slot)) return ChooseScores();
  if (possible->Allows(facts_[slot], &work_)) return true;
  OwnValue value;
  const Possible::Answer answer = possible->Choose(&value, &work_);
  if (answer == Possible::Answer::kUnknown) exact_ = false;
  if (answer != Possible::Answer::kYes) return false;
  Set(slot, std::move(value));
  return true;
}

void Store::Undo(size_t mark) {
  while (trail_.size() > mark) {
    Saved& last = trail_.back();
    possible_[last.slot] = std::move(last.possible);
    Set(last.slot, std::move(last.value));
    trail_.pop_back();
  }
}

const ConditionNode& Store::UncertainOf(const ConditionNode& test) const {
  const ConditionNode* uncertain = possible_[test.slot]->Uncertain();
  return uncertain == nullptr ? test : *uncertain;
}

bool Store::Try(uint32_t slot, OwnValue value) {
  if (IsTied(slot)) return facts_[slot] == value.value();
  if (value.type == Type::kText && !IsKept(FieldOf(slot), value.text)) return false;
  const bool allowed = possible_[slot] ? possible_[slot]->Allows(value.value(), &work_)
                                       : NewPossible(slot).Allows(value.value(), &work_);
  if (!allowed) return false;
  Save(slot);
  Set(slot, std::move(value));
  return true;
}

bool Store::TryMissing(uint32_t slot) {
  if (possible_[slot] && (IsTied(slot) || !possible_[slot]->may_be_missing())) return false;
  Save(slot);
  Set(slot, {});
  return true;
}

void Store::Set(uint32_t slot, OwnValue value) {
  values_[slot] = std::move(value);
  facts_[slot] = values_[slot].value();
}

const FieldDecl& Store::FieldOf(uint32_t slot) const {
  const FieldDecl* field = space_.fields.Find(space_.slots.fields()[slot]);
  PM_CHECK(field != nullptr);
  return *field;
}

Possible Store::NewPossible(uint32_t slot) const {
  const FieldDecl& field = FieldOf(slot);
  return {field, IsTied(slot) || !AlwaysPresent(field), WordsOf(field)};
}

// The field is one of those that the scoring rules tie together.
bool Store::IsTied(uint32_t slot) const {
  return space_.scoring != nullptr && std::ranges::find(score_slots_, slot) != score_slots_.end();
}

bool Store::ChooseScores() {
  std::array<const Possible*, kScoreFields.size()> possible{};
  for (size_t i = 0; i < possible.size(); ++i) {
    const uint32_t slot = score_slots_[i];
    if (slot != UINT32_MAX && possible_[slot]) possible[i] = &*possible_[slot];
  }
  std::array<OwnValue, kScoreFields.size()> values;
  if (!FindScores(*space_.scoring, possible, &values, &work_)) return false;
  for (size_t i = 0; i < values.size(); ++i) {
    const uint32_t slot = score_slots_[i];
    if (slot == UINT32_MAX) continue;
    Save(slot);
    Set(slot, std::move(values[i]));
  }
  return true;
}

}  // namespace pm
