#include "app/server/secret_texts.h"

#include <gmock/gmock.h>

#include "app/commands/files.h"
#include "app/server/config.h"
#include "engine/runtime/testing.h"

namespace pm {
namespace {

using testing::HasSubstr;
using testing::Not;

// Each text holds `hunter2` where a secret must not stand, or in what is no YAML.
TEST(SecretTexts, NoMessageShowsASecret) {
  const ScratchDirectory folder;
  const std::string path = folder.path() + "/pointsman.yaml";
  const auto refused = [&](const std::string& kafka) {
    const std::string text = "data: d\nrules: r\nkafka:\n  brokers: b:1\n" + kafka + "\n";
    EXPECT_TRUE(WriteWholeFile(path, text).has_value());
    const Result<Config> read = ReadConfig(path);
    EXPECT_FALSE(read.has_value()) << text;
    return read.has_value() ? std::string() : read.error().text;
  };
  const std::string sasl = "  sasl: { mechanism: PLAIN, user: u, ";
  for (const std::string& kafka : {
           sasl + "password: hunter2 }",
           sasl + "password: hunter2, mecanism: x }",
           sasl + "passwort: hunter2 }",
           sasl + "password: { hunter2 } }",
           sasl + "password: { value: hunter2 } }",
           sasl + "password: [hunter2] }",
           sasl + "password: @hunter2 }",
           sasl + "password: hunter2\nkey: [",
           sasl + "password hunter2 }",
           sasl + "password:\nhunter2, at: 1 }",
           sasl + "'password' : \"hunter2 }",
           sasl + "password: it, hunter2: x }",
           std::string("  sasl:\n    password: |\n      hunter2: [\n    user: [u"),
           std::string("  sasl:\n    password: >-\n\n      @hunter2\n     hunter2\n    x: [u"),
           std::string("  sasl:\n    password: 'one\n  hunter2\n  hunter2' hunter2\n"),
           std::string("  sasl:\n    password:\n    hunter2\n    user: u"),
           std::string("  sasl: password=hunter2"),
           std::string("  secrets: { linger.ms: hunter2 }"),
           std::string("  secrets:\n    linger.ms: hunter2\n    acks: { file: x, file: hunter2 }"),
       }) {
    EXPECT_THAT(refused(kafka), Not(HasSubstr("hunter2"))) << kafka;
  }
  for (const std::string property :
       {"sasl.password", "sasl.oauthbearer.client.secret", "sasl.oauthbearer.config",
        "sasl.jaas.config", "ssl.key.password", "ssl.key.pem", "ssl.keystore.password"}) {
    for (const std::string& kafka :
         {"  properties: { " + property + ": hunter2, acks: 1 }",
          "  properties:\n    " + property + ": hunter2\n    acks: 1",
          "  properties:\n    " + property + ": |\n      hunter2\n      hunter2: [\n    acks: [1",
          "  properties: " + property + "=hunter2"}) {
      EXPECT_THAT(refused(kafka), Not(HasSubstr("hunter2"))) << kafka;
    }
  }
}

TEST(SecretTexts, WhatIsNoSecretIsShownAndTheHintSaysWhereOneBelongs) {
  const ScratchDirectory folder;
  const std::string path = folder.path() + "/pointsman.yaml";
  ASSERT_TRUE(WriteWholeFile(path,
                             "data: d\nrules: r\nkafka:\n  brokers: b:1\n  sasl:\n"
                             "    mechanism: PLAIN\n    user: u\n    password: hunter2\n"
                             "    token_url: [there]\n")
                  .has_value());
  const Result<Config> read = ReadConfig(path);
  ASSERT_FALSE(read.has_value());
  EXPECT_THAT(read.error().text, HasSubstr(":8:15: error PM0111: expected a map, got text\n"
                                           "  8 |     password:[hidden]\n"
                                           "    |              ^\n"
                                           "  hint: a secret stands in a file"));
  EXPECT_THAT(read.error().text, HasSubstr("  9 |     token_url: [there]\n"));
}

TEST(SecretTexts, WhereASecretIsKeptIsShown) {
  const ScratchDirectory folder;
  const std::string path = folder.path() + "/pointsman.yaml";
  for (const std::string password : {"{ file: kept }", "\n  file: kept\n"}) {
    const std::string text = fmt::format(
        "data: d\nrules: r\nkafka:\n brokers: [a b]\n sasl:\n  mechanism: PLAIN\n  user: u\n"
        "  password: {}\n  token_url: t\n",
        password);
    ASSERT_TRUE(WriteWholeFile(path, text).has_value());
    const Result<Config> read = ReadConfig(path);
    ASSERT_FALSE(read.has_value());
    EXPECT_THAT(read.error().text, Not(HasSubstr("secret"))) << text;
  }
  const std::string text =
      "data: d\nrules: r\nkafka: { sasl: { mechanism: PLAIN, user: u, password: { file: kept } }, "
      "brokers: [a b] }\n";
  ASSERT_TRUE(WriteWholeFile(path, text).has_value());
  const Result<Config> read = ReadConfig(path);
  ASSERT_FALSE(read.has_value());
  EXPECT_THAT(read.error().text, HasSubstr("'a b' is no address of a broker"));
  EXPECT_THAT(read.error().text, HasSubstr("password: { file: kept } }, brokers: [a b] }\n"));
}

}  // namespace
}  // namespace pm
