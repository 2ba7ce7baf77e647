#include "engine/stages/row_place.h"

#include <algorithm>

#include "base/ids.h"
#include "engine/stages/step.h"

namespace pm {

std::optional<RowPlace> PlaceOfRow(std::string_view stored_key,
                                   std::span<const std::string> desks) {
  constexpr char kParked = '!';  // the runtime's; goes with the row that it names
  constexpr std::string_view kOfEveryPartition = "wu";  // dedupe by event alone, wide suppressions
  if (stored_key.starts_with(kParked)) return PlaceOfRow(stored_key.substr(1), desks);
  const Stage stage = StageOfRow(stored_key);
  const std::string_view key = WithoutWorld(stored_key);
  if (stage == Stage::kIntake || kOfEveryPartition.contains(key[0])) return RowPlace{stage, {}};
  if (stage == Stage::kIdentity) return RowPlace{stage, std::string(key.substr(1))};
  if (stage == Stage::kAccount) return RowPlace{stage, std::string(key.substr(1, 8))};
  const uint32_t hash = ReadBigEndian32(key.substr(1));
  const auto desk = std::ranges::find(desks, hash, &DeskHash);
  if (desk == desks.end()) return std::nullopt;
  return RowPlace{stage, *desk};
}

}  // namespace pm
