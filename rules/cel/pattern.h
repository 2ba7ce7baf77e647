// Regular expressions by RE2: linear in time, without back-references. A compiled pattern may be
// used by any thread.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pm::cel {

class Pattern {
 public:
  // Errors: PM0255 malformed, larger than the bound, or with a control character in it, which is
  // what "\b" becomes in a text that is not raw.
  static Result<std::unique_ptr<const Pattern>> Compile(std::string_view text);
  virtual ~Pattern() = default;
  // Whether it fits anywhere in the text.
  virtual bool Matches(std::string_view text) const = 0;
};

}  // namespace pm::cel
