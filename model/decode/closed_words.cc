#include "model/decode/closed_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text/diagnostic.h"
#include "model/normalise/text.h"
#include "model/privacy.h"

namespace pm {
namespace {

struct Word {
  std::string_view said, meant;
};
constexpr Word kScopes[] = {
    {"person", "person"},  {"domain", "domain"},       {"channel", "channel"},
    {"region", "region"},  {"contact", "person"},      {"lead", "person"},
    {"email", "person"},   {"email_domain", "domain"}, {"e_mail_domain", "domain"},
    {"account", "domain"}, {"company", "domain"},      {"country", "region"}};
constexpr Word kDisposals[] = {{"disqualified", "disqualified"}, {"recycled", "recycled"},
                               {"nurture", "nurture"},           {"converted", "converted"},
                               {"disqualify", "disqualified"},   {"unqualified", "disqualified"},
                               {"recycle", "recycled"},          {"nurturing", "nurture"},
                               {"convert", "converted"}};
constexpr Word kReleases[] = {{"rules", "rules"}, {"pool", "pool"}, {"manager", "manager"}};
constexpr Word kActors[] = {{"rep", "rep"},
                            {"ops", "ops"},
                            {"system", "system"},
                            {"connector", "connector"},
                            {"user", "rep"},
                            {"human", "rep"},
                            {"person", "rep"},
                            {"admin", "ops"},
                            {"automation", "system"},
                            {"workflow", "system"},
                            {"integration", "connector"},
                            {"api", "connector"}};

constexpr Word kDirections[] = {{"outbound", "outbound"}, {"inbound", "inbound"},
                                {"out", "outbound"},      {"in", "inbound"},
                                {"outgoing", "outbound"}, {"incoming", "inbound"},
                                {"sent", "outbound"},     {"received", "inbound"}};
constexpr Word kOutcomes[] = {{"delivered", "delivered"},      {"connected", "connected"},
                              {"voicemail", "voicemail"},      {"replied", "replied"},
                              {"bounced", "bounced"},          {"unsubscribed", "unsubscribed"},
                              {"sent", "delivered"},           {"answered", "connected"},
                              {"left_voicemail", "voicemail"}, {"voice_mail", "voicemail"},
                              {"left_message", "voicemail"},   {"reply", "replied"},
                              {"bounce", "bounced"},           {"hard_bounce", "bounced"},
                              {"hard_bounced", "bounced"},     {"soft_bounce", "bounced"},
                              {"soft_bounced", "bounced"},     {"undelivered", "bounced"},
                              {"undeliverable", "bounced"},    {"unsubscribe", "unsubscribed"},
                              {"opted_out", "unsubscribed"},   {"opt_out", "unsubscribed"},
                              {"optout", "unsubscribed"},      {"do_not_contact", "unsubscribed"}};
constexpr Word kReplies[] = {{"positive", "positive"},
                             {"negative", "negative"},
                             {"not_now", "not_now"},
                             {"referral", "referral"},
                             {"wrong_person", "wrong_person"},
                             {"out_of_office", "out_of_office"},
                             {"auto", "auto"},
                             {"unsubscribed", "unsubscribed"},
                             {"interested", "positive"},
                             {"not_interested", "negative"},
                             {"later", "not_now"},
                             {"ooo", "out_of_office"},
                             {"out_of_the_office", "out_of_office"},
                             {"away", "out_of_office"},
                             {"vacation", "out_of_office"},
                             {"auto_reply", "auto"},
                             {"autoreply", "auto"},
                             {"auto_response", "auto"},
                             {"autoresponder", "auto"},
                             {"auto_responder", "auto"},
                             {"automatic", "auto"},
                             {"automatic_reply", "auto"},
                             {"automated", "auto"},
                             {"unsubscribe", "unsubscribed"},
                             {"opted_out", "unsubscribed"},
                             {"opt_out", "unsubscribed"},
                             {"do_not_contact", "unsubscribed"}};

struct ClosedList {
  EventType type;
  FieldNumber field;
  std::span<const Word> words;
  bool fatal;
};
constexpr ClosedList kLists[] = {
    {EventType::kSuppressionAdded, Field("event.scope"), kScopes, true},
    {EventType::kSuppressionRemoved, Field("event.scope"), kScopes, true},
    {EventType::kLeadDisposed, Field("event.status"), kDisposals, true},
    {EventType::kRepDeactivated, Field("event.release_to"), kReleases, false},
    {EventType::kLeadOwnerChanged, Field("event.actor_type"), kActors, false},
    // In doubt a touch must not count for a rep, nor a refusal pass for a touch. A reply of a kind
    // we do not know is a reply.
    {EventType::kTouchRecorded, Field("event.direction"), kDirections, true},
    {EventType::kTouchRecorded, Field("event.outcome"), kOutcomes, true},
    {EventType::kTouchRecorded, Field("event.reply"), kReplies, false},
};

struct KeyName {
  EventType type;
  std::string_view key, field;
};
constexpr KeyName kKeyNames[] = {
    {EventType::kLeadOwnerChanged, "actor", "event.actor_id"},
    {EventType::kLeadSubmitted, "batch_id", "submission.batch"},
    {EventType::kLeadDisposed, "until", "event.not_before"},
    {EventType::kMeetingBooked, "host", "event.rep"},
    {EventType::kStepCompleted, "step_id", "event.step"},
    {EventType::kStepFailed, "step_id", "event.step"},
    {EventType::kStepSkipped, "step_id", "event.step"},
    {EventType::kRepAway, "from", "event.starts_at"},
    {EventType::kRepDeactivated, "to", "event.release_to"},
    {EventType::kConsentChanged, "source", "event.consent_source"},
    {EventType::kSuppressionAdded, "email_domain", "account.domain"},
    {EventType::kSuppressionRemoved, "email_domain", "account.domain"},
};

bool IsPrivacy(EventType type) {
  return type == EventType::kConsentChanged || type == EventType::kSuppressionAdded ||
         type == EventType::kSuppressionRemoved;
}

std::vector<std::string_view> MeantBy(std::span<const Word> words) {
  std::vector<std::string_view> meant;
  for (const Word& word : words) {
    if (word.said == word.meant) meant.push_back(word.meant);
  }
  return meant;
}

ClosedWord FindIn(const ClosedList& list, std::string_view text) {
  ClosedWord found;
  found.fatal = list.fatal;
  const std::string key = WordKey(text);
  const auto word = std::ranges::find(list.words, key, &Word::said);
  if (word != list.words.end()) {  // as nearly always: a message costs much
    found.word = word->meant;
    return found;
  }
  const std::vector<std::string_view> meant = MeantBy(list.words);
  found.known = fmt::format("{}", fmt::join(meant, ", "));
  if (const std::string hint = DidYouMean(key, meant); !hint.empty()) found.known += "; " + hint;
  return found;
}

}  // namespace

std::optional<ClosedWord> FindClosedWord(EventType type, FieldNumber field, std::string_view text) {
  if (type == EventType::kTouchRecorded && field == Field("event.channel")) {
    const std::optional<std::string_view> channel = ParseChannel(text);
    if (!channel || *channel == kAllChannels) return std::nullopt;  // there are others
    return ClosedWord{*channel, "", false};
  }
  if (IsPrivacy(type) && field == Field("event.channel")) {
    return ClosedWord{ParseChannel(text).value_or(""),
                      fmt::format("{}, {}", fmt::join(kContactChannels, ", "), kAllChannels), true};
  }
  if (type == EventType::kConsentChanged && field == Field("event.status")) {
    const std::optional<bool> refused = ParseRefusal(text);
    const std::string_view word = !refused ? "" : *refused ? "refused" : "granted";
    return ClosedWord{word, "granted, refused", true};
  }
  const auto* list = std::ranges::find_if(
      kLists, [&](const ClosedList& l) { return l.type == type && l.field == field; });
  if (list == std::end(kLists)) return std::nullopt;
  return FindIn(*list, text);
}

std::vector<ClosedWords> AllClosedWords() {
  std::vector<ClosedWords> all;
  for (const ClosedList& list : kLists) {
    all.push_back({list.type, list.field, MeantBy(list.words), list.fatal});
  }
  return all;
}

std::string StoredWord(FieldNumber field, std::string_view text) {
  for (const ClosedList& list : kLists) {
    if (list.field != field) continue;
    std::string key = WordKey(text);
    if (std::ranges::find(list.words, key, &Word::meant) != list.words.end()) return key;
  }
  return std::string(text);
}

bool MustBeUnderstood(EventType type, FieldNumber field) {
  return type == EventType::kTouchRecorded && field == Field("event.automated");
}

std::string_view FieldOfKey(EventType type, std::string_view key) {
  for (const KeyName& name : kKeyNames) {
    if (name.type == type && name.key == key) return name.field;
  }
  return {};
}

}  // namespace pm
