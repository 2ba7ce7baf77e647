#include "rules/compile/names.h"

#include <fmt/format.h>

#include "base/time/zone_names.h"

namespace pm {
namespace {

constexpr int kUnknownName = 221, kDoubleName = 222;
constexpr size_t kMostHintNames = 2000;  // a hint compares with each of them

}  // namespace

std::string_view KindText(NameKind kind) {
  static constexpr std::string_view kTexts[] = {"pool",     "rep",  "SLA",  "cadence",
                                                "calendar", "list", "field"};
  return kTexts[static_cast<size_t>(kind)];
}

std::string HintOfZone(std::string_view name) {
  if (const auto known = FindZoneName(name)) return fmt::format("did you mean '{}'?", *known);
  return DidYouMean(name, ZoneNames());
}

bool Names::Declare(NameKind kind, const Located<std::string>& name, Diagnostics& out) {
  const auto [first, is_new] = Of(kind).emplace(name.value, name.place);
  if (is_new) return true;
  std::string hint = "rename one of the two";
  if (first->second.source != nullptr) {
    hint = fmt::format("the first is at {}:{}", first->second.source->path(),
                       first->second.position.line);
  }
  out.Error(kDoubleName, name.place,
            fmt::format("{} '{}' is declared twice", KindText(kind), name.value), std::move(hint));
  return false;
}

bool Names::Expect(NameKind kind, const Located<std::string>& name, Diagnostics& out) const {
  if (Has(kind, name.value)) return true;
  out.Error(kUnknownName, name.place,
            fmt::format("there is no {} '{}'", KindText(kind), name.value),
            out.error_count() < Diagnostics::kMaxKept ? Hint(kind, name.value) : "");
  return false;
}

std::string Names::Hint(NameKind kind, std::string_view name) const {
  if (Of(kind).size() > kMostHintNames) return {};
  std::vector<std::string_view> known;
  for (const auto& [text, place] : Of(kind)) known.push_back(text);
  return DidYouMean(name, known);
}

}  // namespace pm
