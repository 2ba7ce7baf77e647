// Conditions as a part of the editors' schema: a map of tests with every field, or an expression.
#pragma once
#include "app/reference/rule_schema.h"
#include "base/text/describe_schema.h"

namespace pm {

// Defines `condition` and, for each type of field, what may be tested of it: `test-of-int`. `lists`
// null: a rule folder of which nothing is known, where custom fields may have any name.
void DefineConditions(const std::vector<RuleNames::Field>& fields,
                      const std::vector<std::string>* lists, YamlSchema* schema);

}  // namespace pm
