#include "engine/stages/account/account.h"

namespace pm::account {
namespace {

constexpr int kSweepPart = 100;

bool IsSuppression(const Event& event) { return DeclOf(event.type).subject == Subject::kWide; }

bool RefusalOf(const Event& event, FieldBlock about) {
  if (event.type == EventType::kConsentChanged)
    return about.Text(Field("event.status")) != "granted";
  return event.type == EventType::kSuppressionAdded;
}

bool CoversAll(const Case& c, std::string_view coverage) {
  Rows& rows = c.step.rows;
  const auto refuses = [](const SuppressionRow* row) {
    return row != nullptr && RefusesAll(row->consents);
  };
  const TextKey key = SuppressionKey(coverage);
  return refuses(rows.Find<SuppressionRow>(key)) ||
         (rows.world() != World::kLive && refuses(rows.FindLive<SuppressionRow>(key)));
}

// What the event says, without whom it is about.
PrivacyOutput OutputOf(const Event& event, std::string_view channel, bool refused) {
  PrivacyOutput out;
  const FieldBlock about(event.fields);
  out.scope = "person";
  out.channel = channel;
  if (IsSuppression(event)) {
    out.status = refused ? "added" : "removed";
  } else {
    out.status = refused ? "refused" : "granted";
  }
  out.basis = about.Text(Field("event.basis"));
  out.consent_source = about.Text(Field("event.consent_source"));
  out.proof = about.Text(Field("event.proof"));
  out.said_by = event.source;
  out.event_id = event.id;
  out.said_at = event.occurred_at;
  out.actor = {"connector", event.source};
  return out;
}

void PublishWord(Step& step, const Event& event, std::string key, PrivacyOutput out) {
  step.Publish(IsSuppression(event) ? "privacy.suppressed" : "privacy.consent_changed",
               std::move(key), std::move(out));
}

void TakeContact(FieldBlock fields, PrivacyOutput* out) {
  out->email = fields.Text(Field("lead.email"));
  out->phone = fields.Text(Field("lead.phone"));
}

// A lead that waited is looked at as if something about it had changed, in its own mode.
void LookAgain(Step& step, const LeadKey& key) {
  const LeadRow* lead = step.rows.Find<LeadRow>(key);
  if (lead == nullptr || !lead->waits) return step.rows.Erase<WaitingRow>(key);
  step.Enter(lead->mode);
  step.root = lead->root;
  Case c(step, key.home, lead->person);
  c.UseLead(key.lead);
  Consider(c);
}

void SweepPart(Step& step, const TextKey& suppression) {
  const std::string prefix(1, WaitingRow::kPrefix);
  std::string cursor = step.rows.Find<SuppressionRow>(suppression)->cursor;
  if (cursor.empty()) cursor = prefix;
  const Mode mode = step.mode;
  const EventId root = step.root;
  bool more = true;
  for (int i = 0; i < kSweepPart && more; ++i) {
    const std::optional<std::string> key = step.rows.NextKey(prefix, cursor);
    more = key.has_value();
    if (!more) break;
    cursor = *key;
    LookAgain(step, {HomeOfRow(*key), LeadOfRow(*key)});
  }
  step.Enter(mode);
  step.root = root;
  SuppressionRow& row = step.rows.Edit<SuppressionRow>(suppression);
  row.cursor = more ? cursor : std::string();
  row.due = more ? step.now + Milliseconds(1) : kNever;
}

}  // namespace

std::vector<std::string> RefusedChannels(const PersonRow& person) {
  const FieldBlock fields(person.fields.values);
  const bool no_call = fields.Get(Field("lead.do_not_call")).number != 0;
  const auto refuses = [&](std::string_view channel) {
    if (channel == "email" && fields.Get(Field("lead.do_not_email")).number != 0) return true;
    if ((channel == "call" || channel == "sms") && no_call) return true;
    return Refuses(person.consents, channel);
  };
  std::vector<std::string> refused;
  for (const std::string_view channel : kContactChannels) {
    if (refuses(channel)) refused.emplace_back(channel);
  }
  if (Refuses(person.consents, "task")) refused.emplace_back("task");
  return refused;
}

std::vector<std::string> CoveragesOf(const PersonRow& person) {
  std::vector<std::string> found;
  found.reserve(5);
  found.emplace_back("all:");
  const FieldBlock fields(person.fields.values);
  const std::string_view email = fields.Text(Field("lead.email"));
  const std::string_view host = email.substr(std::min(email.find('@') + 1, email.size()));
  if (!host.empty()) found.emplace_back("domain:") += host;
  const std::string_view home = person.home_text;
  if (home.starts_with("d:") && home.substr(2) != host)
    found.emplace_back("domain:") += home.substr(2);
  const std::string_view country = fields.Text(Field("lead.country"));
  const std::string_view region = fields.Text(Field("lead.region"));
  if (!country.empty()) found.emplace_back("region:") += country;
  if (!country.empty() && !region.empty())
    found.push_back(fmt::format("region:{}-{}", country, region));
  return found;
}

TextKey SuppressionKey(std::string_view coverage) { return {{}, HashEvent(coverage)}; }

bool IsUncontactable(const Case& c) {
  return RefusesAll(c.person->consents) ||
         std::ranges::any_of(CoveragesOf(*c.person),
                             [&](const std::string& name) { return CoversAll(c, name); });
}

void HearConsent(Case& c, const Event& event, std::string_view channel, bool refused) {
  const bool news = TakeWord(&c.person->consents,
                             {std::string(channel), refused, event.occurred_at, event.source});
  if (!news) return;
  PrivacyOutput out = OutputOf(event, channel, refused);
  out.lead = OutLeadOf(c);
  TakeContact(FieldBlock(c.person->fields.values), &out);
  PublishWord(c.step, event, c.lead_id ? ToText(c.lead_id) : ToText(c.id), std::move(out));
}

void HearForm(Case& c, const Event& event) {
  const FieldBlock about(c.event_fields);
  for (const std::string_view said : ListItems(about.Get(Field("event.consents")).text)) {
    const size_t colon = said.find(':');
    HearConsent(c, event, said.substr(0, colon), said.ends_with(":refused"));
  }
}

void OnConsent(Case& c, const Event& event) {
  const FieldBlock about(c.event_fields);
  HearConsent(c, event, ChannelOf(about), RefusalOf(event, about));
}

void OnConsentOfUnknown(Step& step, HomeId home, const Event& event) {
  const FieldBlock about(event.fields);
  const EventId identity = IdentityHash(event.identity);
  const std::string channel = ChannelOf(about);
  const bool refused = RefusalOf(event, about);
  IdentityRow& row = step.rows.Edit<IdentityRow>({home, identity});
  if (!TakeWord(&row.consents, {channel, refused, event.occurred_at, event.source})) return;
  PrivacyOutput out = OutputOf(event, channel, refused);
  TakeContact(about, &out);
  PublishWord(step, event, ToText(identity), std::move(out));
}

bool IsWide(const Event& event) {
  if (!IsSuppression(event)) return false;
  const std::string_view scope = FieldBlock(event.fields).Text(Field("event.scope"));
  return !scope.empty() && scope != "person";
}

void OnWideSuppression(Step& step, const Event& event) {
  const FieldBlock about(event.fields);
  const TextKey key = SuppressionKey(CoverageOf(about));
  const bool refused = event.type == EventType::kSuppressionAdded;
  SuppressionRow& row = step.rows.Edit<SuppressionRow>(key);
  const bool news =
      TakeWord(&row.consents, {ChannelOf(about), refused, event.occurred_at, event.source});
  if (!news || refused || step.past) return;
  // With the next tick: by then the desks have read it, too, and do not hold it against enrolments.
  row.cursor.clear();
  row.due = step.now;
}

void OnSuppressionDue(Step& step, EventId coverage) { SweepPart(step, {{}, coverage}); }

}  // namespace pm::account
