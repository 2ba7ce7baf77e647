#include "net/http_connection.h"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "net/deadline.h"
#include "net/exchange.h"
#include "net/http_head.h"
#include "net/net_codes.h"
#include "net/request_reader.h"

namespace pm {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using Socket = asio::basic_stream_socket<tcp, asio::io_context::executor_type>;

constexpr size_t kReadBytes = 16 << 10;
// After an answer that leaves bytes of the client unread: how long and how much to read on, so that
// a reset does not take the answer away from it.
constexpr Duration kLingerTime = Seconds(1);
constexpr size_t kLingerBytes = 16 << 20;

class Connection final : public HttpConnection,
                         public Exchange::Peer,
                         public std::enable_shared_from_this<Connection> {
 public:
  Connection(asio::io_context& io, AcceptedSocket accepted, ServerContext& context,
             std::function<void(HttpConnection*)> on_closed)
      : context_(context),
        io_(io),
        socket_(io.get_executor(), accepted.ipv6 ? tcp::v6() : tcp::v4(), accepted.descriptor),
        deadline_(io, [this] { OnDeadline(); }),
        remote_(std::move(accepted.remote)),
        refused_(accepted.refused),
        on_closed_(std::move(on_closed)),
        reader_(context.settings) {}

  void Begin() override;
  void Drain() override;
  void Abort() override { Close(); }

  // Exchange::Peer, any thread.
  void Answer(HttpResponse response) override;
  void StartStream(std::string content_type) override;
  void StreamReady() override;
  void BreakOff() override;

 private:
  enum class Phase { kIdle, kReading, kRunning, kAnswering, kStreaming, kLingering, kClosed };

  // Reading
  void Read();
  void OnRead(error_code error, size_t count);
  void OnInputEnd(bool orderly);
  void Advance();
  // Running
  void Dispatch();
  void Run(const HttpServer::Handler& handler, HttpRequest request);
  // Answering
  void Refuse(const Problem& problem);  // and close: the request was not read to its end
  void WriteAnswer(HttpResponse response);
  void WriteStreamHead(std::string content_type);
  void WriteStreamPiece();
  void Write(std::string head, std::string body, void (Connection::*next)());
  void FinishAnswer();
  void EndExchange();
  void NextRequest();
  void Linger();
  void Close();
  void OnDeadline();

  template <class Function>
  void Post(Function function) {
    asio::post(io_, [self = shared_from_this(), function = std::move(function)]() mutable {
      if (self->phase_ != Phase::kClosed) function(*self);
    });
  }

  ServerContext& context_;
  asio::io_context& io_;
  Socket socket_;
  Deadline deadline_;
  const std::string remote_;
  const bool refused_;
  std::function<void(HttpConnection*)> on_closed_;

  Phase phase_ = Phase::kIdle;
  bool reading_ = false, writing_ = false;
  bool input_ended_ = false;
  bool draining_ = false;
  bool keep_alive_ = true;
  bool linger_ = false;
  bool in_handler_ = false;
  bool chunked_ = false, last_piece_ = false;  // of the stream
  bool head_request_ = false;
  size_t lingered_bytes_ = 0;
  std::array<char, kReadBytes> input_;
  RequestReader reader_;
  std::shared_ptr<Exchange> exchange_;
  std::optional<HttpResponse> early_answer_;  // given while the handler still ran
  std::string head_out_, body_out_;
};

void Connection::Begin() {
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.set_option(asio::socket_base::keep_alive(true), ignored);
  if (draining_) return Close();
  if (refused_) {
    keep_alive_ = false;
    linger_ = true;
    return WriteAnswer(context_.Busy("Too many connections."));
  }
  NextRequest();
}

void Connection::Drain() {
  draining_ = true;
  keep_alive_ = false;
  if (phase_ == Phase::kIdle) Close();
  if (phase_ != Phase::kStreaming) return;
  exchange_->Detach();
  if (phase_ == Phase::kStreaming && !writing_) WriteStreamPiece();
}

void Connection::Answer(HttpResponse response) {
  if (io_.get_executor().running_in_this_thread() && in_handler_) {
    early_answer_ = std::move(response);
    return;
  }
  Post([response = std::move(response)](Connection& self) mutable {
    self.WriteAnswer(std::move(response));
  });
}

void Connection::StartStream(std::string content_type) {
  Post([type = std::move(content_type)](Connection& self) mutable {
    self.WriteStreamHead(std::move(type));
  });
}

void Connection::StreamReady() {
  Post([](Connection& self) {
    if (self.phase_ == Phase::kStreaming && !self.writing_) self.WriteStreamPiece();
  });
}

void Connection::BreakOff() {
  Post([](Connection& self) { self.Close(); });
}

// ---- Reading. While a request runs, reading on tells whether the client is still there.

void Connection::Read() {
  const bool ahead =
      phase_ == Phase::kRunning || phase_ == Phase::kAnswering || phase_ == Phase::kStreaming;
  if (reading_ || input_ended_) return;
  if (ahead && reader_.unread_bytes() >= context_.settings.max_pipelined_bytes) return;
  reading_ = true;
  socket_.async_read_some(asio::buffer(input_),
                          [self = shared_from_this()](error_code error, size_t count) {
                            self->reading_ = false;
                            if (self->phase_ != Phase::kClosed) self->OnRead(error, count);
                          });
}

void Connection::OnRead(error_code error, size_t count) {
  if (error) {
    input_ended_ = true;
    return OnInputEnd(error == asio::error::eof);
  }
  if (phase_ == Phase::kLingering) {
    lingered_bytes_ += count;
    return lingered_bytes_ > kLingerBytes ? Close() : Read();
  }
  reader_.Add({input_.data(), count});
  if (phase_ == Phase::kIdle || phase_ == Phase::kReading) return Advance();
  Read();
}

void Connection::OnInputEnd(bool orderly) {
  keep_alive_ = false;
  if (!orderly) return Close();
  switch (phase_) {
    case Phase::kIdle:
    case Phase::kStreaming:
    case Phase::kLingering:
    case Phase::kClosed:
      return Close();
    case Phase::kReading:
      if (writing_) return Close();
      return Refuse({.status = 400,
                     .code = kRequestMalformed,
                     .detail = "The request ended before its end."});
    case Phase::kRunning:
      // It may have closed only its own direction, so the answer is still written.
      return exchange_->ClientLeft();
    case Phase::kAnswering:
      return;
  }
}

void Connection::Advance() {
  if (writing_) return;  // 100 Continue is on its way
  const RequestReader::State state = reader_.Advance();
  if (state != RequestReader::State::kIdle && phase_ == Phase::kIdle) {
    phase_ = Phase::kReading;
    deadline_.Set(context_.settings.read_timeout);
  }
  switch (state) {
    case RequestReader::State::kIdle:
    case RequestReader::State::kNeedMore:
      return Read();
    case RequestReader::State::kContinue:
      return Write(ContinueHead(), {}, &Connection::Advance);
    case RequestReader::State::kDone:
      return Dispatch();
    case RequestReader::State::kRefused:
      return Refuse(reader_.problem());
  }
}

// ---- Running.

void Connection::Dispatch() {
  context_.requests.fetch_add(1, std::memory_order_relaxed);
  deadline_.Clear();
  keep_alive_ = reader_.keep_alive() && !draining_ && !input_ended_;
  HttpRequest request = reader_.Take();
  request.remote = remote_;
  head_request_ = request.method == "HEAD";
  auto handler = context_.Route(request);
  if (!handler.has_value()) return WriteAnswer(std::move(handler).error());
  Run(**handler, std::move(request));
}

void Connection::Run(const HttpServer::Handler& handler, HttpRequest request) {
  if (context_.requests_running.fetch_add(1) >= context_.settings.max_running_requests) {
    context_.requests_running.fetch_sub(1);
    context_.requests_refused.fetch_add(1, std::memory_order_relaxed);
    return WriteAnswer(context_.Busy("Too many requests are running."));
  }
  phase_ = Phase::kRunning;
  exchange_ = std::make_shared<Exchange>(this, context_.settings.max_stream_buffer_bytes);
  in_handler_ = true;
  handler(std::move(request), Responder(exchange_));
  in_handler_ = false;
  if (early_answer_.has_value()) return WriteAnswer(*std::exchange(early_answer_, std::nullopt));
  Read();
}

// ---- Answering.

void Connection::Refuse(const Problem& problem) {
  context_.requests_refused.fetch_add(1, std::memory_order_relaxed);
  keep_alive_ = false;
  linger_ = true;
  WriteAnswer(ProblemResponse(problem));
}

void Connection::WriteAnswer(HttpResponse response) {
  if (!AreSendable(response.headers) || !IsSendableValue(response.content_type)) {
    response = ProblemResponse({.status = 500,
                                .code = kAnswerMalformed,
                                .detail = "The answer has a header that cannot be sent."});
  }
  EndExchange();
  phase_ = Phase::kAnswering;
  const bool bodiless = response.status == 204 || response.status == 304 || response.status < 200;
  if (draining_) keep_alive_ = false;
  const ResponseFrame frame{.version = reader_.version(),
                            .keep_alive = keep_alive_,
                            .framing = bodiless ? Framing::kNone : Framing::kLength,
                            .length = response.body.size()};
  if (bodiless || head_request_) response.body.clear();
  deadline_.Set(context_.settings.write_timeout);
  Write(ResponseHead(response, frame), std::move(response.body), &Connection::FinishAnswer);
}

void Connection::WriteStreamHead(std::string content_type) {
  const HttpResponse response{.status = 200,
                              .content_type = std::move(content_type),
                              .headers = {{"Cache-Control", "no-store"}},
                              .body = {}};
  if (head_request_ || input_ended_) {
    exchange_->ClientLeft();
    return WriteAnswer(response);
  }
  if (draining_) exchange_->Detach();
  phase_ = Phase::kStreaming;
  last_piece_ = false;
  chunked_ = reader_.version() == 11;
  if (!chunked_) keep_alive_ = false;
  const ResponseFrame frame{.version = reader_.version(),
                            .keep_alive = keep_alive_,
                            .framing = chunked_ ? Framing::kChunked : Framing::kUntilClose};
  deadline_.Set(context_.settings.write_timeout);
  Write(ResponseHead(response, frame), {}, &Connection::WriteStreamPiece);
}

void Connection::WriteStreamPiece() {
  deadline_.Clear();
  if (last_piece_) return FinishAnswer();
  Exchange::Piece piece = exchange_->Take();
  last_piece_ = piece.last || draining_;
  if (piece.bytes.empty() && !last_piece_) return;
  deadline_.Set(context_.settings.write_timeout);
  std::string out = chunked_ && !piece.bytes.empty() ? Chunk(piece.bytes) : std::move(piece.bytes);
  Write(std::move(out), last_piece_ && chunked_ ? LastChunk() : "", &Connection::WriteStreamPiece);
}

void Connection::Write(std::string head, std::string body, void (Connection::*next)()) {
  PM_CHECK(!writing_);
  writing_ = true;
  head_out_ = std::move(head);
  body_out_ = std::move(body);
  asio::async_write(socket_, std::array{asio::buffer(head_out_), asio::buffer(body_out_)},
                    [self = shared_from_this(), next](error_code error, size_t) {
                      self->writing_ = false;
                      if (self->phase_ == Phase::kClosed) return;
                      if (error) return self->Close();
                      ((*self).*next)();
                    });
}

void Connection::FinishAnswer() {
  EndExchange();
  if (keep_alive_ && !draining_) return NextRequest();
  return linger_ || reader_.unread_bytes() != 0 ? Linger() : Close();
}

void Connection::EndExchange() {
  if (exchange_ == nullptr) return;
  context_.requests_running.fetch_sub(1, std::memory_order_relaxed);
  std::exchange(exchange_, nullptr)->Detach();
}

void Connection::NextRequest() {
  phase_ = Phase::kIdle;
  reader_.Next();
  deadline_.Set(context_.settings.idle_timeout);
  Advance();
}

void Connection::Linger() {
  phase_ = Phase::kLingering;
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  if (input_ended_) return Close();
  deadline_.Set(kLingerTime);
  Read();
}

void Connection::Close() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  deadline_.Cancel();
  error_code ignored;
  socket_.close(ignored);
  EndExchange();
  std::exchange(on_closed_, nullptr)(this);
}

void Connection::OnDeadline() {
  if (phase_ != Phase::kReading || writing_) return Close();
  Refuse({.status = 408,
          .code = kRequestTooSlow,
          .detail = fmt::format("The whole request has to arrive within {} ms.",
                                context_.settings.read_timeout.ms)});
}

}  // namespace

std::shared_ptr<HttpConnection> MakeConnection(asio::io_context& io, AcceptedSocket socket,
                                               ServerContext& context,
                                               std::function<void(HttpConnection*)> on_closed) {
  return std::make_shared<Connection>(io, std::move(socket), context, std::move(on_closed));
}

}  // namespace pm
