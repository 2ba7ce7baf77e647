// What two rule sets define by name and beside conditions: own fields, pools, reps, SLAs, cadences,
// settings; compared as they are, in sentences.
#pragma once
#include "rules/diff/rule_diff.h"
#include "rules/diff/units.h"

namespace pm {

// Pools that are only called otherwise now: each of `before` that is gone has the place of a new
// one with the same members and settings. New name -> old name.
Renames RenamedPools(const RuleBook& before, const RuleBook& after);

// Fills `definitions` and what of `without_effect` is about names. `names`: how pools of now were
// called; SLAs and cadences are added to it.
void DiffDefinitions(const RuleBook& before, const RuleBook& after, NamesThere* names,
                     RuleDiff* diff);

}  // namespace pm
