// For tests: a blocking TCP client that sends exactly the bytes it is given. Fails the test instead
// of waiting for more than ten seconds.
#pragma once
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>

namespace pm {

class RawClient {
 public:
  // `receive_buffer_bytes`: how much the kernel takes in for a client that does not read; 0: its
  // default.
  explicit RawClient(int receive_buffer_bytes = 0) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval limit{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (receive_buffer_bytes != 0) {
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                   sizeof receive_buffer_bytes);
    }
  }
  explicit RawClient(uint16_t port, int receive_buffer_bytes) : RawClient(receive_buffer_bytes) {
    Connect(port);
  }
  ~RawClient() { Leave(); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void Connect(uint16_t port) const {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }

  // The server may have closed already: what it answered is what counts.
  void Send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }

  // Sends until nobody has taken any more for 50 ms; the bytes that went out, at most about
  // `limit`.
  size_t SendWhileTaken(std::string_view bytes, size_t limit) const {
    const timeval patience{.tv_sec = 0, .tv_usec = 50'000};
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    size_t total = 0;
    while (total < limit) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) break;
      total += static_cast<size_t>(sent);
    }
    return total;
  }

  // Everything up to and including `mark`; what follows is kept for the next read.
  std::string ReadUntil(std::string_view mark) {
    size_t at = 0;
    while ((at = unread_.find(mark)) == std::string::npos) {
      if (!Receive()) {
        ADD_FAILURE() << "ended without '" << mark << "' after: " << unread_;
        return std::exchange(unread_, {});
      }
    }
    std::string taken = unread_.substr(0, at + mark.size());
    unread_.erase(0, taken.size());
    return taken;
  }

  // Everything until the server closes.
  std::string ReadToEnd() {
    while (Receive()) {
    }
    return std::exchange(unread_, {});
  }

  void EndSending() const { ::shutdown(socket_, SHUT_WR); }
  void Leave() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }

 private:
  bool Receive() {
    char buffer[65536];
    const ssize_t count = ::recv(socket_, buffer, sizeof buffer, 0);
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      ADD_FAILURE() << "no answer within ten seconds after: " << unread_.substr(0, 500);
    }
    if (count > 0) unread_.append(buffer, static_cast<size_t>(count));
    return count > 0;
  }

  int socket_;
  std::string unread_;
};

}  // namespace pm
