// One request and its answer: where a handler's side (Responder and Stream, any thread) meets the
// connection (one thread). Internal to net.
#pragma once
#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "net/http_message.h"

namespace pm {

class Exchange {
 public:
  // The connection's side. Called from any thread under the exchange's lock, so an implementation
  // may only hand the matter to its own thread.
  class Peer {
   public:
    virtual void Answer(HttpResponse response) = 0;
    virtual void StartStream(std::string content_type) = 0;
    // There is something to Take; not repeated until it was taken.
    virtual void StreamReady() = 0;
    // The client reads too slowly.
    virtual void BreakOff() = 0;

   protected:
    ~Peer() = default;
  };

  Exchange(Peer* peer, size_t max_stream_buffer_bytes)
      : peer_(peer), max_stream_buffer_bytes_(max_stream_buffer_bytes) {}

  // --- the handler's side
  void Answer(HttpResponse response);
  void StartStream(std::string content_type);
  bool Write(std::string_view bytes);
  void Close();
  void Drop();  // the responder dies
  void OnSent(std::function<void()> callback);
  bool gone() const { return gone_.load(std::memory_order_acquire); }
  void OnGone(std::function<void()> callback);

  // --- the connection's side, on its thread
  struct Piece {
    std::string bytes;
    bool last = false;  // nothing comes after
  };
  // What was written since the last call, which is by now sent. Runs the callback of OnSent when
  // there is nothing.
  Piece Take();
  // The client has left: the callback runs here. Peer calls still come until Detach.
  void ClientLeft();
  // The connection forgets this exchange: no peer call comes after this. Implies ClientLeft unless
  // the answer is complete.
  void Detach();

 private:
  enum class State { kOpen, kStreaming, kDone };

  void Notify();

  std::mutex mutex_;
  Peer* peer_;  // null once detached
  State state_ = State::kOpen;
  std::function<void()> on_gone_, on_sent_;
  std::atomic<bool> gone_ = false;
  std::string unsent_;      // of a stream
  size_t taken_bytes_ = 0;  // by the connection, not yet sent
  bool notified_ = false;
  const size_t max_stream_buffer_bytes_;
};

}  // namespace pm
