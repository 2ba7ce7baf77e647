#include "rules/condition_make.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include "rules/literal.h"
#include "rules/pattern_form.h"

namespace pm {
namespace {

constexpr int kBadOperator = 211, kBadExpression = 212, kMissingPolicy = 213;
constexpr int64_t kMaxExpressionBytes = 1 << 20;  // of compiled program and caches

using Made = std::expected<Condition, TestError>;

std::unexpected<TestError> Refuse(int code, std::string text, size_t literal = SIZE_MAX,
                                  size_t offset = 0) {
  return std::unexpected(TestError{{code, std::move(text)}, literal, offset});
}

bool IsText(Type type) { return type == Type::kText || type == Type::kTextList; }
bool OfPart(TestOp op) {
  return op == TestOp::kStartsWith || op == TestOp::kEndsWith || op == TestOp::kContains;
}
bool OfOrder(TestOp op) {
  return op == TestOp::kGt || op == TestOp::kGte || op == TestOp::kLt || op == TestOp::kLte ||
         op == TestOp::kBetween;
}
bool OfSet(TestOp op) { return op == TestOp::kIn || op == TestOp::kNotIn; }
bool OfPresence(TestOp op) { return op == TestOp::kPresent || op == TestOp::kMissing; }
bool Negative(TestOp op) { return op == TestOp::kNe || op == TestOp::kNotIn; }

// Why the operator does not go with the field, or empty.
std::string OperatorTrouble(const TestSpec& spec) {
  const Type type = spec.field->type;
  if ((OfPart(spec.op) || spec.op == TestOp::kMatches) && !IsText(type)) {
    return fmt::format("{} works on texts; {} is {}", OpName(spec.op), spec.field->name,
                       TypeName(type));
  }
  if (OfOrder(spec.op) && (type == Type::kBool || IsText(type))) {
    return fmt::format("{} compares numbers and times; {} is {}", OpName(spec.op), spec.field->name,
                       TypeName(type));
  }
  if (spec.list && (!OfSet(spec.op) || !IsText(type))) {
    return "a list of lists.* goes with in and not_in on texts";
  }
  return {};
}

std::string CountTrouble(const TestSpec& spec) {
  const size_t count = spec.literals.size();
  if (OfPresence(spec.op)) return count == 0 ? "" : "takes no value";
  if (spec.list) return count == 0 ? "" : "takes a list or values, not both";
  if (spec.op == TestOp::kBetween) return count == 2 ? "" : "takes two values, [from, to]";
  if (OfSet(spec.op)) return count > 0 ? "" : "needs at least one value";
  return count == 1 ? "" : "takes one value";
}

std::string MissingTrouble(const TestSpec& spec) {
  const bool needed = Negative(spec.op) && !spec.guarded && !AlwaysPresent(*spec.field);
  if (needed && spec.on_missing == OnMissing::kUnknown) {
    return fmt::format("{} may be missing, and then '{}' could be meant either way",
                       spec.field->name, OpName(spec.op));
  }
  if (OfPresence(spec.op) && spec.on_missing != OnMissing::kUnknown) {
    return fmt::format("'{}' already says what a missing field means", OpName(spec.op));
  }
  return {};
}

std::expected<std::shared_ptr<const re2::RE2>, TestError> Compile(const std::string& text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) < 0x20) {
      return Refuse(kBadExpression,
                    text[i] == '\n' ? "a line break in a regular expression: write it in one line"
                                    : "a control character in a regular expression: in double "
                                      "quotes \"\\b\" is a backspace, write it in single quotes",
                    0, i);
    }
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxExpressionBytes);
  auto compiled = std::make_shared<const re2::RE2>(text, options);
  if (compiled->ok()) return compiled;
  const std::string& culprit = compiled->error_arg();
  const size_t at = culprit.empty() ? std::string::npos : text.find(culprit);
  return Refuse(kBadExpression,
                fmt::format("not a regular expression (RE2): {}", compiled->error()), 0,
                at == std::string::npos ? 0 : at);
}

std::expected<void, TestError> ReadOperands(const TestSpec& spec, ConditionNode* node) {
  for (size_t i = 0; i < spec.literals.size(); ++i) {
    const bool item = spec.op == TestOp::kContains && spec.field->type == Type::kTextList;
    auto operand = OfPart(spec.op) && !item ? ReadTextPart(*spec.field, spec.op, spec.literals[i])
                                            : ReadLiteral(*spec.field, spec.literals[i]);
    if (!operand) return Refuse(operand.error().code, operand.error().text, i);
    node->operands.push_back(*std::move(operand));
  }
  if (spec.op == TestOp::kBetween && node->operands[1] < node->operands[0]) {
    return Refuse(kBadOperator, "the end of the range lies before its begin", 1);
  }
  if (OfSet(spec.op)) std::ranges::sort(node->operands);
  return {};
}

std::string TestText(const TestSpec& spec) {
  if (!spec.text.empty()) return spec.text;
  std::string text = fmt::format("{} {}", spec.field->name, OpName(spec.op));
  if (spec.list) return fmt::format("{} lists.{}", text, spec.list->name);
  if (OfSet(spec.op) || spec.op == TestOp::kBetween) {
    return fmt::format("{} [{}]", text, fmt::join(spec.literals, ", "));
  }
  return spec.literals.empty() ? text : fmt::format("{} {}", text, spec.literals.front());
}

Condition Join(NodeKind kind, std::span<const Condition> parts) {
  auto node = std::make_shared<ConditionNode>();
  node->kind = kind;
  for (const Condition& part : parts) {
    if (part.always()) {
      if (kind == NodeKind::kAny) return {};
      continue;
    }
    node->children.push_back(part.shared_root());
  }
  if (kind == NodeKind::kAll && node->children.empty()) return {};
  if (node->children.size() == 1) return Condition(node->children.front());
  return Condition(std::move(node));
}

}  // namespace

bool AlwaysPresent(const FieldDecl& field) {
  static constexpr FieldNumber kPresent[] = {
      Field("lead.stage"),  Field("lead.created_at"),  Field("event.type"),
      Field("score.fit"),   Field("score.engagement"), Field("score.grade"),
      Field("score.total"), Field("score.fit_grade"),  Field("score.engagement_grade")};
  return std::ranges::find(kPresent, FieldNumber{field.number}) != std::end(kPresent);
}

std::optional<TestOp> ParseTestOp(std::string_view name) {
  for (int i = 0; i < kTestOps; ++i) {
    if (OpName(static_cast<TestOp>(i)) == name) return static_cast<TestOp>(i);
  }
  return std::nullopt;
}

Made MakeTest(const TestSpec& spec, Slots* slots) {
  if (auto trouble = OperatorTrouble(spec); !trouble.empty()) return Refuse(kBadOperator, trouble);
  if (auto trouble = CountTrouble(spec); !trouble.empty()) {
    return Refuse(kBadOperator, fmt::format("'{}' {}", OpName(spec.op), trouble));
  }
  if (auto trouble = MissingTrouble(spec); !trouble.empty()) {
    return Refuse(kMissingPolicy, trouble);
  }
  auto node = std::make_shared<ConditionNode>();
  node->kind = NodeKind::kTest;
  node->op = spec.op;
  node->on_missing = spec.on_missing;
  node->field = FieldNumber{spec.field->number};
  node->type = spec.field->type;
  node->list = spec.list;
  node->text = TestText(spec);
  if (spec.op == TestOp::kMatches) {
    const std::string& pattern = spec.literals.front();
    auto compiled = Compile(pattern);
    if (!compiled) return std::unexpected(compiled.error());
    if (const auto trouble = TroubleOfPattern(*spec.field, pattern)) {
      return Refuse(trouble->error.code, trouble->error.text, 0, trouble->offset);
    }
    node->pattern = *std::move(compiled);
  } else if (auto read = ReadOperands(spec, node.get()); !read) {
    return std::unexpected(read.error());
  }
  node->slot = slots->Add(node->field);
  return Condition(std::move(node));
}

Condition AllOf(std::span<const Condition> parts) { return Join(NodeKind::kAll, parts); }
Condition AnyOf(std::span<const Condition> parts) { return Join(NodeKind::kAny, parts); }

Condition NotOf(const Condition& part) {
  auto node = std::make_shared<ConditionNode>();
  if (part.always()) {
    node->kind = NodeKind::kAny;  // of nothing: never
    return Condition(std::move(node));
  }
  node->kind = NodeKind::kNot;
  node->children.push_back(part.shared_root());
  return Condition(std::move(node));
}

}  // namespace pm
