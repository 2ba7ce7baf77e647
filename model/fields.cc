#include "model/fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ids.h"

namespace pm {
namespace {

constexpr int kBadField = 201;
constexpr std::array<std::string_view, 8> kTypeNames = {
    "missing", "bool", "int", "decimal", "text", "text_list", "instant", "duration"};

bool WellFormed(std::string_view name) {
  const size_t dot = name.find('.');
  if (dot == std::string_view::npos || dot + 1 >= name.size() || name.size() > 100) return false;
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
}

// Where a built-in field stands in every table: those that are added come behind it.
constexpr uint16_t kNoPlace = UINT16_MAX;
constexpr auto kPlaces = [] {
  std::array<uint16_t, kFirstCustomField> places{};
  places.fill(kNoPlace);
  for (size_t i = 0; i < kFields.size(); ++i) places[kFields[i].number] = static_cast<uint16_t>(i);
  return places;
}();

}  // namespace

std::string_view TypeName(Type type) { return kTypeNames[static_cast<size_t>(type)]; }

std::optional<Type> ParseType(std::string_view name) {
  for (size_t i = 1; i < kTypeNames.size(); ++i) {
    if (kTypeNames[i] == name) return static_cast<Type>(i);
  }
  return std::nullopt;
}

FieldNumber CustomFieldNumber(std::string_view name) {
  return {kFirstCustomField + static_cast<uint32_t>(Hash64(name) % (1u << 25))};
}

std::optional<Entity> EntityOf(std::string_view field_name) {
  const std::string_view prefix = field_name.substr(0, field_name.find('.'));
  if (prefix == "lead") return Entity::kLead;
  if (prefix == "account") return Entity::kAccount;
  if (prefix == "submission") return Entity::kSubmission;
  if (prefix == "event") return Entity::kEvent;
  if (prefix == "rep") return Entity::kRep;
  if (prefix == "score") return Entity::kScore;
  return std::nullopt;
}

Entity EntityOf(const FieldDecl& field) {
  const std::optional<Entity> entity = EntityOf(field.name);
  PM_CHECK(entity.has_value());
  return *entity;
}

FieldTable::FieldTable() : rows_(kFields.begin(), kFields.end()) {
  for (const FieldDecl& row : rows_) number_of_.emplace(row.name, row.number);
}

Result<void> FieldTable::Add(std::string name, Type type, int64_t min, int64_t max,
                             Normaliser normalise, bool personal, std::string meaning) {
  if (!WellFormed(name) || !EntityOf(std::string_view(name)) || name.starts_with("score.")) {
    return Fail(kBadField, fmt::format("'{}' is not a field name: it needs lead., account., "
                                       "submission. or event. before a name in lower case",
                                       name));
  }
  if (Find(name) != nullptr) return Fail(kBadField, fmt::format("field '{}' exists already", name));
  const FieldNumber number = CustomFieldNumber(name);
  if (const FieldDecl* other = Find(number)) {
    return Fail(kBadField, fmt::format("fields '{}' and '{}' would share one number; rename one",
                                       name, other->name));
  }
  const auto& own_name = *texts_.emplace_back(std::make_unique<std::string>(std::move(name)));
  const auto& own_meaning = *texts_.emplace_back(std::make_unique<std::string>(std::move(meaning)));
  const FieldDecl row{number.number, own_name,          type,     "",         min, max,
                      normalise,     SetBy::kPublisher, personal, own_meaning};
  const auto place = std::ranges::lower_bound(rows_, row.number, {}, &FieldDecl::number);
  rows_.insert(place, row);
  number_of_.emplace(row.name, row.number);
  return {};
}

const FieldDecl* FieldTable::Find(std::string_view name) const {
  const auto it = number_of_.find(name);
  return it == number_of_.end() ? nullptr : Find(FieldNumber{it->second});
}

const FieldDecl* FieldTable::Find(FieldNumber number) const {
  if (number.number < kFirstCustomField) {
    const uint16_t place = kPlaces[number.number];
    return place == kNoPlace ? nullptr : &rows_[place];
  }
  const auto it = std::ranges::lower_bound(rows_, number.number, {}, &FieldDecl::number);
  return it == rows_.end() || it->number != number.number ? nullptr : &*it;
}

}  // namespace pm
