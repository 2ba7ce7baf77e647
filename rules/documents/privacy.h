// `kind: privacy` as written: what counts while a person has said nothing. Read and checked;
// nothing comes of it yet.
#pragma once
#include "rules/documents/scalars.h"

namespace pm {

enum class ConsentWord : uint8_t { kAllowed, kRefused };
constexpr std::array<YamlName<ConsentWord>, 2> YamlNames(std::type_identity<ConsentWord>) {
  return {{{"allowed", ConsentWord::kAllowed}, {"refused", ConsentWord::kRefused}}};
}
inline constexpr Habit kConsentWordHabits[] = {
    {"opt_out", "allowed"}, {"yes", "allowed"}, {"true", "allowed"},  {"granted", "allowed"},
    {"opt_in", "refused"},  {"no", "refused"},  {"false", "refused"}, {"denied", "refused"}};
constexpr std::span<const Habit> YamlHabits(std::type_identity<ConsentWord>) {
  return kConsentWordHabits;
}
struct ConsentDoc {
  static constexpr std::string_view kYamlName = "consent";
  std::optional<ConsentWord> all, email, call, linkedin, sms;
  template <class V>
  static void Describe(V& v) {
    v.Field("all", &ConsentDoc::all, "Every channel that is not named.");
    v.Field("email", &ConsentDoc::email, "E-mails.");
    v.Field("call", &ConsentDoc::call, "Calls.");
    v.Field("linkedin", &ConsentDoc::linkedin, "Messages on LinkedIn.");
    v.Field("sms", &ConsentDoc::sms, "Text messages; left out: as calls.");
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};
struct PrivacyDoc {
  static constexpr std::string_view kYamlName = "privacy";
  YamlMap<ConsentDoc, Located<std::string>> consent;
  std::optional<Located<Duration>> keep_events;
  template <class V>
  static void Describe(V& v) {
    v.Required("consent", &PrivacyDoc::consent,
               "Until the person says something, by country (`DE`), region (`US-CA`) or `other`: a "
               "region that does not name the channel counts as its country, that as `other`.",
               {.max_items = 5000});
    v.Field("keep_events", &PrivacyDoc::keep_events,
            "How long topics with personal fields are kept, up to 30d.");
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};

}  // namespace pm
