// Where the product differs on purpose from what an outside case expects, and why. One line each:
//   case ID: reason                  that case
//   convention NAME: reason          every case tagged with that convention
//   library NAME: reason             every case of CEL that needs that library
// `#` begins a comment line.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pm::conformance {

class Differs {
 public:
  // Errors carry the line; their code is not for readers. `text` is the whole file.
  static Result<Differs> Parse(std::string_view text);
  // Why a case that is not met counts as a difference, or null: then it failed.
  const std::string* Reason(std::string_view id, std::string_view convention,
                            std::string_view library) const;

 private:
  using Reasons = std::map<std::string, std::string, std::less<>>;
  Reasons cases_, conventions_, libraries_;
};

}  // namespace pm::conformance
