#include "engine/runtime/kafka/client/connection.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "engine/runtime/kafka/client/kafka_client.h"

namespace pm {
namespace {

struct Refused {
  std::string_view property;
  std::string_view reason;
};

constexpr std::string_view kOffsets = "offsets are committed in the transaction of their effects";
constexpr std::string_view kReplicas = "a record counts only when all in-sync replicas have it";
constexpr std::string_view kOrder = "records of a partition must keep their order";
constexpr std::string_view kMembers = "the engine names groups and members itself";
constexpr std::string_view kForeign = "foreign code would stand between engine and broker";
constexpr std::string_view kMock = "it stands for a broker that forgets";
constexpr std::string_view kHeard = "the engine hears from librdkafka in ways of its own";
constexpr std::string_view kOld = "brokers without transactions cannot hold exactly-once";

constexpr auto kRefused = std::to_array<Refused>({
    {"acks", kReplicas},
    {"request.required.acks", kReplicas},
    {"delivery.report.only.error", "each start would read all state: nobody heard where it went"},
    {"enabled_events", kHeard},
    {"log.queue", kHeard},
    {"session.timeout.ms", "say it with `session`"},
    {"heartbeat.interval.ms", "it is a fifth of `session`"},
    {"max.poll.interval.ms", "it is five minutes, or `session` where that is longer"},
    {"topic.metadata.refresh.interval.ms", "the engine says when to look for new topics"},
    {"transaction.timeout.ms", "it is a minute, well above what a broker's fail-over takes"},
    {"allow.auto.create.topics", "a topic with a mistyped name must be an error"},
    {"api.version.fallback.ms", kOld},
    {"api.version.request", kOld},
    {"broker.version.fallback", kOld},
    {"auto.commit.enable", kOffsets},
    {"auto.commit.interval.ms", kOffsets},
    {"enable.auto.commit", kOffsets},
    {"enable.auto.offset.store", kOffsets},
    {"offset.store.method", kOffsets},
    {"offset.store.path", kOffsets},
    {"offset.store.sync.interval.ms", kOffsets},
    {"auto.offset.reset", "where to read is said by the state, and a gap must be seen"},
    {"enable.idempotence", "without it a retry writes a record twice"},
    {"enable.partition.eof", "a restore knows by it where a changelog ends"},
    {"enable.random.seed", "keys must fall on the same partition always"},
    {"partitioner", "keys must fall on the same partition always"},
    {"group.id", kMembers},
    {"group.instance.id", kMembers},
    {"group.protocol", kMembers},
    {"group.protocol.type", kMembers},
    {"partition.assignment.strategy", "range keeps the partitions of all stages together"},
    {"transactional.id", kMembers},
    {"isolation.level", "what was aborted must never be read"},
    {"queuing.strategy", kOrder},
    {"max.in.flight", kOrder},
    {"max.in.flight.requests.per.connection", kOrder},
    {"message.send.max.retries", "what a retry can mend must not abort a transaction"},
    {"retries", "what a retry can mend must not abort a transaction"},
    {"plugin.library.paths", kForeign},
    {"test.mock.num.brokers", kMock},
    {"bootstrap.servers", "say it with `brokers`"},
    {"metadata.broker.list", "say it with `brokers`"},
    {"client.id", "say it with `client_id`"},
    {"client.rack", "say it with `rack`"},
    {"security.protocol", "say it with `tls` and `sasl`"},
    {"sasl.mechanism", "say it with `sasl: mechanism`"},
    {"sasl.mechanisms", "say it with `sasl: mechanism`"},
    {"sasl.username", "say it with `sasl: user`"},
    {"sasl.password", "say it with `sasl: password`"},
    {"sasl.oauthbearer.client.id", "say it with `sasl: user`"},
    {"sasl.oauthbearer.client.secret", "say it with `sasl: password`"},
    {"sasl.oauthbearer.method", "say it with `sasl: token_url`"},
    {"sasl.oauthbearer.token.endpoint.url", "say it with `sasl: token_url`"},
    {"ssl.ca.location", "say it with `tls: ca`"},
    {"ssl.certificate.location", "say it with `tls: certificate`"},
    {"ssl.key.location", "say it with `tls: key`"},
});

constexpr std::string_view kRequestBytes = "message.max.bytes";

constexpr auto kSecret = std::to_array<std::string_view>(
    {"ssl.key.password", "ssl.key.pem", "ssl.keystore.password", "sasl.oauthbearer.config"});

std::string_view MechanismName(SaslMechanism mechanism) {
  for (const auto& [name, value] : YamlNames(std::type_identity<SaslMechanism>{})) {
    if (value == mechanism) return name;
  }
  return {};
}

void AddSasl(const KafkaSasl& sasl, std::string password, std::vector<KafkaProperty>* out) {
  out->emplace_back("sasl.mechanism", std::string(MechanismName(sasl.mechanism)));
  const bool oauth = sasl.mechanism == SaslMechanism::kOauthBearer;
  out->emplace_back(oauth ? "sasl.oauthbearer.client.id" : "sasl.username", sasl.user);
  out->emplace_back(oauth ? "sasl.oauthbearer.client.secret" : "sasl.password", std::move(password),
                    true);
  if (!oauth) return;
  out->emplace_back("sasl.oauthbearer.method", "oidc");
  out->emplace_back("sasl.oauthbearer.token.endpoint.url", sasl.token_url);
}

void AddUnlessEmpty(std::string_view name, const std::string& value,
                    std::vector<KafkaProperty>* out) {
  if (!value.empty()) out->emplace_back(std::string(name), value);
}

// Empty when the user may set it there; `value` is null of a secret. Numbers as librdkafka reads
// them.
Error WrongProperty(std::string_view name, const std::string* value, bool among_secrets) {
  const std::string_view reason = WhyRefused(name);
  if (!reason.empty())
    return {kKafkaProperty, fmt::format("`{}` may not be set: {}", name, reason)};
  if (IsSecret(name) && !among_secrets) {
    return {kKafkaSecret, fmt::format("`{}` is a secret: it belongs into `secrets`", name)};
  }
  if (name == kRequestBytes && value != nullptr &&
      std::strtoll(value->c_str(), nullptr, 0) < kLeastRecordBytes) {
    return {kKafkaProperty, fmt::format("`{}` must be at least {}: the engine's records need it",
                                        name, kLeastRecordBytes)};
  }
  return {};
}

const YamlNode& KeyOf(const YamlNode& node, std::string_view part, std::string_view name) {
  const YamlNode* map = node.Find(part);
  const YamlNode* value = map == nullptr ? nullptr : map->Find(name);
  return value == nullptr ? node : *value;
}

}  // namespace

void KafkaSecret::Check(const YamlNode& node, Diagnostics& out) const {
  if (file.empty() == environment.empty()) {
    out.Error(kKafkaSecret, PlaceOf(node), "say either `file` or `environment`");
  }
}

Result<std::string> KafkaSecret::Read() const {
  if (!environment.empty()) {
    const char* value = std::getenv(environment.c_str());  // NOLINT: nobody sets it meanwhile
    if (value == nullptr)
      return Fail(kKafkaSecret, fmt::format("the environment has no {}", environment));
    if (*value != '\0') return std::string(value);
    return Fail(kKafkaSecret, fmt::format("{} is empty in the environment", environment));
  }
  const auto unreadable = [&](const std::error_code& error) {
    return Fail(kKafkaSecret, fmt::format("the file {} cannot be read: {}", file, error.message()));
  };
  if (std::error_code ignored; std::filesystem::is_directory(file, ignored))
    return unreadable(std::make_error_code(std::errc::is_a_directory));
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return unreadable({errno, std::generic_category()});
  std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (!text.empty()) return text;
  return Fail(kKafkaSecret, fmt::format("the file {} is empty", file));
}

void KafkaSasl::Check(const YamlNode& node, Diagnostics& out) const {
  if ((mechanism == SaslMechanism::kOauthBearer) == token_url.empty()) {
    out.Error(kKafkaProperty, PlaceOf(node), "`token_url` goes with OAUTHBEARER, and only with it");
  }
}

void KafkaConnection::Check(const YamlNode& node, Diagnostics& out) const {
  const auto tell = [&](std::string_view part, std::string_view name, const std::string* value) {
    const Error wrong = WrongProperty(name, value, part == "secrets");
    if (wrong.code != 0) out.Error(wrong.code, PlaceOf(KeyOf(node, part, name)), wrong.text);
  };
  for (const auto& [name, value] : properties) tell("properties", name, &value);
  for (const auto& [name, secret] : secrets) tell("secrets", name, nullptr);
}

std::string_view WhyRefused(std::string_view property) {
  const auto found = std::ranges::find(kRefused, property, &Refused::property);
  return found == kRefused.end() ? std::string_view() : found->reason;
}

bool IsSecret(std::string_view property) {
  return std::ranges::find(kSecret, property) != kSecret.end();
}

Result<std::vector<KafkaProperty>> PropertiesOf(const KafkaConnection& connection) {
  std::vector<KafkaProperty> all;
  all.emplace_back("bootstrap.servers", fmt::format("{}", fmt::join(connection.brokers, ",")));
  AddUnlessEmpty("client.id", connection.client_id, &all);
  AddUnlessEmpty("client.rack", connection.rack, &all);
  all.emplace_back("security.protocol",
                   fmt::format("{}{}", connection.sasl.has_value() ? "sasl_" : "",
                               connection.tls.has_value() ? "ssl" : "plaintext"));
  if (connection.tls.has_value()) {
    AddUnlessEmpty("ssl.ca.location", connection.tls->ca, &all);
    AddUnlessEmpty("ssl.certificate.location", connection.tls->certificate, &all);
    AddUnlessEmpty("ssl.key.location", connection.tls->key, &all);
  }
  if (connection.sasl.has_value()) {
    PM_TRY(std::string password, connection.sasl->password.Read());
    AddSasl(*connection.sasl, std::move(password), &all);
  }
  for (const auto& [name, value] : connection.properties) {
    Error wrong = WrongProperty(name, &value, false);
    if (wrong.code != 0) return std::unexpected(std::move(wrong));
    all.emplace_back(name, value);
  }
  for (const auto& [name, secret] : connection.secrets) {
    Error wrong = WrongProperty(name, nullptr, true);
    if (wrong.code != 0) return std::unexpected(std::move(wrong));
    PM_TRY(std::string value, secret.Read());
    all.emplace_back(name, std::move(value), true);
  }
  return all;
}

}  // namespace pm
