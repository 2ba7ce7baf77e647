// Errors over HTTP, RFC 9457 (`application/problem+json`). Pure.
#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "net/http_message.h"

namespace pm {

// One fault in the request's body, found by its JSON pointer ("" is the whole document).
struct ProblemField {
  std::string pointer;
  std::string detail;
};

struct Problem {
  int status = 500;
  int code = 0;                           // PM####; 0: none, then `type` is "about:blank"
  std::string title = {};                 // empty: the status in words
  std::string detail = {};                // what happened here, for the reader; may be empty
  std::vector<ProblemField> errors = {};  // may be empty
};

// `type` is "urn:pointsman:PM0600": a name, not a place; the pages of the codes are in docs/errors.
// Invalid UTF-8 in texts becomes U+FFFD.
HttpResponse ProblemResponse(const Problem& problem);
// The same for an error that came up from below.
HttpResponse ProblemResponse(int status, const Error& error);

}  // namespace pm
