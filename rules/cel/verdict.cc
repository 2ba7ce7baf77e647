#include "rules/cel/verdict.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace pm::cel {
namespace {

// The slots of both, rising and each once.
Value Merged(const Value& a, const Value& b, Evaluation& evaluation) {
  if (std::ranges::includes(a.missing(), b.missing())) return a;
  std::vector<uint32_t> slots;
  std::ranges::set_union(a.missing(), b.missing(), std::back_inserter(slots));
  auto* kept = evaluation.NewArray<uint32_t>(slots.size());
  if (kept == nullptr) return evaluation.NoRoom();
  std::ranges::copy(slots, kept);
  return Value::Unknown({kept, slots.size()});
}

}  // namespace

void Verdict::Add(const Value& value) {
  if (worst_.is_unknown() && value.is_unknown()) {
    worst_ = Merged(worst_, value, evaluation_);
  } else if (!failed() || (value.is_unknown() && worst_.is_error())) {
    worst_ = value;
  }
}

void Verdict::AddTruth(const Value& value) { Add(NoTruth(value, evaluation_)); }

Value NoTruth(const Value& value, Evaluation& evaluation) {
  if (!value.is_value()) return value;
  return evaluation.Fail(ErrorKind::kNoOverload, "no such overload: a bool is wanted, not " +
                                                     std::string(TypeName(value.kind)));
}

}  // namespace pm::cel
