// For tests: a TCP server that behaves as badly as a script tells it to.
#pragma once
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <string_view>
#include <thread>

namespace pm {

// One accepted connection, blocking.
class RawPeer {
 public:
  explicit RawPeer(int socket) : socket_(socket) {
    const timeval limit{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  ~RawPeer() { ::close(socket_); }
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;

  // Up to the empty line after a head; empty when the client has left.
  std::string ReadHead() const { return ReadUntil("\r\n\r\n"); }
  std::string ReadToEnd() const { return ReadUntil(""); }
  void Send(std::string_view bytes) const {
    ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  int socket() const { return socket_; }

 private:
  std::string ReadUntil(std::string_view mark) const {
    std::string all;
    char byte;
    while (::recv(socket_, &byte, 1, 0) == 1) {
      all += byte;
      if (!mark.empty() && all.ends_with(mark)) break;
    }
    return all;
  }
  int socket_;
};

class RawServer {
 public:
  // Each connection gets the script's next call, one after the other; `connections` of them.
  explicit RawServer(std::function<void(RawPeer&)> script, int connections = 1) : RawServer() {
    thread_ = std::thread([this, script = std::move(script), connections] {
      for (int i = 0; i < connections; ++i) {
        const int accepted = ::accept(listener_, nullptr, nullptr);
        if (accepted < 0) return;
        RawPeer peer(accepted);
        script(peer);
      }
    });
  }
  // Listens, but accepts nobody.
  RawServer() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (listener_ < 0) {
      ADD_FAILURE() << "no socket";
      return;
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_, 0), 0);
    EXPECT_EQ(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~RawServer() {
    ::shutdown(listener_, SHUT_RDWR);  // wakes an accept
    if (thread_.joinable()) thread_.join();
    ::close(listener_);
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }

 private:
  int listener_;
  uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace pm
