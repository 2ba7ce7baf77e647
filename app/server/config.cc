#include "app/server/config.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/server/kafka_checks.h"
#include "app/server/secret_texts.h"
#include "net/http_server.h"

namespace pm {
namespace {

constexpr int kNoConfig = 730;
constexpr int kBadConfig = 731;
constexpr int kEmptyPeriod = 735;

std::string From(const std::filesystem::path& folder, const std::string& path) {
  return std::filesystem::path(path).is_absolute() ? path : (folder / path).string();
}

// The directory itself: names are made from its own.
std::string WithoutEnd(std::string path) {
  while (path.size() > 1 && (path.ends_with('/') || path.ends_with("/."))) {
    path.pop_back();
  }
  return path;
}

void TakeFrom(const std::filesystem::path& folder, KafkaConfig* kafka) {
  const auto take = [&](std::string& path) {
    if (!path.empty()) path = From(folder, path);
  };
  if (kafka->tls.has_value()) {
    for (std::string* path : {&kafka->tls->ca, &kafka->tls->certificate, &kafka->tls->key}) {
      take(*path);
    }
  }
  if (kafka->sasl.has_value()) take(kafka->sasl->password.file);
  for (auto& [name, secret] : kafka->secrets) take(secret.file);
}

}  // namespace

bool ReadYaml(const YamlNode& node, Period* out, Diagnostics& diagnostics) {
  if (!ReadYaml(node, &out->of, diagnostics)) return false;
  if (out->of.ms > 0) return true;
  diagnostics.Error(kEmptyPeriod, PlaceOf(node), "it must be more than nothing");
  return false;
}

bool ReadYaml(const YamlNode& node, ListenAddress* out, Diagnostics& diagnostics) {
  out->text = node.text;  // of what is no text: empty, and so refused
  const Result<void> good = CheckListenAddress(out->text);
  if (good.has_value()) return true;
  diagnostics.Error(good.error().code, PlaceOf(node), good.error().text);
  return false;
}

std::string_view YamlTypeName(std::type_identity<ListenAddress>) { return "text"; }
std::string YamlText(const ListenAddress& address) { return address.text; }

std::string_view YamlTypeName(std::type_identity<Period>) {
  return YamlTypeName(std::type_identity<Duration>{});
}

std::string YamlText(const Period& period) { return FormatDuration(period.of); }

Result<Config> ReadConfig(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return Fail(kNoConfig, fmt::format("{} is a folder, but a file is wanted", path));
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return Fail(kNoConfig, fmt::format("{} cannot be read", path));
  const Source source(path, text.str(), SecretStretches);
  Diagnostics problems;
  problems.SetJudge([](Diagnostic* problem) {
    HideSecret(problem);
    return true;
  });
  const std::vector<YamlNode> documents = ParseYaml(source, problems);
  Config config;
  if (!problems.has_errors() && documents.size() != 1) {
    return Fail(kBadConfig, fmt::format("{}: one YAML document is expected", path));
  }
  if (!problems.has_errors()) ReadYaml(documents.front(), &config, problems);
  if (problems.has_errors()) return Fail(kBadConfig, problems.Render());
  const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
  config.data = WithoutEnd(From(folder, config.data));
  config.rules = From(folder, config.rules);
  if (!config.kafka.has_value()) return config;
  TakeFrom(folder, &*config.kafka);
  CheckKafka(*documents.front().Find("kafka"), *config.kafka, problems);
  if (problems.has_errors()) return Fail(kBadConfig, problems.Render());
  return config;
}

TopicNeeds TopicNeedsOf(const Config& config) {
  return {.prefix = config.kafka->prefix,
          .inputs = config.kafka->inputs,
          .partitions = static_cast<int32_t>(config.kafka->partitions),
          .replication = static_cast<int32_t>(config.kafka->replication),
          .keep = config.keep.age.of};
}

}  // namespace pm
