#include "net/target.h"

#include <boost/url/src.hpp>
#include <charconv>

#include "base/text/utf8.h"
#include "net/net_codes.h"

namespace pm {
namespace {

namespace urls = boost::urls;

std::string Decode(urls::pct_string_view encoded, bool plus_is_space = false) {
  urls::encoding_opts options;
  options.space_as_plus = plus_is_space;
  return encoded.decode(options);
}

bool IsText(const std::string& decoded) {
  return decoded.find('\0') == std::string::npos && ValidUtf8Prefix(decoded) == decoded.size();
}

std::unexpected<Error> BadTarget(std::string_view why) {
  return Fail(kRequestMalformed, "The request target " + std::string(why) + ".");
}

std::unexpected<Error> BadUrl(std::string_view text, std::string_view why) {
  return Fail(kUrlInvalid, Quoted(text) + " " + std::string(why) + ".");
}

}  // namespace

Result<RequestTarget> ParseTarget(std::string_view text) {
  if (text.size() > urls::url_view::max_size()) return BadTarget("is too long");
  auto view = urls::parse_origin_form(text);
  if (view.has_error()) view = urls::parse_absolute_uri(text);
  if (view.has_error() || (view->has_scheme() && !view->has_authority())) {
    return BadTarget("is neither a path nor an absolute URL");
  }

  RequestTarget target;
  target.path = Decode(view->encoded_path());
  if (!IsText(target.path)) return BadTarget("does not decode to valid UTF-8 text");
  for (const urls::pct_string_view segment : view->encoded_segments()) {
    target.segments.push_back(Decode(segment));
  }
  for (const auto& parameter : view->encoded_params()) {
    NameValue decoded{Decode(parameter.key, true), Decode(parameter.value, true)};
    if (!IsText(decoded.first) || !IsText(decoded.second)) {
      return BadTarget("has a query that does not decode to valid UTF-8 text");
    }
    target.query.push_back(std::move(decoded));
  }
  return target;
}

std::string Url::HostHeader() const {
  const bool bare_ipv6 = host.find(':') != std::string::npos;
  const std::string name = bare_ipv6 ? "[" + host + "]" : host;
  return port == (tls ? 443 : 80) ? name : name + ":" + std::to_string(port);
}

Result<Url> ParseUrl(std::string_view text) {
  if (text.size() > urls::url_view::max_size()) return BadUrl(text, "is too long");
  const auto view = urls::parse_uri(text);
  if (view.has_error()) return BadUrl(text, "is no URL");
  if (view->scheme_id() != urls::scheme::http && view->scheme_id() != urls::scheme::https) {
    return BadUrl(text, "is neither http nor https");
  }
  if (view->has_userinfo()) return BadUrl(view->encoded_host(), "is asked for with a user name");
  Url url{.tls = view->scheme_id() == urls::scheme::https, .host = {}, .port = 0, .target = {}};
  url.host = view->host_type() == urls::host_type::ipv6
                 ? std::string(view->host_ipv6_address().to_string())
                 : view->host();
  if (url.host.empty()) return BadUrl(text, "names no host");
  const std::string_view digits = view->port();
  url.port = url.tls ? 443 : 80;
  if (!digits.empty()) {
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), url.port);
    if (error != std::errc() || url.port == 0) return BadUrl(text, "has no usable port");
  }
  url.target = std::string(view->encoded_resource());
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  if (const size_t hash = url.target.find('#'); hash != std::string::npos) url.target.resize(hash);
  return url;
}

}  // namespace pm
