#include "engine/stages/account/account.h"
#include "engine/stages/account/earned.h"

namespace pm::account {
namespace {

constexpr size_t kLeadBytesPerMessage = 64 * 1024;  // with the person it stays below 256 KiB
constexpr int kMovesPerStep = 100;

// Gives the person the event's address, so that what tells of the move names it. False when they
// have a better one by survivorship: an older address leads nowhere.
bool TakeAddress(Step& step, HomeId home, PersonId person, const Event& event) {
  const std::string_view email = FieldBlock(event.fields).Text(Field("lead.email"));
  if (email.empty()) return true;
  BlockBuilder address;
  address.Set(Field("lead.email"), Value::Text(email));
  const std::string block = address.Build();
  StampedFields& fields = step.rows.Edit<PersonRow>({home, person}).fields;
  MergeFields(&fields, FieldBlock(block), event.source, event.occurred_at, false,
              step.rules.identity);
  return FieldBlock(fields.values).Text(Field("lead.email")) == email;
}

// The identity at this home may be another person: then both are one.
void TakeIdentity(Step& step, HomeId home, PersonId person, const std::string& identity) {
  const auto* row = step.rows.Find<IdentityRow>({home, IdentityHash(identity)});
  const PersonId resident = row == nullptr ? PersonId{} : Locate(step, home, row->person).here;
  if (resident && resident != person) return MergePersons(step, home, person, resident);
  AddIdentity(step, home, person, step.rows.Edit<PersonRow>({home, person}), identity);
}

bool FollowAddress(Step& step, HomeId home, PersonId person, const Event& event, HomeId* to) {
  const PersonRow* row = step.rows.Find<PersonRow>({home, person});
  if (!event.identity.starts_with("e:") || event.identity == row->identity) return false;
  const bool known = std::ranges::find(row->identities, event.identity) != row->identities.end();
  const HomeId new_home = event.home.empty() ? home : HomeOf(event.home);
  const bool downwards = IsAddressHome(event.home) && !IsAddressHome(row->home_text);
  if (known && (new_home == home || downwards)) return false;
  if (!TakeAddress(step, home, person, event)) return false;
  row = step.rows.Find<PersonRow>({home, person});
  if (new_home == home) {
    TakeIdentity(step, home, person, event.identity);
    return false;
  }
  if (downwards) {
    // The person stays, and the new address leads here.
    step.Send(Stage::kAccount, HomeKey(new_home), MessageType::kRedirect,
              Redirect{home, row->home_text, event.identity, "email_changed"});
    AddIdentity(step, home, person, step.rows.Edit<PersonRow>({home, person}), event.identity);
    return false;
  }
  MovePerson(step, home, person, new_home, event.home, event.identity, "email_changed");
  *to = new_home;
  return true;
}

// The rows of leads that came along.
void InstallLeads(Step& step, HomeId home, const Adopt& adopt) {
  for (const AdoptedLead& adopted : adopt.leads) {
    LeadRow& lead = step.rows.Edit<LeadRow>({home, adopted.lead});
    lead = {};
    PM_CHECK(Decode(adopted.row.bytes, &lead));
    lead.waits = false;  // asked anew, here
  }
}

Adopt Envelope(const PersonRow& row, HomeId home, PersonId person, std::string_view to_text,
               std::string_view identity, std::string_view reason) {
  Adopt adopt;
  adopt.person = person;
  adopt.from = home;
  adopt.from_text = row.home_text;
  adopt.home_text = to_text;
  adopt.identity = identity;
  adopt.reason = reason;
  return adopt;
}

void LeaveRedirects(Step& step, HomeId home, PersonId person, const PersonRow& row, HomeId to,
                    std::string_view reason) {
  for (const std::string& text : row.identities) {
    IdentityRow& identity = step.rows.Edit<IdentityRow>({home, IdentityHash(text)});
    identity.person = {};
    identity.moved_to = to;
  }
  RedirectRow& redirect = step.rows.Edit<RedirectRow>({home, person});
  redirect = {};
  redirect.to = to;
  redirect.reason = reason;
}

void Install(Step& step, HomeId home, const Adopt& adopt, const std::string& home_text) {
  PersonRow& row = step.rows.Edit<PersonRow>({home, adopt.person});
  PM_CHECK(Decode(adopt.row.bytes, &row));
  row.home_text = home_text;
  step.rows.Erase<RedirectRow>({home, adopt.person});
  for (const PersonId merged : row.merged) {
    RedirectRow& redirect = step.rows.Edit<RedirectRow>({home, merged});
    redirect = {};
    redirect.to = home;
    redirect.as = adopt.person;
    redirect.reason = "merged";
  }
}

// Identities that already are somebody here make the two one; the others lead to the newcomer.
void TakeIdentities(Step& step, HomeId home, const Adopt& adopt) {
  const PersonRow newcomer = *step.rows.Find<PersonRow>({home, adopt.person});
  std::vector<std::string> texts = newcomer.identities;
  if (!adopt.identity.empty()) texts.push_back(adopt.identity);
  for (const std::string& text : texts) {
    const PersonId now = Locate(step, home, adopt.person).here;
    TakeIdentity(step, home, now, text);
  }
  const PersonId now = Locate(step, home, adopt.person).here;
  step.rows.Edit<PersonRow>({home, now}).identity =
      adopt.identity.empty() ? newcomer.identity : adopt.identity;
}

void TellOfMove(Case& c, const Adopt& adopt) {
  for (const std::string& token : c.person->tokens) {
    c.step.Send(Stage::kIdentity, token, MessageType::kLink,
                Link{token, c.person->identity, c.home, c.id});
  }
  LeadNotice notice;
  notice.kind = NoticeKind::kMoved;
  notice.reason = adopt.reason;
  notice.occurred_at = c.step.now;
  Notify(c, std::move(notice));
  LeadOutput out = LeadOutputOf(c);
  out.reason = adopt.reason;
  out.old_home = adopt.from_text;
  out.new_home = c.person->home_text;
  PublishLead(c, "lead.moved", std::move(out));
}

void AdoptAccount(Step& step, HomeId home, const Adopt& adopt) {
  AccountRow other;
  PM_CHECK(Decode(adopt.account.bytes, &other));
  AccountRow& account = step.rows.Edit<AccountRow>({home});
  // What was known of a claimed domain is weaker than what is known of the claimer.
  for (FieldStamp& stamp : other.fields.stamps) stamp.filled = true;
  MergeFields(&account.fields, other.fields, step.rules.identity);
  JoinEarned(&account.contributions, other.contributions, step.rules.scoring,
             kMaxAccountContributions);
  account.submissions += other.submissions;
}

// Moves the next people of a home that is being left; when none is left, everything goes on.
void LeaveHome(Step& step, HomeId home) {
  const RedirectRow before = *step.rows.Find<RedirectRow>({home, {}});
  std::string prefix(1, PersonRow::kPrefix);
  HomeRowKey{home}.Append(&prefix);
  std::string cursor = before.cursor.empty() ? prefix : before.cursor;
  bool more = true;
  for (int i = 0; i < kMovesPerStep && more; ++i) {
    const auto key = step.rows.NextKey(prefix, cursor);
    if (!key) {
      more = false;
      break;
    }
    cursor = *key;
    MovePerson(step, home, PersonOfRow(*key), before.to, "", "", before.reason);
  }
  RedirectRow& redirect = step.rows.Edit<RedirectRow>({home, {}});
  redirect.cursor = more ? cursor : std::string();
  redirect.due = more ? step.now + Milliseconds(1) : kNever;
  redirect.complete = !more;
  if (more) return;
  const AccountRow* account = step.rows.Find<AccountRow>({home});
  if (account == nullptr) return;
  Adopt adopt;
  adopt.from = home;
  adopt.from_text = account->home_text;
  adopt.reason = before.reason;
  adopt.account.bytes = Encoded(*account);
  step.Send(Stage::kAccount, HomeKey(before.to), MessageType::kAdopt, adopt);
  step.rows.Erase<AccountRow>({home});
}

// Two accounts may claim each other's domains at once. The lesser home stays and the other comes:
// else what is sent to either would go to and fro.
bool StaysAgainst(Step& step, HomeId home, HomeId claimer) {
  const AccountRow* account = step.rows.Find<AccountRow>({home});
  return account != nullptr && home < claimer &&
         std::ranges::any_of(
             account->claimed,
             [&](const std::string& domain) {
               return HomeOf(fmt::format("d:{}", domain)) == claimer;
             });
}

// What someone not yet known said about contact goes where their identity leads now.
void SendConsentsOn(Step& step, const Redirect& redirect, const IdentityRow& row) {
  for (size_t i = 0; i < row.consents.size(); ++i) {
    const ChannelWord& consent = row.consents[i];
    BlockBuilder fields;
    fields.Set(Field("event.channel"), Value::Text(consent.channel));
    fields.Set(Field("event.status"), Value::Text(consent.refused ? "refused" : "granted"));
    Event event;
    event.type = EventType::kConsentChanged;
    event.source = consent.said_by;
    event.id = ToText(Derive(step.cause, 'c', static_cast<uint32_t>(i)));
    event.occurred_at = consent.at;
    event.fields.bytes = fields.Build();
    event.identity = redirect.identity;
    step.Send(Stage::kAccount, HomeKey(redirect.to), MessageType::kEvent, event);
  }
}

}  // namespace

bool IsAddressHome(std::string_view home_text) { return !home_text.starts_with("d:"); }

void MovePerson(Step& step, HomeId home, PersonId person, HomeId to, std::string_view to_text,
                std::string_view identity, std::string_view reason) {
  PM_CHECK(to != home);
  PM_CHECK(step.hops < kMaxHops);  // cut, it would leave the person nowhere
  const PersonRow row = *step.rows.Find<PersonRow>({home, person});
  Adopt adopt = Envelope(row, home, person, to_text, identity, reason);
  const auto send = [&] {
    step.Send(Stage::kAccount, HomeKey(to), MessageType::kAdopt, adopt);
    adopt.leads.clear();
  };
  size_t bytes = 0;
  for (const LeadId id : row.leads) {
    const LeadRow* lead = step.rows.Find<LeadRow>({home, id});
    PM_CHECK(lead != nullptr);
    adopt.leads.push_back({id, {Encoded(*lead)}});
    if (lead->waits) step.rows.Erase<WaitingRow>({home, id});
    step.rows.Erase<LeadRow>({home, id});
    bytes += adopt.leads.back().row.bytes.size();
    if (bytes < kLeadBytesPerMessage) continue;
    send();
    bytes = 0;
  }
  adopt.row.bytes = Encoded(row);
  send();
  step.rows.Erase<PersonRow>({home, person});
  LeaveRedirects(step, home, person, row, to, reason);
  if (step.rows.Find<AccountRow>({home}) != nullptr) {
    AccountRow& account = step.rows.Edit<AccountRow>({home});
    if (account.people > 0) --account.people;
  }
}

bool Follow(Step& step, HomeId home, const Found& found, const Event& event, HomeId* to) {
  if (step.hops >= kMaxHops) return false;
  if (found.by_id && FollowAddress(step, home, found.person, event, to)) return true;
  const PersonId person = Locate(step, home, found.person).here;
  const PersonRow* row = step.rows.Find<PersonRow>({home, person});
  if (!event.hint || event.hint == home || !IsAddressHome(row->home_text)) return false;
  const AccountRow* account = step.rows.Find<AccountRow>({home});
  if (account != nullptr && account->upserted) return false;
  MovePerson(step, home, person, event.hint, "", "", "directory");
  *to = event.hint;
  return true;
}

void OnAdopt(Step& step, HomeId home, const Adopt& adopt) {
  const RedirectRow* whole = step.rows.Find<RedirectRow>({home, {}});
  if (whole != nullptr && step.hops < kMaxHops) {
    step.Send(Stage::kAccount, HomeKey(whole->to), MessageType::kAdopt, adopt);
    return;
  }
  if (!adopt.account.bytes.empty()) return AdoptAccount(step, home, adopt);
  InstallLeads(step, home, adopt);
  if (adopt.row.bytes.empty()) return;
  std::string home_text = adopt.home_text;
  const AccountRow* account = step.rows.Find<AccountRow>({home});
  if (account != nullptr && !account->home_text.empty()) home_text = account->home_text;
  if (home_text.empty()) home_text = adopt.from_text;
  Install(step, home, adopt, home_text);
  if (account != nullptr || !IsAddressHome(home_text)) {
    AccountRow& edited = step.rows.Edit<AccountRow>({home});
    if (edited.home_text.empty()) edited.home_text = home_text;
    ++edited.people;
  }
  TakeIdentities(step, home, adopt);
  Case c(step, home, Locate(step, home, adopt.person).here);
  TellOfMove(c, adopt);
  Consider(c);
}

void AdoptPlainly(Step& step, HomeId home, const Adopt& adopt) {
  InstallLeads(step, home, adopt);
  if (adopt.row.bytes.empty()) return;
  Install(step, home, adopt, adopt.home_text.empty() ? adopt.from_text : adopt.home_text);
  const PersonRow& person = *step.rows.Find<PersonRow>({home, adopt.person});
  for (const std::string& text : person.identities) {
    IdentityRow& row = step.rows.Edit<IdentityRow>({home, IdentityHash(text)});
    const bool taken = row.person && Locate(step, home, row.person).here;
    if (!taken) row.person = adopt.person, row.moved_to = {};
  }
  AlertOutput alert;
  alert.lead.id = person.current;
  alert.lead.person_id = adopt.person;
  alert.severity = "critical";
  alert.code = "stuck_move";
  alert.what = fmt::format(
      "person {} came from another home and by a fault of ours could not be merged or routed here",
      ToText(adopt.person));
  alert.what_to_do = "Look at the person's leads. Report the fault with the dead letter of this.";
  step.Publish("alert.raised", ToText(adopt.person), std::move(alert));
}

void OnRedirect(Step& step, HomeId home, const Redirect& redirect) {
  if (redirect.to == home) return;
  const bool may_send = step.hops < kMaxHops;
  if (redirect.identity.empty()) {
    if (StaysAgainst(step, home, redirect.to)) return;
    RedirectRow& row = step.rows.Edit<RedirectRow>({home, {}});
    row = {};
    row.to = redirect.to;
    row.reason = redirect.reason;
    row.due = step.now;  // a timer begins a chain of its own
    if (may_send) LeaveHome(step, home);
    return;
  }
  if (!may_send) return;
  IdentityRow& row = step.rows.Edit<IdentityRow>({home, IdentityHash(redirect.identity)});
  const PersonId resident = Locate(step, home, row.person).here;
  if (resident) {
    return MovePerson(step, home, resident, redirect.to, redirect.to_text, "", redirect.reason);
  }
  SendConsentsOn(step, redirect, row);
  row = {};
  row.moved_to = redirect.to;
}

void OnRedirectDue(Step& step, HomeId home) { LeaveHome(step, home); }

}  // namespace pm::account
