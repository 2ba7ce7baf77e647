#include "engine/stages/account/account.h"

namespace pm::account {
namespace {

const RedirectRow* WholeHomeRedirect(Step& step, HomeId home) {
  return step.rows.Find<RedirectRow>({home, {}});
}

// By an id of ours, given by the publisher or by identity.
void FindById(Step& step, HomeId home, const Event& event, Found* found) {
  LeadId lead = event.lead;
  if (!lead) lead = event.assignment.lead;
  PersonId person = lead ? lead.person : event.person;
  if (!person) return;
  if (lead) {
    if (const LeadRow* row = step.rows.Find<LeadRow>({home, lead})) {
      found->lead = lead;
      person = row->person;
    }
  }
  const Whereabouts where = Locate(step, home, person);
  found->by_id = true;
  found->person = where.here;
  found->elsewhere = where.elsewhere;
  found->unknown_id = !where.elsewhere && (!where.here || (lead && !found->lead));
}

void FindByIdentity(Step& step, HomeId home, const Event& event, Found* found) {
  if (event.identity.empty()) return;
  const auto* row = step.rows.Find<IdentityRow>({home, IdentityHash(event.identity)});
  if (row == nullptr) return;
  if (row->moved_to) {
    found->elsewhere = row->moved_to;
    return;
  }
  const Whereabouts where = Locate(step, home, row->person);
  found->person = where.here;
  found->elsewhere = where.elsewhere;
}

}  // namespace

EventId IdentityHash(std::string_view identity) { return HashEvent(identity); }

Whereabouts Locate(Step& step, HomeId home, PersonId person) {
  // Each merge may add a link to the chain; a chain this long is a mistake of ours.
  for (int links = 0; person; ++links) {
    PM_CHECK(links < 64);
    if (step.rows.Find<PersonRow>({home, person}) != nullptr) return {person, {}};
    const RedirectRow* redirect = step.rows.Find<RedirectRow>({home, person});
    if (redirect == nullptr) return {};
    if (redirect->to != home) return {{}, redirect->to};
    person = redirect->as;
  }
  return {};
}

Found Find(Step& step, HomeId home, const Event& event) {
  Found found;
  const RedirectRow* whole = WholeHomeRedirect(step, home);
  if (whole != nullptr && whole->complete) {
    found.elsewhere = whole->to;
    return found;
  }
  const HomeId leaving = whole != nullptr ? whole->to : HomeId{};
  FindById(step, home, event, &found);
  const bool names_ours = event.lead || event.assignment || event.person;
  if (!names_ours || (found.unknown_id && !event.lead && !event.assignment)) {
    FindByIdentity(step, home, event, &found);
    if (found.person || found.elsewhere) found.unknown_id = found.by_id = false;
  }
  // People not met yet belong to the new home already.
  if (leaving && !found.person && !found.elsewhere) found.elsewhere = leaving;
  return found;
}

PersonId MakePerson(Step& step, HomeId home, const Event& event) {
  PersonId id{home.hash, Derive(step.cause, 'p', 0).lo};
  if (id.number == 0) id.number = 1;
  PersonRow& person = step.rows.Edit<PersonRow>({home, id});
  person.created_at = step.now;
  SettleHome(step, home, person, event);
  AddIdentity(step, home, id, person, event.identity);
  return id;
}

void SettleHome(Step& step, HomeId home, PersonRow& person, const Event& event) {
  if (!person.home_text.empty()) return;
  person.home_text = event.home;
  const bool known_account = step.rows.Find<AccountRow>({home}) != nullptr;
  if (!known_account && IsAddressHome(event.home)) return;
  AccountRow& account = step.rows.Edit<AccountRow>({home});
  if (account.home_text.empty()) account.home_text = event.home;
  person.home_text = account.home_text;
  ++account.people;
}

void AddIdentity(Step& step, HomeId home, PersonId id, PersonRow& person, const std::string& text) {
  if (text.empty()) return;
  person.identity = text;
  IdentityRow& row = step.rows.Edit<IdentityRow>({home, IdentityHash(text)});
  row.person = id;
  row.moved_to = {};
  for (const ChannelWord& word : row.consents) TakeWord(&person.consents, word);
  row.consents.clear();
  if (std::ranges::find(person.identities, text) != person.identities.end()) return;
  if (person.identities.size() == kMaxIdentities)
    person.identities.erase(person.identities.begin());
  person.identities.push_back(text);
}

void LinkTokens(Case& c, const Event& event) {
  std::vector<std::string> tokens = event.tokens;
  if (!event.anonymous.empty()) tokens.push_back("anonymous:" + event.anonymous);
  std::vector<std::string>& known = c.person->tokens;
  for (const std::string& token : tokens) {
    if (std::ranges::find(known, token) != known.end()) continue;
    if (known.size() == kMaxTokens) {
      const auto browser = std::ranges::find_if(known, IsBrowserToken);
      known.erase(browser == known.end() ? known.begin() : browser);
    }
    known.push_back(token);
    c.step.Send(Stage::kIdentity, token, MessageType::kLink,
                Link{token, c.person->identity, c.home, c.id});
  }
}

}  // namespace pm::account
