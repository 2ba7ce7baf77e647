#include "model/messages/message.h"

#include <array>

namespace pm {

std::string_view StageName(Stage stage) {
  constexpr std::array<std::string_view, kStages> kNames = {"intake", "identity", "account",
                                                            "desk"};
  return kNames[static_cast<size_t>(stage)];
}

std::string_view ModeName(Mode mode) {
  constexpr std::array<std::string_view, 4> kNames = {"live", "backfill", "shadow", "test"};
  return kNames[static_cast<size_t>(mode)];
}

std::string HomeKey(HomeId home) {
  std::string key;
  AppendBigEndian(&key, home.hash);
  return key;
}

HomeId HomeFromKey(std::string_view key) { return {ReadBigEndian(key)}; }

}  // namespace pm
