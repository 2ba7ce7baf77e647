#include "rules/facts.h"

#include "rules/text_form.h"

namespace pm {

uint32_t Slots::Add(FieldNumber field) {
  if (const uint32_t known = Of(field); known != UINT32_MAX) return known;
  const auto slot = static_cast<uint32_t>(fields_.size());
  fields_.push_back(field);
  const auto place = std::ranges::lower_bound(by_field_, field, {},
                                              [this](uint32_t known) { return fields_[known]; });
  by_field_.insert(place, slot);
  if (field.number < kFirstCustomField) {
    if (built_in_.size() <= field.number) built_in_.resize(field.number + 1, UINT32_MAX);
    built_in_[field.number] = slot;
  } else {
    custom_.emplace(field.number, slot);
  }
  return slot;
}

uint32_t Slots::Of(FieldNumber field) const {
  if (field.number < built_in_.size()) return built_in_[field.number];
  if (field.number < kFirstCustomField) return UINT32_MAX;
  const auto found = custom_.find(field.number);
  return found == custom_.end() ? UINT32_MAX : found->second;
}

void Slots::TakeForms(const FieldTable& fields) {
  compared_.assign(fields_.size(), false);
  for (size_t slot = 0; slot < fields_.size(); ++slot) {
    const FieldDecl* field = fields.Find(fields_[slot]);
    compared_[slot] = field != nullptr && IsComparedOtherwise(*field);
  }
}

void FactSheet::Add(FieldBlock block) {
  for (BlockReader reader(block); reader.Next();) Set(reader.field(), reader.value());
}

void FactSheet::Set(FieldNumber field, const Value& value) {
  const uint32_t slot = slots_->Of(field);
  if (slot == UINT32_MAX) return;
  values_[slot] = value;
  if (!slots_->IsCompared(slot) || IsComparedForm(value)) return;
  values_[slot].text = compared_.emplace_front(ComparedForm(value));
}

std::string FactSheet::ToBlock() const {
  constexpr size_t kUsualBytes = 512;
  std::string block;
  block.reserve(kUsualBytes);
  for (const uint32_t slot : slots_->by_field()) {
    if (!values_[slot].missing()) AppendPair(slots_->fields()[slot], values_[slot], &block);
  }
  return block;
}

}  // namespace pm
