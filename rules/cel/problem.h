// What is wrong with an expression: each with its place, several at once.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace pm::cel {

struct Problem {
  int code = 0;     // PM####
  uint32_t at = 0;  // byte offset in the expression, and bytes from there
  uint32_t length = 1;
  std::string message;
  std::string hint;  // empty: none
  bool operator==(const Problem&) const = default;
};

class Problems {
 public:
  // Kept at most; an expression with more is told about these first.
  static constexpr size_t kMaxKept = 20;

  // Without hints nobody has to look for names that are near.
  explicit Problems(bool hints = true) : hints_(hints) {}
  bool hints() const { return hints_; }

  void Add(int code, uint32_t at, uint32_t length, std::string message, std::string hint = {}) {
    if (list_.size() < kMaxKept) {
      list_.push_back({code, at, length > 0 ? length : 1, std::move(message), std::move(hint)});
    }
  }
  bool empty() const { return list_.empty(); }
  bool full() const { return list_.size() == kMaxKept; }  // what is added now is not kept
  const std::vector<Problem>& list() const { return list_; }
  // By place; of several at one place the first.
  std::vector<Problem> Sorted() &&;

 private:
  bool hints_;
  std::vector<Problem> list_;
};

// The codes, each with its page in docs/errors.
inline constexpr int kBadSyntax = 250;    // PM0250
inline constexpr int kTooLarge = 251;     // PM0251: size, depth, list length
inline constexpr int kUnknownName = 252;  // PM0252
inline constexpr int kWrongType = 253;    // PM0253
inline constexpr int kWrongMacro = 254;   // PM0254
inline constexpr int kBadConstant = 255;  // PM0255: what fails each time it is evaluated
inline constexpr int kUnguarded = 257;    // PM0257: a negative test of what may be missing
inline constexpr int kTooCostly = 256;    // PM0256

// The bounds of an expression. The language asks for at least 32 of each.
inline constexpr uint32_t kMaxExpressionBytes = 65'536;
inline constexpr uint32_t kMaxNodes = 20'000;
inline constexpr uint32_t kMaxDepth = 150;         // of nested brackets, operators and selections
inline constexpr uint32_t kMaxListItems = 10'000;  // of a list or map as written

}  // namespace pm::cel
