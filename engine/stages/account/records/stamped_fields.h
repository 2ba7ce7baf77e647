// Fields of a person or an account, each with where its value came from, so that events settle the
// same way in whatever order they arrive.
#pragma once
#include <string>
#include <vector>

#include "base/describe.h"

namespace pm::account {

struct FieldStamp {
  uint32_t field = 0;
  std::string source;   // source class as survivorship names it; empty: unlisted
  Instant at;           // when the publisher said so
  bool filled = false;  // an account's field that came with a lead's event

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "field", &FieldStamp::field, "Field number.");
    v.Field(2, "source", &FieldStamp::source, "Source class; empty: unlisted.");
    v.Field(3, "at", &FieldStamp::at, "When it was said.");
    v.Field(4, "filled", &FieldStamp::filled, "Came with an event about a lead.");
  }
};

struct StampedFields {
  BlockBytes values;
  std::vector<FieldStamp> stamps;  // by field; also of cleared fields

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "values", &StampedFields::values, "The values.");
    v.Field(2, "stamps", &StampedFields::stamps, "Where each came from.");
  }
};

}  // namespace pm::account
