#include "rules/compile/names.h"

#include <fmt/format.h>

namespace pm {
namespace {

constexpr int kUnknownName = 221, kDoubleName = 222;
constexpr size_t kMostHintNames = 2000;  // a hint compares with each of them
constexpr size_t kMostTold = 8;          // of names that are all told, since none is near

std::string_view HowToDeclare(NameKind kind) {
  static constexpr std::string_view kTexts[] = {
      "pools are in `kind: team`",     "reps are the lines of the roster",
      "SLAs are in `kind: sla`",       "a cadence is a document of `kind: cadence`",
      "they are in `kind: calendars`", "lists are in `kind: lists`",
      "fields are in `kind: fields`"};
  return kTexts[static_cast<size_t>(kind)];
}

}  // namespace

std::string_view KindText(NameKind kind) {
  static constexpr std::string_view kTexts[] = {"pool",     "rep",  "SLA",  "cadence",
                                                "calendar", "list", "field"};
  return kTexts[static_cast<size_t>(kind)];
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

bool Names::Has(NameKind kind, std::string_view name) const {
  const auto index = static_cast<size_t>(kind);
  return Of(kind).contains(name) || forgiven_[index] ||
         std::ranges::any_of(lost_[index],
                             [&](std::string_view text) { return text.contains(name); });
}

bool Names::Expect(NameKind kind, const Located<std::string>& name, Diagnostics& out) {
  if (name.place.source == nullptr) return false;
  if (name.value.empty()) {
    out.Error(kUnknownName, name.place, fmt::format("this names no {}", KindText(kind)));
    return false;
  }
  Use(kind, name.value);
  if (Has(kind, name.value)) return true;
  std::string cause = CauseOf(kind, name.value);
  if (out.Also(cause, name.place)) return false;
  out.ErrorOf(std::move(cause), kUnknownName, name.place,
              fmt::format("there is no {} '{}'", KindText(kind), name.value),
              out.error_count() < Diagnostics::kMaxKept ? Hint(kind, name.value) : "");
  return false;
}

std::string Names::CauseOf(NameKind kind, std::string_view name) const {
  return fmt::format("{} {}", KindText(kind), name);
}

std::string Names::Hint(NameKind kind, std::string_view name) const {
  if (Of(kind).size() > kMostHintNames) return {};
  std::vector<std::string_view> known;
  for (const auto& [text, place] : Of(kind)) known.push_back(text);
  std::string near = DidYouMean(name, known);
  if (!near.empty() || known.size() > kMostTold) return near;
  if (known.empty()) return fmt::format("none is declared: {}", HowToDeclare(kind));
  return fmt::format("there {} {}", known.size() == 1 ? "is only" : "are", fmt::join(known, ", "));
}

}  // namespace pm
