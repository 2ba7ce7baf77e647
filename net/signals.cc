#include "net/signals.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <thread>

#include "net/net_codes.h"

namespace pm {

namespace asio = boost::asio;
using boost::system::error_code;

struct SignalWatch::Impl {
  void Wait() {
    signals.async_wait([this](error_code error, int number) {
      if (error) return;
      on_signal(number);
      Wait();
    });
  }

  std::function<void(int)> on_signal;
  asio::io_context io{1};
  asio::signal_set signals{io};
  std::thread thread;
};

Result<std::unique_ptr<SignalWatch>> SignalWatch::Start(const std::vector<int>& signals,
                                                        std::function<void(int)> on_signal) {
  auto impl = std::make_unique<Impl>();
  impl->on_signal = std::move(on_signal);
  for (const int number : signals) {
    error_code error;
    impl->signals.add(number, error);
    if (error) {
      return Fail(kSignalWaitFailed,
                  fmt::format("cannot wait for signal {}: {}", number, error.message()));
    }
  }
  impl->Wait();
  impl->thread = std::thread([&io = impl->io] { io.run(); });
  return std::unique_ptr<SignalWatch>(new SignalWatch(std::move(impl)));
}

SignalWatch::SignalWatch(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

SignalWatch::~SignalWatch() {
  impl_->io.stop();
  impl_->thread.join();
}

}  // namespace pm
