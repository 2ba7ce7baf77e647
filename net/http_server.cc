#include "net/http_server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <charconv>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "net/http_connection.h"
#include "net/net_codes.h"

namespace pm {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

// Connections that are over the limit and are being told so; beyond that they are just closed.
constexpr size_t kMaxRefusing = 64;
constexpr int kAcceptAtOnce = 64;
// The system is out of descriptors: wait for some to be closed.
constexpr Duration kAcceptPause = Milliseconds(50);

Result<tcp::endpoint> ParseListen(std::string_view listen) {
  const auto bad = [&](std::string_view why) {
    return Fail(kListenAddressInvalid, fmt::format("cannot listen on '{}': {}", listen, why));
  };
  const size_t colon = listen.rfind(':');
  if (colon == std::string_view::npos) return bad("expected ADDRESS:PORT");
  std::string_view host = listen.substr(0, colon);
  const std::string_view digits = listen.substr(colon + 1);
  uint16_t port = 0;
  const auto [end, parse_error] = std::from_chars(digits.begin(), digits.end(), port);
  if (parse_error != std::errc() || end != digits.end())
    return bad("the port is a number up to 65535");
  const bool brackets = host.starts_with('[') && host.ends_with(']');
  if (brackets) host = host.substr(1, host.size() - 2);
  error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (error || address.is_v6() != brackets) {
    return bad("the address is an IP address, IPv6 in brackets");
  }
  return tcp::endpoint(address, port);
}

std::string EndpointText(const tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return fmt::format(fmt::runtime(endpoint.address().is_v6() ? "[{}]:{}" : "{}:{}"), address,
                     endpoint.port());
}

std::unexpected<Error> CannotListen(std::string_view listen, const error_code& error) {
  const int code = error == asio::error::address_in_use ? kAddressInUse : kListenFailed;
  return Fail(code, fmt::format("cannot listen on '{}': {}", listen, error.message()));
}

}  // namespace

// One thread with everything that lives on it.
struct HttpThread {
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::unordered_map<HttpConnection*, std::shared_ptr<HttpConnection>>
      connections;  // its thread only
  std::thread thread;
};

class HttpServer::Core {
 public:
  explicit Core(HttpServerSettings settings);

  Result<void> Bind(std::string_view listen);
  Result<void> Start();
  bool started() const { return started_; }
  void After(Duration delay, std::function<void()> function);
  void Stop(Duration drain_timeout);
  bool IsOnServerThread();

  ServerContext context;
  tcp::endpoint bound;
  std::atomic<size_t> serving = 0;  // connections, without those being refused

 private:
  void Listen();
  void AcceptAll();
  void Take(AcceptedSocket accepted);
  void Closed(HttpThread& worker, HttpConnection* connection, bool refused);
  // Runs on each worker's thread; returns when all have.
  void OnEach(const std::function<void(HttpThread&)>& function);

  std::vector<std::unique_ptr<HttpThread>> workers_;  // above what uses their io
  std::optional<tcp::acceptor> acceptor_;
  std::optional<asio::steady_timer> accept_pause_;
  size_t next_worker_ = 0;  // first worker's thread only
  std::atomic<size_t> refusing_ = 0;
  std::atomic<bool> stopping_ = false;
  bool started_ = false;
  std::mutex mutex_;
  std::condition_variable one_closed_;
  bool stopped_ = false;  // under mutex_: no worker any more
};

HttpServer::Core::Core(HttpServerSettings settings) {
  PM_CHECK(settings.threads >= 1);
  context.settings = settings;
  for (int i = 0; i < settings.threads; ++i) workers_.push_back(std::make_unique<HttpThread>());
}

Result<void> HttpServer::Core::Bind(std::string_view listen) {
  PM_CHECK(!acceptor_);
  PM_TRY(const tcp::endpoint wanted, ParseListen(listen));
  tcp::acceptor acceptor(workers_[0]->io);
  error_code error;
  acceptor.open(wanted.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(wanted, error);
  if (!error) bound = acceptor.local_endpoint(error);
  if (error) return CannotListen(listen, error);
  acceptor_ = std::move(acceptor);
  return {};
}

Result<void> HttpServer::Core::Start() {
  PM_CHECK(acceptor_ && !started_);
  error_code error;
  acceptor_->listen(asio::socket_base::max_listen_connections, error);
  if (!error) acceptor_->native_non_blocking(true, error);
  if (error) return CannotListen(EndpointText(bound), error);
  accept_pause_.emplace(workers_[0]->io);
  Listen();
  started_ = true;
  for (const auto& worker : workers_) {
    worker->thread = std::thread([&io = worker->io] { io.run(); });
  }
  return {};
}

void HttpServer::Core::Listen() {
  acceptor_->async_wait(tcp::acceptor::wait_read, [this](error_code error) {
    if (!error && !stopping_) AcceptAll();
  });
}

void HttpServer::Core::AcceptAll() {
  for (int i = 0; i < kAcceptAtOnce; ++i) {
    tcp::endpoint client;
    auto size = static_cast<socklen_t>(client.capacity());
    const int descriptor =
        ::accept4(acceptor_->native_handle(), client.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) {
      client.resize(size);
      Take({.descriptor = descriptor,
            .ipv6 = client.address().is_v6(),
            .remote = EndpointText(client)});
      continue;
    }
    if (errno == EINTR || errno == ECONNABORTED) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) break;
    accept_pause_->expires_after(std::chrono::milliseconds(kAcceptPause.ms));
    accept_pause_->async_wait([this](error_code error) {
      if (!error && !stopping_) AcceptAll();
    });
    return;
  }
  Listen();
}

void HttpServer::Core::Take(AcceptedSocket accepted) {
  accepted.refused = serving >= context.settings.max_connections;
  (accepted.refused ? context.connections_refused : context.connections_accepted)
      .fetch_add(1, std::memory_order_relaxed);
  if (accepted.refused && refusing_ >= kMaxRefusing) {
    ::close(accepted.descriptor);
    return;
  }
  (accepted.refused ? refusing_ : serving).fetch_add(1);
  HttpThread& worker = *workers_[next_worker_++ % workers_.size()];
  const bool refused = accepted.refused;
  auto connection = MakeConnection(
      worker.io, std::move(accepted), context,
      [this, &worker, refused](HttpConnection* gone) { Closed(worker, gone, refused); });
  asio::post(worker.io, [this, &worker, connection = std::move(connection)] {
    worker.connections.emplace(connection.get(), connection);
    connection->Begin();
    if (stopping_) connection->Drain();
  });
}

void HttpServer::Core::Closed(HttpThread& worker, HttpConnection* connection, bool refused) {
  worker.connections.erase(connection);
  const std::lock_guard lock(mutex_);
  (refused ? refusing_ : serving).fetch_sub(1);
  one_closed_.notify_all();
}

void HttpServer::Core::After(Duration delay, std::function<void()> function) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return;
  asio::io_context& io = workers_[0]->io;
  auto timer = std::make_shared<asio::steady_timer>(io, std::chrono::milliseconds(delay.ms));
  timer->async_wait([timer, function = std::move(function)](error_code error) {
    if (!error) function();
  });
}

void HttpServer::Core::OnEach(const std::function<void(HttpThread&)>& function) {
  for (const auto& worker : workers_) {
    const auto done = std::make_shared<std::promise<void>>();
    asio::post(worker->io, [&function, &worker, done] {
      function(*worker);
      done->set_value();
    });
    done->get_future().wait();
  }
}

bool HttpServer::Core::IsOnServerThread() {
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(workers_, [](const auto& worker) {
    return worker->thread.get_id() == std::this_thread::get_id();
  });
}

void HttpServer::Core::Stop(Duration drain_timeout) {
  if (stopping_.exchange(true)) return;
  if (started_) {
    OnEach([this](HttpThread& worker) {
      if (&worker == workers_[0].get()) acceptor_.reset(), accept_pause_.reset();
      for (const auto& [key, connection] : auto(worker.connections)) connection->Drain();
    });
    {
      std::unique_lock lock(mutex_);
      one_closed_.wait_for(lock, std::chrono::milliseconds(drain_timeout.ms),
                           [this] { return serving == 0; });
    }
    OnEach([](HttpThread& worker) {
      for (const auto& [key, connection] : auto(worker.connections)) connection->Abort();
    });
  }
  acceptor_.reset();  // of a server that was bound only
  std::vector<std::unique_ptr<HttpThread>> workers;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    workers.swap(workers_);
  }
  for (const auto& worker : workers) worker->io.stop();
  for (const auto& worker : workers) {
    if (worker->thread.joinable()) worker->thread.join();
  }
}

Result<void> CheckListenAddress(std::string_view listen) {
  PM_TRY_VOID(ParseListen(listen));
  return {};
}

HttpServer::HttpServer(HttpServerSettings settings) : core_(std::make_unique<Core>(settings)) {}

// What fails here, such as the lock, may end the process.
// NOLINTNEXTLINE(bugprone-exception-escape)
HttpServer::~HttpServer() { core_->Stop({}); }

void HttpServer::Handle(std::string_view method, std::string_view pattern, Handler handler) {
  PM_CHECK(!core_->started());
  core_->context.router.Add(method, pattern, core_->context.handlers.size());
  core_->context.handlers.push_back(std::move(handler));
}

Result<void> HttpServer::Bind(std::string_view listen) { return core_->Bind(listen); }
Result<void> HttpServer::Start() { return core_->Start(); }
Result<void> HttpServer::Start(std::string_view listen) {
  PM_TRY_VOID(core_->Bind(listen));
  return core_->Start();
}
uint16_t HttpServer::port() const { return core_->bound.port(); }
std::string HttpServer::address() const { return EndpointText(core_->bound); }
void HttpServer::Stop(Duration drain_timeout) {
  PM_CHECK(!core_->IsOnServerThread());
  core_->Stop(drain_timeout);
}

HttpServerCounts HttpServer::Counts() const {
  const ServerContext& context = core_->context;
  return {.connections_accepted = context.connections_accepted,
          .connections_refused = context.connections_refused,
          .requests = context.requests,
          .requests_refused = context.requests_refused,
          .connections_open = core_->serving,
          .requests_running = context.requests_running};
}

// The function waits here until it is called or cancelled, whichever comes first.
struct Timer::Pending {
  std::mutex mutex;
  std::function<void()> function;

  std::function<void()> Take() {
    const std::lock_guard lock(mutex);
    return std::exchange(function, nullptr);
  }
};

Timer HttpServer::After(Duration delay, std::function<void()> function) {
  auto pending = std::make_shared<Timer::Pending>();
  pending->function = std::move(function);
  Timer timer;
  timer.pending_ = pending;
  core_->After(delay, [pending = std::move(pending)] {
    if (const auto call = pending->Take()) call();
  });
  return timer;
}

void Timer::Cancel() {
  if (const auto pending = pending_.lock()) pending->Take();
}

}  // namespace pm
