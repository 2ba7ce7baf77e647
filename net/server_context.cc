#include "net/http_connection.h"
#include "net/net_codes.h"
#include "net/target.h"

namespace pm {

std::expected<const HttpServer::Handler*, HttpResponse> ServerContext::Route(HttpRequest& request) {
  Result<RequestTarget> target = ParseTarget(request.target);
  if (!target.has_value()) {
    requests_refused.fetch_add(1, std::memory_order_relaxed);
    return std::unexpected(ProblemResponse(400, target.error()));
  }
  Router::Match match = router.Find(request.method, target->segments);
  if (match.kind == Router::Match::Kind::kUnknownPath) {
    return std::unexpected(
        ProblemResponse({.status = 404,
                         .code = kPathUnknown,
                         .detail = "There is nothing at " + target->path + "."}));
  }
  if (match.kind == Router::Match::Kind::kWrongMethod) {
    HttpResponse response = ProblemResponse({.status = 405,
                                             .code = kMethodNotAllowed,
                                             .detail = "This path answers " + match.allow + "."});
    response.headers.Add("Allow", match.allow);
    return std::unexpected(std::move(response));
  }
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  request.parts = std::move(match.parts);
  return &handlers[match.route];
}

HttpResponse ServerContext::Busy(std::string detail) const {
  HttpResponse response =
      ProblemResponse({.status = 503, .code = kServerBusy, .detail = std::move(detail)});
  response.headers.Add("Retry-After", std::to_string((settings.retry_after.ms + 999) / 1000));
  return response;
}

}  // namespace pm
