// For a step that only publishes: there are no rows to read.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "engine/stages/rows.h"

namespace pm {

class NoRows final : public RowReader {
 public:
  const RowBox* Get(std::string_view, RowDecoder) override { return nullptr; }
  std::optional<std::string> NextKey(std::string_view, std::string_view) override {
    return std::nullopt;
  }
};

}  // namespace pm
