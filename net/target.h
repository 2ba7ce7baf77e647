// Request targets and URLs taken apart (RFC 3986, by Boost.URL). Pure; any thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/http_message.h"

namespace pm {

// A request target, percent-decoded after it was split, so that `%2F` is no separator.
struct RequestTarget {
  std::vector<std::string> segments;  // "/v1/leads/" has {"v1", "leads", ""}; "/" has none
  std::string path;                   // decoded as a whole
  std::vector<NameValue> query;       // "+" is a space
};

// Origin form ("/path?query") or absolute form. PM0600 when it is no such thing, or does not decode
// to valid UTF-8 without NUL.
Result<RequestTarget> ParseTarget(std::string_view text);

struct Url {
  bool tls = false;    // https
  std::string host;    // without brackets: "::1"
  uint16_t port = 80;  // the scheme's own when the URL names none
  std::string target;  // encoded, at least "/"; without the fragment

  // As the Host header wants it: brackets for IPv6, the port unless it is the scheme's own.
  std::string HostHeader() const;
};

// http and https with a host. PM0640 for anything else, and for a user name or password inside.
Result<Url> ParseUrl(std::string_view text);

}  // namespace pm
