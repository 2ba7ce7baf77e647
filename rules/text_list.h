// A named set of texts (`kind: lists`), in the form they are compared in.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace pm {

struct TextList {
  std::string name;
  std::vector<std::string> items;  // sorted, each once

  bool Contains(std::string_view text) const {
    return std::binary_search(items.begin(), items.end(), text, std::less<>());
  }
};

}  // namespace pm
