#include "base/text/name_hint.h"

#include "base/text/diagnostic.h"
#include "base/text/utf8.h"

namespace pm {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string DidYouMeanName(std::string_view name, std::span<const std::string_view> candidates) {
  constexpr size_t kMost = 3;
  const std::string_view last = name.substr(name.rfind('.') + 1);  // npos wraps to 0
  std::string alike;
  size_t count = 0;
  for (const std::string_view candidate : candidates) {
    const size_t dot = candidate.rfind('.');
    if (dot == candidate.npos || count == kMost) continue;
    if (!std::ranges::equal(candidate.substr(dot + 1), last, {}, Lower, Lower)) continue;
    alike += (count++ == 0 ? "" : " or ") + Quoted(candidate);
  }
  return count > 0 ? "did you mean " + alike + "?" : DidYouMean(name, candidates);
}

}  // namespace pm
