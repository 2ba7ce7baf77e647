// The tree behind a condition. Immutable once built; subtrees are shared.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/condition.h"
#include "rules/text_list.h"

namespace re2 {
class RE2;
}

namespace pm {

enum class NodeKind : uint8_t { kAll, kAny, kNot, kTest, kProgram };

enum class TestOp : uint8_t {
  kEq,
  kNe,
  kIn,
  kNotIn,
  kGt,
  kGte,
  kLt,
  kLte,
  kBetween,  // both ends belong to it
  kStartsWith,
  kEndsWith,
  kContains,  // of a text: a part of it; of a list: an item
  kMatches,
  kPresent,
  kMissing
};
std::string_view OpName(TestOp op);
inline constexpr int kTestOps = 15;

// What a test says about a field that is missing.
enum class OnMissing : uint8_t { kUnknown, kMatch, kNoMatch };

// A literal of a rule, in the field's own type and normal form.
struct Operand {
  ValueKind kind = ValueKind::kNull;
  int64_t number = 0;
  std::string text;
  auto operator<=>(const Operand&) const = default;
};

struct ConditionProgram;
struct ListValue;

// Where the value of a program's variable comes from.
struct ProgramInput {
  FieldNumber field;
  Type type = Type::kMissing;  // of the field
  uint32_t slot = 0;
  std::shared_ptr<const ListValue> list;  // instead of a field: lists.NAME
};

struct ConditionNode {
  NodeKind kind = NodeKind::kAll;
  std::vector<std::shared_ptr<const ConditionNode>> children;  // kNot has one

  // kTest
  TestOp op = TestOp::kEq;
  OnMissing on_missing = OnMissing::kUnknown;
  FieldNumber field;
  Type type = Type::kMissing;  // of the field
  uint32_t slot = 0;
  std::vector<Operand> operands;            // of `in`: sorted
  std::shared_ptr<const TextList> list;     // `in: lists.NAME`
  std::shared_ptr<const re2::RE2> pattern;  // kMatches

  // kProgram
  std::shared_ptr<const ConditionProgram> program;
  std::vector<ProgramInput> inputs;  // by the number of its variables

  std::string text;  // kTest and kProgram, for people: `account.employees gte 200`
};

}  // namespace pm
