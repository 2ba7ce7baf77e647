// One connection of HttpClient: bytes out, bytes in, with deadlines, plain or over TLS. Internal to
// net; one thread at a time.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/target.h"

namespace pm {

using MonotonicTime = std::chrono::steady_clock::time_point;

// Trust and protocol settings for TLS; made once, shared by connections.
class TlsTrust {
 public:
  // PM0645 when the file cannot be read; empty: the system's authorities.
  static Result<std::shared_ptr<TlsTrust>> Load(const std::string& authorities_file);
  virtual ~TlsTrust() = default;
};

class ClientConnection {
 public:
  // `trust` is needed for https only. PM0641 to PM0645.
  static Result<std::unique_ptr<ClientConnection>> Open(const Url& url,
                                                        const std::shared_ptr<TlsTrust>& trust,
                                                        MonotonicTime deadline);
  virtual ~ClientConnection() = default;

  // PM0643, PM0644.
  virtual Result<void> Write(std::string_view bytes, MonotonicTime deadline) = 0;
  // Some bytes, at most as many as fit; empty at the orderly end. The view is valid until the next
  // call.
  virtual Result<std::string_view> Read(MonotonicTime deadline) = 0;
  // False when the other side has closed it, or sent what nobody asked for.
  virtual bool IsQuiet() = 0;
};

}  // namespace pm
