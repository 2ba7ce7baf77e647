#include "app/server/kafka_config.h"

#include <charconv>
#include <cstdlib>

#include "base/time/text.h"

namespace pm {
namespace {

constexpr int kOutOfBounds = 745;
constexpr int kNoWorker = 746;
constexpr char kVariable[] = "POINTSMAN_WORKER";

std::optional<uint32_t> NumberAtEnd(std::string_view text) {
  const size_t dash = text.rfind('-');
  if (dash == 0) return std::nullopt;  // a pod's name is missing before it, or it is below 0
  const std::string_view digits = dash == std::string_view::npos ? text : text.substr(dash + 1);
  uint32_t number = 0;
  const char* const last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, number);
  if (error != std::errc() || end != last || number > kMostWorker) return std::nullopt;
  return number;
}

}  // namespace

void KafkaConfig::Check(const YamlNode& node, Diagnostics& out) const {
  KafkaConnection::Check(node, out);
  const auto bound = [&](const char* key, Duration value, Duration low, Duration high) {
    if (value >= low && value <= high) return;
    const YamlNode* written = node.Find(key);
    out.Error(kOutOfBounds, PlaceOf(written == nullptr ? node : *written),
              fmt::format("`{}` is {} to {}", key, FormatDuration(low), FormatDuration(high)));
  };
  bound("commit", commit, Milliseconds(1), Seconds(10));
  bound("session", session, Seconds(1), Minutes(30));
  bound("max_hold", max_hold, Seconds(10), Days(1));
}

Result<uint32_t> WorkerNumber(std::string_view option, const KafkaConfig& config) {
  const char* variable = std::getenv(kVariable);  // NOLINT: nobody sets it meanwhile
  // Set to nothing it is a template that was not filled in: all would be the file's worker.
  const bool is_set = option.empty() && variable != nullptr;
  if (option.empty() && !is_set) return static_cast<uint32_t>(config.worker);
  const std::string_view text = is_set ? variable : option;
  if (const std::optional<uint32_t> number = NumberAtEnd(text)) return *number;
  return Fail(kNoWorker, fmt::format("{} is '{}', not a number of 0 to {}, nor a name that ends "
                                     "in one, such as pointsman-3",
                                     is_set ? kVariable : "--worker", text, kMostWorker));
}

}  // namespace pm
