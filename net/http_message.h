// What goes over the wire, as plain values: headers, requests, responses. No sockets, no Boost.
// Values like std::string; one thread at a time.
#pragma once
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pm {

// In the order received or added; repeated names are kept. Names compare without case.
class Headers {
 public:
  struct Header {
    std::string name, value;
  };

  Headers() = default;
  Headers(std::initializer_list<Header> headers) : headers_(headers) {}

  void Add(std::string name, std::string value);
  // Replaces every header of that name by one.
  void Set(std::string_view name, std::string value);
  // The first of that name; nothing when there is none. Valid until the headers change.
  std::optional<std::string_view> Find(std::string_view name) const;
  // All of that name, in order.
  std::vector<std::string_view> FindAll(std::string_view name) const;

  size_t size() const { return headers_.size(); }
  auto begin() const { return headers_.begin(); }
  auto end() const { return headers_.end(); }

 private:
  std::vector<Header> headers_;
};

// ASCII only, as header names and tokens are.
bool EqualWithoutCase(std::string_view a, std::string_view b);

using NameValue = std::pair<std::string, std::string>;

struct HttpRequest {
  std::string method;            // as sent: "GET"
  std::string target;            // as sent, still encoded: "/v1/leads/a%2Fb?limit=3"
  std::string path;              // decoded, valid UTF-8: "/v1/leads/a/b"
  std::vector<NameValue> query;  // decoded, in order, repeated names kept; "?a" has an empty value
  std::vector<NameValue> parts;  // what the pattern's `{name}` stood for, decoded
  Headers headers;
  std::string body;    // chunks joined, content codings left as they are
  std::string remote;  // the client's address and port: "127.0.0.1:51234"

  // The first query parameter of that name (exact case).
  std::optional<std::string_view> Query(std::string_view name) const;
  // The path part of that name; empty when the pattern has no such part.
  std::string_view Part(std::string_view name) const;
};

// Content-Length, Date, Connection and Transfer-Encoding are the server's business: do not set
// them.
struct HttpResponse {
  int status = 200;
  std::string content_type;  // empty: no Content-Type header
  Headers headers;           // as the client returns it, every header received, Content-Type too
  std::string body;
};

// "Not Found" for 404; "Unknown Status" for one that nobody has named.
std::string_view StatusText(int status);

// One Server-Sent Event (WHATWG HTML, 9.2). `data` may have several lines; empty id and event are
// left out.
std::string ServerSentEvent(std::string_view id, std::string_view event, std::string_view data);

}  // namespace pm
