#include "model/privacy.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/normalise/text.h"

namespace pm {
namespace {

struct Synonym {
  std::string_view word, meaning;
};
constexpr auto kChannelWords = std::to_array<Synonym>({
    {"email", "email"},
    {"e_mail", "email"},
    {"call", "call"},
    {"calls", "call"},
    {"phone", "call"},
    {"telephone", "call"},
    {"voice", "call"},
    {"sms", "sms"},
    {"text", "sms"},
    {"text_message", "sms"},
    {"linkedin", "linkedin"},
    {"linked_in", "linkedin"},
    {"all", "all"},
    {"any", "all"},
    {"every", "all"},
    {"all_channels", "all"},
    {"*", "all"},
});
constexpr auto kRefusals = std::to_array<std::string_view>(
    {"refused",     "refuse",       "withdrawn",   "withdraw",  "denied",
     "deny",        "revoked",      "revoke",      "opted_out", "opt_out",
     "optout",      "unsubscribed", "unsubscribe", "objected",  "objection",
     "rejected",    "declined",     "suppressed",  "blocked",   "do_not_contact",
     "not_allowed", "expired",      "no",          "false",     "0",
     "off"});
constexpr auto kGrants = std::to_array<std::string_view>(
    {"granted", "grant", "given", "give", "allowed", "allow", "accepted", "agreed", "consented",
     "confirmed", "opted_in", "opt_in", "optin", "subscribed", "subscribe", "yes", "true", "1",
     "on"});

const ChannelWord* WordOn(const std::vector<ChannelWord>& words, std::string_view channel) {
  const auto it = std::ranges::find(words, channel, &ChannelWord::channel);
  return it == words.end() ? nullptr : &*it;
}

}  // namespace

std::optional<std::string_view> ParseChannel(std::string_view text) {
  const auto it = std::ranges::find(kChannelWords, WordKey(text), &Synonym::word);
  if (it == kChannelWords.end()) return std::nullopt;
  return it->meaning;
}

std::optional<bool> ParseRefusal(std::string_view text) {
  const std::string word = WordKey(text);
  if (std::ranges::find(kRefusals, word) != kRefusals.end()) return true;
  if (std::ranges::find(kGrants, word) != kGrants.end()) return false;
  return std::nullopt;
}

std::string ChannelOf(FieldBlock event) {
  const std::string_view channel = event.Text(Field("event.channel"));
  return std::string(channel.empty() ? kAllChannels : ParseChannel(channel).value_or(channel));
}

std::string CoverageOf(FieldBlock event) {
  const std::string_view scope = event.Text(Field("event.scope"));
  if (scope == "channel") return "all:";
  if (scope == "domain") {
    for (const FieldNumber field :
         {Field("account.domain"), Field("lead.email_domain"), Field("lead.website")}) {
      const std::string_view domain = event.Text(field);
      if (!domain.empty()) return fmt::format("domain:{}", domain);
    }
  }
  if (scope == "region") {
    const std::string_view country = event.Text(Field("lead.country"));
    const std::string_view region = event.Text(Field("lead.region"));
    if (country.empty()) return {};
    return region.empty() ? fmt::format("region:{}", country)
                          : fmt::format("region:{}-{}", country, region);
  }
  return {};
}

bool TakeWord(std::vector<ChannelWord>* words, ChannelWord word) {
  const auto it = std::ranges::find(*words, word.channel, &ChannelWord::channel);
  if (it == words->end()) {
    words->push_back(std::move(word));
    return true;
  }
  const bool counts = word.at > it->at || (word.at == it->at && word.refused && !it->refused);
  if (counts) *it = std::move(word);
  return counts;
}

bool Refuses(const std::vector<ChannelWord>& words, std::string_view channel) {
  const ChannelWord nothing{"", false, Instant{INT64_MIN}, ""};
  const ChannelWord* own = WordOn(words, channel);
  if (own == nullptr && channel == "sms") own = WordOn(words, "call");
  const ChannelWord* all = WordOn(words, kAllChannels);
  if (own == nullptr) own = &nothing;
  if (all == nullptr) all = &nothing;
  if (all->at == own->at) return all->refused || own->refused;
  return own->at > all->at ? own->refused : all->refused;
}

bool RefusesAll(const std::vector<ChannelWord>& words) {
  const ChannelWord* all = WordOn(words, kAllChannels);
  return all != nullptr && all->refused &&
         std::ranges::all_of(kContactChannels, [&](auto c) { return Refuses(words, c); });
}

}  // namespace pm
