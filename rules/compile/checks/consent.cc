// Channels on which a cadence reaches leads of whose country or region `kind: privacy` does not say
// what counts until they say something themselves. Without such a document nothing is asked.
#include <fmt/format.h>

#include <map>
#include <set>

#include "model/privacy.h"
#include "rules/compile/checks/cadence_uses.h"
#include "rules/compile/checks/takers.h"
#include "rules/condition_make.h"

namespace pm {
namespace {

bool Names(const ConsentDoc& doc, std::string_view channel) {
  if (doc.all) return true;
  if (channel == "email") return doc.email.has_value();
  if (channel == "linkedin") return doc.linkedin.has_value();
  return doc.call || (channel == "sms" && doc.sms);  // sms: left out, as calls
}

class ConsentProver {
 public:
  ConsentProver(Prover& prover, const PrivacyDoc& doc, const SourcePlace& place)
      : prover_(prover), doc_(doc), place_(place), uses_(prover) {}

  void Walk() {
    uses_.Walk([this](const Cadence& cadence) { return !UntoldOf(cadence).empty(); },
               [this](const CadenceUse& use) { return Look(use); });
  }

 private:
  using Channels = std::set<std::string_view>;

  // Those of its steps of which nothing was told yet.
  Channels UntoldOf(const Cadence& cadence) const {
    Channels untold;
    for (const CadenceStep& step : cadence.steps) {
      const bool contacts =
          std::ranges::find(kContactChannels, step.channel) != kContactChannels.end();
      if (contacts && !told_.contains(step.channel)) untold.insert(step.channel);
    }
    return untold;
  }

  // The countries and regions that name the channel; nothing: `other` does.
  std::optional<std::vector<std::string>> SaidOf(std::string_view channel) const {
    std::vector<std::string> said;
    for (const auto& [region, consent] : doc_.consent) {
      if (!Names(consent, channel)) continue;
      if (region.value == "other") return std::nullopt;
      said.push_back(region.value);
    }
    return said;
  }

  // What leads skip every step on the channel; nothing: one is for all.
  static std::optional<Condition> SkippedBy(const Cadence& cadence, std::string_view channel) {
    std::vector<Condition> skipped;
    for (const CadenceStep& step : cadence.steps) {
      if (step.channel != channel) continue;
      if (!step.skips) return std::nullopt;
      skipped.push_back(step.skip_if);
    }
    return AllOf(skipped);
  }

  // One word mends what is said of the same regions.
  bool Look(const CadenceUse& use) {
    std::map<std::vector<std::string>, Channels> by_said;
    for (const std::string_view channel : UntoldOf(use.cadence)) {
      if (auto said = SaidOf(channel)) by_said[*std::move(said)].insert(channel);
    }
    bool good = true;
    for (const auto& [said, channels] : by_said) good = IsSaid(use, said, channels) && good;
    return good;
  }

  bool IsSaid(const CadenceUse& use, const std::vector<std::string>& said,
              const Channels& channels) {
    const LeadAnswer outside = LeadOutside(use, said, {});
    if (outside.none()) return true;
    Channels contacted;
    LeadAnswer example = outside;
    for (const std::string_view channel : channels) {
      if (const auto skipped = SkippedBy(use.cadence, channel)) {
        LeadAnswer of_channel = LeadOutside(use, said, {*skipped});
        if (of_channel.none()) continue;
        example = std::move(of_channel);
      }
      contacted.insert(channel);
    }
    if (!contacted.empty()) Tell(use, contacted, example);
    return false;  // a row like this one may not be skipped
  }

  // Whom no word of these regions is for, and who is none of `but`.
  LeadAnswer LeadOutside(const CadenceUse& use, const std::vector<std::string>& said,
                         std::vector<Condition> but) {
    for (const std::string& region : said) but.push_back(IsIn(region));
    const Condition somewhere = prover_.context().builder.When("lead.country", TestOp::kPresent);
    LeadAnswer lead = uses_.LeadIn(use, somewhere, but);
    return lead.found() ? lead : uses_.LeadIn(use, {}, std::move(but));
  }

  void Tell(const CadenceUse& use, const Channels& channels, const LeadAnswer& example) {
    told_.insert(channels.begin(), channels.end());
    const std::string names = fmt::format("{}", fmt::join(channels, " and "));
    if (!example.found()) {
      return prover_.TellNotProved(
          place_, fmt::format("whether `consent` has a word on {} for every lead", names), example);
    }
    prover_.Tell(CheckKind::kConsentDefault, place_,
                 fmt::format("`consent` has no word on {} for some leads of route '{}'{}, whom "
                             "'{}' contacts",
                             names, use.route.name, RowText(use), use.cadence.name),
                 "say it of their country or region, or of `other`", &example);
  }

  // `DE`, `US-CA`.
  Condition IsIn(const std::string& name) {
    RuleBookBuilder& builder = prover_.context().builder;
    const size_t dash = name.find('-');
    const Condition country = builder.When("lead.country", TestOp::kEq, {name.substr(0, dash)});
    if (dash == std::string::npos) return country;
    return Both(country, builder.When("lead.region", TestOp::kEq, {name.substr(dash + 1)}));
  }

  Prover& prover_;
  const PrivacyDoc& doc_;
  const SourcePlace place_;
  CadenceUses uses_;
  Channels told_;
};

}  // namespace

void ProveConsent(Prover& prover) {
  const Draft& draft = prover.context().draft;
  if (!draft.privacy) return;
  const auto tree = std::ranges::find_if(draft.trees, [](const YamlNode& one) {
    const YamlNode* kind = one.Find("kind");
    return kind != nullptr && kind->text == "privacy";
  });
  PM_CHECK(tree != draft.trees.end());
  ConsentProver(prover, *draft.privacy, PlaceOf(*tree->Find("consent"))).Walk();
}

}  // namespace pm
