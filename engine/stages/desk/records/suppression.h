// A wide suppression as a desk knows it: an e-mail domain, a region or a channel. The account stage
// keeps the same for its part; a desk asks its own at each step of a cadence.
#pragma once
#include <string>
#include <vector>

#include "engine/stages/desk/records/keys.h"
#include "model/privacy.h"

namespace pm {

struct SuppressionRow {
  // `coverage`: `domain:acme.com`, `region:DE`, `region:US-CA`, `all:`.
  struct Key {
    uint32_t desk = 0;
    std::string coverage;
    void Append(std::string* out) const {
      AppendBigEndian32(out, desk);
      out->append(coverage);
    }
  };
  static constexpr char kPrefix = 'v';
  std::vector<ChannelWord> channels;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "channels", &SuppressionRow::channels, "What is refused, by channel.");
  }
};

}  // namespace pm
