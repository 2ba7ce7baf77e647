// A person, or a whole home, that lives elsewhere now. A whole home's redirect first moves its
// people; only when they are gone does it catch everything.
#pragma once
#include "engine/stages/account/records/keys.h"

namespace pm::account {

struct RedirectRow {
  using Key = PersonKey;
  static constexpr char kPrefix = 'r';

  HomeId to;
  PersonId as;            // the person they were merged into, at this home
  bool complete = false;  // whole home: everyone has moved
  std::string cursor;     // whole home: last person row seen to
  std::string reason;
  Instant due = kNever;  // whole home: next part of the move

  template <class V>
  static void Describe(V& v) {
    using T = RedirectRow;
    v.Field(1, "to", &T::to, "New home.");
    v.Field(2, "as", &T::as, "Person they are now.");
    v.Field(3, "complete", &T::complete, "Everyone has moved.");
    v.Field(4, "cursor", &T::cursor, "Last person row seen to.");
    v.Field(5, "reason", &T::reason, "Why.");
    v.Field(6, "due", &T::due, "Next part of the move.");
  }
};

}  // namespace pm::account
