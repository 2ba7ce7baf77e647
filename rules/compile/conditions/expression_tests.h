// Parts of expressions that say no more than a structured test can.
#pragma once
#include "rules/compile/conditions/syntax.h"

namespace pm {

// Turns a part of an expression into a test when it compares one field with constants
// (`lead.country in ["DE", "AT"]`, `has(lead.title)`, `account.employees >= 200`); else it stays an
// expression. PM0210 when the constant is a text that the field never holds; then it is wrong.
void MakeTestOfPart(CompileContext& context, ConditionSyntax* part);

}  // namespace pm
