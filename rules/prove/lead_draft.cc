#include "rules/prove/lead_draft.h"

#include "rules/condition_make.h"
#include "rules/prove/score_sums.h"

namespace pm {

LeadDraft::LeadDraft(const LeadSpace& space, uint64_t* work)
    : space_(space),
      work_(*work),
      possible_(space.slots.size()),
      values_(space.slots.size()),
      facts_(space.slots.size()) {
  for (size_t i = 0; i < kScoreFields.size(); ++i) {
    score_slots_[i] = space.slots.Of(kScoreFields[i]);
  }
  for (size_t i = 0; i < kAddressFields.size(); ++i) {
    address_slots_[i] = space.slots.Of(kAddressFields[i]);
  }
  for (uint32_t slot = 0; slot < values_.size(); ++slot) {
    // Of those that somebody declared none is always there, and there may be thousands.
    if (space.slots.fields()[slot].number >= kFirstCustomField) continue;
    if (IsTied(slot) || !AlwaysPresent(FieldOf(slot))) continue;
    OwnValue value;
    NewPossible(slot).Choose(&value, &work_);
    Set(slot, std::move(value));
  }
  if (space.scoring != nullptr) {
    const ScoreRange fit = FitRange(*space.scoring);
    const ScoreRange engagement = EngagementRange(*space.scoring);
    const ScoreSums* sums = space.sums;
    sets_ = {.fit = sums != nullptr ? sums->fit.totals : Intervals{{fit.least, fit.most + 1}},
             .engagement = sums != nullptr ? sums->engagement.sure
                                           : Intervals{{engagement.least, engagement.most + 1}},
             .unscored = space.earlier_scores};
    ChooseScores();
  }
  trail_.clear();
}

bool LeadDraft::Narrow(const std::shared_ptr<const ConditionNode>& test, Goal goal) {
  ++work_;
  const uint32_t slot = test->slot;
  Save(slot);
  std::optional<Possible>& possible = possible_[slot];
  if (!possible) possible = NewPossible(slot);
  possible->Narrow(test, DemandOf(*test, goal));
  if (IsTied(slot)) return ChooseScores();
  if (IsOfAddress(slot)) return ChooseAddress();
  if (possible->Allows(facts_[slot], &work_)) return true;
  OwnValue value;
  const Possible::Answer answer = possible->Choose(&value, &work_);
  if (answer == Possible::Answer::kUnknown) exact_ = false;
  if (answer != Possible::Answer::kYes) return false;
  Set(slot, std::move(value));
  return true;
}

void LeadDraft::Undo(size_t mark) {
  while (trail_.size() > mark) {
    Saved& last = trail_.back();
    if (last.slot == UINT32_MAX) {
      fit_ = last.value.number;
      sets_.fit = std::move(last.fits);
      trail_.pop_back();
      continue;
    }
    possible_[last.slot] = std::move(last.possible);
    Set(last.slot, std::move(last.value));
    trail_.pop_back();
  }
}

const ConditionNode& LeadDraft::UncertainOf(const ConditionNode& test) const {
  const ConditionNode* uncertain = possible_[test.slot]->Uncertain();
  return uncertain == nullptr ? test : *uncertain;
}

bool LeadDraft::Try(uint32_t slot, OwnValue value) {
  if (IsTied(slot)) return facts_[slot] == value.value();
  if (value.type == Type::kText && !IsKept(FieldOf(slot), value.text)) return false;
  if (IsOfAddress(slot)) return TryAddress(slot, value);
  const bool allowed = possible_[slot] ? possible_[slot]->Allows(value.value(), &work_)
                                       : NewPossible(slot).Allows(value.value(), &work_);
  if (!allowed) return false;
  Save(slot);
  Set(slot, std::move(value));
  return true;
}

bool LeadDraft::TryMissing(uint32_t slot) {
  if (IsOfAddress(slot)) return TryAddress(slot, {});
  if (possible_[slot] && (IsTied(slot) || !possible_[slot]->may_be_missing())) return false;
  Save(slot);
  Set(slot, {});
  return true;
}

void LeadDraft::Set(uint32_t slot, OwnValue value) {
  values_[slot] = std::move(value);
  facts_[slot] = values_[slot].value();
}

const FieldDecl& LeadDraft::FieldOf(uint32_t slot) const {
  const FieldDecl* field = space_.fields.Find(space_.slots.fields()[slot]);
  PM_CHECK(field != nullptr);
  return *field;
}

Possible LeadDraft::NewPossible(uint32_t slot) const {
  const FieldDecl& field = FieldOf(slot);
  return {field, IsTied(slot) || !AlwaysPresent(field), WordsOf(field)};
}

// The field is one of those that the scoring rules tie together.
bool LeadDraft::IsTied(uint32_t slot) const {
  return space_.scoring != nullptr && std::ranges::find(score_slots_, slot) != score_slots_.end();
}

bool LeadDraft::FitAsked() const {
  constexpr size_t kOfFit[] = {0, 2, 3, 5};  // among kScoreFields
  return std::ranges::any_of(kOfFit, [&](size_t field) {
    const uint32_t slot = score_slots_[field];
    return slot != UINT32_MAX && possible_[slot].has_value();
  });
}

bool LeadDraft::NarrowFit(const Intervals& scores) {
  Intervals narrowed = Intersection(sets_.fit, scores);
  work_ += 1 + sets_.fit.size() / 8;
  if (narrowed.empty()) return false;
  trail_.push_back({UINT32_MAX, {}, {Type::kInt, fit_, {}}, std::move(sets_.fit)});
  sets_.fit = std::move(narrowed);
  return ChooseScores();
}

bool LeadDraft::FindScoresIn(const Intervals& engagement,
                             std::array<OwnValue, kScoreFields.size()>* out) {
  std::array<const Possible*, kScoreFields.size()> possible{};
  for (size_t i = 0; i < possible.size(); ++i) {
    const uint32_t slot = score_slots_[i];
    if (slot != UINT32_MAX && possible_[slot]) possible[i] = &*possible_[slot];
  }
  const ScoreSets sets{.fit = sets_.fit, .engagement = engagement, .unscored = sets_.unscored};
  return FindScores(*space_.scoring, sets, possible, out, &work_);
}

bool LeadDraft::ChooseScores() {
  std::array<OwnValue, kScoreFields.size()> values;
  if (!FindScoresIn(sets_.engagement, &values)) {
    // Whether such an engagement can be reached is not known.
    const bool may_be =
        space_.sums != nullptr && FindScoresIn(space_.sums->engagement.possible, &values);
    if (may_be) exact_ = false, engagement_in_doubt_ = true;
    return false;
  }
  trail_.push_back({UINT32_MAX, {}, {Type::kInt, fit_, {}}, sets_.fit});
  fit_ = values[0].number;
  for (size_t i = 0; i < values.size(); ++i) {
    const uint32_t slot = score_slots_[i];
    if (slot == UINT32_MAX) continue;
    Save(slot);
    Set(slot, std::move(values[i]));
  }
  return true;
}

bool LeadDraft::IsOfAddress(uint32_t slot) const {
  const auto there =
      std::ranges::count_if(address_slots_, [](uint32_t one) { return one != UINT32_MAX; });
  return there > 1 && std::ranges::find(address_slots_, slot) != address_slots_.end();
}

LeadDraft::AddressPossible LeadDraft::PossibleAddress() const {
  AddressPossible possible{};
  for (size_t i = 0; i < possible.size(); ++i) {
    const uint32_t slot = address_slots_[i];
    if (slot != UINT32_MAX && possible_[slot]) possible[i] = &*possible_[slot];
  }
  return possible;
}

void LeadDraft::SetAddress(std::array<OwnValue, kAddressFields.size()> values) {
  for (size_t i = 0; i < values.size(); ++i) {
    const uint32_t slot = address_slots_[i];
    if (slot == UINT32_MAX) continue;
    Save(slot);
    Set(slot, std::move(values[i]));
  }
}

bool LeadDraft::ChooseAddress() {
  const AddressQuestion question{space_.mail, PossibleAddress()};
  const bool stays = std::ranges::all_of(address_slots_, [&](uint32_t slot) {
    return slot == UINT32_MAX || !possible_[slot] || possible_[slot]->Allows(facts_[slot], &work_);
  });
  if (stays) return true;
  std::array<OwnValue, kAddressFields.size()> values;
  const Possible::Answer answer = FindAddress(question, &values, &work_);
  if (answer == Possible::Answer::kUnknown) exact_ = false;
  if (answer != Possible::Answer::kYes) return false;
  SetAddress(std::move(values));
  return true;
}

bool LeadDraft::TryAddress(uint32_t slot, const OwnValue& value) {
  Possible narrowed = possible_[slot] ? *possible_[slot] : NewPossible(slot);
  if (!narrowed.Allows(value.value(), &work_)) return false;
  auto is = std::make_shared<ConditionNode>();
  is->kind = NodeKind::kTest;
  is->op = TestOp::kEq;
  is->type = FieldOf(slot).type;
  is->operands = {{KindOf(is->type), value.number, value.text}};
  const bool missing = value.type == Type::kMissing;
  narrowed.Narrow(is, {.missing = missing,
                       .present = !missing,
                       .passes = missing ? std::nullopt : std::optional(true)});
  AddressQuestion question{space_.mail, PossibleAddress()};
  const auto at = std::ranges::find(address_slots_, slot) - address_slots_.begin();
  question.possible[static_cast<size_t>(at)] = &narrowed;
  std::array<OwnValue, kAddressFields.size()> values;
  if (FindAddress(question, &values, &work_) != Possible::Answer::kYes) return false;
  SetAddress(std::move(values));
  return true;
}

}  // namespace pm
