#include <fmt/format.h>

#include <map>

#include "base/time/intervals.h"
#include "rules/compile/conditions/syntax.h"
#include "rules/compile/grades.h"

namespace pm {
namespace {

using Kind = ConditionSyntax::Kind;

constexpr int kNeverHolds = 236;

bool ComparesWhole(TestOp op) {
  return op == TestOp::kEq || op == TestOp::kNe || op == TestOp::kIn || op == TestOp::kNotIn;
}

// What is left for the field after some tests: numbers or texts, as long as it can be said.
class Left {
 public:
  // False when nothing is left.
  bool Take(const ConditionNode& test) {
    if (test.op == TestOp::kMissing) {
      must_be_missing_ = true;
      return !present_;
    }
    if (test.on_missing == OnMissing::kMatch) return true;
    present_ = true;
    if (must_be_missing_) return false;
    if (test.type == Type::kTextList || test.list) return true;
    return test.type == Type::kText ? TakeTexts(test) : TakeNumbers(test);
  }

 private:
  bool TakeTexts(const ConditionNode& test) {
    if (test.op != TestOp::kEq && test.op != TestOp::kIn) return true;
    std::vector<std::string> texts;
    for (const Operand& operand : test.operands) {
      if (!texts_ || std::ranges::find(*texts_, operand.text) != texts_->end()) {
        texts.push_back(operand.text);
      }
    }
    texts_ = std::move(texts);
    return !texts_->empty();
  }

  bool TakeNumbers(const ConditionNode& test) {
    const Intervals allowed = AllowedBy(test);
    numbers_ = Intersection(numbers_, allowed);
    return !numbers_.empty();
  }

  static Intervals AllowedBy(const ConditionNode& test) {
    const auto at = [&](size_t i) { return test.operands[i].number; };
    switch (test.op) {
      case TestOp::kGt:
        return Normalised({{at(0) == INT64_MAX ? at(0) : at(0) + 1, INT64_MAX}});
      case TestOp::kGte:
        return Normalised({{at(0), INT64_MAX}});
      case TestOp::kLt:
        return Normalised({{INT64_MIN, at(0)}});
      case TestOp::kLte:
        return Normalised({{INT64_MIN, After(at(0))}});
      case TestOp::kBetween:
        return Normalised({{at(0), After(at(1))}});
      case TestOp::kEq:
      case TestOp::kIn:
        return Values(test);
      case TestOp::kNe:
      case TestOp::kNotIn:
        return Difference(Everything(), Values(test));
      case TestOp::kStartsWith:
      case TestOp::kEndsWith:
      case TestOp::kContains:
      case TestOp::kMatches:
      case TestOp::kPresent:
      case TestOp::kMissing:
        break;
    }
    return Everything();
  }
  static Intervals Values(const ConditionNode& test) {
    Intervals values;
    for (const Operand& operand : test.operands) {
      values.push_back({operand.number, After(operand.number)});
    }
    return Normalised(std::move(values));
  }
  static Intervals Everything() { return {{INT64_MIN, INT64_MAX}}; }
  static int64_t After(int64_t number) { return number == INT64_MAX ? number : number + 1; }

  Intervals numbers_ = Everything();
  std::optional<std::vector<std::string>> texts_;
  bool present_ = false, must_be_missing_ = false;
};

class Checker {
 public:
  explicit Checker(CompileContext& context) : context_(context) {}

  void Check(const ConditionSyntax& syntax) {
    if (syntax.kind == Kind::kTest) CheckGrades(syntax);
    if (syntax.kind == Kind::kAll) CheckTogether(syntax.children);
    for (const ConditionSyntax& child : syntax.children) Check(child);
  }

 private:
  void CheckGrades(const ConditionSyntax& syntax) {
    const ConditionNode& test = *syntax.test.shared_root();
    if (!ComparesWhole(test.op)) return;
    for (const Operand& operand : test.operands) {
      ExpectGrade(context_, test.field, operand.text, PlaceOfLiteral(syntax, operand.text));
    }
  }

  static SourcePlace PlaceOfLiteral(const ConditionSyntax& syntax, std::string_view text) {
    if (syntax.expression != nullptr) {
      const cel::Ast& ast = syntax.expression->ast;
      const cel::Expr& found = ast.at(FindText(ast, syntax.part, text).value_or(syntax.part));
      return PlaceIn(*syntax.expression->text, found.begin, found.end - found.begin);
    }
    if (syntax.value == nullptr) return syntax.place;
    for (const YamlNode& item : syntax.value->items) {
      if (item.text == text) return PlaceOf(item);
    }
    return PlaceOf(*syntax.value);
  }

  static std::optional<cel::ExprId> FindText(const cel::Ast& ast, cel::ExprId part,
                                             std::string_view text) {
    const cel::Expr& expr = ast.at(part);
    const bool literal = expr.kind == cel::ExprKind::kLiteral;
    if (literal && expr.literal.kind == ValueKind::kString && expr.literal.text() == text) {
      return part;
    }
    for (const cel::ExprId arg : expr.args) {
      if (const auto found = FindText(ast, arg, text)) return found;
    }
    return std::nullopt;
  }

  void CheckTogether(const std::vector<ConditionSyntax>& tests) {
    struct OfField {
      Left left;
      std::string so_far;
    };
    std::map<uint32_t, OfField> fields;
    for (const ConditionSyntax& one : tests) {
      if (one.kind != Kind::kTest) continue;
      const ConditionNode& test = *one.test.shared_root();
      OfField& of = fields[test.field.number];
      if (!of.left.Take(test)) {
        context_.out.Error(kNeverHolds, one.place,
                           fmt::format("'{}' can never hold beside '{}'", test.text, of.so_far));
        return;
      }
      of.so_far += fmt::format("{}{}", of.so_far.empty() ? "" : "' and '", test.text);
    }
  }

  CompileContext& context_;
};

}  // namespace

void CheckSatisfiable(CompileContext& context, const ConditionSyntax& syntax) {
  Checker(context).Check(syntax);
}

}  // namespace pm
