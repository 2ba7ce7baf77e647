// A text that passes some tests and fails others, in the form its field is kept in.
#pragma once
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

// `words` are all the texts the field may hold, the likeliest first; null: it is open. `work` is
// raised by one for each look at a test.
TextAnswer FindText(const FieldDecl& field, std::span<const TextTest> tests,
                    const std::vector<std::string>* words, uint64_t* work);

// A lead can have this text there, in the form in which rules see it.
bool IsKept(const FieldDecl& field, std::string_view text);

// All texts a field can hold: countries, zones, stages, types of events. Null: it is open.
const std::vector<std::string>* WordsOf(const FieldDecl& field);

}  // namespace pm
