// Heads and chunks as bytes, made by Beast. Internal to net.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/http_message.h"

namespace pm {

// How the body that follows is delimited.
enum class Framing { kNone, kLength, kChunked, kUntilClose };

struct ResponseFrame {
  unsigned version = 11;  // 10 or 11
  bool keep_alive = true;
  Framing framing = Framing::kLength;
  uint64_t length = 0;  // for kLength
};

// Status line, Date, Content-Type, the response's headers and the framing's; the body is not looked
// at.
std::string ResponseHead(const HttpResponse& response, const ResponseFrame& frame);
// "HTTP/1.1 100 Continue" and an empty line.
std::string ContinueHead();
// Request line and headers; Host and Content-Length are added.
std::string RequestHead(std::string_view method, std::string_view target, std::string_view host,
                        const Headers& headers, std::optional<uint64_t> length);

std::string Chunk(std::string_view bytes);  // not empty
std::string LastChunk();

// Names are tokens, values have no control characters but tabs.
bool AreSendable(const Headers& headers);
bool IsSendableValue(std::string_view value);

}  // namespace pm
