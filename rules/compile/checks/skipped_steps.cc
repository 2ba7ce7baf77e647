// Steps of cadences that `skip_if` skips for every lead of every route that starts the cadence, as
// the route takes them. Of one that is skipped for all leads there are PM0238 tells.
#include <fmt/format.h>

#include <map>

#include "rules/compile/checks/cadence_uses.h"

namespace pm {
namespace {

constexpr size_t kMostRoutesNamed = 3;

class SkippedSteps {
 public:
  explicit SkippedSteps(Prover& prover) : prover_(prover), uses_(prover) {}

  void Walk() {
    uses_.Walk([this](const Cadence& cadence) { return IsOpen(cadence); },
               [this](const CadenceUse& use) { return Look(use); }, true);
  }

  // In the order in which they were first looked at.
  void TellAll() {
    for (const CadenceStep* step : steps_) {
      const Seen& seen = seen_.at(step);
      if (!seen.done && seen.example.found() && !IsSkippedForAnyLead(*step)) Tell(seen);
    }
  }

 private:
  struct Seen {
    bool done = false;  // for some lead
    const Cadence* cadence = nullptr;
    size_t number = 0;
    SourcePlace place;
    std::vector<std::string_view> routes;  // that have leads, which are all skipped
    LeadAnswer example, unproved;
  };

  bool IsOpen(const Cadence& cadence) const {
    return std::ranges::any_of(cadence.steps, [&](const CadenceStep& step) {
      const auto seen = seen_.find(&step);
      return step.skips && (seen == seen_.end() || !seen->second.done);
    });
  }

  bool Look(const CadenceUse& use) {
    for (size_t i = 0; i < use.cadence.steps.size(); ++i) {
      if (use.cadence.steps[i].skips) LookAtStep(use, i);
    }
    return true;
  }

  void LookAtStep(const CadenceUse& use, size_t i) {
    const CadenceStep& step = use.cadence.steps[i];
    const auto [at, is_new] = seen_.try_emplace(&step);
    Seen& seen = at->second;
    if (is_new) {
      steps_.push_back(&step);
      seen.cadence = &use.cadence;
      seen.number = i + 1;
      seen.place = PlaceOf(use.doc.steps[i].skip_if);
    }
    if (seen.done) return;
    const LeadAnswer not_skipped = uses_.LeadIn(use, {}, {step.skip_if});
    seen.done = not_skipped.found();
    if (seen.done) return;
    if (!not_skipped.none() && seen.unproved.why.empty()) seen.unproved = not_skipped;
    LeadAnswer skipped = uses_.LeadIn(use, {});
    if (!skipped.found()) return;
    if (std::ranges::find(seen.routes, use.route.name) == seen.routes.end()) {
      seen.routes.push_back(use.route.name);
    }
    if (!seen.example.found()) seen.example = std::move(skipped);
  }

  bool IsSkippedForAnyLead(const CadenceStep& step) {
    return prover_.Find({.must = {}, .must_not = {step.skip_if}, .least = false}).none();
  }

  void Tell(const Seen& seen) {
    const std::string what = fmt::format("step {} of '{}'", seen.number, seen.cadence->name);
    if (!seen.unproved.why.empty()) {
      return prover_.TellNotProved(
          seen.place, fmt::format("whether {} is done for any lead of its routes", what),
          seen.unproved);
    }
    prover_.Tell(
        CheckKind::kCadenceNeverSends, seen.place,
        fmt::format("{} is never done: this skips it for every lead of {}", what, RoutesOf(seen)),
        "ask for less in `skip_if`, or leave out the step", &seen.example);
  }

  static std::string RoutesOf(const Seen& seen) {
    if (seen.routes.size() == 1) return fmt::format("route '{}'", seen.routes.front());
    if (seen.routes.size() > kMostRoutesNamed) {
      return fmt::format("the {} routes that start it", seen.routes.size());
    }
    std::string names;
    for (const std::string_view route : seen.routes) {
      const bool last = route == seen.routes.back();
      names += fmt::format("{}'{}'", names.empty() ? "" : last ? " and " : ", ", route);
    }
    return "routes " + names;
  }

  Prover& prover_;
  CadenceUses uses_;
  std::map<const CadenceStep*, Seen> seen_;
  std::vector<const CadenceStep*> steps_;  // of these
};

}  // namespace

void ProveSkippedSteps(Prover& prover) {
  SkippedSteps skipped(prover);
  skipped.Walk();
  skipped.TellAll();
}

}  // namespace pm
