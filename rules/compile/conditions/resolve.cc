#include <fmt/format.h>

#include "rules/compile/conditions/expression_names.h"
#include "rules/compile/conditions/field_hints.h"
#include "rules/compile/conditions/syntax.h"

namespace pm {
namespace {

using Kind = ConditionSyntax::Kind;

constexpr int kUnknownName = 221, kOutOfScope = 223;

// Why the field has no value in that scope, or empty.
std::string_view ScopeTrouble(const FieldDecl& field, FactScope scope) {
  const Entity entity = EntityOf(field);
  if (entity == Entity::kEvent && scope != FactScope::kEvent) {
    return "fields of an event are known in engagement rules only";
  }
  const bool before = scope == FactScope::kBeforeScore || scope == FactScope::kEvent;
  if (entity == Entity::kScore && before) return "the score is not known yet when this is decided";
  return {};
}

bool ExpectScope(CompileContext& context, const FieldDecl& field, const SourcePlace& place,
                 FactScope scope) {
  const std::string_view trouble = ScopeTrouble(field, scope);
  if (trouble.empty()) return true;
  context.out.Error(kOutOfScope, place, fmt::format("{}: {}", field.name, trouble));
  return false;
}

// Of the fields that have a value there; of all, when none of those is near.
std::string HintOfField(CompileContext& context, const std::string& name, FactScope scope) {
  std::vector<std::string> known, elsewhere;
  for (const FieldDecl& one : context.builder.fields().all()) {
    (ScopeTrouble(one, scope).empty() ? known : elsewhere).emplace_back(one.name);
  }
  std::string hint = HintOfFieldName(name, known);
  if (hint.empty()) hint = HintOfFieldName(name, elsewhere);
  return hint.empty() ? HintOfLastPart(name, known) : hint;
}

std::string HintOfList(CompileContext& context, const std::string& name) {
  std::vector<std::string> known;
  for (const auto& list : context.builder.Lists()) known.push_back("lists." + list->name);
  const std::vector<std::string_view> names(known.begin(), known.end());
  const std::string hint = DidYouMean("lists." + name, names);
  return hint.empty() ? context.names.Hint(NameKind::kList, name) : hint;
}

// Its declaration is wrong, perhaps in the name itself, which was told.
bool IsWrongField(const CompileContext& context, const std::string& name) {
  if (context.wrong_fields.contains(name)) return true;
  const std::vector<std::string_view> wrong(context.wrong_fields.begin(),
                                            context.wrong_fields.end());
  return !Nearest(name, wrong).empty();
}

cel::Problems WithoutWrongFields(const CompileContext& context, const YamlNode& text,
                                 const cel::Problems& problems) {
  cel::Problems others(problems.hints());
  for (const cel::Problem& one : problems.list()) {
    const bool unknown = one.code == cel::kUnknownName;
    if (unknown && IsWrongField(context, text.text.substr(one.at, one.length))) continue;
    others.Add(one.code, one.at, one.length, one.message, one.hint);
  }
  return others;
}

void ResolveTest(CompileContext& context, FactScope scope, ConditionSyntax* test) {
  test->spec.field = ExpectField(context, test->field_name, scope);
  if (test->spec.field == nullptr) test->kind = Kind::kWrong;
  if (test->list_name.empty()) return;
  context.names.Use(NameKind::kList, test->list_name);
  test->spec.list = context.builder.FindList(test->list_name);
  if (test->spec.list != nullptr) return;
  if (test->kind != Kind::kWrong && !context.draft.Lacks("lists")) {
    const std::string cause = CauseOfName("lists." + test->list_name);
    if (!context.out.Also(cause, test->place)) {
      context.out.ErrorOf(cause, kUnknownName, test->place,
                          fmt::format("there is no list 'lists.{}'", test->list_name),
                          context.WantsHints() ? HintOfList(context, test->list_name) : "");
    }
  }
  test->kind = Kind::kWrong;
}

void ResolveExpression(CompileContext& context, FactScope scope, ConditionSyntax* syntax) {
  ExpressionSyntax& expression = *syntax->expression;
  for (const std::string& wrong : context.wrong_fields) {
    if (expression.text->text.find(wrong) == std::string::npos) continue;
    syntax->kind = Kind::kWrong;
    return;
  }
  const ExpressionNames& names = context.expression_names();
  // One name that is unknown at very many places is one error.
  cel::Problems problems(context.out.errors_met() < Diagnostics::kMaxKept);
  expression.resolution =
      cel::Resolve(&expression.ast, names.declarations, /*lenient=*/false, &problems);
  const bool lacks = context.draft.Lacks("fields") || context.draft.Lacks("lists");
  if (!problems.empty() && lacks) {
    syntax->kind = Kind::kWrong;
    return;
  }
  if (!problems.empty()) {
    // What is unknown may be of any type; the rest has to fit all the same.
    CheckTypes(expression.ast, expression.resolution, names.declarations, &problems);
    ReportProblems(*expression.text, WithoutWrongFields(context, *expression.text, problems),
                   context.out);
    syntax->kind = Kind::kWrong;
    return;
  }
  for (cel::ExprId id = 0; id < expression.resolution.references.size(); ++id) {
    const cel::Reference& reference = expression.resolution.references[id];
    if (!reference.of_variable()) continue;
    if (const auto& list = names.sources[reference.index].list) {
      context.names.Use(NameKind::kList, list->list->name);
      continue;
    }
    const cel::Expr& expr = expression.ast.at(id);
    const SourcePlace place = PlaceIn(*expression.text, expr.begin, expr.end - expr.begin);
    if (!ExpectScope(context, *names.sources[reference.index].field, place, scope)) {
      syntax->kind = Kind::kWrong;
    }
  }
}

}  // namespace

const FieldDecl* ExpectField(CompileContext& context, const Located<std::string>& name,
                             FactScope scope) {
  if (name.place.source == nullptr) return nullptr;  // it could not be read, which was told
  const FieldDecl* field = context.builder.fields().Find(name.value);
  if (field == nullptr) {
    if (IsWrongField(context, name.value) || context.draft.Lacks("fields")) return nullptr;
    const std::string cause = CauseOfName(name.value);
    if (context.out.Also(cause, name.place)) return nullptr;
    context.out.ErrorOf(cause, kUnknownName, name.place,
                        name.value.empty() ? "this names no field"
                                           : fmt::format("there is no field '{}'", name.value),
                        context.WantsHints() ? HintOfField(context, name.value, scope) : "");
    return nullptr;
  }
  return ExpectScope(context, *field, name.place, scope) ? field : nullptr;
}

void ResolveNames(CompileContext& context, FactScope scope, ConditionSyntax* syntax) {
  if (syntax->kind == Kind::kTest) ResolveTest(context, scope, syntax);
  if (syntax->kind == Kind::kExpression) ResolveExpression(context, scope, syntax);
  for (ConditionSyntax& child : syntax->children) ResolveNames(context, scope, &child);
}

}  // namespace pm
