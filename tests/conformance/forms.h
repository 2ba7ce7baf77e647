// The forms of conformance files: how a case of each is run. The cases come from outside (see the
// README beside them); only what the product itself offers is called.
#pragma once
#include <simdjson.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace pm::conformance {

// A case that cannot be understood: counted as failed, with this text.
struct Malformed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Results in canonical text: instants as FormatInstant writes them, seconds as a decimal number.
struct Outcome {
  std::string got;
  std::vector<std::string> accepted;  // what the case expects and its `equivalent`, if any
  bool passed() const;
};

// `expected` and `equivalent` of a case in canonical text.
std::vector<std::string> Accepted(simdjson::dom::object test);

// Throw Malformed or simdjson::simdjson_error when a case lacks or misstates something.
Outcome RunBusinessHours(simdjson::dom::object test);
Outcome RunIntervalAlgebra(simdjson::dom::object test);
Outcome RunCel(simdjson::dom::object test);

}  // namespace pm::conformance
