// Contact and its refusal: channels, what was last said of each, and what a suppression covers. The
// account stage and desks read the same words in the same way.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"
#include "model/field_block.h"

namespace pm {

// The channels a person can allow or refuse; `all` is every one of them.
inline constexpr std::array<std::string_view, 4> kContactChannels = {"email", "call", "sms",
                                                                     "linkedin"};
inline constexpr std::string_view kAllChannels = "all";

// A channel as people and tools write it (`Phone`, `e-mail`, `any`); nullopt when it is none.
std::optional<std::string_view> ParseChannel(std::string_view text);
// What was said of consent, by the usual words: true when it refuses, false when it grants; nullopt
// when it is neither.
std::optional<bool> ParseRefusal(std::string_view text);

// The channel an event names; without one it is about all.
std::string ChannelOf(FieldBlock event);

// What a suppression of many covers: `domain:acme.com`, `region:DE`, `region:US-CA`, `all:`. Empty:
// it is one person's, or does not say what it covers.
std::string CoverageOf(FieldBlock event);

// The newest word on contact by one channel.
struct ChannelWord {
  std::string channel;  // one of kContactChannels, or `all`
  bool refused = false;
  Instant at;           // when it was said
  std::string said_by;  // source of the event that said so

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "channel", &ChannelWord::channel, "Channel, or all.");
    v.Field(2, "refused", &ChannelWord::refused, "Contact is refused.");
    v.Field(3, "at", &ChannelWord::at, "When it was said.");
    v.Field(4, "said_by", &ChannelWord::said_by, "Source of the event that said so.");
  }
};

// Takes the word unless a later one is known; at the same instant a refusal counts, whichever came
// first. False when nothing changed.
bool TakeWord(std::vector<ChannelWord>* words, ChannelWord word);
// The newer word about the channel itself (sms: else about calls, it is the same number) or about
// all of them; in doubt the refusal.
bool Refuses(const std::vector<ChannelWord>& words, std::string_view channel);
// All are refused and none has been allowed since.
bool RefusesAll(const std::vector<ChannelWord>& words);

}  // namespace pm
