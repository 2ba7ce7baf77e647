#include "net/deadline.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace pm {
namespace {

using Clock = std::chrono::steady_clock;
constexpr Clock::time_point kNone = Clock::time_point::max();

}  // namespace

struct Deadline::Impl : std::enable_shared_from_this<Impl> {
  Impl(boost::asio::io_context& io, std::function<void()> function)
      : timer(io), on_passed(std::move(function)) {}

  void Arm() {
    armed_for = at;
    timer.expires_at(at);
    timer.async_wait([self = shared_from_this()](boost::system::error_code error) {
      if (error || self->on_passed == nullptr) return;
      self->armed_for = kNone;
      if (self->at == kNone) return;
      if (self->at > Clock::now()) return self->Arm();
      self->at = kNone;
      const std::function<void()> call = self->on_passed;  // it may cancel
      call();
    });
  }

  boost::asio::steady_timer timer;
  std::function<void()> on_passed;  // null once cancelled
  Clock::time_point at = kNone;
  Clock::time_point armed_for = kNone;
};

Deadline::Deadline(boost::asio::io_context& io, std::function<void()> on_passed)
    : impl_(std::make_shared<Impl>(io, std::move(on_passed))) {}

void Deadline::Set(Duration from_now) {
  impl_->at = Clock::now() + std::chrono::milliseconds(from_now.ms);
  if (impl_->on_passed != nullptr && impl_->at < impl_->armed_for) impl_->Arm();
}

void Deadline::Clear() { impl_->at = kNone; }

void Deadline::Cancel() {
  impl_->on_passed = nullptr;
  impl_->timer.cancel();
}

}  // namespace pm
