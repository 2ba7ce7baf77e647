#include <array>

#include "base/text/diagnostic.h"
#include "base/text/utf8.h"

namespace pm {
namespace {

constexpr size_t kMaxWordBytes = 64;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Optimal string alignment: insert, delete, replace, or swap two neighbours, each counting one.
size_t EditDistance(std::string_view a, std::string_view b) {
  using Row = std::array<size_t, kMaxWordBytes + 1>;
  Row before{}, above{}, row{};
  for (size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = Lower(a[i - 1]) == Lower(b[j - 1]) ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + change});
      if (i > 1 && j > 1 && Lower(a[i - 1]) == Lower(b[j - 2]) &&
          Lower(a[i - 2]) == Lower(b[j - 1])) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before = above;
    above = row;
  }
  return above[b.size()];
}

bool BeginsWith(std::string_view text, std::string_view begin) {
  return text.size() > begin.size() &&
         std::ranges::equal(text.substr(0, begin.size()), begin, {}, Lower, Lower);
}

// The only candidate of as many parts that begins with the word, or that the word begins with.
std::string_view Completed(std::string_view word, std::span<const std::string_view> candidates) {
  constexpr size_t kLeast = 3;
  std::string_view found;
  const auto parts = std::ranges::count(word, '.');
  for (const std::string_view candidate : candidates) {
    if (std::ranges::count(candidate, '.') != parts) continue;
    const bool longer = word.size() >= kLeast && BeginsWith(candidate, word);
    const bool shorter = candidate.size() >= kLeast && BeginsWith(word, candidate);
    if (!longer && !shorter) continue;
    if (!found.empty()) return {};
    found = candidate;
  }
  return found;
}

}  // namespace

std::string_view Nearest(std::string_view word, std::span<const std::string_view> candidates) {
  if (word.empty() || word.size() > kMaxWordBytes) return {};
  size_t best = std::clamp<size_t>(word.size() / 3, 1, 3) + 1;
  std::string_view found;
  for (std::string_view candidate : candidates) {
    if (candidate.empty() || candidate.size() > kMaxWordBytes) continue;
    const size_t distance = EditDistance(word, candidate);
    if (distance >= best || distance >= word.size()) continue;
    best = distance;
    found = candidate;
  }
  return found.empty() ? Completed(word, candidates) : found;
}

std::string DidYouMean(std::string_view word, std::span<const std::string_view> candidates) {
  const std::string_view found = Nearest(word, candidates);
  return found.empty() ? std::string() : "did you mean " + Quoted(found) + "?";
}

}  // namespace pm
