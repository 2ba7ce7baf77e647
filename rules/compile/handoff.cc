#include <fmt/format.h>

#include "model/normalise/country.h"
#include "model/normalise/region.h"
#include "rules/compile/conditions.h"
#include "rules/compile/passes.h"

namespace pm {
namespace {

constexpr int kBadValue = 210;

// `DE`, `US-CA`: as fields keep them.
void ExpectRegion(CompileContext& context, const Located<std::string>& name) {
  if (name.value == "other") return;
  const size_t dash = name.value.find('-');
  const std::string country = name.value.substr(0, dash);
  if (NormaliseCountry(country) == country) {
    if (dash == std::string::npos) return;
    const std::string part = name.value.substr(dash + 1);
    const Region region = NormaliseRegion(country, part);
    if (region.text == part && (region.known || !HasRegions(country))) return;
  }
  static constexpr std::string_view kOther[] = {"other"};
  const auto meant = NormaliseCountry(name.value);
  std::string hint = DidYouMean(name.value, kOther);
  if (meant) hint = fmt::format("did you mean {}?", *meant);
  if (hint.empty()) hint = "write ISO codes such as DE or US-CA, or `other`";
  context.out.Error(kBadValue, name.place, fmt::format("'{}' is no country or region", name.value),
                    std::move(hint));
}

}  // namespace

void CompileHandoff(CompileContext& context) {
  if (!context.draft.handoff) return;
  const HandoffDoc& doc = *context.draft.handoff;
  CompileTarget(context, doc.to, nullptr);
  CompileCondition(context, doc.gate, FactScope::kLead, {"handoff", "", "gate"});
  for (const auto& field : doc.briefing) ExpectField(context, field, FactScope::kLead);
  if (doc.no_show) context.names.Expect(NameKind::kCadence, doc.no_show->cadence, context.out);
  if (doc.sla) context.names.Expect(NameKind::kSla, *doc.sla, context.out);
}

void CompilePrivacy(CompileContext& context) {
  if (!context.draft.privacy) return;
  for (const auto& [region, consent] : context.draft.privacy->consent) {
    ExpectRegion(context, region);
  }
}

}  // namespace pm
