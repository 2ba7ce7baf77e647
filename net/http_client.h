// A blocking HTTP/1.1 client, http and https, that keeps its connections for the next request.
// Every wait and every size has a bound. Follows no redirects, keeps no cookies, undoes no content
// coding. One thread at a time; make one client a thread.
#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time/instant.h"
#include "net/http_message.h"

namespace pm {

struct HttpClientSettings {
  // Looking up the name, connecting and the TLS handshake. The system's resolver cannot be broken
  // off: a name that it ponders longer holds the call up until it gives in.
  Duration connect_timeout = Seconds(5);
  Duration read_timeout = Seconds(30);   // between two pieces of the answer, or of sending
  Duration total_timeout = Seconds(60);  // the whole of Send
  size_t max_response_bytes = 64 << 20;  // the body
  size_t max_header_bytes = 64 << 10;    // the status line and headers
  size_t max_idle_connections = 8;       // kept for reuse, over all hosts
  // PEM file of the authorities to trust instead of the system's; empty: the system's. Certificates
  // and host names are always verified, TLS 1.2 at least.
  std::string authorities_file = {};
};

class HttpClient {
 public:
  explicit HttpClient(HttpClientSettings settings = {});
  ~HttpClient();

  // Any status is an answer, also 4xx and 5xx. Host and Content-Length are added to `headers`. A
  // kept connection that proves dead before any byte of the answer is replaced once, for methods
  // that may be repeated (GET, HEAD, PUT, DELETE, OPTIONS). PM0640 bad URL, method or header;
  // PM0641 host not found; PM0642 refused; PM0643 broken off; PM0644 timed out; PM0645 TLS; PM0646
  // answer too large; PM0647 answer not understood.
  Result<HttpResponse> Send(std::string_view method, std::string_view url,
                            const Headers& headers = {}, std::string_view body = {});

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace pm
