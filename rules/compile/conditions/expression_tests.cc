#include "rules/compile/conditions/expression_tests.h"

#include <fmt/format.h>

#include "base/time/text.h"
#include "rules/cel/moment.h"
#include "rules/cel/unparse.h"
#include "rules/compile/conditions/expression_names.h"
#include "rules/literal.h"
#include "rules/pattern_form.h"
#include "rules/text_form.h"

namespace pm {
namespace {

using Kind = ConditionSyntax::Kind;
namespace op = cel::op;

constexpr int kBadLiteral = 210, kNeverHolds = 236;
constexpr int64_t kMostSeconds = INT64_MAX / 1000 - 1;

struct Relation {
  std::string_view name;
  TestOp op, reversed;
};
constexpr Relation kRelations[] = {
    {op::kEqual, TestOp::kEq, TestOp::kEq},   {op::kNotEqual, TestOp::kNe, TestOp::kNe},
    {op::kLess, TestOp::kLt, TestOp::kGt},    {op::kLessEqual, TestOp::kLte, TestOp::kGte},
    {op::kGreater, TestOp::kGt, TestOp::kLt}, {op::kGreaterEqual, TestOp::kGte, TestOp::kLte}};
using Member = std::pair<std::string_view, TestOp>;
constexpr Member kMembers[] = {{"startsWith", TestOp::kStartsWith},
                               {"endsWith", TestOp::kEndsWith},
                               {"contains", TestOp::kContains},
                               {"matches", TestOp::kMatches}};

bool OfOrder(TestOp op) { return op >= TestOp::kGt && op <= TestOp::kLte; }

class TestReader {
 public:
  TestReader(CompileContext& context, ConditionSyntax* part)
      : context_(context),
        names_(context.expression_names()),
        part_(*part),
        expression_(*part->expression),
        ast_(expression_.ast) {}

  // `!has(x)` asks whether it is missing; false for the `!` of anything else.
  bool ReadAbsence(cel::ExprId negated) {
    const cel::Reference& reference = expression_.resolution.references[negated];
    if (reference.kind != cel::ReferenceKind::kPresence) return false;
    spec_.field = names_.sources[reference.index].field;
    spec_.op = TestOp::kMissing;
    return spec_.field != nullptr;
  }

  // Fills in `spec_`; false when the part is no test.
  bool Read() {
    const cel::Expr& expr = ast_.at(part_.part);
    const cel::Reference& reference = expression_.resolution.references[part_.part];
    if (reference.kind == cel::ReferenceKind::kVariable) return Of(part_.part) && Truth();
    if (reference.kind == cel::ReferenceKind::kPresence) {
      spec_.field = names_.sources[reference.index].field;
      spec_.op = TestOp::kPresent;
      return spec_.field != nullptr;
    }
    if (expr.kind == cel::ExprKind::kCall && expr.name == op::kNot) {
      return ReadAbsence(expr.args[0]);
    }
    if (expr.kind != cel::ExprKind::kCall || expr.args.size() != 2) return false;
    if (expr.name == op::kIn) return ReadIn(expr);
    if (expr.member) return ReadMember(expr);
    for (const Relation& relation : kRelations) {
      if (expr.name == relation.name) return ReadRelation(expr, relation);
    }
    return false;
  }

  void Finish() {
    if (wrong_) {
      part_.kind = Kind::kWrong;
      return;
    }
    spec_.guarded = true;
    spec_.text = cel::Unparse(ast_, part_.part);
    auto made = MakeTest(spec_, &context_.builder.slots());
    if (!made) return;
    part_.kind = Kind::kTest;
    part_.test = *std::move(made);
    part_.spec = std::move(spec_);
  }

 private:
  // The field that stands there, and nothing else.
  bool Of(cel::ExprId id) {
    const cel::Reference& reference = expression_.resolution.references[id];
    if (reference.kind != cel::ReferenceKind::kVariable) return false;
    spec_.field = names_.sources[reference.index].field;
    return spec_.field != nullptr;
  }

  bool Truth() {
    spec_.literals = {"true"};
    return spec_.field->type == Type::kBool;
  }

  bool ReadRelation(const cel::Expr& expr, const Relation& relation) {
    const bool straight = Of(expr.args[0]);
    if (!straight && !Of(expr.args[1])) return false;
    spec_.op = straight ? relation.op : relation.reversed;
    return Literal(expr.args[straight ? 1 : 0]);
  }

  bool ReadMember(const cel::Expr& expr) {
    const auto* member = std::ranges::find(kMembers, expr.name, &Member::first);
    if (member == std::end(kMembers) || !Of(expr.args[0])) return false;
    spec_.op = member->second;
    return spec_.field->type == Type::kText && Literal(expr.args[1]);
  }

  // `x in ["a", "b"]`, `x in lists.a`, `"a" in x`.
  bool ReadIn(const cel::Expr& expr) {
    if (!Of(expr.args[0])) {
      spec_.op = TestOp::kContains;
      return Of(expr.args[1]) && spec_.field->type == Type::kTextList && Literal(expr.args[0]);
    }
    spec_.op = TestOp::kIn;
    const cel::Reference& list = expression_.resolution.references[expr.args[1]];
    if (list.kind == cel::ReferenceKind::kVariable) {
      const auto& value = names_.sources[list.index].list;
      if (value) spec_.list = value->list;
      return value != nullptr;
    }
    const cel::Expr& items = ast_.at(expr.args[1]);
    if (items.kind == cel::ExprKind::kList && items.args.empty()) {
      context_.out.Error(kNeverHolds,
                         PlaceIn(*expression_.text, items.begin, items.end - items.begin),
                         "nothing is in an empty list");
      wrong_ = true;
    }
    return items.kind == cel::ExprKind::kList &&
           std::ranges::all_of(items.args, [&](cel::ExprId item) { return Literal(item); });
  }

  // Numbers as they are written, so that decimals stay exact; texts must be in the field's form.
  bool Literal(cel::ExprId id) {
    const cel::Expr& expr = ast_.at(id);
    if (IsMade(expr, "timestamp")) return Time(ast_.at(expr.args[0]));
    if (IsMade(expr, "duration")) return Length(ast_.at(expr.args[0]));
    if (expr.kind != cel::ExprKind::kLiteral) return false;
    const ValueKind kind = expr.literal.kind;
    if (!CanEqual(expr)) return wrong_ = true;
    if (kind == ValueKind::kBool) {
      spec_.literals.emplace_back(expr.literal.boolean() ? "true" : "false");
    } else if (kind == ValueKind::kInt || kind == ValueKind::kDouble) {
      spec_.literals.push_back(
          NumberFor(expression_.text->text.substr(expr.begin, expr.end - expr.begin)));
    } else if (kind == ValueKind::kString && !OfOrder(spec_.op)) {
      spec_.literals.emplace_back(expr.literal.text());
      spec_.op == TestOp::kMatches ? ExpectPattern(expr) : ExpectForm(expr);
    } else {
      return false;
    }
    return true;
  }

  // In a list of several types each item passes for one of any type, and one of another type than
  // the field's is equal to none of its values.
  bool CanEqual(const cel::Expr& literal) {
    const FieldDecl& field = *spec_.field;
    const ValueKind kind = literal.literal.kind;
    const bool text = kind == ValueKind::kString, truth = kind == ValueKind::kBool;
    const bool number = kind == ValueKind::kInt || kind == ValueKind::kDouble;
    const bool numeric = field.type == Type::kInt || field.type == Type::kDecimal;
    const bool texts = field.type == Type::kText || field.type == Type::kTextList;
    if (!text && !truth && !number) return true;
    if (spec_.op != TestOp::kIn || (text && texts) || (number && numeric)) return true;
    if (truth && field.type == Type::kBool) return true;
    if (wrong_) return false;  // told of another item
    context_.out.Error(
        kBadLiteral, PlaceIn(*expression_.text, literal.begin, literal.end - literal.begin),
        fmt::format("{} is {}, so it is never the {} {}", field.name, TypeName(field.type),
                    text    ? "text"
                    : truth ? "bool"
                            : "number",
                    expression_.text->text.substr(literal.begin, literal.end - literal.begin)),
        HintOfType(field.type));
    return false;
  }
  static std::string HintOfType(Type type) {
    switch (type) {
      case Type::kInt:
      case Type::kDecimal:
        return "numbers stand without quotes";
      case Type::kBool:
        return "true and false stand without quotes";
      case Type::kDuration:
        return "write duration('90m')";
      case Type::kInstant:
        return "write timestamp('2026-03-01T00:00:00Z')";
      case Type::kText:
      case Type::kTextList:
        return "texts stand in quotes";
      case Type::kMissing:
        break;
    }
    return {};
  }

  // `5.0` of a field of whole numbers is 5.
  std::string NumberFor(std::string number) const {
    const size_t dot = number.find('.');
    const bool whole =
        dot != std::string::npos && number.find_first_not_of('0', dot + 1) == std::string::npos;
    return whole && spec_.field->type == Type::kInt ? number.substr(0, dot) : number;
  }

  // `timestamp("...")`, `duration("...")` in milliseconds, as fields are.
  static bool IsMade(const cel::Expr& expr, std::string_view function) {
    return expr.kind == cel::ExprKind::kCall && !expr.member && expr.args.size() == 1 &&
           expr.name == function;
  }
  bool Length(const cel::Expr& text) {
    if (text.kind != cel::ExprKind::kLiteral || text.literal.kind != ValueKind::kString) {
      return false;
    }
    const auto length = cel::ParseDurationText(text.literal.text());
    if (spec_.field->type != Type::kDuration || !length) return false;
    const int64_t seconds = length->integer, nanos = length->size;
    if (seconds < 0 || seconds > kMostSeconds || nanos % 1'000'000 != 0) return false;
    spec_.literals.push_back(FormatDuration(Duration{seconds * 1000 + nanos / 1'000'000}));
    return true;
  }
  bool Time(const cel::Expr& text) {
    if (text.kind != cel::ExprKind::kLiteral || text.literal.kind != ValueKind::kString) {
      return false;
    }
    spec_.literals.emplace_back(text.literal.text());
    return spec_.field->type == Type::kInstant &&
           text.literal.text().find('.') == std::string_view::npos;
  }

  void ExpectPattern(const cel::Expr& expr) {
    const auto trouble = TroubleOfPattern(*spec_.field, expr.literal.text());
    if (!trouble) return;
    context_.out.Report(trouble->error,
                        PlaceIn(*expression_.text, expr.begin, expr.end - expr.begin));
    wrong_ = true;
  }

  // CEL compares exactly, so a text in another form than the field is kept in never matches.
  void ExpectForm(const cel::Expr& expr) {
    const FieldDecl& field = *spec_.field;
    const bool part = (spec_.op == TestOp::kStartsWith || spec_.op == TestOp::kEndsWith ||
                       spec_.op == TestOp::kContains) &&
                      field.type == Type::kText;
    const std::string text(expr.literal.text());
    const auto kept = part ? ReadTextPart(field, spec_.op, text) : ReadLiteral(field, text);
    if (kept && kept->text == text) return;
    const SourcePlace place = PlaceIn(*expression_.text, expr.begin, expr.end - expr.begin);
    if (!kept) {
      context_.out.Error(kBadLiteral, place, kept.error().text);
    } else {
      context_.out.Error(
          kBadLiteral, place,
          fmt::format("{} is {} as '{}', so it is never '{}'", field.name,
                      IsComparedOtherwise(field) ? "compared" : "kept", kept->text, text),
          fmt::format("write \"{}\"", kept->text));
    }
    wrong_ = true;
  }

  CompileContext& context_;
  const ExpressionNames& names_;
  ConditionSyntax& part_;
  const ExpressionSyntax& expression_;
  const cel::Ast& ast_;
  TestSpec spec_;
  bool wrong_ = false;
};

}  // namespace

void MakeTestOfPart(CompileContext& context, ConditionSyntax* part) {
  TestReader reader(context, part);
  if (reader.Read()) reader.Finish();
}

}  // namespace pm
