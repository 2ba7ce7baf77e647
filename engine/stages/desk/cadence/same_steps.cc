#include "engine/stages/desk/cadence/same_steps.h"

#include <algorithm>

namespace pm::cadence {
namespace {

bool Sends(const CadenceStep& step, const std::string& template_name) {
  return std::ranges::find(step.variants, template_name, &StepVariant::template_name) !=
         step.variants.end();
}

bool SendsAllOf(const CadenceStep& a, const CadenceStep& b) {
  return std::ranges::all_of(
      b.variants, [&](const StepVariant& variant) { return Sends(a, variant.template_name); });
}

bool IsSame(const CadenceStep& a, const CadenceStep& b) {
  return a.channel == b.channel && a.action == b.action && a.automatic == b.automatic &&
         SendsAllOf(a, b) && SendsAllOf(b, a);
}

bool HasTemplateInCommon(const CadenceStep& a, const CadenceStep& b) {
  return a.channel == b.channel && std::ranges::any_of(b.variants, [&](const StepVariant& variant) {
           return Sends(a, variant.template_name);
         });
}

}  // namespace

SameSteps::SameSteps(const Cadence& before, const Cadence& now)
    : old_(before.steps),
      new_(now.steps),
      now_(before.steps.size() + 1),
      before_(now.steps.size() + 1) {
  JoinInOrder();
  JoinLeft(IsSame);
  JoinLeft(HasTemplateInCommon);
  JoinEdited();
}

uint32_t SameSteps::Of(uint32_t before) const {
  return before < now_.size() ? now_[before] : before;
}

bool SameSteps::IsUnchanged(uint32_t before) const {
  const uint32_t now = before < now_.size() ? now_[before] : 0;
  return now != 0 && IsSame(old_[before - 1], new_[now - 1]);
}

void SameSteps::Join(uint32_t before, uint32_t now) {
  now_[before] = now;
  before_[now] = before;
}

// The longest common sequence.
void SameSteps::JoinInOrder() {
  const size_t wide = new_.size() + 1;
  std::vector<uint32_t> longest((old_.size() + 1) * wide);  // of what is behind both places
  for (size_t i = old_.size(); i-- > 0;) {
    for (size_t j = new_.size(); j-- > 0;) {
      longest[i * wide + j] = IsSame(old_[i], new_[j]) ? longest[(i + 1) * wide + j + 1] + 1
                                                       : std::max(longest[(i + 1) * wide + j],
                                                                  longest[i * wide + j + 1]);
    }
  }
  uint32_t i = 0, j = 0;
  while (i < old_.size() && j < new_.size()) {
    if (IsSame(old_[i], new_[j])) {
      Join(++i, ++j);
    } else if (longest[(i + 1) * wide + j] >= longest[i * wide + j + 1]) {
      ++i;
    } else {
      ++j;
    }
  }
}

template <class Alike>
void SameSteps::JoinLeft(Alike alike) {
  for (uint32_t i = 1; i < now_.size(); ++i) {
    for (uint32_t j = 1; now_[i] == 0 && j < before_.size(); ++j) {
      if (before_[j] == 0 && alike(old_[i - 1], new_[j - 1])) Join(i, j);
    }
  }
}

void SameSteps::JoinEdited() {
  for (uint32_t j = 1; j < before_.size(); ++j) {
    const uint32_t i = before_[j - 1] + 1;
    const bool follows = j == 1 || before_[j - 1] != 0;
    if (before_[j] == 0 && follows && i < now_.size() && now_[i] == 0) Join(i, j);
  }
}

}  // namespace pm::cadence
