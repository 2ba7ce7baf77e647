#include "engine/runtime/kafka/topics/topic_pattern.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "engine/runtime/kafka/topics/topic_plan.h"
#include "model/normalise/ascii.h"

namespace pm {
namespace {

// Past the bracket expression at `at`, in which a backslash is a character as any other.
size_t PastBrackets(std::string_view text, size_t at) {
  at += text.substr(at).starts_with("[^") ? 2 : 1;
  for (size_t next = at; next < text.size(); ++next) {
    if (text[next] == ']' && next > at) return next + 1;
    const size_t named =
        text.substr(next).starts_with("[:") ? text.find(":]", next + 2) : text.npos;
    if (named != text.npos) next = named + 1;
  }
  return text.size();
}

// Why what stands at `at` is not what its writer meant; empty: it is.
std::string Slip(std::string_view text, size_t at) {
  constexpr std::string_view kRepeats = "*+?}";
  const std::string_view rest = text.substr(at);
  if (rest.starts_with('\\')) {
    const char escaped = rest.size() > 1 ? rest[1] : '\0';
    // What the C library adds to POSIX: `\w`, `\b`, `\<`, `\1`.
    if (!IsAsciiLetter(escaped) && !IsAsciiDigit(escaped) &&
        std::string_view("<>`'").find(escaped) == text.npos) {
      return {};
    }
    const bool digit = escaped == 'd';
    return fmt::format("`\\{}` is not understood: write {}", escaped,
                       digit ? "`[0-9]`" : "what is meant in brackets, as `[a-z0-9_]`");
  }
  if (rest.starts_with("(?"))
    return "`(?` is not understood: write `(a|b)`, and `[Aa]` for `(?i)a`";
  const bool twice = at > 1 && kRepeats.contains(text[at]) && text[at] != '}' &&
                     kRepeats.contains(text[at - 1]) && text[at - 2] != '\\';
  return twice ? fmt::format("`{}` repeats what is repeated", text.substr(at - 1, 2))
               : std::string();
}

std::string SlipIn(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '[') {
      const size_t next = PastBrackets(text, at);
      if (text.substr(at, next - at).contains('\\')) {
        return "in brackets a backslash stands for itself: write `[.]` and `[0-9]`";
      }
      at = next;
      continue;
    }
    if (std::string slip = Slip(text, at); !slip.empty()) return slip;
    at += text[at] == '\\' ? 2 : 1;
  }
  return {};
}

std::string WhyNot(int error, const regex_t& compiled) {
  std::array<char, 128> text{};
  regerror(error, &compiled, text.data(), text.size());
  return text.data();
}

}  // namespace

void TopicPattern::Free::operator()(regex_t* compiled) const {
  regfree(compiled);
  delete compiled;
}

Result<TopicPattern> TopicPattern::Make(const std::string& text) {
  std::string wrong = SlipIn(text);
  auto raw = std::make_unique<regex_t>();
  const int error = wrong.empty() ? regcomp(raw.get(), text.c_str(), REG_EXTENDED | REG_NOSUB) : 0;
  if (error != 0) wrong = WhyNot(error, *raw);
  if (!wrong.empty()) {
    return Fail(kTopicName, fmt::format("'{}' is no pattern: {} (patterns are POSIX extended "
                                        "regular expressions)",
                                        text, wrong));
  }
  return TopicPattern(std::unique_ptr<regex_t, Free>(raw.release()));
}

bool TopicPattern::Meets(const std::string& name) const {
  return regexec(compiled_.get(), name.c_str(), 0, nullptr, 0) == 0;
}

}  // namespace pm
