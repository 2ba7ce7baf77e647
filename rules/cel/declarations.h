// What an expression may speak of: variables with their types, functions beside the standard ones,
// and the container whose names need no prefix. Filled first, then only read; readers on any
// thread.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "rules/cel/functions.h"

namespace pm::cel {

// What a value of a variable may hold at most when nothing is said: bytes of a text, or items of a
// list and the bytes of all of them. The static cost bound rests on it.
inline constexpr uint32_t kDefaultMaxSize = 1024;

struct Variable {
  std::string name;  // `lead.title`: dots are part of it
  const Type* type = nullptr;
  uint32_t max_size = kDefaultMaxSize;
  bool may_be_missing = false;      // then negative tests of it must be guarded (guards.h)
  uint32_t max_items = UINT32_MAX;  // of a list, when `max_size` is mostly bytes
};

class Declarations {
 public:
  Declarations() = default;
  Declarations(const Declarations&) = delete;
  Declarations& operator=(const Declarations&) = delete;

  // Its number, counted from 0 in the order of declaration: where its value stands among the
  // bindings of an evaluation. A name declared again keeps its number and changes its type.
  // `type` as Types::Parse reads it. Errors: PM0253.
  Result<uint32_t> AddVariable(std::string_view name, std::string_view type,
                               uint32_t max_size = kDefaultMaxSize, bool may_be_missing = false,
                               uint32_t max_items = UINT32_MAX);
  // A function for the checker; evaluating a call of one without code fails. The name may be one of
  // the standard functions, which gets an overload more. Errors: PM0253.
  Result<void> AddFunction(std::string_view name, std::string_view signature,
                           Function function = nullptr);
  // What the host says of a name that there is not, in the words of a hint; empty: nothing.
  using NameHint = std::function<std::string(std::string_view name)>;
  void set_name_hint(NameHint hint) { name_hint_ = std::move(hint); }
  std::string HintOf(std::string_view name) const { return name_hint_ ? name_hint_(name) : ""; }
  void set_container(std::string container) { container_ = std::move(container); }

  const std::vector<Variable>& variables() const { return variables_; }
  std::optional<uint32_t> FindVariable(std::string_view name) const;
  std::vector<const Overload*> FindFunction(std::string_view name) const;
  // All names of functions, for hints.
  std::vector<std::string_view> FunctionNames() const;
  // How `name` may be meant in the container `a.b`: `a.b.name`, `a.name`, `name`; `.name` is `name`
  // alone.
  std::vector<std::string> Candidates(std::string_view name) const;

 private:
  Types types_;
  std::vector<Variable> variables_;
  std::unordered_map<std::string, uint32_t> by_name_;
  std::deque<std::string> texts_;
  FunctionTable functions_;
  std::string container_;
  NameHint name_hint_;
};

}  // namespace pm::cel
