#include "rules/cel/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rules/cel/checker.h"
#include "rules/cel/cost.h"
#include "rules/cel/guards.h"
#include "rules/cel/macros.h"
#include "rules/cel/parser.h"
#include "rules/cel/resolve.h"

namespace pm::cel {
namespace {

__extension__ typedef __int128 Wide;

}  // namespace

std::vector<Problem> Problems::Sorted() && {
  std::ranges::stable_sort(list_, {}, &Problem::at);
  const auto rest = std::ranges::unique(list_, {}, &Problem::at);
  list_.erase(rest.begin(), rest.end());
  return std::move(list_);
}

Value Program::Evaluate(std::span<const Value> bindings, Evaluation* evaluation) const {
  PM_CHECK(variables().empty() || variables().back() < bindings.size());
  evaluation->Begin(bindings, plan_.locals());
  const Value value = EvaluateNode(plan_.root(), *evaluation);
  return evaluation->stopped() ? evaluation->stop_error() : value;
}

std::expected<Program, std::vector<Problem>> Compile(std::string_view text,
                                                     const Declarations& declarations,
                                                     const CompileOptions& options) {
  Problems problems;
  std::optional<Ast> ast = Parse(text, &problems);
  if (!ast.has_value()) return std::unexpected(std::move(problems).Sorted());
  ExpandMacros(&*ast, &problems);
  if (!problems.empty()) return std::unexpected(std::move(problems).Sorted());
  const Resolution resolution = Resolve(&*ast, declarations, !options.check, &problems);
  const Checked checked = options.check ? CheckTypes(*ast, resolution, declarations, &problems)
                                        : SkipTypes(*ast, declarations);
  const Type& type = *checked.type_of[ast->root()];
  if (problems.empty()) CheckResult(*ast, checked, options.result_type, &problems);
  if (problems.empty()) CheckGuards(*ast, resolution, declarations, &problems);
  const uint64_t cost =
      CheckCost(*ast, resolution, checked, declarations, options.max_cost, &problems);
  Plan plan = MakePlan(*ast, resolution, checked, options.report_constants, &problems);
  if (!problems.empty()) return std::unexpected(std::move(problems).Sorted());
  return Program(std::move(plan), TypeText(type), cost);
}

std::optional<int64_t> ToFixedPoint(const Value& value, int decimals) {
  Wide scale = 1;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  Wide scaled = 0;
  if (value.kind == ValueKind::kInt) {
    scaled = value.integer * scale;
  } else if (value.kind == ValueKind::kUint) {
    scaled = value.natural * scale;
  } else if (value.kind == ValueKind::kDouble && std::fabs(value.real) < 9.3e18) {
    // The whole part and the rest apart, so that nothing is rounded twice.
    const double whole = std::trunc(value.real);
    const double rest = (value.real - whole) * static_cast<double>(scale);
    scaled = static_cast<Wide>(whole) * scale + static_cast<Wide>(std::nearbyint(rest));
  } else {
    return std::nullopt;
  }
  if (scaled < INT64_MIN || scaled > INT64_MAX) return std::nullopt;
  return static_cast<int64_t>(scaled);
}

Value FromFixedPoint(int64_t number, int decimals) {
  double scale = 1;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  return Value::Double(static_cast<double>(number) / scale);
}

}  // namespace pm::cel
