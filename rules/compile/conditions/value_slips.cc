#include "rules/compile/conditions/value_slips.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace pm {
namespace {

constexpr size_t kMostListsShown = 4;

}  // namespace

bool NamesList(const YamlNode& node) {
  return node.kind == YamlNode::Kind::kScalar && !node.quoted() &&
         node.text.starts_with(kListPrefix);
}

std::string MeantByLists(const ConditionSyntax& test, const YamlNode& items) {
  const TestOp op = test.spec.op;
  if (op != TestOp::kIn && op != TestOp::kNotIn) return {};
  const OnMissing on_missing = test.spec.on_missing;
  const std::string_view policy = on_missing == OnMissing::kMatch     ? ", missing: match"
                                  : on_missing == OnMissing::kNoMatch ? ", missing: no_match"
                                                                      : "";
  const auto written = [&](std::string_view value) {
    const std::string& field = test.field_name.value;
    return op == TestOp::kIn && policy.empty()
               ? fmt::format("{{ {}: {} }}", field, value)
               : fmt::format("{{ {}: {{ {}: {}{} }} }}", field, OpName(op), value, policy);
  };
  std::vector<std::string> tests;
  for (const YamlNode& item : items.items) {
    if (NamesList(item) && tests.size() < kMostListsShown) tests.push_back(written(item.text));
  }
  if (!std::ranges::all_of(items.items, NamesList)) tests.push_back(written("[...]"));
  if (tests.size() == 1) {
    return fmt::format("write it without brackets: `{}: {}`", OpName(op), items.items[0].text);
  }
  return fmt::format("write `{}: [{}]`", op == TestOp::kIn ? "any" : "all", fmt::join(tests, ", "));
}

std::string_view SignBefore(std::string_view text) {
  for (const std::string_view sign : {"==", "!=", "<>", ">=", "<=", "=~", ">", "<", "=", "!"}) {
    if (!text.starts_with(sign)) continue;
    const bool sure = sign.size() > 1 || sign == "!" || text.substr(sign.size()).starts_with(' ');
    return sure && text.size() > sign.size() ? sign : std::string_view();
  }
  return {};
}

std::string_view AfterBlanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

std::string MeantByWildcard(std::string_view text) {
  const bool begin = text.starts_with('*') || text.starts_with('%');
  if (begin) text.remove_prefix(1);
  const bool end = text.ends_with('*') || text.ends_with('%');
  const bool number = end && !begin && text.ends_with('%');  // `50%`
  if (end) text.remove_suffix(1);
  if ((!begin && !end) || number || text.find_first_of("*%") != text.npos) return {};
  if (text.empty()) return "present: true";
  const std::string_view op = begin && end ? "contains" : begin ? "ends_with" : "starts_with";
  return fmt::format("{}: '{}'", op, text);
}

std::string MeantByCommas(std::string_view text) {
  constexpr std::string_view kSmall = "abcdefghijklmnopqrstuvwxyz0123456789_-.";
  constexpr std::string_view kCapitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr size_t kLongestCode = 3;
  std::vector<std::string_view> words;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find(',', at), text.size());
    std::string_view word = AfterBlanks(text.substr(at, end - at));
    while (word.ends_with(' ')) word.remove_suffix(1);
    const bool code = word.size() <= kLongestCode && word.find_first_not_of(kCapitals) == word.npos;
    if (word.empty() || (!code && word.find_first_not_of(kSmall) != word.npos)) return {};
    words.push_back(word);
    at = end + 1;
  }
  return words.size() < 2 ? "" : fmt::format("{}", fmt::join(words, ", "));
}

std::string MeantBySlashes(std::string_view text) {
  const bool pattern = text.size() > 3 && text.starts_with('/') && text.ends_with("/i");
  return pattern ? fmt::format("matches: '(?i){}'", text.substr(1, text.size() - 3)) : "";
}

}  // namespace pm
