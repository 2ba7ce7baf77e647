#include "rules/cel/parser.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text/utf8.h"
#include "rules/cel/literal_value.h"
#include "rules/cel/token.h"

namespace pm::cel {
namespace {

constexpr ExprId kNone = UINT32_MAX;

struct Binary {
  TokenKind token;
  int precedence;
  std::string_view function;
};
constexpr int kOrLevel = 1, kAndLevel = 2;
constexpr Binary kBinaries[] = {
    {TokenKind::kOr, kOrLevel, op::kOr},    {TokenKind::kAnd, kAndLevel, op::kAnd},
    {TokenKind::kEqual, 3, op::kEqual},     {TokenKind::kNotEqual, 3, op::kNotEqual},
    {TokenKind::kLess, 3, op::kLess},       {TokenKind::kLessEqual, 3, op::kLessEqual},
    {TokenKind::kGreater, 3, op::kGreater}, {TokenKind::kGreaterEqual, 3, op::kGreaterEqual},
    {TokenKind::kIn, 3, op::kIn},           {TokenKind::kPlus, 4, op::kAdd},
    {TokenKind::kMinus, 4, op::kSubtract},  {TokenKind::kTimes, 5, op::kMultiply},
    {TokenKind::kDivide, 5, op::kDivide},   {TokenKind::kModulo, 5, op::kModulo}};

const Binary* BinaryOf(TokenKind kind) {
  const auto* found = std::ranges::find(kBinaries, kind, &Binary::token);
  return found == std::end(kBinaries) ? nullptr : found;
}

// Words of other languages where an operator was expected.
std::string_view HintFor(std::string_view word) {
  if (word == "and" || word == "AND") return "for 'and', write '&&'";
  if (word == "or" || word == "OR") return "for 'or', write '||'";
  if (word == "not" || word == "NOT") return "for 'not', write '!': !(a in b)";
  if (word == "is") return "to compare, write '=='";
  if (word == "matches" || word == "contains") return "write text.matches(...), text.contains(...)";
  if (word == "like" || word == "LIKE") return "for 'like', write text.matches(r'...')";
  if (word == "between" || word == "BETWEEN") return "write x >= 1 && x <= 9";
  if (word == "starts_with" || word == "startsWith") return "write text.startsWith(...)";
  if (word == "ends_with" || word == "endsWith") return "write text.endsWith(...)";
  return {};
}

class Parser {
 public:
  Parser(std::string_view text, std::vector<Token> tokens, Problems* problems)
      : text_(text), tokens_(std::move(tokens)), problems_(*problems) {}

  std::optional<Ast> Run() {
    if (Is(TokenKind::kEnd)) {
      problems_.Add(kBadSyntax, 0, 1, "the expression is empty");
      return std::nullopt;
    }
    const ExprId root = ParseExpr();
    if (root == kNone) return std::nullopt;
    if (!Is(TokenKind::kEnd)) return Unexpected("an operator or the end"), std::nullopt;
    ast_.set_root(root);
    return std::move(ast_);
  }

 private:
  const Token& token() const { return tokens_[next_]; }
  bool Is(TokenKind kind) const { return token().kind == kind; }
  bool Take(TokenKind kind) {
    if (!Is(kind)) return false;
    ++next_;
    return true;
  }
  std::string_view TextOf(const Token& token) const {
    return text_.substr(token.begin, token.end - token.begin);
  }

  ExprId Unexpected(std::string_view wanted) {
    const Token& found = token();
    const bool named = found.kind == TokenKind::kIdent || found.kind == TokenKind::kReserved;
    if (next_ > 0 && TextOf(tokens_[next_ - 1]) == "not") {
      return Bad(kBadSyntax, tokens_[next_ - 1], "'not' is no operator",
                 std::string(HintFor("not")));
    }
    problems_.Add(kBadSyntax, found.begin, found.end - found.begin,
                  fmt::format("expected {}, found {}", wanted,
                              named ? Quoted(TextOf(found)) : std::string(TokenName(found.kind))),
                  named ? std::string(HintFor(TextOf(found))) : HintAtSign(found));
    return kNone;
  }
  // What the token before says of one that stands wrongly.
  std::string HintAtSign(const Token& found) const {
    const TokenKind before = next_ > 0 ? tokens_[next_ - 1].kind : TokenKind::kEnd;
    const bool unlike = found.kind == TokenKind::kGreater && before == TokenKind::kLess;
    const bool word = found.kind >= TokenKind::kTrue && found.kind <= TokenKind::kIn;
    if (unlike) return "to ask for another value, write '!='";
    return word && before == TokenKind::kDot
               ? fmt::format("such a name stands in backticks: `{}`", TextOf(found))
               : "";
  }
  ExprId Bad(int code, const Token& where, std::string message, std::string hint = {}) {
    problems_.Add(code, where.begin, where.end - where.begin, std::move(message), std::move(hint));
    return kNone;
  }
  bool Expect(TokenKind kind, std::string_view wanted) {
    if (Take(kind)) return true;
    Unexpected(wanted);
    return false;
  }

  ExprId Add(Expr expr) {
    if (ast_.size() >= kMaxNodes) {
      problems_.Add(kTooLarge, expr.begin, 1,
                    fmt::format("the expression has more than {} parts", kMaxNodes));
      return kNone;
    }
    uint32_t height = 0;
    for (const ExprId arg : expr.args) height = std::max<uint32_t>(height, ast_.at(arg).height);
    if (height >= kMaxDepth) return TooDeep(expr.at);
    expr.height = static_cast<uint8_t>(height + 1);
    return ast_.Add(std::move(expr));
  }
  ExprId TooDeep(uint32_t at) {
    problems_.Add(kTooLarge, at, 1, fmt::format("nested more than {} deep here", kMaxDepth),
                  "cut it into several conditions, or write a list");
    return kNone;
  }

  ExprId Call(std::string_view function, const Token& sign, std::vector<ExprId> args) {
    Expr call{.kind = ExprKind::kCall, .at = sign.begin, .name = function};
    call.begin = std::min(sign.begin, ast_.at(args.front()).begin);
    call.end = tokens_[next_ - 1].end;
    call.args = std::move(args);
    return Add(std::move(call));
  }

  // Every way down passes here or ParseUnary: both count.
  ExprId ParseExpr() {
    if (++depth_ > kMaxDepth) return TooDeep(token().begin);
    ExprId result = ParseBinary(kOrLevel);
    if (result != kNone && Is(TokenKind::kQuestion)) result = ParseConditional(result);
    --depth_;
    return result;
  }

  ExprId ParseConditional(ExprId condition) {
    const Token sign = token();
    ++next_;
    const ExprId yes = ParseBinary(kOrLevel);
    if (yes == kNone || !Expect(TokenKind::kColon, "':'")) return kNone;
    const ExprId no = ParseExpr();
    return no == kNone ? kNone : Call(op::kConditional, sign, {condition, yes, no});
  }

  ExprId ParseBinary(int level) {
    ExprId left = ParseUnary();
    while (left != kNone) {
      const Binary* binary = BinaryOf(token().kind);
      if (binary == nullptr || binary->precedence < level) break;
      left =
          binary->precedence <= kAndLevel ? ParseLogical(left, *binary) : ParseRight(left, *binary);
    }
    return left;
  }

  ExprId ParseRight(ExprId left, const Binary& binary) {
    const Token sign = token();
    ++next_;
    const ExprId right = ParseBinary(binary.precedence + 1);
    return right == kNone ? kNone : Call(binary.function, sign, {left, right});
  }

  // One node for `a && b && c`, so that long conditions are flat.
  ExprId ParseLogical(ExprId left, const Binary& binary) {
    const Token sign = token();
    std::vector<ExprId> args = {left};
    while (Take(binary.token)) {
      args.push_back(ParseBinary(binary.precedence + 1));
      if (args.back() == kNone) return kNone;
    }
    return Call(binary.function, sign, std::move(args));
  }

  ExprId ParseUnary() {
    if (!Is(TokenKind::kNot) && !Is(TokenKind::kMinus)) return ParseMember();
    if (++depth_ > kMaxDepth) return TooDeep(token().begin);
    const Token sign = token();
    const TokenKind next = tokens_[next_ + 1].kind;
    ExprId result = kNone;
    if (sign.kind == TokenKind::kMinus && (next == TokenKind::kInt || next == TokenKind::kDouble)) {
      result = ParseMember();
    } else {
      ++next_;
      const ExprId operand = ParseUnary();
      if (operand != kNone) {
        result = Call(sign.kind == TokenKind::kNot ? op::kNot : op::kNegate, sign, {operand});
      }
    }
    --depth_;
    return result;
  }

  ExprId ParseMember() {
    ExprId result = ParsePrimary();
    while (result != kNone) {
      if (Is(TokenKind::kDot)) {
        result = ParseSelect(result);
      } else if (Is(TokenKind::kOpenBracket)) {
        result = ParseIndex(result);
      } else if (Is(TokenKind::kOpenBrace) && !ast_.QualifiedName(result).empty()) {
        return Bad(kBadSyntax, token(), "messages cannot be made here",
                   "a map is written {\"key\": value}");
      } else {
        break;
      }
    }
    return result;
  }

  ExprId ParseSelect(ExprId operand) {
    ++next_;
    const bool optional = Take(TokenKind::kQuestion);
    const Token name = token();
    if (!IsFieldName(name.kind)) return Unexpected("a name");
    ++next_;
    const bool quoted = name.kind == TokenKind::kQuotedIdent;
    const std::string_view text = TextOf(name);
    Expr expr{.kind = ExprKind::kSelect, .optional = optional, .at = name.begin};
    expr.name = ast_.Keep(std::string(quoted ? text.substr(1, text.size() - 2) : text));
    expr.args = {operand};
    if (!optional && !quoted && Is(TokenKind::kOpenParen)) {
      expr.kind = ExprKind::kCall;
      expr.member = true;
      if (!ParseArguments(&expr.args)) return kNone;
    }
    expr.begin = ast_.at(operand).begin;
    expr.end = tokens_[next_ - 1].end;
    return Add(std::move(expr));
  }
  static bool IsFieldName(TokenKind kind) {
    return kind == TokenKind::kIdent || kind == TokenKind::kQuotedIdent ||
           kind == TokenKind::kReserved;
  }

  ExprId ParseIndex(ExprId operand) {
    const Token sign = token();
    ++next_;
    const bool optional = Take(TokenKind::kQuestion);
    const ExprId index = ParseExpr();
    if (index == kNone || !Expect(TokenKind::kCloseBracket, "']'")) return kNone;
    return Call(optional ? op::kOptionalIndex : op::kIndex, sign, {operand, index});
  }

  // From the opening to the closing parenthesis.
  bool ParseArguments(std::vector<ExprId>* args) {
    ++next_;
    if (Take(TokenKind::kCloseParen)) return true;
    do {
      args->push_back(ParseExpr());
      if (args->back() == kNone) return false;
    } while (Take(TokenKind::kComma));
    return Expect(TokenKind::kCloseParen, "',' or ')'");
  }

  ExprId ParsePrimary() {
    if (Take(TokenKind::kOpenParen)) {
      const bool after_in = next_ > 1 && tokens_[next_ - 2].kind == TokenKind::kIn;
      const ExprId inner = ParseExpr();
      if (inner != kNone && after_in && Is(TokenKind::kComma)) {
        return Bad(kBadSyntax, token(), "expected ')', found ','",
                   "a list stands in square brackets: x in [a, b]");
      }
      return inner != kNone && Expect(TokenKind::kCloseParen, "')'") ? inner : kNone;
    }
    if (Is(TokenKind::kOpenBracket)) return ParseList();
    if (Is(TokenKind::kOpenBrace)) return ParseMap();
    if (Is(TokenKind::kDot) || Is(TokenKind::kIdent)) return ParseName();
    if (Is(TokenKind::kReserved)) {
      return Bad(kBadSyntax, token(), Quoted(TextOf(token())) + " is a reserved word");
    }
    return ParseLiteral();
  }

  ExprId ParseName() {
    Expr expr{.kind = ExprKind::kIdent, .begin = token().begin};
    expr.rooted = Take(TokenKind::kDot);
    if (!Is(TokenKind::kIdent)) return Unexpected("a name");
    expr.at = token().begin;
    expr.name = ast_.Keep(std::string(TextOf(token())));
    ++next_;
    if (Is(TokenKind::kOpenParen)) {
      expr.kind = ExprKind::kCall;
      if (!ParseArguments(&expr.args)) return kNone;
    }
    expr.end = tokens_[next_ - 1].end;
    return Add(std::move(expr));
  }

  // A comma may end a list or a map.
  ExprId ParseList() {
    const Token open = token();
    Expr list{.kind = ExprKind::kList, .begin = open.begin, .at = open.begin};
    ++next_;
    while (!Is(TokenKind::kCloseBracket)) {
      const ExprId item = ParseEntry();
      if (item == kNone || !HasRoom(list, 1)) return kNone;
      list.args.push_back(item);
      if (!Take(TokenKind::kComma)) break;
    }
    if (!Expect(TokenKind::kCloseBracket, "',' or ']'")) return kNone;
    list.end = tokens_[next_ - 1].end;
    return Add(std::move(list));
  }

  ExprId ParseMap() {
    const Token open = token();
    Expr map{.kind = ExprKind::kMap, .begin = open.begin, .at = open.begin};
    ++next_;
    while (!Is(TokenKind::kCloseBrace)) {
      const Token sign = token();
      const bool optional = Take(TokenKind::kQuestion);
      const ExprId key = ParseExpr();
      if (key == kNone || !Expect(TokenKind::kColon, "':'")) return kNone;
      ExprId value = ParseExpr();
      if (value != kNone && optional) value = OptionalEntry(sign, value);
      if (value == kNone || !HasRoom(map, 2)) return kNone;
      map.args.insert(map.args.end(), {key, value});
      if (!Take(TokenKind::kComma)) break;
    }
    if (!Expect(TokenKind::kCloseBrace, "',' or '}'")) return kNone;
    map.end = tokens_[next_ - 1].end;
    return Add(std::move(map));
  }

  ExprId ParseEntry() {
    const Token sign = token();
    const bool optional = Take(TokenKind::kQuestion);
    const ExprId item = ParseExpr();
    return optional && item != kNone ? OptionalEntry(sign, item) : item;
  }

  ExprId OptionalEntry(const Token& sign, ExprId value) {
    Expr expr{.kind = ExprKind::kOptionalEntry, .begin = sign.begin, .at = sign.begin};
    expr.end = tokens_[next_ - 1].end;
    expr.args = {value};
    return Add(std::move(expr));
  }

  bool HasRoom(const Expr& aggregate, size_t per_item) {
    if (aggregate.args.size() < size_t{kMaxListItems} * per_item) return true;
    problems_.Add(kTooLarge, aggregate.begin, 1,
                  fmt::format("this has more than {} items", kMaxListItems),
                  "long lists belong into `kind: lists`");
    return false;
  }

  ExprId ParseLiteral() {
    const bool negative = Take(TokenKind::kMinus);
    const Token token = tokens_[next_];
    const uint32_t begin = negative ? tokens_[next_ - 1].begin : token.begin;
    if (!IsLiteral(token.kind)) return Unexpected("a value");
    const auto value =
        ReadLiteral(token, text_.substr(begin, token.end - begin), &ast_, &problems_);
    if (!value.has_value()) return kNone;
    ++next_;
    Expr expr{.begin = begin, .end = token.end, .at = begin};
    expr.literal = *value;
    return Add(std::move(expr));
  }

  const std::string_view text_;
  const std::vector<Token> tokens_;
  Problems& problems_;
  size_t next_ = 0;
  uint32_t depth_ = 0;
  Ast ast_;
};

}  // namespace

std::optional<Ast> Parse(std::string_view text, Problems* problems) {
  if (text.size() > kMaxExpressionBytes) {
    problems->Add(kTooLarge, 0, 1,
                  fmt::format("the expression has {} bytes, {} are allowed", text.size(),
                              kMaxExpressionBytes));
    return std::nullopt;
  }
  std::vector<Token> tokens = Lex(text, problems);
  if (!problems->empty()) return std::nullopt;
  return Parser(text, std::move(tokens), problems).Run();
}

}  // namespace pm::cel
