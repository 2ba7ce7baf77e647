// A hash map from text that is asked with views, without making strings.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace pm {

struct StringHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

template <class Value>
using StringMap = std::unordered_map<std::string, Value, StringHash, std::equal_to<>>;

}  // namespace pm
