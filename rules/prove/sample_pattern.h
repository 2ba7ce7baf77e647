// Texts that a regular expression is likely to match: no promise, the caller tries them.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace pm {

std::string_view PatternText(const re2::RE2& pattern);

// At least one text, at most some dozen: one for each alternative at the top, the least
// repetitions, the plainest character of each class.
std::vector<std::string> SamplePattern(std::string_view pattern);

}  // namespace pm
