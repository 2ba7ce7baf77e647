// The value behind a literal's token.
#pragma once
#include <optional>
#include <string_view>

#include "rules/cel/ast.h"
#include "rules/cel/problem.h"
#include "rules/cel/token.h"

namespace pm::cel {

bool IsLiteral(TokenKind kind);

// `text` is the token's, with the minus before a number if there is one. What it holds is kept in
// the tree. Nothing, and PM0255, if it means nothing.
std::optional<Value> ReadLiteral(const Token& token, std::string_view text, Ast* ast,
                                 Problems* problems);

}  // namespace pm::cel
