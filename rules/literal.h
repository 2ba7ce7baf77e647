// What is written in a rule, read as a value of the field it is compared with: the declared type
// decides, and texts take the form in which the field is compared (rules/text_form.h).
#pragma once
#include <string_view>

#include "base/result.h"
#include "model/fields.h"
#include "rules/condition_node.h"

namespace pm {

// A whole value, as for eq, in and the comparisons. PM0210 with a sentence that names the field's
// type when it is none (`many` for a number, `Germany` for a country code).
Result<Operand> ReadLiteral(const FieldDecl& field, std::string_view text);

// A part of a text, as for starts_with, ends_with and contains (`op`). PM0210 as TextPartForm.
Result<Operand> ReadTextPart(const FieldDecl& field, TestOp op, std::string_view text);

// `-12`; `1_000` and `012` are none; 64 bits. PM0210.
Result<int64_t> ReadInteger(std::string_view text);
// `1.5` to 10^-6 units, at most six fraction digits. PM0210.
Result<int64_t> ReadDecimal(std::string_view text);

// The text in the form an item of `lists.NAME` is compared in: case folded, trimmed.
std::string FoldedItem(std::string_view text);

}  // namespace pm
