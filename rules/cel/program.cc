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

void CheckResult(const Ast& ast, const Type& type, std::string_view wanted, Problems* problems) {
  if (wanted.empty() || type.kind == TypeKind::kDyn || TypeText(type) == wanted) return;
  const Expr& root = ast.at(ast.root());
  problems->Add(kWrongType, root.begin, root.end - root.begin,
                fmt::format("a {} is wanted, this is {}", wanted, TypeText(type)));
}

void CheckCost(uint64_t cost, uint64_t most, Problems* problems) {
  if (cost <= most) return;
  const std::string units = cost == UINT64_MAX ? "without bound" : fmt::format("{} units", cost);
  problems->Add(kTooCostly, 0, 1, fmt::format("the work may be {}, {} are allowed", units, most),
                "nest fewer macros, or state how long the lists are");
}

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
  if (problems.empty()) CheckResult(*ast, type, options.result_type, &problems);
  if (problems.empty()) CheckGuards(*ast, resolution, declarations, &problems);
  const uint64_t cost = BoundCost(*ast, resolution, checked, declarations);
  CheckCost(cost, options.max_cost, &problems);
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

}  // namespace pm::cel
