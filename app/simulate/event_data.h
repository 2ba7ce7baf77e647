// An event as a publisher writes it, from what is said of it key by key.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pm {

// Keys as written (`title`, `account.name`), each with its JSON, in order.
using EventData = std::vector<std::pair<std::string, std::string>>;

struct EventHead {
  std::string_view id, source, type;
  std::string_view time = {}, mode = {};  // empty: not said
};

std::string EventJson(const EventHead& head, const EventData& data);

}  // namespace pm
