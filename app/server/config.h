// The configuration file of `pointsman run`: what users write. `data` and `rules` are enough.
#pragma once
#include <optional>
#include <string>
#include <type_traits>

#include "app/server/kafka_config.h"
#include "base/text/describe_yaml.h"
#include "base/time/text.h"
#include "engine/runtime/kafka/topics/topic_plan.h"
#include "rules/documents/scalars.h"

namespace pm {

// A duration that is more than nothing.
struct Period {
  Duration of;
};
// PM0022 for what is no duration, PM0735 for one of zero.
bool ReadYaml(const YamlNode& node, Period* out, Diagnostics& diagnostics);
std::string_view YamlTypeName(std::type_identity<Period>);
std::string YamlText(const Period& period);

// `127.0.0.1:8080`. PM0620 for what is none.
struct ListenAddress {
  std::string text;
};
bool ReadYaml(const YamlNode& node, ListenAddress* out, Diagnostics& diagnostics);
std::string_view YamlTypeName(std::type_identity<ListenAddress>);
std::string YamlText(const ListenAddress& address);

struct HttpConfig {
  static constexpr std::string_view kYamlName = "http";
  ListenAddress listen{"127.0.0.1:8080"};
  int64_t threads = 1;
  int64_t max_connections = 1024;
  int64_t max_body_bytes = 8 << 20;
  Period read_timeout{Seconds(30)};
  Period idle_timeout{Seconds(60)};
  Period write_timeout{Seconds(30)};
  template <class V>
  static void Describe(V& v) {
    v.Field("listen", &HttpConfig::listen, "Address and port; port 0 takes a free one.");
    v.Field("threads", &HttpConfig::threads, "Threads that serve HTTP.", {.min = 1, .max = 64});
    v.Field("max_connections", &HttpConfig::max_connections, "Open connections.",
            {.min = 1, .max = 100'000});
    v.Field("max_body_bytes", &HttpConfig::max_body_bytes, "Bytes of a request's body.",
            {.min = 1024, .max = 64 << 20});
    v.Field("read_timeout", &HttpConfig::read_timeout, "From a request's first byte to its last.");
    v.Field("idle_timeout", &HttpConfig::idle_timeout, "A connection without a request.");
    v.Field("write_timeout", &HttpConfig::write_timeout, "One answer, or one piece of a stream.");
  }
};

struct TimeConfig {
  static constexpr std::string_view kYamlName = "time";
  Period tick{Seconds(1)};
  Duration catch_up = Seconds(10);
  Duration late = Seconds(60);
  template <class V>
  static void Describe(V& v) {
    v.Field("tick", &TimeConfig::tick, "How often timers are looked at.");
    v.Field("catch_up", &TimeConfig::catch_up,
            "How long after a start publishers may resend before timers fire.");
    v.Field("late", &TimeConfig::late, "A timer later than this runs at the present, not its due.");
  }
};

struct KeepConfig {
  static constexpr std::string_view kYamlName = "keep";
  Period age{Days(30)};
  int64_t mebibytes = 8192;
  template <class V>
  static void Describe(V& v) {
    v.Field("age", &KeepConfig::age, "Topics keep their events this long.");
    v.Field("mebibytes", &KeepConfig::mebibytes, "Each topic keeps at most this much.",
            {.min = 1, .max = 1 << 20});
  }
};

struct Config {
  static constexpr std::string_view kYamlName = "configuration";
  std::string data;
  std::string rules;
  HttpConfig http;
  TimeConfig time;
  KeepConfig keep;
  std::optional<KafkaConfig> kafka;
  template <class V>
  static void Describe(V& v) {
    v.Required("data", &Config::data, "Directory of the store; made when missing.");
    v.Required("rules", &Config::rules, "Rule folder.");
    v.Field("http", &Config::http, "The HTTP API.");
    v.Field("time", &Config::time, "Timers.");
    v.Field("keep", &Config::keep, "How long topics keep their events.");
    v.Field("kafka", &Config::kafka,
            "Run as a worker on this Kafka; without it, on this machine alone.");
  }
};

// Reads the file. Relative paths in it are taken from the file's own folder. PM0730 when it cannot
// be read; otherwise all problems at once, rendered, as PM0731.
Result<Config> ReadConfig(const std::string& path);

// Of a configuration with `kafka`.
TopicNeeds TopicNeedsOf(const Config& config);

}  // namespace pm
