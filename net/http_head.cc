#include "net/http_head.h"

#include <algorithm>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/status.hpp>
#include <ctime>

namespace pm {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

// The head alone: the serializer is asked for no body and never gets to one.
template <bool is_request>
std::string HeadBytes(http::message<is_request, http::empty_body>& message) {
  http::serializer<is_request, http::empty_body> serializer(message);
  serializer.split(true);
  std::string bytes;
  beast::error_code error;
  serializer.next(error, [&](beast::error_code&, const auto& buffers) {
    bytes = beast::buffers_to_string(buffers);
  });
  return bytes;
}

// IMF-fixdate (RFC 9110, 5.6.7), made once a second and thread.
const std::string& DateNow() {
  thread_local std::time_t made_at = 0;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != made_at) {
    std::tm parts;
    gmtime_r(&now, &parts);
    char buffer[40];
    text.assign(buffer, std::strftime(buffer, sizeof buffer, "%a, %d %b %Y %H:%M:%S GMT", &parts));
    made_at = now;
  }
  return text;
}

}  // namespace

std::string_view StatusText(int status) {
  const auto text = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status)));
  return {text.data(), text.size()};
}

std::string ResponseHead(const HttpResponse& response, const ResponseFrame& frame) {
  http::response<http::empty_body> head;
  head.version(frame.version);
  head.result(static_cast<unsigned>(response.status));
  head.insert(http::field::date, DateNow());
  if (!response.content_type.empty()) head.insert(http::field::content_type, response.content_type);
  for (const Headers::Header& header : response.headers) head.insert(header.name, header.value);
  if (frame.framing == Framing::kLength) head.content_length(frame.length);
  if (frame.framing == Framing::kChunked) head.chunked(true);
  head.keep_alive(frame.keep_alive);
  return HeadBytes(head);
}

std::string ContinueHead() {
  http::response<http::empty_body> head{http::status::continue_, 11};
  return HeadBytes(head);
}

std::string RequestHead(std::string_view method, std::string_view target, std::string_view host,
                        const Headers& headers, std::optional<uint64_t> length) {
  http::request<http::empty_body> head;
  head.version(11);
  head.method_string({method.data(), method.size()});
  head.target({target.data(), target.size()});
  head.insert(http::field::host, host);
  for (const Headers::Header& header : headers) head.insert(header.name, header.value);
  if (length.has_value()) head.content_length(*length);
  return HeadBytes(head);
}

std::string Chunk(std::string_view bytes) {
  return beast::buffers_to_string(http::make_chunk(boost::asio::buffer(bytes)));
}

std::string LastChunk() { return beast::buffers_to_string(http::make_chunk_last()); }

bool AreSendable(const Headers& headers) {
  return std::ranges::all_of(headers, [](const Headers::Header& header) {
    const http::token_list names(header.name);
    return std::distance(names.begin(), names.end()) == 1 && *names.begin() == header.name &&
           IsSendableValue(header.value);
  });
}

bool IsSendableValue(std::string_view value) {
  return std::ranges::none_of(value, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7F;
  });
}

}  // namespace pm
