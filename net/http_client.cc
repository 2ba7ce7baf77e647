#include "net/http_client.h"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <list>

#include "net/client_connection.h"
#include "net/http_head.h"
#include "net/net_codes.h"

namespace pm {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr size_t kWriteBytes = 64 << 10;

std::string Text(beast::string_view text) { return {text.data(), text.size()}; }

bool MayBeRepeated(std::string_view method) {
  constexpr std::string_view kMethods[] = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"};
  return std::ranges::find(kMethods, method) != std::end(kMethods);
}

bool HasBody(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

// Bytes in, one response out. Interim responses (1xx) are passed over.
class ResponseReader {
 public:
  ResponseReader(const HttpClientSettings& settings, bool head_only)
      : settings_(settings), head_only_(head_only) {
    Begin();
  }

  bool started() const { return started_; }
  bool done() const { return parser_->is_done(); }
  bool keep_alive() const { return parser_->keep_alive() && unread_.empty(); }

  Result<void> Add(std::string_view bytes) {
    started_ = true;
    unread_ += bytes;
    while (!unread_.empty() && !done()) {
      beast::error_code error;
      unread_.erase(0, parser_->put(boost::asio::buffer(unread_), error));
      if (error && error != http::error::need_more) return Refuse(error);
      if (done() && parser_->get().result_int() < 200) {
        Begin();
      } else if (error == http::error::need_more) {
        break;
      }
    }
    if (!done() && unread_.size() > settings_.max_header_bytes)
      return Refuse(http::error::header_limit);
    return {};
  }

  // The connection has ended: right for a body without a length only.
  Result<void> End() {
    beast::error_code error = http::error::partial_message;
    if (parser_->got_some()) parser_->put_eof(error);
    if (error) return Fail(kConnectionFailed, "The server closed before its answer was whole.");
    return {};
  }

  HttpResponse Take() {
    auto& message = parser_->get();
    HttpResponse response{.status = static_cast<int>(message.result_int()),
                          .content_type = Text(message[http::field::content_type]),
                          .headers = {},
                          .body = std::move(message.body())};
    for (const auto& field : message) {
      response.headers.Add(Text(field.name_string()), Text(field.value()));
    }
    return response;
  }

 private:
  void Begin() {
    parser_.emplace();
    parser_->eager(true);
    parser_->skip(head_only_);
    parser_->header_limit(static_cast<uint32_t>(settings_.max_header_bytes));
    parser_->body_limit(settings_.max_response_bytes);
  }
  std::unexpected<Error> Refuse(beast::error_code error) const {
    if (error == http::error::body_limit || error == http::error::header_limit) {
      return Fail(kResponseTooLarge,
                  fmt::format("The answer is larger than {} bytes, or its headers than {}.",
                              settings_.max_response_bytes, settings_.max_header_bytes));
    }
    return Fail(kResponseMalformed,
                "The answer is not understood as HTTP/1.1: " + error.message() + ".");
  }

  const HttpClientSettings& settings_;
  const bool head_only_;
  bool started_ = false;
  std::string unread_;
  std::optional<http::response_parser<http::string_body>> parser_;
};

}  // namespace

class HttpClient::Core {
 public:
  explicit Core(HttpClientSettings settings) : settings_(std::move(settings)) {}
  Result<HttpResponse> Send(std::string_view method, const Url& url, const Headers& headers,
                            std::string_view body);

 private:
  struct Request {
    std::string_view method;
    std::string head;
    std::string_view body;
    MonotonicTime deadline;
  };
  struct Idle {
    bool tls;
    std::string host;  // with port
    std::unique_ptr<ClientConnection> connection;
  };

  std::unique_ptr<ClientConnection> TakeIdle(const Url& url);
  void Keep(const Url& url, std::unique_ptr<ClientConnection> connection);
  Result<std::unique_ptr<ClientConnection>> Open(const Url& url, MonotonicTime deadline);
  Result<void> Write(ClientConnection& connection, const Request& request) const;
  Result<void> Exchange(ClientConnection& connection, const Request& request,
                        ResponseReader& reader) const;
  MonotonicTime Within(Duration wait, MonotonicTime deadline = MonotonicTime::max()) const {
    return std::min(deadline,
                    std::chrono::steady_clock::now() + std::chrono::milliseconds(wait.ms));
  }

  const HttpClientSettings settings_;
  std::shared_ptr<TlsTrust> trust_;  // loaded for the first https
  std::list<Idle> idle_;             // the longest unused first
};

Result<HttpResponse> HttpClient::Core::Send(std::string_view method, const Url& url,
                                            const Headers& headers, std::string_view body) {
  const bool has_body = !body.empty() || HasBody(method);
  const Request request{
      .method = method,
      .head = RequestHead(method, url.target, url.HostHeader(), headers,
                          has_body ? std::optional<uint64_t>(body.size()) : std::nullopt),
      .body = body,
      .deadline = Within(settings_.total_timeout)};
  auto connection = TakeIdle(url);
  for (bool reused = connection != nullptr;; reused = false) {
    if (!reused) {
      PM_TRY(connection, Open(url, request.deadline));
    }
    ResponseReader reader(settings_, method == "HEAD");
    const Result<void> done = Exchange(*connection, request, reader);
    if (done.has_value()) {
      if (reader.keep_alive()) Keep(url, std::move(connection));
      return reader.Take();
    }
    const bool was_dead = reused && !reader.started() && done.error().code == kConnectionFailed;
    if (!was_dead || !MayBeRepeated(method)) return std::unexpected(done.error());
  }
}

std::unique_ptr<ClientConnection> HttpClient::Core::TakeIdle(const Url& url) {
  const std::string host = url.HostHeader();
  for (auto idle = idle_.begin(); idle != idle_.end();) {
    if (idle->tls != url.tls || idle->host != host) {
      ++idle;
      continue;
    }
    auto connection = std::move(idle->connection);
    idle = idle_.erase(idle);
    if (connection->IsQuiet()) return connection;
  }
  return nullptr;
}

void HttpClient::Core::Keep(const Url& url, std::unique_ptr<ClientConnection> connection) {
  idle_.push_back({url.tls, url.HostHeader(), std::move(connection)});
  while (idle_.size() > settings_.max_idle_connections) idle_.pop_front();
}

Result<std::unique_ptr<ClientConnection>> HttpClient::Core::Open(const Url& url,
                                                                 MonotonicTime deadline) {
  if (url.tls && trust_ == nullptr) {
    PM_TRY(trust_, TlsTrust::Load(settings_.authorities_file));
  }
  return ClientConnection::Open(url, trust_, Within(settings_.connect_timeout, deadline));
}

Result<void> HttpClient::Core::Exchange(ClientConnection& connection, const Request& request,
                                        ResponseReader& reader) const {
  const Result<void> written = Write(connection, request);
  // A server that refuses a long body answers and closes before it has read it all.
  if (!written.has_value() && written.error().code != kConnectionFailed) return written;
  while (!reader.done()) {
    const auto bytes = connection.Read(Within(settings_.read_timeout, request.deadline));
    if (!bytes.has_value())
      return std::unexpected(written.has_value() ? bytes.error() : written.error());
    if (bytes->empty()) return reader.End();
    PM_TRY_VOID(reader.Add(*bytes));
  }
  return {};
}

Result<void> HttpClient::Core::Write(ClientConnection& connection, const Request& request) const {
  PM_TRY_VOID(connection.Write(request.head, Within(settings_.read_timeout, request.deadline)));
  for (std::string_view rest = request.body; !rest.empty();) {
    const std::string_view piece = rest.substr(0, kWriteBytes);
    PM_TRY_VOID(connection.Write(piece, Within(settings_.read_timeout, request.deadline)));
    rest.remove_prefix(piece.size());
  }
  return {};
}

HttpClient::HttpClient(HttpClientSettings settings)
    : core_(std::make_unique<Core>(std::move(settings))) {}

HttpClient::~HttpClient() = default;

Result<HttpResponse> HttpClient::Send(std::string_view method, std::string_view url,
                                      const Headers& headers, std::string_view body) {
  PM_TRY(const Url parsed, ParseUrl(url));
  if (!AreSendable({{std::string(method), ""}}) || !AreSendable(headers)) {
    return Fail(kUrlInvalid, "The method or a header has characters that HTTP cannot carry.");
  }
  return core_->Send(method, parsed, headers, body);
}

}  // namespace pm
