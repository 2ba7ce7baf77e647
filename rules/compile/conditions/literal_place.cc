#include "rules/compile/conditions/syntax.h"
#include "rules/literal.h"

namespace pm {
namespace {

bool IsWritten(const FieldDecl& field, std::string_view written, std::string_view text) {
  if (written == text) return true;
  const auto form = ReadLiteral(field, written);
  return form && form->text == text;
}

std::optional<cel::ExprId> FindText(const cel::Ast& ast, cel::ExprId part, const FieldDecl& field,
                                    std::string_view text) {
  const cel::Expr& expr = ast.at(part);
  const bool literal = expr.kind == cel::ExprKind::kLiteral;
  if (literal && expr.literal.kind == ValueKind::kString &&
      IsWritten(field, expr.literal.text(), text)) {
    return part;
  }
  for (const cel::ExprId arg : expr.args) {
    if (const auto found = FindText(ast, arg, field, text)) return found;
  }
  return std::nullopt;
}

}  // namespace

SourcePlace PlaceOfLiteral(const ConditionSyntax& test, std::string_view text,
                           const FieldTable& fields) {
  const FieldDecl& field = *fields.Find(test.test.shared_root()->field);
  if (test.expression != nullptr) {
    const cel::Ast& ast = test.expression->ast;
    const cel::Expr& found = ast.at(FindText(ast, test.part, field, text).value_or(test.part));
    return PlaceIn(*test.expression->text, found.begin, found.end - found.begin);
  }
  if (test.value == nullptr) return test.place;
  for (const YamlNode& item : test.value->items) {
    if (IsWritten(field, item.text, text)) return PlaceOf(item);
  }
  return PlaceOf(*test.value);
}

}  // namespace pm
