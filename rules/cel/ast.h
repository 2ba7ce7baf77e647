// An expression as a tree: nodes in one vector, children before parents, named by their index, so
// that neither copying nor destroying one recurses. Immutable after the passes have run.
#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "rules/cel/value.h"

namespace pm::cel {

using ExprId = uint32_t;

enum class ExprKind : uint8_t {
  kLiteral,
  kIdent,          // `name`
  kSelect,         // args[0] `.name`
  kCall,           // `name(args)`; of a member call args[0] is the receiver. Operators: see op::
  kList,           // args
  kMap,            // key, value, key, value, ...
  kOptionalEntry,  // `?args[0]`: an item of a list or a value of a map that may be absent
  kMacro,          // made of a call by macros.h
};

enum class Macro : uint8_t {
  kNone,
  kAll,
  kExists,
  kExistsOne,
  kMap,
  kFilter,
  kTransformList,
  kTransformMap,
  kTransformMapEntry,
  kBind,
  kOptMap,
  kOptFlatMap,
};

// The functions behind the operators, named as the language definition does.
namespace op {
inline constexpr std::string_view kAnd = "_&&_", kOr = "_||_", kNot = "!_", kNegate = "-_",
                                  kConditional = "_?_:_", kEqual = "_==_", kNotEqual = "_!=_",
                                  kLess = "_<_", kLessEqual = "_<=_", kGreater = "_>_",
                                  kGreaterEqual = "_>=_", kAdd = "_+_", kSubtract = "_-_",
                                  kMultiply = "_*_", kDivide = "_/_", kModulo = "_%_", kIn = "@in",
                                  kIndex = "_[_]", kOptionalIndex = "_[?_]";
}  // namespace op

struct Expr {
  ExprKind kind = ExprKind::kLiteral;
  Macro macro = Macro::kNone;
  bool rooted = false;            // an identifier written with a dot in front
  bool member = false;            // a call with a receiver
  bool test_only = false;         // a selection inside has()
  bool optional = false;          // a selection with `.?`
  uint8_t height = 1;             // of the tree below, at most kMaxDepth
  uint32_t begin = 0, end = 0;    // bytes of the source it spans
  uint32_t at = 0;                // where problems with it are shown: the operator, the name
  std::string_view name;          // identifier, field, function; a macro's name as written
  std::string_view variables[2];  // a macro's; the second may be empty
  Value literal;
  // A call's arguments; `&&` and `||` have two or more. A macro has its range (its value for bind),
  // then a filter if its name allows one and it is there, then its body; transformMap's and
  // transformList's filter is told by three arguments, map's too.
  std::vector<ExprId> args;
};

class Ast {
 public:
  // A tree holds at most kMaxNodes: whoever adds checks size() before.
  ExprId Add(Expr expr);
  const Expr& at(ExprId id) const { return nodes_[id]; }
  Expr& at(ExprId id) { return nodes_[id]; }
  size_t size() const { return nodes_.size(); }
  ExprId root() const { return root_; }
  void set_root(ExprId root) { root_ = root; }
  // Keeps a text for as long as the tree lives, also when that is moved.
  std::string_view Keep(std::string text);

  // `a.b.c` for an identifier with plain selections on it, `.a` when rooted; else empty.
  std::string QualifiedName(ExprId id) const;

 private:
  std::vector<Expr> nodes_;
  std::deque<std::string> texts_;
  ExprId root_ = 0;
};

}  // namespace pm::cel
