#include "net/client_connection.h"

#include <sys/socket.h>

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include "net/net_codes.h"

namespace pm {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using tcp = asio::ip::tcp;

struct Trust final : TlsTrust {
  ssl::context context{ssl::context::tls_client};
};

class Connection final : public ClientConnection {
 public:
  explicit Connection(const Url& url) : url_(url), socket_(io_) {}

  Result<void> Connect(MonotonicTime deadline);
  Result<void> Secure(std::shared_ptr<TlsTrust> trust, MonotonicTime deadline);

  Result<void> Write(std::string_view bytes, MonotonicTime deadline) override;
  Result<std::string_view> Read(MonotonicTime deadline) override;
  bool IsQuiet() override;

 private:
  void ExpectPeer();
  // Starts an operation with a handler that takes the error and waits for it. What is late is
  // cancelled.
  template <class Start>
  error_code Wait(MonotonicTime deadline, Start start);
  std::unexpected<Error> Failed(error_code error, std::string_view doing) const;

  const Url url_;
  asio::io_context io_{1};
  tcp::socket socket_;
  std::shared_ptr<TlsTrust> trust_;
  std::optional<ssl::stream<tcp::socket&>> tls_;
  std::array<char, 16 << 10> input_;
};

template <class Start>
error_code Connection::Wait(MonotonicTime deadline, Start start) {
  std::optional<error_code> result;
  start([&result](error_code error, auto&&...) { result = error; });
  io_.restart();
  while (!result.has_value() && io_.run_one_until(deadline) != 0) {
  }
  if (result.has_value()) return *result;
  // Only closing ends every kind of operation; the connection is of no further use anyhow.
  error_code ignored;
  socket_.close(ignored);
  io_.restart();
  io_.run();
  return asio::error::timed_out;
}

std::unexpected<Error> Connection::Failed(error_code error, std::string_view doing) const {
  int code = kConnectionFailed;
  if (error == asio::error::timed_out) code = kTimedOut;
  if (error == asio::error::connection_refused) code = kConnectionRefused;
  return Fail(code, fmt::format("{} {}: {}", doing, url_.HostHeader(), error.message()));
}

Result<void> Connection::Connect(MonotonicTime deadline) {
  tcp::resolver resolver(io_);
  tcp::resolver::results_type endpoints;
  error_code error = Wait(deadline, [&](auto done) {
    resolver.async_resolve(
        url_.host, std::to_string(url_.port), tcp::resolver::numeric_service,
        [&endpoints, done](error_code failure, tcp::resolver::results_type found) {
          endpoints = std::move(found);
          done(failure);
        });
  });
  if (error == asio::error::timed_out) return Failed(error, "looking up");
  if (error) return Fail(kHostNotFound, fmt::format("{}: {}", url_.host, error.message()));
  error = Wait(deadline, [&](auto done) { asio::async_connect(socket_, endpoints, done); });
  if (error) return Failed(error, "connecting to");
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  return {};
}

Result<void> Connection::Secure(std::shared_ptr<TlsTrust> trust, MonotonicTime deadline) {
  trust_ = std::move(trust);
  tls_.emplace(socket_, static_cast<Trust&>(*trust_).context);
  ExpectPeer();
  const error_code error =
      Wait(deadline, [&](auto done) { tls_->async_handshake(ssl::stream_base::client, done); });
  if (!error) return {};
  if (error == asio::error::timed_out) return Failed(error, "TLS handshake with");
  std::string why = error.message();
  if (const long verdict = SSL_get_verify_result(tls_->native_handle()); verdict != X509_V_OK) {
    why = X509_verify_cert_error_string(verdict);
  }
  return Fail(kTlsFailed, fmt::format("TLS handshake with {}: {}", url_.HostHeader(), why));
}

// The certificate must be for this host. Server name indication is for names alone (RFC 6066, 3).
void Connection::ExpectPeer() {
  SSL* session = tls_->native_handle();
  error_code no_address;
  asio::ip::make_address(url_.host, no_address);
  if (no_address) {
    PM_CHECK(SSL_set1_host(session, url_.host.c_str()) == 1);
    SSL_set_tlsext_host_name(session, url_.host.c_str());
  } else {
    PM_CHECK(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), url_.host.c_str()) == 1);
  }
}

Result<void> Connection::Write(std::string_view bytes, MonotonicTime deadline) {
  const error_code error = Wait(deadline, [&](auto done) {
    if (tls_.has_value()) {
      asio::async_write(*tls_, asio::buffer(bytes), done);
    } else {
      asio::async_write(socket_, asio::buffer(bytes), done);
    }
  });
  if (error) return Failed(error, "sending to");
  return {};
}

Result<std::string_view> Connection::Read(MonotonicTime deadline) {
  size_t count = 0;
  const error_code error = Wait(deadline, [&](auto done) {
    const auto keep_count = [&count, done](error_code failure, size_t size) {
      count = size;
      done(failure);
    };
    if (tls_.has_value()) {
      tls_->async_read_some(asio::buffer(input_), keep_count);
    } else {
      socket_.async_read_some(asio::buffer(input_), keep_count);
    }
  });
  if (error == asio::error::eof) return std::string_view();
  if (error) return Failed(error, "reading from");
  return std::string_view(input_.data(), count);
}

bool Connection::IsQuiet() {
  char byte;
  const ssize_t count = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace

Result<std::shared_ptr<TlsTrust>> TlsTrust::Load(const std::string& authorities_file) {
  auto trust = std::make_shared<Trust>();
  error_code error;
  trust->context.set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1, error);
  trust->context.set_verify_mode(ssl::verify_peer);
  if (authorities_file.empty()) {
    trust->context.set_default_verify_paths(error);
  } else {
    trust->context.load_verify_file(authorities_file, error);
  }
  if (error) {
    return Fail(kTlsFailed,
                fmt::format("authorities of TLS in '{}': {}", authorities_file, error.message()));
  }
  return trust;
}

Result<std::unique_ptr<ClientConnection>> ClientConnection::Open(
    const Url& url, const std::shared_ptr<TlsTrust>& trust, MonotonicTime deadline) {
  auto connection = std::make_unique<Connection>(url);
  PM_TRY_VOID(connection->Connect(deadline));
  if (url.tls) PM_TRY_VOID(connection->Secure(trust, deadline));
  return connection;
}

}  // namespace pm
