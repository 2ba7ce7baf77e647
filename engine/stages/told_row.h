// Which undeclared fields intake has told of lately, a row for each event type. A form that sends
// thirty of them sends them in every submission: once a day is news, once an event would bury what
// matters and double what is stored.
#pragma once
#include <string>
#include <vector>

#include "base/describe.h"

namespace pm {

struct ToldField {
  uint64_t field = 0;  // Hash64 of its JSON pointer
  Instant at;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "field", &ToldField::field, "Hash of the field's JSON pointer.");
    v.Field(2, "at", &ToldField::at, "When it was told last.");
  }
};

struct ToldRow {
  struct Key {
    std::string type;  // of the event
    void Append(std::string* out) const { out->append(type); }
  };
  static constexpr char kPrefix = 'f';
  static constexpr size_t kMostFields = 200;
  static constexpr Duration kAgain = Days(1);
  std::vector<ToldField> fields;  // rising `at`
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "fields", &ToldRow::fields, "Fields told of.");
  }
};

}  // namespace pm
