#include "rules/prove/program_tests.h"

#include <optional>

#include "rules/condition_program.h"

namespace pm {
namespace {

using cel::PlanNode;
using cel::PlanOp;
using cel::Relation;
using Node = std::shared_ptr<const ConditionNode>;
__extension__ typedef __int128 Wide;  // of two that fit into 64 bits nothing here comes to more

constexpr int64_t kMostCharacters = int64_t{1} << 32;

// What an expression over whole numbers can be. Within 64 bits, so that it never fails.
struct Number {
  int64_t least = 0, most = 0;
  // Of one field's number x that is counted once: factor * x + offset.
  uint32_t variable = UINT32_MAX;
  int64_t factor = 0, offset = 0;
  bool is_linear = false;
};

std::optional<int64_t> Narrow(Wide number) {
  if (number < INT64_MIN || number > INT64_MAX) return std::nullopt;
  return static_cast<int64_t>(number);
}

bool Calls(const PlanNode& node, std::string_view name, size_t args) {
  return node.op == PlanOp::kCall && node.value.text() == name && node.args.size() == args;
}

class Reader {
 public:
  Reader(const ConditionNode& program, const FieldTable& fields)
      : program_(program), fields_(fields) {}

  Node Read() const {
    const PlanNode& root = program_.program->program.plan().root();
    if (root.op == PlanOp::kNot) return Not(ReadTest(*root.args[0]));
    return ReadTest(root);
  }

 private:
  Node ReadTest(const PlanNode& node) const {
    if (OfOtherCase(node))
      return Constant(node.relation == Relation::kNotEqual && node.op == PlanOp::kCompare);
    if (node.op != PlanOp::kCompare || node.args.size() != 2) return nullptr;
    const std::optional<Number> left = ReadNumber(*node.args[0]);
    const std::optional<Number> right = ReadNumber(*node.args[1]);
    if (!left || !right) return nullptr;
    if (right->factor == 0 && right->is_linear) return Compare(*left, node.relation, right->offset);
    if (left->factor == 0 && left->is_linear) {
      return Compare(*right, Turned(node.relation), left->offset);
    }
    return nullptr;
  }

  const FieldDecl* FieldOf(const PlanNode& node) const {
    if (node.op != PlanOp::kVariable) return nullptr;
    const ProgramInput& input = program_.inputs[node.index];
    return input.list ? nullptr : fields_.Find(input.field);
  }

  std::optional<Number> ReadNumber(const PlanNode& node) const {
    if (node.op == PlanOp::kConstant) {
      if (node.value.kind != ValueKind::kInt) return std::nullopt;
      const int64_t value = node.value.integer;
      return Number{value, value, UINT32_MAX, 0, value, true};
    }
    if (const FieldDecl* field = FieldOf(node)) {
      if (field->type != Type::kInt) return std::nullopt;
      return Number{field->min, field->max, node.index, 1, 0, true};
    }
    if (Calls(node, "size", 1)) {
      const FieldDecl* field = FieldOf(*node.args[0]);
      const bool counts =
          field != nullptr && (field->type == Type::kText || field->type == Type::kTextList);
      return counts ? std::optional(Number{0, kMostCharacters}) : std::nullopt;
    }
    if (Calls(node, cel::op::kNegate, 1)) {
      const auto of = ReadNumber(*node.args[0]);
      return of ? Times(*of, Number{-1, -1, UINT32_MAX, 0, -1, true}) : std::nullopt;
    }
    if (node.op != PlanOp::kCall || node.args.size() != 2) return std::nullopt;
    const std::string_view name = node.value.text();
    const auto left = ReadNumber(*node.args[0]);
    const auto right = ReadNumber(*node.args[1]);
    if (!left || !right) return std::nullopt;
    if (name == cel::op::kAdd) return Plus(*left, *right);
    if (name == cel::op::kMultiply) return Times(*left, *right);
    if (name == cel::op::kSubtract) {
      const auto minus = Times(*right, Number{-1, -1, UINT32_MAX, 0, -1, true});
      return minus ? Plus(*left, *minus) : std::nullopt;
    }
    const bool constant = right->least == right->most && right->least > 0;
    if (name == cel::op::kModulo && constant) return Rest(*left, right->least);
    if (name == cel::op::kDivide && constant) {  // towards zero, so in order
      return Number{left->least / right->least, left->most / right->least};
    }
    return std::nullopt;
  }

  static std::optional<Number> Plus(const Number& a, const Number& b) {
    const auto least = Narrow(Wide{a.least} + b.least), most = Narrow(Wide{a.most} + b.most);
    if (!least || !most) return std::nullopt;
    Number sum{*least, *most};
    const bool one = a.factor == 0 || b.factor == 0 || a.variable == b.variable;
    if (a.is_linear && b.is_linear && one)
      TieTo(a.factor != 0 ? a : b, Wide{a.factor} + b.factor, Wide{a.offset} + b.offset, &sum);
    return sum;
  }

  static std::optional<Number> Times(const Number& a, const Number& b) {
    const auto [least, most] = std::minmax({Wide{a.least} * b.least, Wide{a.least} * b.most,
                                            Wide{a.most} * b.least, Wide{a.most} * b.most});
    const auto from = Narrow(least), to = Narrow(most);
    if (!from || !to) return std::nullopt;
    Number product{*from, *to};
    if (!a.is_linear || !b.is_linear || (a.factor != 0 && b.factor != 0)) return product;
    const Number& of = a.factor != 0 ? a : b;
    const int64_t by = a.factor != 0 ? b.offset : a.offset;
    TieTo(of, Wide{of.factor} * by, Wide{of.offset} * by, &product);
    return product;
  }

  static void TieTo(const Number& of, Wide factor, Wide offset, Number* number) {
    const auto by = Narrow(factor), plus = Narrow(offset);
    if (!by || !plus) return;
    number->variable = *by == 0 ? UINT32_MAX : of.variable;
    number->factor = *by;
    number->offset = *plus;
    number->is_linear = true;
    if (*by == 0) number->least = number->most = *plus;
  }

  static Number Rest(const Number& of, int64_t divisor) {
    const int64_t most = std::max<int64_t>(0, std::min(of.most, divisor - 1));
    return {of.least >= 0 ? 0 : std::max(of.least, 1 - divisor), most};
  }

  static Relation Turned(Relation relation) {
    switch (relation) {
      case Relation::kLess:
        return Relation::kGreater;
      case Relation::kLessEqual:
        return Relation::kGreaterEqual;
      case Relation::kGreater:
        return Relation::kLess;
      case Relation::kGreaterEqual:
        return Relation::kLessEqual;
      case Relation::kEqual:
      case Relation::kNotEqual:
        break;
    }
    return relation;
  }

  // The numbers for which it holds, both ends belonging to it; of kNotEqual those it does not.
  static std::pair<Wide, Wide> Holding(Relation relation, int64_t bound) {
    constexpr Wide kFar = Wide{1} << 100;
    switch (relation) {
      case Relation::kLess:
        return {-kFar, Wide{bound} - 1};
      case Relation::kLessEqual:
        return {-kFar, bound};
      case Relation::kGreater:
        return {Wide{bound} + 1, kFar};
      case Relation::kGreaterEqual:
        return {bound, kFar};
      case Relation::kEqual:
      case Relation::kNotEqual:
        break;
    }
    return {bound, bound};
  }

  Node Compare(const Number& number, Relation relation, int64_t bound) const {
    const auto [from, to] = Holding(relation, bound);
    const bool turned = relation == Relation::kNotEqual;
    if (number.most < from || number.least > to) return Constant(turned);
    if (number.least >= from && number.most <= to) return Constant(!turned);
    if (!number.is_linear || number.factor == 0) return nullptr;
    const bool is_all = program_.inputs.size() == 1;
    return is_all ? Within(number, from, to, turned) : nullptr;
  }

  // factor * x + offset in [from, to].
  Node Within(const Number& number, Wide from, Wide to, bool turned) const {
    from -= number.offset;
    to -= number.offset;
    Wide factor = number.factor;
    if (factor < 0) {
      factor = -factor;
      const Wide end = -from;
      from = -to;
      to = end;
    }
    const auto up = [&](Wide n) { return n / factor + (n % factor > 0 ? 1 : 0); };
    const auto down = [&](Wide n) { return n / factor - (n % factor < 0 ? 1 : 0); };
    const FieldDecl& field = *fields_.Find(program_.inputs[number.variable].field);
    const Wide first = std::max<Wide>(up(from), field.min);
    const Wide last = std::min<Wide>(down(to), field.max);
    if (first > last) return Constant(turned);
    auto test = TestOn(program_.inputs[number.variable], TestOp::kBetween);
    test->operands = {{ValueKind::kInt, static_cast<int64_t>(first), {}},
                      {ValueKind::kInt, static_cast<int64_t>(last), {}}};
    return turned ? Not(std::move(test)) : Node(std::move(test));
  }

  // A text in small letters beside one with a capital, or the other way.
  bool OfOtherCase(const PlanNode& node) const {
    const PlanNode* of = node.args.empty() ? nullptr : node.args[0];
    const PlanNode* with = node.args.size() == 2 ? node.args[1] : nullptr;
    if (of == nullptr) return false;
    if (node.op == PlanOp::kInSet) {
      return std::ranges::all_of(node.value.entries(), [&](const cel::MapEntry& entry) {
        return IsOther(*of, entry.key);
      });
    }
    if (with == nullptr) return false;
    const bool equality = node.op == PlanOp::kCompare && (node.relation == Relation::kEqual ||
                                                          node.relation == Relation::kNotEqual);
    if (equality && of->op == PlanOp::kConstant) std::swap(of, with);
    const bool part =
        Calls(node, "startsWith", 2) || Calls(node, "endsWith", 2) || Calls(node, "contains", 2);
    return (equality || part) && with->op == PlanOp::kConstant && IsOther(*of, with->value);
  }
  bool IsOther(const PlanNode& of, const cel::Value& text) const {
    const bool lower = Calls(of, "lowerAscii", 1), upper = Calls(of, "upperAscii", 1);
    if ((!lower && !upper) || text.kind != ValueKind::kString) return false;
    const FieldDecl* field = FieldOf(*of.args[0]);
    if (field == nullptr || field->type != Type::kText) return false;
    return std::ranges::any_of(
        text.text(), [&](char c) { return lower ? c >= 'A' && c <= 'Z' : c >= 'a' && c <= 'z'; });
  }

  std::shared_ptr<ConditionNode> TestOn(const ProgramInput& input, TestOp op) const {
    auto test = std::make_shared<ConditionNode>();
    test->kind = NodeKind::kTest;
    test->op = op;
    test->field = input.field;
    test->slot = input.slot;
    test->type = input.type;
    test->text = program_.text;
    return test;
  }

  // Unknown where a field is missing, else `holds`.
  Node Constant(bool holds) const {
    auto any = std::make_shared<ConditionNode>();
    any->kind = NodeKind::kAny;
    for (const ProgramInput& input : program_.inputs) {
      if (input.list) return nullptr;
      any->children.push_back(TestOn(input, TestOp::kIn));  // of nothing
    }
    const Node never = any->children.size() == 1 ? any->children.front() : Node(std::move(any));
    return holds ? Not(never) : never;
  }

  static Node Not(Node test) {
    if (test == nullptr) return nullptr;
    auto negation = std::make_shared<ConditionNode>();
    negation->kind = NodeKind::kNot;
    negation->children.push_back(std::move(test));
    return negation;
  }

  const ConditionNode& program_;
  const FieldTable& fields_;
};

}  // namespace

Node TestsOf(const ConditionNode& program, const FieldTable& fields) {
  return Reader(program, fields).Read();
}

}  // namespace pm
