#include "tests/conformance/forms.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/time/intervals.h"
#include "base/time/text.h"

namespace pm::conformance {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

std::string Canonical(element value) {
  if (value.is_array()) {
    std::string text = "[";
    for (const element item : array(value)) {
      if (text.size() > 1) text += ", ";
      text += Canonical(item);
    }
    return text + "]";
  }
  if (!value.is_string()) return simdjson::minify(value);
  const std::string_view text(value);
  const auto instant = ParseInstant(text);
  return instant.has_value() ? FormatInstant(*instant) : std::string(text);
}

Intervals ReadIntervals(element list) {
  Intervals intervals;
  if (list.is_null()) return intervals;
  for (const element pair : array(list)) {
    if (array(pair).size() != 2) throw Malformed("an interval has two ends");
    intervals.push_back({int64_t(pair.at(0)), int64_t(pair.at(1))});
  }
  return Normalised(std::move(intervals));
}

}  // namespace

bool Outcome::passed() const {
  return std::find(accepted.begin(), accepted.end(), got) != accepted.end();
}

std::vector<std::string> Accepted(object test) {
  std::vector<std::string> accepted = {Canonical(test["expected"])};
  element equivalent;
  if (test["equivalent"].get(equivalent) == simdjson::SUCCESS) {
    accepted.push_back(Canonical(equivalent));
  }
  return accepted;
}

Outcome RunIntervalAlgebra(object test) {
  const std::string_view op(test["op"]);
  const Intervals a = ReadIntervals(test["a"]), b = ReadIntervals(test["b"]);
  Intervals result;
  if (op == "union") {
    result = Union(a, b);
  } else if (op == "intersection") {
    result = Intersection(a, b);
  } else if (op == "difference") {
    result = Difference(a, b);
  } else {
    throw Malformed(fmt::format("unknown op {}", op));
  }
  std::string got;
  for (const Interval& interval : result) {
    got += fmt::format("{}[{}, {}]", got.empty() ? "" : ", ", interval.begin, interval.end);
  }
  return {"[" + got + "]", Accepted(test)};
}

}  // namespace pm::conformance
