// How a handler answers: once, later if it likes, from any thread. Both classes are move-only and
// may outlive the server; then they do nothing.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/http_message.h"

namespace pm {

class Exchange;

// A body that goes out piece by piece, for Server-Sent Events. It ends with Close, with the object,
// when the client leaves, when the client reads too slowly
// (HttpServerSettings::max_stream_buffer_bytes), or when the server stops.
class Stream {
 public:
  Stream(Stream&&) noexcept = default;
  Stream& operator=(Stream&& other) noexcept;
  ~Stream() { Close(); }

  // Queues the bytes; never blocks. False once the stream has ended, then the bytes are dropped.
  bool Write(std::string_view bytes);
  // What was written still goes out. Twice is harmless.
  void Close();
  bool gone() const;
  // Called at most once, on a server thread, when all that was written has been sent: a writer with
  // much to say waits for it. Not called when the stream ends first. Replaces an earlier callback;
  // it may destroy or use the stream.
  void OnSent(std::function<void()> callback);
  // Called at most once, on a server thread, when the stream ends other than by Close; at once and
  // on this thread if it already has. Replaces an earlier callback. It may destroy or use the
  // stream.
  void OnGone(std::function<void()> callback);

 private:
  friend class Responder;
  explicit Stream(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  std::shared_ptr<Exchange> exchange_;
};

class Responder {
 public:
  // The server's; handlers get theirs as an argument.
  explicit Responder(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  Responder(Responder&&) noexcept = default;
  Responder& operator=(Responder&& other) noexcept;
  // Without an answer the client gets 500 (PM0607).
  ~Responder() { Drop(); }

  // One of the two, once; more is a programmer's mistake. No effect when the client has gone.
  void Send(HttpResponse response);
  // Answers 200 with this type, `Cache-Control: no-store` and a body without end.
  Stream StartStream(std::string content_type);

  // True once the client has left or the server has given up on it: nobody will see the answer.
  bool gone() const;
  // Called at most once, on a server thread, when the client leaves before the answer; at once and
  // on this thread if it already has. Replaces an earlier callback. Not called after Send or
  // StartStream.
  void OnGone(std::function<void()> callback);

 private:
  void Drop();
  std::shared_ptr<Exchange> exchange_;
};

}  // namespace pm
