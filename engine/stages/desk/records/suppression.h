// A wide suppression as a desk knows it: an e-mail domain, a region or a channel. The account stage
// keeps the same for its part; a desk asks its own at each step of a cadence.
#pragma once
#include <string>
#include <vector>

#include "engine/stages/desk/records/keys.h"

namespace pm {

// The newest word on one channel; `all` is every channel.
struct ChannelRefusal {
  std::string channel;
  bool refused = false;
  Instant at;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "channel", &ChannelRefusal::channel, "email, call, ... or all.");
    v.Field(2, "refused", &ChannelRefusal::refused, "Added, not removed.");
    v.Field(3, "at", &ChannelRefusal::at, "When it was said.");
  }
};

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
  std::vector<ChannelRefusal> channels;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "channels", &SuppressionRow::channels, "What is refused, by channel.");
  }
};

}  // namespace pm
