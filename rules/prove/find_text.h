// A text that passes some tests and fails others, in the form its field is kept in.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "rules/condition_node.h"

namespace pm {

// ne and not_in count as eq and in: what is asked of the text is `passes` alone.
struct TextTest {
  std::shared_ptr<const ConditionNode> test;
  bool passes = true;
};

struct TextAnswer {
  enum class Kind : uint8_t { kFound, kNone, kUnknown };
  Kind kind = Kind::kUnknown;
  std::string text;
};

struct TextLimits {
  // All the texts that the field may hold, the likeliest first; null: it is open.
  const std::vector<std::string>* words = nullptr;
  // What else must hold for the text; null: nothing.
  std::function<bool(std::string_view)> also = nullptr;
  std::vector<std::string> hosts = {};  // of an address: what may stand behind the @
};

// What a look at a test is counted as: a regular expression takes longer than all else.
constexpr uint64_t WorkOfLook(const ConditionNode& test) {
  return test.op == TestOp::kMatches ? 20 : 1;
}

// `work` is raised by what the looks at tests are counted as.
TextAnswer FindText(const FieldDecl& field, std::span<const TextTest> tests,
                    const TextLimits& limits, uint64_t* work);

// A lead can have this text there, in the form in which rules see it.
bool IsKept(const FieldDecl& field, std::string_view text);

// All texts a field can hold: countries, zones, stages, types of events. Null: it is open.
const std::vector<std::string>* WordsOf(const FieldDecl& field);

}  // namespace pm
