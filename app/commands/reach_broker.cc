#include "app/commands/reach_broker.h"

#include <fmt/format.h>

#include <charconv>

#include "engine/runtime/kafka/client/kafka_client.h"
#include "net/client_connection.h"

namespace pm {
namespace {

constexpr std::chrono::seconds kPatience(3);  // for each
constexpr uint16_t kUsualPort = 9092;

Url AddressOf(const std::string& broker) {
  Url url{.tls = false, .host = broker, .port = kUsualPort, .target = "/"};
  const size_t colon = broker.rfind(':');
  const bool bare = colon == std::string::npos || broker.ends_with(']');
  if (!bare) {
    std::from_chars(broker.data() + colon + 1, broker.data() + broker.size(), url.port);
    url.host = broker.substr(0, colon);
  }
  if (url.host.starts_with('[') && url.host.ends_with(']')) {
    url.host = url.host.substr(1, url.host.size() - 2);
  }
  return url;
}

}  // namespace

Result<void> ReachABroker(const std::vector<std::string>& brokers) {
  std::string told;
  for (const std::string& broker : brokers) {
    const auto opened = ClientConnection::Open(AddressOf(broker), nullptr,
                                               std::chrono::steady_clock::now() + kPatience);
    if (opened.has_value()) return {};
    told += fmt::format("\n  {}: {}", broker, opened.error().text);
  }
  return Fail(kKafkaRetry, fmt::format("no broker can be reached:{}", told));
}

}  // namespace pm
