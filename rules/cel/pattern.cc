#include "rules/cel/pattern.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "rules/cel/problem.h"

namespace pm::cel {
namespace {

constexpr size_t kMaxPatternBytes = 4096;
constexpr int64_t kMaxPatternMemory = 1 << 20;

class Re2Pattern : public Pattern {
 public:
  explicit Re2Pattern(std::string_view text) : expression_(Piece(text), Options()) {}
  bool Matches(std::string_view text) const override {
    return re2::RE2::PartialMatch(Piece(text), expression_);
  }
  const re2::RE2& expression() const { return expression_; }

 private:
  static re2::StringPiece Piece(std::string_view text) { return {text.data(), text.size()}; }
  static re2::RE2::Options Options() {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kMaxPatternMemory);
    return options;
  }
  re2::RE2 expression_;
};

}  // namespace

Result<std::unique_ptr<const Pattern>> Pattern::Compile(std::string_view text) {
  if (text.size() > kMaxPatternBytes) {
    return Fail(kBadConstant, fmt::format("a pattern has at most {} bytes", kMaxPatternBytes));
  }
  const auto* control = std::ranges::find_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (control != text.end()) {
    return Fail(kBadConstant,
                "the pattern has a control character in it; write r'...', so that "
                "\\b stays what it is");
  }
  auto pattern = std::make_unique<Re2Pattern>(text);
  if (!pattern->expression().ok()) {
    return Fail(kBadConstant, "the pattern cannot be read: " + pattern->expression().error());
  }
  return pattern;
}

}  // namespace pm::cel
