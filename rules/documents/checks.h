// `kind: checks` as written: how grave a finding of each check is.
#pragma once
#include "rules/documents/scalars.h"

namespace pm {

enum class Gravity : uint8_t { kError, kWarning, kNote, kOff };
constexpr std::array<YamlName<Gravity>, 4> YamlNames(std::type_identity<Gravity>) {
  return {{{"error", Gravity::kError},
           {"warning", Gravity::kWarning},
           {"note", Gravity::kNote},
           {"off", Gravity::kOff}}};
}

inline constexpr Habit kGravityHabits[] = {
    {"warn", "warning"}, {"fatal", "error"}, {"info", "note"}, {"none", "off"},
    {"ignore", "off"},   {"false", "off"},   {"no", "off"}};
constexpr std::span<const Habit> YamlHabits(std::type_identity<Gravity>) { return kGravityHabits; }
struct ChecksDoc {
  static constexpr std::string_view kYamlName = "checks";
  YamlMap<Gravity, Located<std::string>> checks;
  template <class V>
  static void Describe(V& v) {
    v.Rest("check", &ChecksDoc::checks,
           "How grave its findings are; off: it is not made. The names are in "
           "[checks](checks.md).");
  }
};

}  // namespace pm
