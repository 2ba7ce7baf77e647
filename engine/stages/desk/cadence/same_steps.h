// Which step of a cadence is which of an earlier version of it. Steps have no names, so it is told
// by what they send and by where they stand. Pure; any thread.
#pragma once
#include <vector>

#include "rules/book.h"

namespace pm::cadence {

class SameSteps {
 public:
  // First what is the same in the same order, then what is the same elsewhere, then e-mails and
  // messages that have a template in common, then what stands at the same place between those.
  // Timing (`after`, `window`, `expires`, `skip_if`, the shares of variants) never counts.
  SameSteps(const Cadence& before, const Cadence& now);

  // Its number now; 0: the cadence has it no more. A number that the earlier version has not, as
  // when nothing is known of it, stays.
  uint32_t Of(uint32_t before) const;
  // It is there and does what it did.
  bool IsUnchanged(uint32_t before) const;
  // The number that this step had; 0: it is new.
  uint32_t Before(uint32_t now) const { return before_[now]; }

 private:
  void Join(uint32_t before, uint32_t now);
  void JoinInOrder();
  template <class Alike>
  void JoinLeft(Alike alike);
  void JoinEdited();

  const std::vector<CadenceStep>& old_;
  const std::vector<CadenceStep>& new_;
  std::vector<uint32_t> now_, before_;  // by number, from 1
};

}  // namespace pm::cadence
