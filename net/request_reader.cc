#include "net/request_reader.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstring>

#include "net/net_codes.h"

namespace pm {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using Parser = http::request_parser<http::string_body>;

std::string Text(beast::string_view text) { return {text.data(), text.size()}; }

Problem Malformed(std::string why) {
  return {.status = 400, .code = kRequestMalformed, .detail = std::move(why)};
}

Problem ParseProblem(beast::error_code error, const HttpServerSettings& settings) {
  if (error == http::error::header_limit) {
    return {
        .status = 431,
        .code = kHeadersTooLarge,
        .detail = fmt::format("At most {} bytes of headers are read.", settings.max_header_bytes)};
  }
  if (error == http::error::body_limit) {
    return {.status = 413,
            .code = kBodyTooLarge,
            .detail = fmt::format("At most {} bytes of body are read.", settings.max_body_bytes)};
  }
  return Malformed("Not understood as an HTTP/1.1 request: " + error.message() + ".");
}

// RFC 9112, 3.2 and 6.1; RFC 9110, 10.1.1.
std::optional<Problem> HeadProblem(const http::request<http::string_body>& head) {
  if (head.version() == 11 && head.count(http::field::host) != 1) {
    return Malformed("An HTTP/1.1 request has exactly one Host header.");
  }
  if (head.count(http::field::transfer_encoding) != 0 &&
      (head.version() != 11 || !beast::iequals(head[http::field::transfer_encoding], "chunked"))) {
    return Malformed("The only transfer coding understood is chunked, in HTTP/1.1.");
  }
  if (head.count(http::field::expect) != 0 &&
      !beast::iequals(head[http::field::expect], "100-continue")) {
    return Problem{.status = 417,
                   .code = kExpectationUnknown,
                   .detail = "The only expectation understood is 100-continue."};
  }
  return std::nullopt;
}

}  // namespace

struct RequestReader::Impl {
  const HttpServerSettings& settings;
  beast::flat_buffer unread;
  std::optional<Parser> parser;  // none while idle
  bool head_done = false;
  Problem problem;

  State Refuse(Problem why) {
    problem = std::move(why);
    return State::kRefused;
  }
  void SkipEmptyLines();
  std::optional<State> HeadDone();
};

RequestReader::RequestReader(const HttpServerSettings& settings)
    : impl_(new Impl{.settings = settings, .unread = {}, .parser = {}, .problem = {}}) {}
RequestReader::~RequestReader() = default;

void RequestReader::Add(std::string_view bytes) {
  std::memcpy(impl_->unread.prepare(bytes.size()).data(), bytes.data(), bytes.size());
  impl_->unread.commit(bytes.size());
}

size_t RequestReader::unread_bytes() const { return impl_->unread.size(); }

RequestReader::State RequestReader::Advance() {
  Impl& my = *impl_;
  if (!my.parser.has_value()) {
    my.SkipEmptyLines();
    if (my.unread.size() == 0) return State::kIdle;
    my.parser.emplace();
    my.head_done = false;
    my.parser->header_limit(static_cast<uint32_t>(my.settings.max_header_bytes));
    my.parser->body_limit(my.settings.max_body_bytes);
  }
  while (!my.parser->is_done()) {
    beast::error_code error;
    my.unread.consume(my.parser->put(my.unread.data(), error));
    if (error && error != http::error::need_more)
      return my.Refuse(ParseProblem(error, my.settings));
    if (!my.head_done && my.parser->is_header_done()) {
      if (const auto stop = my.HeadDone()) return *stop;
      continue;
    }
    if (my.parser->is_done()) break;
    // What the body leaves unread is the line before a chunk, or the trailers.
    if (my.unread.size() > my.settings.max_header_bytes) {
      return my.Refuse(ParseProblem(http::error::header_limit, my.settings));
    }
    if (error == http::error::need_more || my.unread.size() == 0) return State::kNeedMore;
  }
  return State::kDone;
}

// RFC 9112, 2.2: an empty line before a request is ignored.
void RequestReader::Impl::SkipEmptyLines() {
  while (unread.size() != 0) {
    const char first = *static_cast<const char*>(unread.data().data());
    if (first != '\r' && first != '\n') return;
    unread.consume(1);
  }
}

// Something when the parser has to wait.
std::optional<RequestReader::State> RequestReader::Impl::HeadDone() {
  head_done = true;
  parser->eager(true);
  const auto& head = parser->get();
  if (auto why = HeadProblem(head)) return Refuse(*std::move(why));
  const bool body_is_held_back = head.count(http::field::expect) != 0 && head.version() == 11 &&
                                 !parser->is_done() && unread.size() == 0;
  if (body_is_held_back) return State::kContinue;
  return std::nullopt;
}

const Problem& RequestReader::problem() const { return impl_->problem; }

HttpRequest RequestReader::Take() {
  auto& message = impl_->parser->get();
  HttpRequest request;
  request.method = Text(message.method_string());
  request.target = Text(message.target());
  for (const auto& field : message) {
    request.headers.Add(Text(field.name_string()), Text(field.value()));
  }
  request.body = std::move(message.body());
  return request;
}

unsigned RequestReader::version() const {
  return impl_->parser.has_value() && impl_->head_done ? impl_->parser->get().version() : 11;
}

bool RequestReader::keep_alive() const {
  return impl_->parser.has_value() && impl_->head_done && impl_->parser->keep_alive();
}

void RequestReader::Next() { impl_->parser.reset(); }

}  // namespace pm
