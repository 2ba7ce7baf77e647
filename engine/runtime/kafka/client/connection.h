// How to reach a Kafka, as users write it in the configuration, and as librdkafka's properties.
// Knows which properties would break exactly-once and refuses them; reads secrets from where they
// are kept and never shows them.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/text/describe_yaml.h"

namespace pm {

inline constexpr int kKafkaProperty = 536;  // a property that is not the user's to set
inline constexpr int kKafkaSecret = 537;    // a secret in the open, or one that cannot be read

struct KafkaProperty {
  std::string name;
  std::string value;
  bool secret = false;  // its value is never shown
};

// Where a secret is kept: exactly one of the two.
struct KafkaSecret {
  static constexpr std::string_view kYamlName = "secret";
  std::string file;
  std::string environment;
  template <class V>
  static void Describe(V& v) {
    v.Field("file", &KafkaSecret::file,
            "A file that holds it; a line's end at its end is no part.");
    v.Field("environment", &KafkaSecret::environment,
            "A variable of the environment that holds it.");
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
  // PM0537 when the file or the variable cannot be read, or is empty: the text says which.
  Result<std::string> Read() const;
};

enum class SaslMechanism : uint8_t { kPlain, kScramSha256, kScramSha512, kOauthBearer };
constexpr auto YamlNames(std::type_identity<SaslMechanism>) {
  return std::array{YamlName<SaslMechanism>{"PLAIN", SaslMechanism::kPlain},
                    YamlName<SaslMechanism>{"SCRAM-SHA-256", SaslMechanism::kScramSha256},
                    YamlName<SaslMechanism>{"SCRAM-SHA-512", SaslMechanism::kScramSha512},
                    YamlName<SaslMechanism>{"OAUTHBEARER", SaslMechanism::kOauthBearer}};
}

struct KafkaSasl {
  static constexpr std::string_view kYamlName = "sasl";
  SaslMechanism mechanism = SaslMechanism::kScramSha512;
  std::string user;
  KafkaSecret password;
  std::string token_url;
  template <class V>
  static void Describe(V& v) {
    v.Required("mechanism", &KafkaSasl::mechanism, "How to prove who we are.");
    v.Required("user", &KafkaSasl::user, "User, or with OAUTHBEARER the client's id.");
    v.Required("password", &KafkaSasl::password, "Password, or the client's secret.");
    v.Field("token_url", &KafkaSasl::token_url,
            "With OAUTHBEARER: where tokens are had; needs a librdkafka built with OIDC.");
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};

struct KafkaTls {
  static constexpr std::string_view kYamlName = "tls";
  std::string ca;
  std::string certificate;
  std::string key;
  template <class V>
  static void Describe(V& v) {
    v.Field("ca", &KafkaTls::ca, "Certificates of the authorities; else the system's.");
    v.Field("certificate", &KafkaTls::certificate, "Our own certificate (PEM).");
    v.Field("key", &KafkaTls::key, "Its key; its password goes to `secrets: ssl.key.password`.");
  }
};

struct KafkaConnection {
  static constexpr std::string_view kYamlName = "connection";
  std::vector<std::string> brokers;
  std::string client_id = "pointsman";
  std::string rack;
  std::optional<KafkaTls> tls;
  std::optional<KafkaSasl> sasl;
  YamlMap<std::string> properties;
  YamlMap<KafkaSecret> secrets;
  template <class V>
  static void Describe(V& v) {
    DescribeAs<KafkaConnection>(v);
  }
  // As a part of C, which is derived of it and has further keys.
  template <class C, class V>
  static void DescribeAs(V& v) {
    v.Required("brokers", Of<C>(&KafkaConnection::brokers), "Addresses to begin from, `host:port`.",
               {.or_one = true});
    v.Field("client_id", Of<C>(&KafkaConnection::client_id),
            "How the brokers' logs and quotas name us.");
    v.Field("rack", Of<C>(&KafkaConnection::rack), "Ours, so that near replicas are read.");
    v.Field("tls", Of<C>(&KafkaConnection::tls),
            "Encrypt; `tls: {}` with the system's authorities.");
    v.Field("sasl", Of<C>(&KafkaConnection::sasl), "Log in.");
    v.Field(
        "properties", Of<C>(&KafkaConnection::properties),
        "Any property of librdkafka but those that exactly-once rests on or that the engine sets "
        "itself.");
    v.Field("secrets", Of<C>(&KafkaConnection::secrets),
            "Properties whose value is a secret: a `file` or `environment` each.");
  }
  template <class C, class M>
  static constexpr M C::* Of(M KafkaConnection::* member) {
    return member;
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};

// Why users may not set this property of librdkafka; empty when they may.
std::string_view WhyRefused(std::string_view property);
// True of those whose value is a secret; they belong into `secrets`.
bool IsSecret(std::string_view property);

// The connection as properties of librdkafka, secrets read. PM0536, PM0537 as above; whether
// librdkafka knows a property shows when one connects.
Result<std::vector<KafkaProperty>> PropertiesOf(const KafkaConnection& connection);

}  // namespace pm
