// What one evaluation works with: its memory, its bound on work, and how its functions fail. Keep
// one per thread and use it again: only the first evaluations allocate.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "rules/cel/arena.h"
#include "rules/cel/value.h"

namespace pm::cel {

struct EvalLimits {
  uint64_t cost = 1'000'000;      // units of cost.h
  size_t memory_bytes = 8 << 20;  // of the values made
};

class Evaluation {
 public:
  explicit Evaluation(const EvalLimits& limits = {})
      : limits_(limits), arena_(limits.memory_bytes) {}
  Evaluation(const Evaluation&) = delete;
  Evaluation& operator=(const Evaluation&) = delete;

  // All values of the evaluation before are gone.
  void Begin(std::span<const Value> bindings, size_t locals);

  // A value that says what went wrong, at the place of `at()`.
  Value Fail(ErrorKind kind, std::string_view text);
  // The same when a bound is passed: from then on nothing is evaluated any more.
  Value FailBound(std::string_view text);

  // Copies; a failure when there is no room.
  Value NewString(std::string_view text);
  Value NewBytes(std::string_view bytes);
  Value NewOptional(const Value& value);
  // Null when there is no room: return NoRoom().
  char* NewText(size_t bytes) { return arena_.New<char>(bytes); }
  Value* NewItems(size_t count) { return arena_.New<Value>(count); }
  template <class T>
  T* NewArray(size_t count) {
    return arena_.New<T>(count);
  }
  Value NoRoom() { return FailBound("the values would take more memory than allowed"); }
  // A map of entries that live as long as the evaluation. Fails on a key given twice or of a kind
  // that no map can hold.
  Value NewMap(std::span<const MapEntry> entries);

  // False when the bound is passed: return FailBound() or anything, it is not looked at.
  bool Spend(uint64_t units) {
    if (units <= left_) {
      left_ -= units;
      return true;
    }
    FailBound("the work would be more than allowed");
    return false;
  }
  // The bound is passed: stop.
  bool stopped() const { return stopped_ != nullptr; }
  Value stop_error() const { return Value::Error(stopped_); }
  uint64_t spent() const { return limits_.cost - left_; }

  uint32_t at() const { return at_; }
  void set_at(uint32_t at) { at_ = at; }
  const Value& binding(uint32_t slot) const { return bindings_[slot]; }
  Value& local(uint32_t index) { return locals_[index]; }

 private:
  const EvalLimits limits_;
  Arena arena_;
  uint64_t left_ = 0;
  uint32_t at_ = 0;
  std::span<const Value> bindings_;
  std::vector<Value> locals_;
  EvalError bound_error_;
  const EvalError* stopped_ = nullptr;
};

}  // namespace pm::cel
