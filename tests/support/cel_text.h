// For tests of CEL: an expression in, one line of text out.
#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/cel/program.h"

namespace pm::cel {

// A variable and its value: Value::Missing() for one that is declared and not known.
struct Bound {
  std::string name, type;
  Value value;
};

inline std::string ProblemText(const Problem& problem) {
  return fmt::format("{}+{} PM{:04}: {}{}{}", problem.at, problem.length, problem.code,
                     problem.message, problem.hint.empty() ? "" : "; ", problem.hint);
}

// The value as DebugText shows it; or the problems, a line each: `4+2 PM0253: message; hint`.
inline std::string Evaluated(std::string_view text, const std::vector<Bound>& bound = {},
                             const CompileOptions& options = {}, const EvalLimits& limits = {}) {
  Declarations declarations;
  std::vector<Value> bindings;
  for (const Bound& one : bound) {
    declarations.AddVariable(one.name, one.type).value();
    bindings.push_back(one.value);
  }
  const auto program = Compile(text, declarations, options);
  if (!program.has_value()) {
    std::string problems;
    for (const Problem& problem : program.error()) {
      problems += (problems.empty() ? "" : "\n") + ProblemText(problem);
    }
    return problems;
  }
  Evaluation evaluation(limits);
  return DebugText(program->Evaluate(bindings, &evaluation));
}

}  // namespace pm::cel
