// The tokens of an expression.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "rules/cel/problem.h"

namespace pm::cel {

enum class TokenKind : uint8_t {
  kEnd,
  kIdent,
  kQuotedIdent,  // `content-type`: a field name only
  kReserved,     // `for`, `let`: a field or member name only
  kInt,
  kUint,
  kDouble,
  kString,  // with prefix and quotes
  kBytes,
  kTrue,
  kFalse,
  kNull,
  kIn,
  kOpenParen,
  kCloseParen,
  kOpenBracket,
  kCloseBracket,
  kOpenBrace,
  kCloseBrace,
  kDot,
  kComma,
  kColon,
  kQuestion,
  kAnd,
  kOr,
  kNot,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kPlus,
  kMinus,
  kTimes,
  kDivide,
  kModulo,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  uint32_t begin = 0, end = 0;  // byte offsets
};

// The whole text as tokens, the last one kEnd. What cannot be read is reported and left out, so
// that all of it is told at once. `text` is at most kMaxExpressionBytes long.
std::vector<Token> Lex(std::string_view text, Problems* problems);

// As a message names it: `'&&'`, `the end`, `a number`.
std::string_view TokenName(TokenKind kind);

}  // namespace pm::cel
