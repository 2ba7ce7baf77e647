// How grave what the checks find is to the one who wrote the rules: by `kind: checks`, and by
// comments that accept a finding:
//   - { name: All, ... }  # pointsman: accept PM0228 the old route goes on Monday
// on the line of the finding, or on lines of their own right above it; of a finding in a text of
// several lines, at the key that holds it. One thread.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rules/compile/checks/acceptance.h"
#include "rules/compile/checks/catalogue.h"
#include "rules/compile/draft.h"

namespace pm {

class Judgement {
 public:
  // PM0221 a check that there is not. Every finding that is reported to `out` from now on is
  // judged. `sources` and the judgement must outlive `out`'s use of it.
  Judgement(const SourceSet& sources, const Draft& draft, Diagnostics& out);

  bool IsOff(CheckKind check) const {
    return gravity_[static_cast<size_t>(check)].value_or(
               DeclOf(check).gravity.value_or(Gravity::kError)) == Gravity::kOff;
  }
  // PM0243: acceptances that accepted nothing: not well written, without a reason, or without a
  // finding. When all checks are made.
  void ReportAcceptances(Diagnostics& out) const;

 private:
  void ReadComments(const Source& source, const Draft& draft);
  bool Judge(Diagnostic* diagnostic);

  std::array<std::optional<Gravity>, kChecks.size()> gravity_;  // as `kind: checks` sets it
  std::map<const Source*, LongTexts> texts_;                    // of files that have acceptances
  // By file and the line that is accepted.
  std::map<std::pair<const Source*, int32_t>, std::vector<Acceptance>> acceptances_;
};

}  // namespace pm
