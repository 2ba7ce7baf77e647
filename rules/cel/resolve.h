// What each name of an expression stands for: a variable, a macro's variable, a type, a function
// with a namespace.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "rules/cel/ast.h"
#include "rules/cel/declarations.h"
#include "rules/cel/problem.h"

namespace pm::cel {

enum class ReferenceKind : uint8_t {
  kNone,      // no name, or a selection on a value
  kVariable,  // `index` among the declarations
  kPresence,  // has(): whether the variable is there
  kOptional,  // `lead.?title`: the variable as an optional, empty when it is missing
  kLocal,     // `index` among the macros' variables
  kType,      // `type_name` as a value
  kUnknown,   // nothing of that name
};

struct Reference {
  ReferenceKind kind = ReferenceKind::kNone;
  uint32_t index = 0;
  std::string_view type_name;

  // `index` is a variable's.
  bool of_variable() const {
    return kind == ReferenceKind::kVariable || kind == ReferenceKind::kPresence ||
           kind == ReferenceKind::kOptional;
  }
};

struct Resolution {
  std::vector<Reference> references;  // by ExprId
  // The first of a macro's variables; the second, if it has one, is the next. By ExprId.
  std::vector<uint32_t> macro_locals;
  uint32_t locals = 0;  // how many there are at once, at most
};

// Calls of a function with a namespace become calls of `namespace.function`. The longest name that
// is declared counts; a macro's variable hides all others of its name. A name that stands for
// nothing is PM0252, unless `lenient`: then it fails when it is evaluated.
Resolution Resolve(Ast* ast, const Declarations& declarations, bool lenient, Problems* problems);

}  // namespace pm::cel
