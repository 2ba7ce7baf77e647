// An HTTP/1.1 server: asynchronous, bounded in every direction, its own threads. Handlers run on
// those threads and must be quick; what takes time answers later through its Responder. A handler
// that throws ends the process. Errors go out as RFC 9457 problems. No TLS: a proxy's task.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time/instant.h"
#include "net/http_message.h"
#include "net/problem.h"
#include "net/responder.h"

namespace pm {

struct HttpServerSettings {
  size_t max_body_bytes = 8 << 20;     // more: 413, connection closed
  size_t max_header_bytes = 16 << 10;  // the request line; all headers together; more: 431, closed
  size_t max_connections = 1024;       // more: 503 with Retry-After, closed
  size_t max_running_requests =
      1024;  // handed to handlers, not answered (streams count); more: 503
  size_t max_pipelined_bytes =
      64 << 10;  // read ahead while a request runs; more stays in the kernel
  size_t max_stream_buffer_bytes =
      1 << 20;  // written to a stream, not yet sent; more: connection closed
  Duration read_timeout = Seconds(30);  // first byte to last byte of a request; longer: 408, closed
  Duration idle_timeout = Seconds(60);  // no byte of a next request; longer: closed
  Duration write_timeout = Seconds(30);  // one answer or piece of a stream; longer: closed
  Duration retry_after = Seconds(1);     // what 503 tells the client, in whole seconds
  int threads = 1;
};

// For /metrics; taken one by one, not at one instant.
struct HttpServerCounts {
  uint64_t connections_accepted = 0;
  uint64_t connections_refused = 0;  // over max_connections
  uint64_t requests = 0;             // read whole and well formed
  uint64_t requests_refused = 0;     // malformed, too large, too slow, or over max_running_requests
  size_t connections_open = 0;
  size_t requests_running = 0;
};

// Lets go of a timer. Copies stand for the same timer; may outlive the server.
class Timer {
 public:
  Timer() = default;
  // The function is not called after this unless it is being called now. Twice is harmless.
  void Cancel();

 private:
  friend class HttpServer;
  struct Pending;
  std::weak_ptr<Pending> pending_;
};

// Whether Start could take it, whatever the system says: PM0620.
Result<void> CheckListenAddress(std::string_view listen);

class HttpServer {
 public:
  using Handler = std::function<void(HttpRequest, Responder)>;

  explicit HttpServer(HttpServerSettings settings = {});
  ~HttpServer();  // Stop with no time to drain; not on a thread of its own

  // `pattern`: "/v1/leads/{id}/explain"; GET answers HEAD too. Before Start only.
  void Handle(std::string_view method, std::string_view pattern, Handler handler);

  // Takes the address and lets nobody in yet: who starts much more besides learns first that it is
  // in use. `listen`: "127.0.0.1:8080", "[::1]:0"; port 0 takes a free one. Once only. PM0620 no
  // such address, PM0621 in use, PM0622 anything else the system says.
  Result<void> Bind(std::string_view listen);
  Result<void> Start();                         // begins to serve there; PM0621, PM0622
  Result<void> Start(std::string_view listen);  // both
  uint16_t port() const;                        // after Bind
  std::string address() const;                  // after Bind: "127.0.0.1:8080"

  // Calls `function` on a server thread once `delay` has passed, not before Start and not after
  // Stop (then it is destroyed uncalled). Any thread.
  Timer After(Duration delay, std::function<void()> function);

  // Stops accepting, closes idle connections and streams, lets running requests finish for at most
  // `drain_timeout`, cuts off the rest and joins the threads. Any thread but the server's own;
  // twice is harmless. Timers run until the drain is over.
  void Stop(Duration drain_timeout);

  HttpServerCounts Counts() const;  // any thread

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace pm
