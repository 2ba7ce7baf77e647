// Bytes in, requests out: Beast's parser with this server's bounds and the checks Beast leaves to
// servers. Knows no socket. Internal to net; one thread at a time.
#pragma once
#include <cstddef>
#include <memory>
#include <string_view>

#include "net/http_message.h"
#include "net/http_server.h"
#include "net/problem.h"

namespace pm {

class RequestReader {
 public:
  // `settings` must outlive the reader.
  explicit RequestReader(const HttpServerSettings& settings);
  ~RequestReader();

  // Bytes as they come; they wait until Advance wants them.
  void Add(std::string_view bytes);
  size_t unread_bytes() const;

  enum class State {
    kIdle,      // no byte of a request yet
    kNeedMore,  // within a request
    kContinue,  // the client waits for "100 Continue" before it sends the body; said once a request
    kDone,      // Take it
    kRefused,   // see problem(); nothing more can be read
  };
  // Goes as far as the bytes allow.
  State Advance();
  const Problem& problem() const;  // for kRefused

  // For kDone. `path`, `query`, `parts` and `remote` are still to be filled.
  HttpRequest Take();
  // Of the request being read or just taken; as for HTTP/1.1 while its head is not whole.
  unsigned version() const;
  bool keep_alive() const;
  // Begins with the next request.
  void Next();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pm
