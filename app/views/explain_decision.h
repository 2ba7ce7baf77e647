// One stored decision put into words: the rules it was made under, asked again on its facts.
#pragma once
#include "app/views/explanation.h"

namespace pm {

// `names` knows the fields; without a `book` only what was stored is told. `rows` is the lead the
// decision is about.
DecisionView ExplainDecision(const account::StoredDecision& decision, const LeadRows& rows,
                             const RuleBook& names, const RuleBook* book);
// Who got the lead, or where it waits, and who was passed over.
DecisionView ExplainAssignment(const AssignmentRow& row, const RuleBook& names);

// `inactive` as `is not active`: why the desk passed over somebody or something.
std::string PassedOverInWords(std::string_view reason);
// `rotation, opens soonest` as `by turn of the rotation, whoever is at work first`.
std::string ViaInWords(std::string_view via);

}  // namespace pm
