// What the writer of a text that is no YAML, or other YAML than was meant, probably did. Private to
// the YAML reader.
#pragma once
#include <string>
#include <string_view>

#include "base/text/yaml.h"

namespace pm {

inline constexpr std::string_view kQuoteWhole = "quote the whole, or write it below `|`";

struct YamlSlip {
  size_t offset;  // where it is told
  std::string message;
  std::string hint;  // empty: none
};

// In the writer's words what yaml-cpp says with `message` about the byte at `offset` of a document.
YamlSlip ExplainSyntax(std::string_view text, size_t offset, std::string_view message);

// Whether a quoted text is closed within `text`, which begins with its quote.
bool HasClosingQuote(std::string_view text);

// Opening less closing parentheses.
int UnclosedParentheses(std::string_view text);

// Within braces and brackets a text without quotes ends at a comma, so that `{ when: f(a, b) }`
// holds two keys. Puts the pieces together again and tells each text that was cut, PM0104.
void MendCutTexts(YamlNode* collection, Diagnostics& out);

}  // namespace pm
