// Which partition holds a row, for what divides state among tasks.
#pragma once
#include <optional>
#include <span>
#include <string>

#include "model/messages/message.h"

namespace pm {

// Where a row lies among several partitions of its stage.
struct RowPlace {
  Stage stage;
  // Messages under this key (Message::key) are for the row's partition; nullopt: each partition has
  // the row, or may have it.
  std::optional<std::string> key;
};
// `desks` are those that the rules name. Nullopt: a row of a desk that is none of them.
std::optional<RowPlace> PlaceOfRow(std::string_view stored_key, std::span<const std::string> desks);

}  // namespace pm
