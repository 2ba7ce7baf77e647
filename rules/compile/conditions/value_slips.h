// What a value of a test is that would be compared as it stands, though another test is meant:
// signs, wildcards, commas, slashes, and lists among items. Pure; what is empty is no such value.
#pragma once
#include <string>
#include <string_view>

#include "base/text/yaml.h"
#include "rules/compile/conditions/syntax.h"

namespace pm {

inline constexpr std::string_view kListPrefix = "lists.";

// `lists.rivals` without quotes.
bool NamesList(const YamlNode& node);
// What is to be written for the items of a test that name lists: `any: [{ ... }, { ... }]`.
std::string MeantByLists(const ConditionSyntax& test, const YamlNode& items);

// `!= a`, `>= 5`, `!DE`: a test of another language where a value is expected. The operator.
std::string_view SignBefore(std::string_view text);
std::string_view AfterBlanks(std::string_view text);
// What a text with `*` or `%` at an end would be elsewhere, such as `starts_with: VP`.
std::string MeantByWildcard(std::string_view text);
// `DE, AT` and `software, fintech`: several words in one text. Names are seldom written so.
std::string MeantByCommas(std::string_view text);
// `/vp/i`; of a path both slashes may be meant.
std::string MeantBySlashes(std::string_view text);

}  // namespace pm
