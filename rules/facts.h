// Facts: the values a decision rests on, dense by slot, so that rules address them by index. A slot
// is given to each field that some rule of the set reads. Not thread-safe; a sheet lives for a
// decision.
#pragma once
#include <forward_list>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/field_block.h"

namespace pm {

using Facts = std::span<const Value>;

class Slots {
 public:
  // The field's slot, made when it is new. Only while a rule set is compiled.
  uint32_t Add(FieldNumber field);
  // UINT32_MAX when no rule reads the field.
  uint32_t Of(FieldNumber field) const;
  size_t size() const { return fields_.size(); }
  const std::vector<FieldNumber>& fields() const { return fields_; }   // by slot
  const std::vector<uint32_t>& by_field() const { return by_field_; }  // slots, by rising field

  // Values of the slot are compared in another form than they are kept in (rules/text_form.h).
  // Fields are told once all have their slots.
  void TakeForms(const FieldTable& fields);
  bool IsCompared(uint32_t slot) const { return slot < compared_.size() && compared_[slot]; }

 private:
  std::vector<FieldNumber> fields_;
  std::vector<uint32_t> by_field_;
  std::vector<uint32_t> built_in_;  // by field number, for those below kFirstCustomField
  std::unordered_map<uint32_t, uint32_t> custom_;
  std::vector<bool> compared_;  // by slot
};

class FactSheet {
 public:
  // `slots` must outlive the sheet.
  explicit FactSheet(const Slots& slots) : slots_(&slots), values_(slots.size()) {}
  FactSheet(FactSheet&&) = default;
  FactSheet& operator=(FactSheet&&) = default;
  // One scan; fields no rule reads are passed over. `block` must outlive the sheet. Explicit nulls
  // are missing.
  void Add(FieldBlock block);
  // Text values are borrowed; an address is turned into the form rules compare it in.
  void Set(FieldNumber field, const Value& value);
  Facts facts() const { return values_; }
  // The values that are present, as a block: what a decision stores and `explain` reads again.
  std::string ToBlock() const;

 private:
  const Slots* slots_;
  std::vector<Value> values_;
  std::forward_list<std::string> compared_;  // texts that are not borrowed
};

}  // namespace pm
