#include <algorithm>
#include <array>

#include "base/text/utf8.h"
#include "rules/cel/token.h"

namespace pm::cel {
namespace {

struct Word {
  std::string_view text;
  TokenKind kind;
};
constexpr Word kWords[] = {{"true", TokenKind::kTrue},
                           {"false", TokenKind::kFalse},
                           {"null", TokenKind::kNull},
                           {"in", TokenKind::kIn}};
constexpr std::string_view kReservedWords[] = {
    "as",  "break", "const",   "continue",  "else",   "for", "function", "if",   "import",
    "let", "loop",  "package", "namespace", "return", "var", "void",     "while"};
// Longer ones first.
constexpr Word kSigns[] = {{"&&", TokenKind::kAnd},        {"||", TokenKind::kOr},
                           {"==", TokenKind::kEqual},      {"!=", TokenKind::kNotEqual},
                           {"<=", TokenKind::kLessEqual},  {">=", TokenKind::kGreaterEqual},
                           {"(", TokenKind::kOpenParen},   {")", TokenKind::kCloseParen},
                           {"[", TokenKind::kOpenBracket}, {"]", TokenKind::kCloseBracket},
                           {"{", TokenKind::kOpenBrace},   {"}", TokenKind::kCloseBrace},
                           {".", TokenKind::kDot},         {",", TokenKind::kComma},
                           {":", TokenKind::kColon},       {"?", TokenKind::kQuestion},
                           {"!", TokenKind::kNot},         {"<", TokenKind::kLess},
                           {">", TokenKind::kGreater},     {"+", TokenKind::kPlus},
                           {"-", TokenKind::kMinus},       {"*", TokenKind::kTimes},
                           {"/", TokenKind::kDivide},      {"%", TokenKind::kModulo}};
// What people write instead, and what they mean.
struct Habit {
  std::string_view text, hint;
};
constexpr Habit kHabits[] = {{"=", "to compare, write '=='"},
                             {"&", "for 'and', write '&&'"},
                             {"|", "for 'or', write '||'"},
                             {"\xE2\x80\x9C", "texts stand in straight quotes: \" or '"},
                             {"\xE2\x80\x9D", "texts stand in straight quotes: \" or '"},
                             {"\xE2\x80\x98", "texts stand in straight quotes: \" or '"},
                             {"\xE2\x80\x99", "texts stand in straight quotes: \" or '"},
                             {"#", "comments begin with '//'"},
                             {"$", "names are written without '$'"}};

constexpr std::pair<std::string_view, std::string_view> kCurlyQuotes[] = {
    {"\xE2\x80\x9C", "\xE2\x80\x9D"}, {"\xE2\x80\x98", "\xE2\x80\x99"}};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHexDigit(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool BeginsName(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsNamePart(char c) { return BeginsName(c) || IsDigit(c); }
bool IsQuotedNamePart(char c) {
  return IsNamePart(c) || c == '.' || c == '-' || c == '/' || c == ' ';
}

class Lexer {
 public:
  Lexer(std::string_view text, Problems* problems) : text_(text), problems_(*problems) {}

  std::vector<Token> Run() {
    while (SkipSpace(), at_ < text_.size()) ReadOne();
    Push(TokenKind::kEnd, at_);
    return std::move(tokens_);
  }

 private:
  char Peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  std::string_view rest() const { return text_.substr(at_); }

  void Push(TokenKind kind, size_t begin) {
    tokens_.push_back({kind, static_cast<uint32_t>(begin), static_cast<uint32_t>(at_)});
  }
  void Bad(size_t begin, size_t length, std::string message, std::string_view hint = {}) {
    problems_.Add(kBadSyntax, static_cast<uint32_t>(begin), static_cast<uint32_t>(length),
                  std::move(message), std::string(hint));
  }

  void SkipSpace() {
    while (at_ < text_.size()) {
      if (rest().starts_with("//")) {
        at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
      } else if (std::string_view(" \t\n\r\f").find(text_[at_]) != std::string_view::npos) {
        ++at_;
      } else {
        return;
      }
    }
  }

  void ReadOne() {
    const char c = Peek();
    if (const size_t prefix = QuotePrefix(); prefix != std::string_view::npos) {
      ReadQuoted(prefix);
    } else if (BeginsName(c)) {
      ReadName();
    } else if (IsDigit(c) || (c == '.' && IsDigit(Peek(1)))) {
      ReadNumber();
    } else if (c == '`') {
      ReadQuotedName();
    } else if (!ReadSign()) {
      ReadJunk();
    }
  }

  // Letters before a quote: none, r, b, br; npos where no quoted text begins.
  size_t QuotePrefix() const {
    size_t length = 0;
    if (Peek(length) == 'b' || Peek(length) == 'B') ++length;
    if (Peek(length) == 'r' || Peek(length) == 'R') ++length;
    const char quote = Peek(length);
    return quote == '"' || quote == '\'' ? length : std::string_view::npos;
  }

  void ReadQuoted(size_t prefix) {
    const size_t begin = at_;
    const bool bytes = prefix > 0 && (Peek() == 'b' || Peek() == 'B');
    const bool raw = prefix > 0 && (Peek(prefix - 1) == 'r' || Peek(prefix - 1) == 'R');
    at_ += prefix;
    const char quote = Peek();
    const bool triple = Peek(1) == quote && Peek(2) == quote;
    at_ += triple ? 3 : 1;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == quote && (!triple || (Peek(1) == quote && Peek(2) == quote))) {
        at_ += triple ? 3 : 1;
        return Push(bytes ? TokenKind::kBytes : TokenKind::kString, begin);
      }
      if (!triple && (c == '\n' || c == '\r')) break;
      at_ += c == '\\' && !raw ? 2 : 1;
    }
    at_ = std::min(at_, text_.size());
    Bad(begin, prefix + 1, "this text has no closing quote",
        triple ? "" : "a text over several lines stands in three quotes");
  }

  void ReadName() {
    const size_t begin = at_;
    while (IsNamePart(Peek())) ++at_;
    const std::string_view name = text_.substr(begin, at_ - begin);
    TokenKind kind = TokenKind::kIdent;
    for (const Word& word : kWords) {
      if (word.text == name) kind = word.kind;
    }
    if (std::ranges::find(kReservedWords, name) != std::end(kReservedWords)) {
      kind = TokenKind::kReserved;
    }
    Push(kind, begin);
  }

  void ReadQuotedName() {
    const size_t begin = at_++;
    while (IsQuotedNamePart(Peek())) ++at_;
    if (Peek() != '`' || at_ == begin + 1) {
      return Bad(begin, at_ - begin,
                 "a name in backticks holds letters, digits, '_', '.', '-', "
                 "'/' and spaces, and ends with a backtick");
    }
    ++at_;
    Push(TokenKind::kQuotedIdent, begin);
  }

  void ReadNumber() {
    const size_t begin = at_;
    TokenKind kind = TokenKind::kInt;
    if (Peek() == '0' && (Peek(1) == 'x' || Peek(1) == 'X') && IsHexDigit(Peek(2))) {
      at_ += 2;
      while (IsHexDigit(Peek())) ++at_;
    } else {
      while (IsDigit(Peek())) ++at_;
      if (Peek() == '.' && IsDigit(Peek(1))) {
        kind = TokenKind::kDouble;
        for (++at_; IsDigit(Peek());) ++at_;
      }
      const size_t sign = Peek(1) == '+' || Peek(1) == '-' ? 1 : 0;
      if ((Peek() == 'e' || Peek() == 'E') && IsDigit(Peek(1 + sign))) {
        kind = TokenKind::kDouble;
        for (at_ += 1 + sign; IsDigit(Peek());) ++at_;
      }
    }
    if (kind == TokenKind::kInt && (Peek() == 'u' || Peek() == 'U')) {
      kind = TokenKind::kUint;
      ++at_;
    }
    if (IsNamePart(Peek())) {
      while (IsNamePart(Peek())) ++at_;
      const bool selects = text_[begin] == '.' && !tokens_.empty() && tokens_.back().end == begin &&
                           tokens_.back().kind == TokenKind::kIdent;
      return Bad(begin, at_ - begin, "this is neither a number nor a name",
                 selects ? "a name that begins with a digit stands in backticks" : "");
    }
    Push(kind, begin);
  }

  bool ReadSign() {
    for (const Word& sign : kSigns) {
      if (!rest().starts_with(sign.text)) continue;
      const size_t begin = at_;
      at_ += sign.text.size();
      Push(sign.kind, begin);
      return true;
    }
    return false;
  }

  void ReadJunk() {
    const size_t begin = at_++;
    while (at_ < text_.size() && (static_cast<unsigned char>(text_[at_]) & 0xC0) == 0x80) ++at_;
    const std::string_view junk = text_.substr(begin, at_ - begin);
    const auto* habit = std::ranges::find(kHabits, junk, &Habit::text);
    Bad(begin, junk.size(), Quoted(junk) + " means nothing here",
        habit == std::end(kHabits) ? std::string_view() : habit->hint);
    // Of a pair of curly quotes the first is told, with what is between them.
    for (const auto& [open, close] : kCurlyQuotes) {
      const size_t end = junk == open ? text_.find(close, at_) : std::string_view::npos;
      if (end != std::string_view::npos) at_ = end + close.size();
    }
  }

  const std::string_view text_;
  Problems& problems_;
  size_t at_ = 0;
  std::vector<Token> tokens_;
};

constexpr std::array<std::string_view, 13> kNames = {
    "the end", "a name", "a name", "a reserved word", "a number", "a number", "a number",
    "a text",  "bytes",  "'true'", "'false'",         "'null'",   "'in'"};
static_assert(static_cast<size_t>(TokenKind::kOpenParen) == kNames.size());

}  // namespace

std::vector<Token> Lex(std::string_view text, Problems* problems) {
  if (const size_t valid = ValidUtf8Prefix(text); valid < text.size()) {
    problems->Add(kBadSyntax, static_cast<uint32_t>(valid), 1, "this is not UTF-8");
    text = text.substr(0, valid);
  }
  return Lexer(text, problems).Run();
}

std::string_view TokenName(TokenKind kind) {
  if (kind < TokenKind::kOpenParen) return kNames[static_cast<size_t>(kind)];
  static constexpr std::array<std::string_view, 24> kSignNames = {
      "'('", "')'",  "'['",  "']'", "'{'",  "'}'", "'.'",  "','", "':'", "'?'", "'&&'", "'||'",
      "'!'", "'=='", "'!='", "'<'", "'<='", "'>'", "'>='", "'+'", "'-'", "'*'", "'/'",  "'%'"};
  return kSignNames[static_cast<size_t>(kind) - kNames.size()];
}

}  // namespace pm::cel
