#include "rules/prove/sample_pattern.h"

#include <re2/re2.h>

#include <algorithm>

namespace pm {
namespace {

constexpr size_t kMostSamples = 24;
constexpr int kMostDepth = 32;
constexpr int64_t kMostRepeats = 64;

// Reads as much of RE2's syntax as people write; what it does not know stands for itself.
class Sampler {
 public:
  explicit Sampler(std::string_view pattern) : pattern_(pattern) {}

  // One text for each alternative, those of groups taken in turn.
  std::vector<std::string> Alternatives(int depth) {
    std::vector<std::string> all;
    while (true) {
      std::vector<std::string> some = Sequence(depth);
      all.insert(all.end(), some.begin(), some.end());
      if (all.size() > kMostSamples) all.resize(kMostSamples);
      if (Peek() != '|') return all;
      ++at_;
    }
  }

 private:
  std::vector<std::string> Sequence(int depth) {
    std::vector<std::string> texts = {""};
    while (at_ < pattern_.size() && Peek() != '|' && Peek() != ')') {
      std::vector<std::string> next = Atom(depth);
      Repeat(&next);
      std::vector<std::string> joined;
      for (const std::string& head : texts) {
        for (const std::string& tail : next) {
          if (joined.size() < kMostSamples) joined.push_back(head + tail);
        }
      }
      texts = std::move(joined);
    }
    return texts;
  }

  std::vector<std::string> Atom(int depth) {
    const char first = pattern_[at_++];
    switch (first) {
      case '(':
        return Group(depth);
      case '[':
        return {std::string(1, Class())};
      case '\\':
        return {Escape()};
      case '.':
        return {"a"};
      case '^':
      case '$':
        return {""};
      default:
        return {std::string(1, first)};
    }
  }

  std::vector<std::string> Group(int depth) {
    if (Peek() == '?') {  // (?i), (?i:...), (?P<name>...)
      ++at_;
      if (Peek() == 'P') at_ = std::min(pattern_.find('>', at_), pattern_.size() - 1);
      while (at_ < pattern_.size() && Peek() != ':' && Peek() != ')' && Peek() != '>') ++at_;
      if (Peek() != ')') ++at_;
    }
    std::vector<std::string> inner =
        depth < kMostDepth ? Alternatives(depth + 1) : std::vector<std::string>{""};
    if (Peek() == ')') ++at_;
    return inner;
  }

  // The first character of the class, or one that a negated one does not name.
  char Class() {
    const bool negated = Peek() == '^';
    if (negated) ++at_;
    const size_t begin = at_;
    if (Peek() == ']') ++at_;
    while (at_ < pattern_.size() && Peek() != ']') {
      at_ += pattern_.substr(at_).starts_with("[:") ? Skip(":]") : Peek() == '\\' ? 2 : 1;
    }
    const std::string_view inside = pattern_.substr(begin, std::min(at_, pattern_.size()) - begin);
    ++at_;
    if (negated) {
      const std::string_view letters = "a1 -_Zq";
      const size_t free = letters.find_first_not_of(inside);
      return free == std::string_view::npos ? '~' : letters[free];
    }
    if (inside.starts_with("[:")) return inside.contains("digit") ? '1' : 'a';
    if (inside.starts_with('\\') && inside.size() > 1) return Shorthand(inside[1]);
    return inside.empty() ? 'a' : inside.front();
  }
  size_t Skip(std::string_view end) const {
    const size_t found = pattern_.find(end, at_);
    return (found == std::string_view::npos ? pattern_.size() : found + end.size()) - at_;
  }

  std::string Escape() {
    if (at_ >= pattern_.size()) return "";
    const char letter = pattern_[at_++];
    if (letter == 'b' || letter == 'B' || letter == 'A' || letter == 'z') return "";
    return {Shorthand(letter)};
  }
  static char Shorthand(char letter) {
    switch (letter) {
      case 'd':
        return '1';
      case 'w':
      case 'D':
      case 'S':
      case 'p':
        return 'a';
      case 's':
      case 'W':
        return ' ';
      default:
        return letter;
    }
  }

  // `*` and `?` once and not at all, `+` once, `{n,m}` n times.
  void Repeat(std::vector<std::string>* texts) {
    const char mark = Peek();
    if (mark == '*' || mark == '?' || mark == '+') {
      ++at_;
      if (mark != '+') texts->emplace_back();
    } else if (mark == '{') {
      int64_t count = 0;
      for (++at_; at_ < pattern_.size() && Peek() >= '0' && Peek() <= '9'; ++at_) {
        count = std::min(kMostRepeats, count * 10 + (Peek() - '0'));
      }
      at_ = std::min(pattern_.find('}', at_), pattern_.size() - 1) + 1;
      for (std::string& text : *texts) text = Times(text, count);
    }
    if (Peek() == '?') ++at_;  // the least rather than the most
  }
  static std::string Times(const std::string& text, int64_t count) {
    std::string all;
    for (int64_t i = 0; i < count; ++i) all += text;
    return all;
  }

  char Peek() const { return at_ < pattern_.size() ? pattern_[at_] : '\0'; }

  const std::string_view pattern_;
  size_t at_ = 0;
};

}  // namespace

std::string_view PatternText(const re2::RE2& pattern) { return pattern.pattern(); }

std::vector<std::string> SamplePattern(std::string_view pattern) {
  std::vector<std::string> samples = Sampler(pattern).Alternatives(0);
  if (samples.empty()) samples.emplace_back();
  return samples;
}

}  // namespace pm
