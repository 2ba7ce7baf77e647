#include "engine/stages/account/account.h"

namespace pm::account {
namespace {

constexpr size_t kMaxConsents = 16;

std::string ChannelOf(FieldBlock about) {
  const std::string_view channel = about.Text(Field("event.channel"));
  if (channel.empty() || channel == "any") return "all";
  if (channel == "phone") return "call";
  return std::string(channel);
}

bool RefusesStatus(std::string_view status) {
  for (const std::string_view word :
       {"refused", "withdrawn", "denied", "revoked", "opted_out", "unsubscribed", "no"}) {
    if (status == word) return true;
  }
  return false;
}

bool RefusalOf(const Event& event, FieldBlock about) {
  if (event.type == EventType::kConsentChanged)
    return RefusesStatus(about.Text(Field("event.status")));
  return event.type == EventType::kSuppressionAdded;
}

// What a wide suppression covers, as a text that its row is found by.
std::string Coverage(const Event& event) {
  const FieldBlock fields(event.fields);
  const std::string_view scope = fields.Text(Field("event.scope"));
  if (scope == "domain") {
    for (const FieldNumber field :
         {Field("lead.email_domain"), Field("account.domain"), Field("lead.website")}) {
      if (const auto domain = fields.Text(field); !domain.empty())
        return fmt::format("domain:{}", domain);
    }
    return {};
  }
  if (scope == "region") {
    const std::string_view country = fields.Text(Field("lead.country"));
    const std::string_view region = fields.Text(Field("lead.region"));
    if (country.empty()) return {};
    return region.empty() ? fmt::format("region:{}", country)
                          : fmt::format("region:{}-{}", country, region);
  }
  return scope == "channel" ? "all:" : std::string();
}

TextKey SuppressionKey(std::string_view coverage) { return {{}, HashEvent(coverage)}; }

void Collect(const Case& c, std::string_view coverage, Contactable* contactable) {
  const auto* row = c.step.rows.Find<SuppressionRow>(SuppressionKey(coverage));
  if (row == nullptr) return;
  contactable->no_email |= Refuses(row->consents, "email");
  contactable->no_call |= Refuses(row->consents, "call");
  contactable->nothing |= Refuses(row->consents, "all");
}

}  // namespace

void SetConsent(std::vector<Consent>* consents, std::string_view channel, bool refused,
                Instant at) {
  const auto it = std::ranges::find(*consents, channel, &Consent::channel);
  if (it == consents->end()) {
    if (consents->size() < kMaxConsents) consents->push_back({std::string(channel), refused, at});
    return;
  }
  // At the same instant the refusal counts, whichever came first.
  if (at < it->at || (at == it->at && !refused)) return;
  it->refused = refused;
  it->at = at;
}

bool Refuses(const std::vector<Consent>& consents, std::string_view channel) {
  Instant all_at{INT64_MIN}, own_at{INT64_MIN};
  bool all = false, own = false;
  for (const Consent& c : consents) {
    if (c.channel == "all") all = c.refused, all_at = c.at;
    if (c.channel == channel) own = c.refused, own_at = c.at;
  }
  // The newer word about the channel itself or about all of them; in doubt the refusal.
  if (all_at == own_at) return all || own;
  return own_at > all_at ? own : all;
}

Contactable ContactableOf(const Case& c) {
  Contactable contactable;
  const FieldBlock fields(c.person->fields.values);
  contactable.no_email =
      fields.Get(Field("lead.do_not_email")).number != 0 || Refuses(c.person->consents, "email");
  contactable.no_call =
      fields.Get(Field("lead.do_not_call")).number != 0 || Refuses(c.person->consents, "call");
  contactable.nothing = Refuses(c.person->consents, "all");
  Collect(c, "all:", &contactable);
  const std::string_view email = fields.Text(Field("lead.email"));
  if (!email.empty())
    Collect(c, fmt::format("domain:{}", email.substr(email.find('@') + 1)), &contactable);
  if (c.person->home_text.starts_with("d:"))
    Collect(c, fmt::format("domain:{}", c.person->home_text.substr(2)), &contactable);
  const std::string_view country = fields.Text(Field("lead.country"));
  const std::string_view region = fields.Text(Field("lead.region"));
  if (!country.empty()) Collect(c, fmt::format("region:{}", country), &contactable);
  if (!country.empty() && !region.empty())
    Collect(c, fmt::format("region:{}-{}", country, region), &contactable);
  return contactable;
}

void OnConsent(Case& c, const Event& event) {
  const FieldBlock about(c.event_fields);
  const std::string channel = ChannelOf(about);
  const bool refused = RefusalOf(event, about);
  SetConsent(&c.person->consents, channel, refused, event.occurred_at);
  if (!refused) return;
  LeadNotice notice;
  notice.kind = NoticeKind::kSuppressed;
  notice.reason = channel;
  notice.occurred_at = event.occurred_at;
  Notify(c, std::move(notice));
}

void OnConsentOfUnknown(Step& step, HomeId home, const Event& event) {
  const FieldBlock about(event.fields);
  IdentityRow& row = step.rows.Edit<IdentityRow>({home, IdentityHash(event.identity)});
  SetConsent(&row.consents, ChannelOf(about), RefusalOf(event, about), event.occurred_at);
}

bool IsWide(const Event& event) {
  if (DeclOf(event.type).subject != Subject::kWide) return false;
  const std::string_view scope = FieldBlock(event.fields).Text(Field("event.scope"));
  if (scope == "person") return false;
  const bool names_someone =
      !event.identity.empty() || event.person || event.lead || event.assignment;
  return !scope.empty() || !names_someone;
}

void OnWideSuppression(Step& step, const Event& event) {
  const std::string coverage = Coverage(event);
  if (coverage.empty()) {
    UnknownReference(step, event, "malformed",
                     "a suppression needs scope `person`, `domain`, `region` or `channel` and what "
                     "it covers");
    return;
  }
  SuppressionRow& row = step.rows.Edit<SuppressionRow>(SuppressionKey(coverage));
  SetConsent(&row.consents, ChannelOf(FieldBlock(event.fields)),
             event.type == EventType::kSuppressionAdded, event.occurred_at);
}

}  // namespace pm::account
