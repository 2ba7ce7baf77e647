// A condition on its way through the passes: parse (YAML and CEL to this tree), resolve (what names
// stand for), check (types), normalise (both languages to one form), plan (what is evaluated). Each
// pass fills in what is said to be its own; tests compare the dump after each. What a pass reported
// is of kind kWrong from then on, so that one cause is told once.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "rules/cel/checker.h"
#include "rules/compile/conditions.h"
#include "rules/condition_make.h"

namespace pm {

// CEL as far as the passes have come.
struct ExpressionSyntax {
  const YamlNode* text = nullptr;
  cel::Ast ast;                // parse; resolve puts the full names of functions into it
  cel::Resolution resolution;  // resolve
  cel::Checked checked;        // check
  uint64_t cost_bound = 0;     // check
};

struct ConditionSyntax {
  enum class Kind : uint8_t { kWrong, kAll, kAny, kNot, kTest, kExpression };
  Kind kind = Kind::kWrong;
  SourcePlace place;
  std::vector<ConditionSyntax> children;

  // kTest, from parse
  Located<std::string> field_name;
  std::string list_name;            // `lists.NAME`
  const YamlNode* value = nullptr;  // its scalar, or the sequence of its literals
  // kTest, from resolve; literals, operator and policy from parse
  TestSpec spec;
  // kTest, from check
  Condition test;

  // kExpression; normalise leaves parts of it
  std::shared_ptr<ExpressionSyntax> expression;
  cel::ExprId part = 0;
};

// PM0233; PM0250, PM0251, PM0254 and PM0255 of CEL.
ConditionSyntax ParseCondition(const YamlNode& node, Diagnostics& out);
// PM0221 unknown fields and lists, PM0223 fields out of scope; PM0252 of CEL.
void ResolveNames(CompileContext& context, FactScope scope, ConditionSyntax* syntax);
// PM0210 to PM0213; PM0253, PM0255 to PM0257 of CEL.
void CheckTypes(CompileContext& context, const ConditionOwner& owner, ConditionSyntax* syntax);
// Parts of expressions that are tests become tests; `all` in `all`, `any` in `any` and `not` of
// `not` are one. PM0210 for texts of an expression that the field never holds.
void Normalise(CompileContext& context, ConditionSyntax* syntax);
// PM0221 grades that no score has, stages that there are not.
void CheckGradesAndStages(CompileContext& context, const ConditionSyntax& syntax);
// Of an engagement rule on that signal: PM0210 words that the event never has, PM0223 (a warning)
// fields that come with other events. Nothing without a signal.
void CheckSignal(CompileContext& context, EventType signal, const ConditionSyntax& syntax);
Condition PlanCondition(CompileContext& context, const ConditionSyntax& syntax);

// The tree after a pass, a node a line.
std::string DumpSyntax(const ConditionSyntax& syntax, ConditionPass pass, const FieldTable& fields);
std::string DumpCondition(const Condition& condition, const FieldTable& fields);

// The operator of a test as normalise gives it, with its values in the field's own form:
// `account.employees gte 200`, whatever language it was written in.
std::string NormalText(const ConditionNode& test, const FieldTable& fields);

// PM0210 regions that the country beside them never has in that form.
void CheckRegions(CompileContext& context, const ConditionSyntax& syntax);

// Where a normalised test has a text, given in the field's own form; else the whole test.
SourcePlace PlaceOfLiteral(const ConditionSyntax& test, std::string_view text,
                           const FieldTable& fields);

// Of names that are not known: `lead.contry` in a map and in an expression is one fault.
inline std::string CauseOfName(std::string_view name) { return "name " + std::string(name); }

// Tells the problems of an expression at their characters.
void ReportProblems(const YamlNode& text, cel::Problems problems, Diagnostics& out);

}  // namespace pm
