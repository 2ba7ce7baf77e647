#include "engine/runtime/kafka/client/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <tuple>

#include "engine/runtime/kafka/client/rdkafka.h"
#include "engine/runtime/kafka/client/rdkafka_handle.h"

namespace pm {
namespace {

using testing::HasSubstr;
using testing::Not;

// What reading the text as a connection complains of; empty when it is fine.
std::string ProblemsOf(const std::string& yaml, KafkaConnection* out = nullptr) {
  const Source source("kafka.yaml", yaml);
  Diagnostics problems;
  const std::vector<YamlNode> documents = ParseYaml(source, problems);
  KafkaConnection connection;
  if (!problems.has_errors()) ReadYaml(documents.front(), &connection, problems);
  if (out != nullptr) *out = std::move(connection);
  return problems.has_errors() ? problems.Render() : std::string();
}

std::string Value(const std::vector<KafkaProperty>& properties, std::string_view name) {
  const auto found = std::ranges::find(properties, name, &KafkaProperty::name);
  return found == properties.end() ? "(none)" : found->value;
}

TEST(KafkaConnection, WhatExactlyOnceRestsOnIsRefusedWithTheReasonAtItsPlace) {
  for (const std::string name :
       {"acks", "enable.idempotence", "transactional.id", "isolation.level", "enable.auto.commit",
        "auto.offset.reset", "group.instance.id", "partition.assignment.strategy", "partitioner",
        "queuing.strategy", "plugin.library.paths", "transaction.timeout.ms",
        "delivery.report.only.error", "enabled_events"}) {
    EXPECT_NE(WhyRefused(name), "") << name;
    const std::string told =
        ProblemsOf("brokers: a:1\nproperties:\n  linger.ms: 1\n  " + name + ": x\n");
    EXPECT_THAT(told, HasSubstr("kafka.yaml:4:")) << told;
    EXPECT_THAT(told, HasSubstr("PM0536"));
    EXPECT_THAT(told, HasSubstr(std::string(WhyRefused(name))));
    const KafkaConnection connection{.brokers = {"a:1"}, .properties = {{name, "x"}}};
    EXPECT_EQ(PropertiesOf(connection).error().code, kKafkaProperty) << name;
  }
  EXPECT_THAT(ProblemsOf("brokers: a:1\nproperties: { sasl.password: hidden }"),
              HasSubstr("say it with `sasl: password`"));
  EXPECT_THAT(ProblemsOf("brokers: a:1\nproperties: { session.timeout.ms: 60000 }"),
              HasSubstr("say it with `session`"));
  EXPECT_EQ(WhyRefused("linger.ms"), "");
}

// What an operator says is never overruled unheard: each of these sets something of its own, and
// MakeConf does not hold with one that users may set, too.
TEST(KafkaConnection, WhatTheEngineSetsItselfIsRefusedOfUsers) {
  const KafkaConnection connection{.brokers = {"127.0.0.1:1"}};
  EXPECT_TRUE(ConnectKafkaLooker(connection, "group").has_value());
  EXPECT_TRUE(ConnectKafkaClient(connection, {"group", "worker-001"}).has_value());
  EXPECT_TRUE(ConnectKafkaReader(connection).has_value());
  EXPECT_TRUE(ConnectRestoreReader(connection).has_value());
  EXPECT_TRUE(ConnectUncommittedReader(connection).has_value());
  EXPECT_TRUE(ConnectKafkaAdmin(connection).has_value());
  const KafkaProperty ours[] = {{"client.id", "us"}, {"linger.ms", "1"}};
  EXPECT_TRUE(MakeConf({}, std::span(ours).first(1), nullptr).has_value());
  EXPECT_THROW(std::ignore = MakeConf({}, ours, nullptr), BrokenInvariant);
}

TEST(KafkaConnection, ARequestTakesTheLargestRecord) {
  const std::string below = ProblemsOf("brokers: a:1\nproperties: { message.max.bytes: 999999 }");
  EXPECT_THAT(below, HasSubstr("kafka.yaml:2:"));
  EXPECT_THAT(below, HasSubstr("PM0536: `message.max.bytes` must be at least 1000000"));
  EXPECT_EQ(ProblemsOf("brokers: a:1\nproperties: { message.max.bytes: 1000000 }"), "");
  EXPECT_EQ(
      PropertiesOf({.brokers = {"a:1"}, .properties = {{"message.max.bytes", "1e7"}}}).error().code,
      kKafkaProperty);
}

TEST(KafkaConnection, ASecretInTheOpenIsRefused) {
  const std::string told = ProblemsOf("brokers: a:1\nproperties: { ssl.key.password: hidden }");
  EXPECT_THAT(told, HasSubstr("PM0537"));
  EXPECT_EQ(PropertiesOf({.brokers = {"a:1"}, .properties = {{"ssl.key.pem", "x"}}}).error().code,
            kKafkaSecret);
  EXPECT_EQ(ProblemsOf("brokers: a:1\nsecrets: { ssl.key.password: { file: x } }"), "");
  for (const std::string secret : {"{}", "{ file: a, environment: B }"}) {
    EXPECT_THAT(ProblemsOf("brokers: a:1\nsecrets: { ssl.key.password: " + secret + " }"),
                HasSubstr("either `file` or `environment`"));
  }
  EXPECT_EQ(PropertiesOf({.brokers = {"a:1"}, .secrets = {{"acks", {.file = "x"}}}}).error().code,
            kKafkaProperty);
}

TEST(KafkaConnection, SecretsComeFromFilesAndTheEnvironment) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("pm-secret-" + std::to_string(getpid()));
  std::ofstream(file) << "from file\n";
  setenv("PM_TEST_SECRET", "from environment", 1);
  EXPECT_EQ(KafkaSecret{.file = file.string()}.Read().value(), "from file");
  EXPECT_EQ(KafkaSecret{.environment = "PM_TEST_SECRET"}.Read().value(), "from environment");
  std::filesystem::remove(file);
  unsetenv("PM_TEST_SECRET");
}

TEST(KafkaConnection, WhyASecretIsNotThereIsTold) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("pm-secret-" + std::to_string(getpid()));
  const auto told = [](const KafkaSecret& secret) {
    const Result<std::string> read = secret.Read();
    EXPECT_EQ(read.error().code, kKafkaSecret);
    return read.error().text;
  };
  EXPECT_EQ(told({.file = file.string()}),
            fmt::format("the file {} cannot be read: No such file or directory", file.string()));
  std::ofstream(file) << "\n";
  EXPECT_EQ(told({.file = file.string()}), fmt::format("the file {} is empty", file.string()));
  std::filesystem::remove(file);
  std::filesystem::create_directory(file);
  EXPECT_EQ(told({.file = file.string()}),
            fmt::format("the file {} cannot be read: Is a directory", file.string()));
  std::filesystem::remove(file);
  EXPECT_EQ(told({.environment = "PM_TEST_SECRET"}), "the environment has no PM_TEST_SECRET");
  setenv("PM_TEST_SECRET", "", 1);
  EXPECT_EQ(told({.environment = "PM_TEST_SECRET"}), "PM_TEST_SECRET is empty in the environment");
  unsetenv("PM_TEST_SECRET");
}

TEST(KafkaConnection, TlsAndEachWayToLogInBecomeProperties) {
  setenv("PM_TEST_SECRET", "hidden", 1);
  KafkaConnection read;
  ASSERT_EQ(ProblemsOf("brokers: [a:1, b:2]\nclient_id: us\nrack: r1\ntls: { ca: /ca.pem }\n"
                       "sasl: { mechanism: SCRAM-SHA-512, user: u, password: { environment: "
                       "PM_TEST_SECRET } }\nproperties: { linger.ms: \"1\" }\n",
                       &read),
            "");
  const std::vector<KafkaProperty> scram = PropertiesOf(read).value();
  EXPECT_EQ(Value(scram, "bootstrap.servers"), "a:1,b:2");
  EXPECT_EQ(Value(scram, "client.id"), "us");
  EXPECT_EQ(Value(scram, "client.rack"), "r1");
  EXPECT_EQ(Value(scram, "security.protocol"), "sasl_ssl");
  EXPECT_EQ(Value(scram, "ssl.ca.location"), "/ca.pem");
  EXPECT_EQ(Value(scram, "sasl.mechanism"), "SCRAM-SHA-512");
  EXPECT_EQ(Value(scram, "sasl.username"), "u");
  EXPECT_EQ(Value(scram, "sasl.password"), "hidden");
  EXPECT_EQ(Value(scram, "linger.ms"), "1");

  read.tls.reset();
  read.sasl->mechanism = SaslMechanism::kOauthBearer;
  read.sasl->token_url = "https://id.example/token";
  const std::vector<KafkaProperty> oauth = PropertiesOf(read).value();
  EXPECT_EQ(Value(oauth, "security.protocol"), "sasl_plaintext");
  EXPECT_EQ(Value(oauth, "sasl.oauthbearer.method"), "oidc");
  EXPECT_EQ(Value(oauth, "sasl.oauthbearer.client.id"), "u");
  EXPECT_EQ(Value(oauth, "sasl.oauthbearer.client.secret"), "hidden");
  EXPECT_EQ(Value(oauth, "sasl.oauthbearer.token.endpoint.url"), "https://id.example/token");
  EXPECT_EQ(Value(oauth, "sasl.password"), "(none)");
  unsetenv("PM_TEST_SECRET");
  EXPECT_EQ(PropertiesOf(read).error().code, kKafkaSecret);

  EXPECT_THAT(ProblemsOf("brokers: a:1\nsasl: { mechanism: PLAIN, user: u, password: { file: f "
                         "}, token_url: x }"),
              HasSubstr("goes with OAUTHBEARER"));
}

TEST(KafkaConnection, LibrdkafkaTakesEachWayToLogIn) {
  setenv("PM_TEST_SECRET", "hidden", 1);
  for (const SaslMechanism mechanism : {SaslMechanism::kPlain, SaslMechanism::kScramSha256,
                                        SaslMechanism::kScramSha512, SaslMechanism::kOauthBearer}) {
    const bool oauth = mechanism == SaslMechanism::kOauthBearer;
    const KafkaConnection connection{
        .brokers = {"127.0.0.1:1"},
        .tls = KafkaTls{},
        .sasl = KafkaSasl{.mechanism = mechanism,
                          .user = "u",
                          .password = {.environment = "PM_TEST_SECRET"},
                          .token_url = oauth ? "https://127.0.0.1:1/token" : ""}};
    const auto made = ConnectKafkaAdmin(connection);
    // Debian's is built without the library that fetches tokens.
    EXPECT_TRUE(
        made.has_value() ||
        (oauth && made.error().text.find("not supported in this build") != std::string::npos))
        << made.error().text;
  }
  unsetenv("PM_TEST_SECRET");
}

TEST(KafkaConnection, WhatLibrdkafkaRefusesOfAProducerShowsAsOneConnects) {
  const std::tuple<std::string, std::string, std::string> refused[] = {
      {"delivery.timeout.ms", "120000", "`message.timeout.ms`"},  // its first name
      {"message.timeout.ms", "120000", "`message.timeout.ms`"},
      {"message.timeout.ms", "1", "`message.timeout.ms`"},
      {"linger.ms", "500000", "`linger.ms`"},
      {"socket.timeout.ms", "300000", "`socket.timeout.ms`"}};
  for (const auto& [name, value, named] : refused) {
    const auto made =
        ConnectKafkaClient({.brokers = {"127.0.0.1:1"}, .properties = {{name, value}}}, {"group"});
    ASSERT_FALSE(made.has_value()) << name;
    EXPECT_EQ(made.error().code, kKafkaRefused) << name;
    EXPECT_THAT(made.error().text, HasSubstr(named));
  }
}

TEST(KafkaConnection, WhatLibrdkafkaRefusesIsToldWithoutSecrets) {
  const auto unknown = ConnectKafkaReader({.brokers = {"a:1"}, .properties = {{"lingr.ms", "1"}}});
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error(), (Error{kKafkaRefused, "librdkafka has no property `lingr.ms`"}));
  const auto wrong = ConnectKafkaAdmin({.brokers = {"a:1"}, .properties = {{"linger.ms", "-7"}}});
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().code, kKafkaRefused);
  EXPECT_THAT(wrong.error().text, HasSubstr("-7"));
  setenv("PM_TEST_SECRET", "hidden", 1);
  const auto secret = ConnectKafkaAdmin(
      {.brokers = {"a:1"}, .secrets = {{"linger.ms", {.environment = "PM_TEST_SECRET"}}}});
  unsetenv("PM_TEST_SECRET");
  ASSERT_FALSE(secret.has_value());
  EXPECT_EQ(secret.error().code, kKafkaRefused);
  EXPECT_THAT(secret.error().text, Not(HasSubstr("hidden")));
}

}  // namespace
}  // namespace pm
