// Who must not be contacted, and on which channel: the lead's card, what the lead said while a
// cadence ran, and wide suppressions. These cover the same as the account stage's: scope `domain`
// with `lead.email_domain`, `account.domain` or `lead.website`; scope `region` with `lead.country`
// and perhaps `lead.region`; scope `channel` for everybody. `event.channel` says which channel;
// without it, all.
#include "engine/stages/desk/cadence/cadence.h"
#include "engine/stages/desk/records/suppression.h"

namespace pm {
namespace {

constexpr size_t kMostChannels = 16;

std::string_view ChannelOf(FieldBlock fields) {
  const std::string_view channel = fields.Text(Field("event.channel"));
  if (channel.empty() || channel == "any") return "all";
  return channel == "phone" ? "call" : channel;
}

// Empty: not wide, or it does not say what it covers.
std::string CoverageOf(FieldBlock fields) {
  const std::string_view scope = fields.Text(Field("event.scope"));
  if (scope == "channel") return "all:";
  if (scope == "domain") {
    for (const FieldNumber field :
         {Field("lead.email_domain"), Field("account.domain"), Field("lead.website")}) {
      const std::string_view domain = fields.Text(field);
      if (!domain.empty()) return fmt::format("domain:{}", domain);
    }
  }
  if (scope == "region") {
    const std::string_view country = fields.Text(Field("lead.country"));
    const std::string_view region = fields.Text(Field("lead.region"));
    if (country.empty()) return {};
    return region.empty() ? fmt::format("region:{}", country)
                          : fmt::format("region:{}-{}", country, region);
  }
  return {};
}

// The newer word about the channel itself or about all of them; in doubt the refusal.
bool Refuses(const SuppressionRow& row, std::string_view channel) {
  const ChannelRefusal kNothing{"", false, Instant{INT64_MIN}};
  const ChannelRefusal *all = &kNothing, *own = &kNothing;
  for (const ChannelRefusal& said : row.channels) {
    if (said.channel == "all") all = &said;
    if (said.channel == channel) own = &said;
  }
  if (all->at == own->at) return all->refused || own->refused;
  return own->at > all->at ? own->refused : all->refused;
}

std::vector<std::string> CoveragesOf(const LeadCard& card) {
  const FieldBlock fields(card.fields);
  std::vector<std::string> coverages = {"all:"};
  const auto add_domain = [&](std::string_view domain) {
    std::string coverage = fmt::format("domain:{}", domain);
    if (!domain.empty() && std::ranges::find(coverages, coverage) == coverages.end()) {
      coverages.push_back(std::move(coverage));
    }
  };
  const std::string_view email = fields.Text(Field("lead.email"));
  const size_t at = email.find('@');
  if (at != std::string_view::npos) add_domain(email.substr(at + 1));
  add_domain(fields.Text(Field("lead.email_domain")));
  add_domain(card.account);
  const std::string_view country = fields.Text(Field("lead.country"));
  const std::string_view region = fields.Text(Field("lead.region"));
  if (!country.empty()) coverages.push_back(fmt::format("region:{}", country));
  if (!country.empty() && !region.empty()) {
    coverages.push_back(fmt::format("region:{}-{}", country, region));
  }
  return coverages;
}

// What the lead's own row and card say; empty: nothing against it.
std::string WhyNotPerson(Desk& desk, const LeadCard& card, std::string_view channel) {
  const FieldBlock fields(card.fields);
  if (channel == "email") {
    if (card.no_email) return "no_email";
    if (fields.Get(Field("lead.do_not_email")).number != 0) return "do_not_email";
    const Enrolment* enrolment = desk.step.rows.Find<Enrolment>(desk.KeyOf(card.lead));
    if (enrolment != nullptr) return enrolment->no_email;
  }
  if (channel == "call" || channel == "sms") {
    if (card.no_call) return "no_call";
    if (fields.Get(Field("lead.do_not_call")).number != 0) return "do_not_call";
  }
  return {};
}

}  // namespace

bool IsSuppressed(Desk& desk, const LeadCard& card, std::string_view channel, std::string* why) {
  *why = WhyNotPerson(desk, card, channel);
  if (!why->empty()) return true;
  for (const std::string& coverage : CoveragesOf(card)) {
    const SuppressionRow* row = desk.step.rows.Find<SuppressionRow>({desk.hash, coverage});
    if (row == nullptr || !Refuses(*row, channel)) continue;
    *why = coverage == "all:" ? fmt::format("channel:{}", channel) : coverage;
    return true;
  }
  return false;
}

void OnSuppression(Desk& desk, const Event& event) {
  const FieldBlock fields(event.fields);
  // One person's come on the card; the account stage answers for those that say nothing.
  const std::string coverage = CoverageOf(fields);
  if (coverage.empty()) return;
  const ChannelRefusal said{std::string(ChannelOf(fields)),
                            event.type == EventType::kSuppressionAdded, event.occurred_at};
  std::vector<ChannelRefusal>& channels =
      desk.step.rows.Edit<SuppressionRow>({desk.hash, coverage}).channels;
  const auto it = std::ranges::find(channels, said.channel, &ChannelRefusal::channel);
  if (it == channels.end()) {
    if (channels.size() < kMostChannels) channels.push_back(said);
    return;
  }
  const bool newer = said.at > it->at || (said.at == it->at && said.refused);
  if (newer) *it = said;
}

}  // namespace pm
