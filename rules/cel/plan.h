// An expression ready to be evaluated: names are slots, constant parts are values, patterns are
// compiled. Immutable; any number of threads may evaluate it.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "rules/cel/ast.h"
#include "rules/cel/checker.h"
#include "rules/cel/evaluation.h"
#include "rules/cel/pattern.h"
#include "rules/cel/resolve.h"

namespace pm::cel {

enum class PlanOp : uint8_t {
  kConstant,     // value
  kVariable,     // index: slot
  kPresence,     // index: slot
  kOptional,     // index: slot; empty when there is no value
  kLocal,        // index
  kUnbound,      // value: the name
  kAnd,          // args
  kOr,           // args
  kNot,          // args[0]
  kConditional,  // args[0] ? args[1] : args[2]
  kCall,         // overloads, args
  kCompare,      // the same for `<` and its like: relation tells which
  kOrElse,       // args[0], an optional, or else args[1]; overloads tell whether it is orValue
  kSelect,       // args[0] under value, a text
  kList,
  kMap,      // key, value, key, value, ...
  kEntry,    // args[0], an optional: an item of a list or value of a map
  kInSet,    // args[0] in value, a map with the constant texts as keys
  kMatches,  // args[0] fits the pattern
  kMacro,    // args as in Expr; index: its first local
};

enum class Relation : uint8_t { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

struct PlanNode {
  PlanOp op = PlanOp::kConstant;
  Relation relation = Relation::kEqual;
  Macro macro = Macro::kNone;
  bool test_only = false;
  bool optional = false;       // of kSelect
  bool two_variables = false;  // of kMacro
  uint32_t at = 0;             // where its problems are shown
  uint32_t index = 0;
  Value value;
  std::vector<const PlanNode*> args;
  std::vector<const Overload*> overloads;  // the first that takes the arguments is called
  const Pattern* pattern = nullptr;
};

class Plan {
 public:
  const PlanNode& root() const { return *root_; }
  uint32_t locals() const { return locals_; }
  // The variables it reads or asks the presence of, rising.
  const std::vector<uint32_t>& variables() const { return variables_; }

 private:
  friend class Planner;
  std::deque<PlanNode> nodes_;
  const PlanNode* root_ = nullptr;
  uint32_t locals_ = 0;
  std::vector<uint32_t> variables_;
  std::deque<std::string> texts_;
  std::vector<std::unique_ptr<const Pattern>> patterns_;
  std::unique_ptr<Evaluation> constants_;  // owns the values of constant parts
};

// Calls with constant arguments are made here, once. Those that fail each time are reported as
// PM0255 if `report_constants`; in any case they fail when they are evaluated.
Plan MakePlan(const Ast& ast, const Resolution& resolution, const Checked& checked,
              bool report_constants, Problems* problems);

// The value of a node. Bindings and locals are the evaluation's.
Value EvaluateNode(const PlanNode& node, Evaluation& evaluation);

}  // namespace pm::cel
