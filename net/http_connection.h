// The border between http_server.cc (listening, threads, stop) and http_connection.cc (one client).
// Internal to net.
#pragma once
#include <atomic>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/http_server.h"
#include "net/router.h"

namespace boost::asio {
class io_context;  // NOLINT(readability-identifier-naming): Asio's
}

namespace pm {

// What all connections of one server share. Routes and settings do not change once it serves.
struct ServerContext {
  HttpServerSettings settings;
  Router router;
  std::vector<HttpServer::Handler> handlers;  // by route
  std::atomic<uint64_t> connections_accepted = 0, connections_refused = 0;
  std::atomic<uint64_t> requests = 0, requests_refused = 0;
  std::atomic<size_t> requests_running = 0;

  // Fills in path, query and parts. The error is the answer: 400, 404 or 405.
  std::expected<const HttpServer::Handler*, HttpResponse> Route(HttpRequest& request);
  // 503 with Retry-After.
  HttpResponse Busy(std::string detail) const;
};

struct AcceptedSocket {
  int descriptor = -1;  // owned by the connection from here on
  bool ipv6 = false;
  std::string remote;
  bool refused = false;  // over the limit: say 503 and close
};

// Lives on the thread of its io_context; all calls come there. Shared, because the operations under
// way keep it alive.
class HttpConnection {
 public:
  virtual ~HttpConnection() = default;
  virtual void Begin() = 0;
  // No further request; ends a stream; closes when nothing is running, otherwise after the answer.
  virtual void Drain() = 0;
  // Closes now. Nothing of the server's is touched after this.
  virtual void Abort() = 0;
};

// `on_closed` is called once, on the connection's thread, as its last act.
std::shared_ptr<HttpConnection> MakeConnection(boost::asio::io_context& io, AcceptedSocket socket,
                                               ServerContext& context,
                                               std::function<void(HttpConnection*)> on_closed);

}  // namespace pm
