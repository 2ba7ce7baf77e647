#include "tests/fuzz/mutate.h"

#include <algorithm>
#include <set>

#include "base/result.h"

namespace pm::fuzz {

namespace {

constexpr size_t kMostWordBytes = 40;
constexpr size_t kMostSplice = 400;

bool IsOfWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '$';
}

size_t WordBytes(std::string_view text) {
  size_t bytes = 0;
  while (bytes < text.size() && IsOfWord(text[bytes])) ++bytes;
  return bytes;
}

std::vector<std::string> WordsOf(const std::vector<std::string>& seeds) {
  std::set<std::string> words = {"9223372036854775807",
                                 "-9223372036854775808",
                                 "1e400",
                                 "\n",
                                 "\t",
                                 "\\",
                                 "\xff",
                                 "\xF0\x9F\x98\x80",
                                 "&a",
                                 "*a",
                                 "<<: ",
                                 "!!str "};
  for (const std::string_view seed : seeds) {
    for (size_t at = 0; at < seed.size();) {
      const size_t bytes = std::max<size_t>(WordBytes(seed.substr(at)), 1);
      if (bytes <= kMostWordBytes) words.insert(std::string(seed.substr(at, bytes)));
      at += bytes;
    }
  }
  return {words.begin(), words.end()};
}

}  // namespace

Mutator::Mutator(std::vector<std::string> seeds)
    : seeds_(std::move(seeds)), words_(WordsOf(seeds_)) {
  PM_CHECK(!seeds_.empty());
}

std::string Mutator::Text(uint64_t seed, size_t most_bytes) const {
  constexpr int kMostChanges = 6;
  Random random(seed);
  std::string text = seeds_[random.Below(seeds_.size())];
  for (int changes = 1 + random.Below(kMostChanges); changes > 0; --changes) Change(&text, &random);
  text.resize(std::min(text.size(), most_bytes));
  return text;
}

void Mutator::Change(std::string* text, Random* random) const {
  const size_t at = random->Below(text->size() + 1);
  const auto word = [&]() -> const std::string& { return words_[random->Below(words_.size())]; };
  switch (random->Below(7)) {
    case 0:
      if (at < text->size()) (*text)[at] = static_cast<char>(random->Below(256));
      return;
    case 1:
      text->erase(at, 1 + random->Below(size_t{20}));
      return;
    case 2:
      text->insert(at, word());
      return;
    case 3:
      text->replace(at, WordBytes(std::string_view(*text).substr(at)), word());
      return;
    case 4: {
      const std::string& other = seeds_[random->Below(seeds_.size())];
      text->insert(at, other.substr(random->Below(other.size() + 1), random->Below(kMostSplice)));
      return;
    }
    case 5: {
      const std::string part = text->substr(at, 1 + random->Below(size_t{60}));
      for (size_t times = random->Below(size_t{20}); times > 0; --times) text->insert(at, part);
      return;
    }
    default:
      if (random->OneIn(8)) text->resize(at);
  }
}

}  // namespace pm::fuzz
