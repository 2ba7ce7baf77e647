#include "rules/cel/literal_value.h"

#include "rules/cel/literal_text.h"

namespace pm::cel {
namespace {

std::optional<Value> ReadQuoted(const Token& token, std::string_view text, Ast* ast,
                                Problems* problems) {
  LiteralProblem problem;
  std::optional<std::string> decoded = DecodeQuoted(text, &problem);
  if (!decoded.has_value()) {
    problems->Add(kBadConstant, token.begin + problem.at, 2, problem.message);
    return std::nullopt;
  }
  const std::string_view kept = ast->Keep(*std::move(decoded));
  return token.kind == TokenKind::kString ? Value::String(kept) : Value::Bytes(kept);
}

}  // namespace

bool IsLiteral(TokenKind kind) { return kind >= TokenKind::kInt && kind <= TokenKind::kNull; }

std::optional<Value> ReadLiteral(const Token& token, std::string_view text, Ast* ast,
                                 Problems* problems) {
  const TokenKind kind = token.kind;
  const uint32_t length = token.end - token.begin;
  if (kind == TokenKind::kTrue || kind == TokenKind::kFalse) {
    return Value::Bool(kind == TokenKind::kTrue);
  }
  if (kind == TokenKind::kString || kind == TokenKind::kBytes) {
    return ReadQuoted(token, text, ast, problems);
  }
  if (kind == TokenKind::kDouble) return Value::Double(DecodeDouble(text).value_or(0));
  if (kind == TokenKind::kInt) {
    if (const auto number = DecodeInt(text)) return Value::Int(*number);
    problems->Add(kBadConstant, token.begin, length, "this number does not fit into an int",
                  "an int has 64 bits; a double is written with a point");
    return std::nullopt;
  }
  if (kind == TokenKind::kUint) {
    if (const auto number = DecodeUint(text)) return Value::Uint(*number);
    problems->Add(kBadConstant, token.begin, length, "this number does not fit into a uint");
    return std::nullopt;
  }
  return Value::Null();
}

}  // namespace pm::cel
