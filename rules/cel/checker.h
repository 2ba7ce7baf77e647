// The types of an expression and of all its parts, and which overloads of a function may be meant.
#pragma once
#include <memory>
#include <vector>

#include "rules/cel/ast.h"
#include "rules/cel/declarations.h"
#include "rules/cel/problem.h"
#include "rules/cel/resolve.h"

namespace pm::cel {

struct Checked {
  std::unique_ptr<Types> types = std::make_unique<Types>();  // owns those below
  std::vector<const Type*> type_of;                          // by ExprId
  std::vector<std::vector<const Overload*>> overloads;       // of calls, by ExprId
};

// All type errors of the expression, each part's at most once: PM0253, PM0252 an unknown function.
// The types stand even then, dyn where nothing better is known.
Checked CheckTypes(const Ast& ast, const Resolution& resolution, const Declarations& declarations,
                   Problems* problems);

// PM0253 when the whole is not of the type `wanted` (empty: any) and not dyn either.
void CheckResult(const Ast& ast, const Checked& checked, std::string_view wanted,
                 Problems* problems);

// Everything is dyn, and all overloads of a name may be meant: wrong types show when evaluated.
Checked SkipTypes(const Ast& ast, const Declarations& declarations);

}  // namespace pm::cel
