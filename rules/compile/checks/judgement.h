// How grave what the checks find is to the one who wrote the rules: by `kind: checks`, and by
// comments that accept a finding:
//   - { name: All, ... }  # pointsman: accept PM0228 the old route goes on Monday
// on the line of the finding, or on lines of their own right above it. One thread.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

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
  // PM0243: acceptances without a reason, and those that accepted nothing. When all checks are
  // made.
  void ReportAcceptances(Diagnostics& out) const;

 private:
  struct Acceptance {
    SourcePlace place;
    int code = 0;  // 0: none could be read
    bool reason = false;
    bool used = false;
  };
  void ReadComments(const Source& source);
  bool Judge(Diagnostic* diagnostic);

  std::array<std::optional<Gravity>, kChecks.size()> gravity_;  // as `kind: checks` sets it
  // By file and the line that is accepted.
  std::map<std::pair<const Source*, int32_t>, std::vector<Acceptance>> acceptances_;
};

}  // namespace pm
