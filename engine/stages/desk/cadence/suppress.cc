// Who must not be contacted, and on which channel: the lead's card, what the lead said while a
// cadence ran, and wide suppressions. These cover the same as the account stage's: scope `domain`
// with `lead.email_domain`, `account.domain` or `lead.website`; scope `region` with `lead.country`
// and perhaps `lead.region`; scope `channel` for everybody. `event.channel` says which channel;
// without it, all.
#include "engine/stages/desk/cadence/cadence.h"
#include "engine/stages/desk/records/suppression.h"

namespace pm {
namespace {

std::vector<std::string> CoveragesOf(const LeadCard& card) {
  const FieldBlock fields(card.fields);
  std::vector<std::string> coverages = {"all:"};
  const auto add_domain = [&](std::string_view domain) {
    std::string coverage = "domain:";
    coverage += domain;
    if (!domain.empty() && std::ranges::find(coverages, coverage) == coverages.end()) {
      coverages.push_back(std::move(coverage));
    }
  };
  const std::string_view email = fields.Text(Field("lead.email"));
  const size_t at = email.find('@');
  if (at != std::string_view::npos) add_domain(email.substr(at + 1));
  add_domain(fields.Text(Field("lead.email_domain")));
  add_domain(card.account);
  if (card.account_key.starts_with("d:")) {
    add_domain(std::string_view(card.account_key).substr(2));
  }
  const std::string_view country = fields.Text(Field("lead.country"));
  const std::string_view region = fields.Text(Field("lead.region"));
  if (!country.empty()) coverages.emplace_back("region:") += country;
  if (!country.empty() && !region.empty()) {
    coverages.push_back(fmt::format("region:{}-{}", country, region));
  }
  return coverages;
}

// Every word the card can have on contact: the channels, and `task` where all were refused at once.
bool RefusesEveryChannel(const LeadCard& card) {
  return card.refused.size() > kContactChannels.size();
}

// What the lead's own row and card say; empty: nothing against it.
std::string WhyNotPerson(Desk& desk, const LeadCard& card, std::string_view channel) {
  if (std::ranges::find(card.refused, channel) != card.refused.end()) {
    return RefusesEveryChannel(card) ? "no_contact" : fmt::format("no_{}", channel);
  }
  if (channel == "email") {
    const Enrolment* enrolment = desk.step.rows.Find<Enrolment>(desk.KeyOf(card.lead));
    if (enrolment != nullptr) return enrolment->no_email;
  }
  return {};
}

void Tell(Desk& desk, const Event& event, const ChannelWord& said, const std::string& coverage) {
  if (desk.step.past) desk.step.Enter(Mode::kLive);  // it binds the live world
  PrivacyOutput out;
  out.scope = coverage.substr(0, coverage.find(':'));
  if (out.scope == "all") out.scope = "channel";
  out.covers = coverage.substr(coverage.find(':') + 1);
  out.channel = said.channel;
  out.status = said.refused ? "added" : "removed";
  out.said_by = event.source;
  out.event_id = event.id;
  out.said_at = event.occurred_at;
  out.actor = {"connector", event.source};
  desk.step.Publish("privacy.suppressed", coverage, std::move(out));
}

}  // namespace

namespace cadence {

std::string WhyUnreachable(Desk& desk, const LeadCard& card, std::span<const CadenceStep> steps,
                           const Enrolment& enrolment) {
  std::string first;
  for (uint32_t n = 1; n <= steps.size(); ++n) {
    std::string why;
    if (enrolment.is_over(n)) continue;
    if (!IsSuppressed(desk, card, steps[n - 1].channel, &why)) return {};
    if (first.empty()) first = why;
  }
  return first;
}

std::string WhyUnreachable(const Track& track) {
  if (track.step() == nullptr) return {};
  return WhyUnreachable(track.desk, track.row.card, track.cadence.steps, track.enrolment);
}

bool ExitIfUnreachable(Track& track) {
  const std::string why = WhyUnreachable(track);
  if (why.empty()) return false;
  const bool unsubscribed = RefusesEveryChannel(track.row.card);
  Exit(track,
       unsubscribed ? std::string(ExitName(ExitEvent::kUnsubscribed)) : "suppressed: " + why);
  return true;
}

}  // namespace cadence

bool IsSuppressed(Desk& desk, const LeadCard& card, std::string_view channel, std::string* why) {
  *why = WhyNotPerson(desk, card, channel);
  if (!why->empty()) return true;
  for (const std::string& coverage : CoveragesOf(card)) {
    const SuppressionRow::Key key{desk.hash, coverage};
    const auto refuses = [&](const SuppressionRow* row) {
      return row != nullptr && Refuses(row->channels, channel);
    };
    const bool refused = refuses(desk.step.rows.Find<SuppressionRow>(key)) ||
                         (!IsLive(desk) && refuses(desk.step.rows.FindLive<SuppressionRow>(key)));
    if (!refused) continue;
    *why = coverage == "all:" ? fmt::format("channel:{}", channel) : coverage;
    return true;
  }
  return false;
}

void OnSuppression(Desk& desk, const Event& event) {
  const FieldBlock fields(event.fields);
  // One person's come on the card.
  const std::string coverage = CoverageOf(fields);
  if (coverage.empty()) return;
  const bool refused = event.type == EventType::kSuppressionAdded;
  const ChannelWord said{ChannelOf(fields), refused, event.occurred_at, event.source};
  SuppressionRow& row = desk.step.rows.Edit<SuppressionRow>({desk.hash, coverage});
  const bool news = TakeWord(&row.channels, said);
  // Every desk hears it, one tells it.
  if (news && desk.name == desk.step.rules.Desks().front()) Tell(desk, event, said, coverage);
}

}  // namespace pm
