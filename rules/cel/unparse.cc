#include "rules/cel/unparse.h"

#include <algorithm>

#include "rules/cel/call_problem.h"
#include "rules/cel/literal_text.h"
#include "rules/cel/token.h"

namespace pm::cel {
namespace {

// As in the grammar; higher binds closer.
enum Level : int { kConditional, kOr, kAnd, kRelation, kSum, kProduct, kUnary, kMember };

Level LevelOf(std::string_view function) {
  if (function == op::kConditional) return kConditional;
  if (function == op::kOr) return kOr;
  if (function == op::kAnd) return kAnd;
  if (function == op::kAdd || function == op::kSubtract) return kSum;
  if (function == op::kMultiply || function == op::kDivide || function == op::kModulo) {
    return kProduct;
  }
  if (function == op::kNot || function == op::kNegate) return kUnary;
  if (function == op::kIndex || function == op::kOptionalIndex) return kMember;
  return OperatorText(function) == function ? kMember : kRelation;
}

bool IsPlainName(std::string_view name) {
  Problems problems;
  const std::vector<Token> tokens = Lex(name, &problems);
  return problems.empty() && tokens.size() == 2 && tokens[0].end == name.size() &&
         (tokens[0].kind == TokenKind::kIdent || tokens[0].kind == TokenKind::kReserved);
}

class Writer {
 public:
  explicit Writer(const Ast& ast) : ast_(ast) {}

  void Write(ExprId id, Level at_least) {
    const Expr& expr = ast_.at(id);
    const Level level = expr.kind == ExprKind::kCall && !expr.member ? LevelOf(expr.name) : kMember;
    if (level < at_least) out_ += '(';
    WriteBare(expr, level);
    if (level < at_least) out_ += ')';
  }
  std::string Take() { return std::move(out_); }

 private:
  void WriteBare(const Expr& expr, Level level) {
    switch (expr.kind) {
      case ExprKind::kLiteral:
        out_ += expr.literal.kind == ValueKind::kDouble ? EncodeDouble(expr.literal.real)
                                                        : DebugText(expr.literal, SIZE_MAX);
        return;
      case ExprKind::kIdent:
        out_ += (expr.rooted ? "." : "") + std::string(expr.name);
        return;
      case ExprKind::kSelect:
        return WriteSelect(expr);
      case ExprKind::kCall:
        return WriteCall(expr, level);
      case ExprKind::kList:
        out_ += '[';
        WriteAll(expr, 0);
        out_ += ']';
        return;
      case ExprKind::kMap:
        return WriteMap(expr);
      case ExprKind::kOptionalEntry:
        out_ += '?';
        return Write(expr.args[0], kConditional);
      case ExprKind::kMacro:
        return WriteMacro(expr);
    }
  }

  void WriteAll(const Expr& expr, size_t from) {
    for (size_t i = from; i < expr.args.size(); ++i) {
      if (i > from) out_ += ", ";
      Write(expr.args[i], kConditional);
    }
  }

  void WriteSelect(const Expr& select) {
    if (select.test_only) out_ += "has(";
    Write(select.args[0], kMember);
    out_ += select.optional ? ".?" : ".";
    out_ +=
        IsPlainName(select.name) ? std::string(select.name) : "`" + std::string(select.name) + "`";
    if (select.test_only) out_ += ')';
  }

  void WriteMap(const Expr& map) {
    out_ += '{';
    for (size_t i = 0; i < map.args.size(); i += 2) {
      if (i > 0) out_ += ", ";
      const Expr& value = ast_.at(map.args[i + 1]);
      const bool optional = value.kind == ExprKind::kOptionalEntry;
      if (optional) out_ += '?';
      Write(map.args[i], kConditional);
      out_ += ": ";
      Write(optional ? value.args[0] : map.args[i + 1], kConditional);
    }
    out_ += '}';
  }

  void WriteCall(const Expr& call, Level level) {
    if (call.name == op::kConditional) return WriteConditional(call);
    if (call.name == op::kIndex || call.name == op::kOptionalIndex) return WriteIndex(call);
    if (level == kUnary) return WriteUnary(call);
    if (level != kMember) return WriteBinary(call, level);
    if (call.member) {
      Write(call.args[0], kMember);
      out_ += '.';
    }
    out_ += std::string(call.name) + "(";
    WriteAll(call, call.member ? 1 : 0);
    out_ += ')';
  }

  void WriteConditional(const Expr& call) {
    Write(call.args[0], kOr);
    out_ += " ? ";
    Write(call.args[1], kOr);
    out_ += " : ";
    Write(call.args[2], kConditional);
  }

  void WriteIndex(const Expr& call) {
    Write(call.args[0], kMember);
    out_ += call.name == op::kOptionalIndex ? "[?" : "[";
    Write(call.args[1], kConditional);
    out_ += ']';
  }

  // A minus before a number would become part of it.
  void WriteUnary(const Expr& call) {
    const Expr& operand = ast_.at(call.args[0]);
    const bool bracket = call.name == op::kNegate && operand.kind == ExprKind::kLiteral;
    out_ += OperatorText(call.name);
    if (bracket) out_ += '(';
    Write(call.args[0], kUnary);
    if (bracket) out_ += ')';
  }

  void WriteBinary(const Expr& call, Level level) {
    const bool logical = level == kAnd || level == kOr;
    const auto above = static_cast<Level>(level + 1);
    for (size_t i = 0; i < call.args.size(); ++i) {
      if (i > 0) out_ += " " + std::string(OperatorText(call.name)) + " ";
      Write(call.args[i], i == 0 && !logical ? level : above);
    }
  }

  void WriteMacro(const Expr& macro) {
    if (macro.macro == Macro::kBind) {
      out_ += "cel.bind(" + std::string(macro.variables[0]) + ", ";
      WriteAll(macro, 0);
    } else {
      Write(macro.args[0], kMember);
      out_ += "." + std::string(macro.name) + "(";
      for (const std::string_view variable : macro.variables) {
        if (!variable.empty()) out_ += std::string(variable) + ", ";
      }
      WriteAll(macro, 1);
    }
    out_ += ')';
  }

  const Ast& ast_;
  std::string out_;
};

}  // namespace

std::string Unparse(const Ast& ast) { return Unparse(ast, ast.root()); }

std::string Unparse(const Ast& ast, ExprId id) {
  Writer writer(ast);
  writer.Write(id, kConditional);
  return writer.Take();
}

}  // namespace pm::cel
