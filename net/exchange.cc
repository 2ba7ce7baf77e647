#include "net/exchange.h"

#include <utility>

#include "base/result.h"
#include "net/net_codes.h"
#include "net/problem.h"
#include "net/responder.h"

namespace pm {

void Exchange::Answer(HttpResponse response) {
  std::function<void()> dropped;  // destroyed after the lock is free: it may own the responder
  const std::lock_guard lock(mutex_);
  PM_CHECK(state_ == State::kOpen);
  state_ = State::kDone;
  dropped = std::exchange(on_gone_, nullptr);
  if (peer_ != nullptr) peer_->Answer(std::move(response));
}

void Exchange::StartStream(std::string content_type) {
  std::function<void()> dropped;
  const std::lock_guard lock(mutex_);
  PM_CHECK(state_ == State::kOpen);
  state_ = State::kStreaming;
  dropped = std::exchange(on_gone_, nullptr);
  if (peer_ != nullptr) peer_->StartStream(std::move(content_type));
}

bool Exchange::Write(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (state_ != State::kStreaming || peer_ == nullptr || gone()) return false;
  if (unsent_.size() + taken_bytes_ + bytes.size() > max_stream_buffer_bytes_) {
    gone_.store(true, std::memory_order_release);
    peer_->BreakOff();
    return false;
  }
  unsent_ += bytes;
  if (!unsent_.empty()) Notify();
  return true;
}

void Exchange::OnSent(std::function<void()> callback) {
  const std::lock_guard lock(mutex_);
  if (state_ != State::kStreaming || peer_ == nullptr || gone()) return;
  std::swap(on_sent_, callback);
  Notify();
}

void Exchange::Close() {
  std::function<void()> dropped, dropped_too;
  const std::lock_guard lock(mutex_);
  if (state_ != State::kStreaming) return;
  state_ = State::kDone;
  dropped = std::exchange(on_gone_, nullptr);
  dropped_too = std::exchange(on_sent_, nullptr);
  Notify();
}

void Exchange::Drop() {
  {
    const std::lock_guard lock(mutex_);
    if (state_ != State::kOpen) return;
  }
  Answer(
      ProblemResponse({.status = 500, .code = kNoAnswer, .detail = "The request got no answer."}));
}

void Exchange::OnGone(std::function<void()> callback) {
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::kDone) return;
    if (!gone()) {
      std::swap(on_gone_, callback);
      return;
    }
  }
  if (callback) callback();
}

Exchange::Piece Exchange::Take() {
  std::function<void()> callback;
  Piece piece;
  {
    const std::lock_guard lock(mutex_);
    notified_ = false;
    taken_bytes_ = unsent_.size();
    piece = {std::exchange(unsent_, {}), state_ == State::kDone};
    if (piece.bytes.empty()) callback = std::exchange(on_sent_, nullptr);
  }
  if (callback) callback();
  return piece;
}

void Exchange::ClientLeft() {
  std::function<void()> callback, dropped;
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::kDone) return;
    gone_.store(true, std::memory_order_release);
    callback = std::exchange(on_gone_, nullptr);
    dropped = std::exchange(on_sent_, nullptr);
  }
  dropped = nullptr;
  if (callback) callback();
}

void Exchange::Detach() {
  {
    const std::lock_guard lock(mutex_);
    peer_ = nullptr;
  }
  ClientLeft();
}

void Exchange::Notify() {
  if (peer_ == nullptr || notified_) return;
  notified_ = true;
  peer_->StreamReady();
}

Stream& Stream::operator=(Stream&& other) noexcept {
  if (this != &other) {
    Close();
    exchange_ = std::move(other.exchange_);
  }
  return *this;
}

bool Stream::Write(std::string_view bytes) {
  return exchange_ != nullptr && exchange_->Write(bytes);
}

void Stream::Close() {
  if (exchange_ != nullptr) exchange_->Close();
}

bool Stream::gone() const { return exchange_ == nullptr || exchange_->gone(); }

void Stream::OnSent(std::function<void()> callback) {
  if (exchange_ != nullptr) exchange_->OnSent(std::move(callback));
}

void Stream::OnGone(std::function<void()> callback) {
  if (exchange_ != nullptr) exchange_->OnGone(std::move(callback));
}

Responder& Responder::operator=(Responder&& other) noexcept {
  if (this != &other) {
    Drop();
    exchange_ = std::move(other.exchange_);
  }
  return *this;
}

void Responder::Send(HttpResponse response) {
  PM_CHECK(exchange_ != nullptr);
  std::exchange(exchange_, nullptr)->Answer(std::move(response));
}

Stream Responder::StartStream(std::string content_type) {
  PM_CHECK(exchange_ != nullptr);
  exchange_->StartStream(std::move(content_type));
  return Stream(std::exchange(exchange_, nullptr));
}

bool Responder::gone() const { return exchange_ == nullptr || exchange_->gone(); }

void Responder::OnGone(std::function<void()> callback) {
  if (exchange_ != nullptr) exchange_->OnGone(std::move(callback));
}

void Responder::Drop() {
  if (exchange_ != nullptr) std::exchange(exchange_, nullptr)->Drop();
}

}  // namespace pm
