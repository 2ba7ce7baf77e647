#include "model/normalise/company.h"

#include "engine/stages/account/account.h"

namespace pm::account {
namespace {

constexpr int kSweepPart = 100;

void ClaimDomains(Step& step, HomeId home, AccountRow& account) {
  const FieldBlock fields(account.fields.values);
  for (const std::string_view domain : ListItems(fields.Get(Field("account.domains")).text)) {
    const std::string text = fmt::format("d:{}", domain);
    if (HomeOf(text) == home || account.claimed.size() == kMaxDomains) continue;
    if (std::ranges::find(account.claimed, domain) != account.claimed.end()) continue;
    account.claimed.emplace_back(domain);
    step.Send(Stage::kAccount, HomeKey(HomeOf(text)), MessageType::kRedirect,
              Redirect{home, account.home_text, "", "account_claimed"});
  }
}

void TellDirectory(Step& step, AccountRow& account) {
  const FieldBlock fields(account.fields.values);
  DirectoryEntry entry;
  if (account.home_text.starts_with("d:")) entry.domain = account.home_text.substr(2);
  if (entry.domain.empty()) return;  // nothing by which intake could name this home
  entry.domains.push_back(entry.domain);
  for (const std::string& domain : account.claimed) entry.domains.push_back(domain);
  const std::string_view name = fields.Text(Field("account.name"));
  if (!name.empty()) entry.name_key = CompanyKey(name);
  entry.owner = fields.Text(Field("account.owner"));
  const ContentHash hash = HashContent(Encoded(entry));
  if (hash == account.directory) return;
  account.directory = hash;
  step.Send(Stage::kIntake, entry.domain, MessageType::kDirectory, entry);
}

void LinkAccountTokens(Step& step, HomeId home, AccountRow& account, const Event& event) {
  for (const std::string& token : event.tokens) {
    if (account.tokens.size() == kMaxTokens) return;
    if (std::ranges::find(account.tokens, token) != account.tokens.end()) continue;
    account.tokens.push_back(token);
    step.Send(Stage::kIdentity, token, MessageType::kLink, Link{token, "", home, {}});
  }
}

// An open lead whose company changed, in its own mode, or by what the past says of the company.
void Reconsider(Step& step, HomeId home, PersonId person, bool past) {
  const PersonRow* row = step.rows.Find<PersonRow>({home, person});
  if (row == nullptr || !row->current) return;
  const LeadRow* lead = step.rows.Find<LeadRow>({home, row->current});
  if (lead == nullptr || lead->place == LeadPlace::kClosed) return;
  const Mode mode = step.mode;
  step.Enter(past ? Mode::kBackfill : lead->mode);
  Case c(step, home, person);
  Consider(c);
  step.Enter(mode);
}

// What goes on from before is begun again with the new; one live change makes it live.
void BeginSweep(const Step& step, AccountRow& account) {
  account.past = step.past && (account.past || !account.sweeping);
  account.sweeping = true;
  account.cursor.clear();
}

void SweepPart(Step& step, HomeId home) {
  std::string prefix(1, PersonRow::kPrefix);
  HomeRowKey{home}.Append(&prefix);
  const bool past = step.rows.Edit<AccountRow>({home}).past;
  std::string cursor = step.rows.Edit<AccountRow>({home}).cursor;
  if (cursor.empty()) cursor = prefix;
  bool more = true;
  for (int i = 0; i < kSweepPart && more; ++i) {
    const auto key = step.rows.NextKey(prefix, cursor);
    if (!key) {
      more = false;
      break;
    }
    cursor = *key;
    Reconsider(step, home, PersonOfRow(*key), past);
  }
  AccountRow& account = step.rows.Edit<AccountRow>({home});
  account.sweeping = more;
  account.cursor = more ? cursor : std::string();
  account.due = more ? step.now + Milliseconds(1) : kNever;
}

}  // namespace

void OnAccountUpserted(Step& step, HomeId home, const Event& event) {
  const SplitFields split = Split(event, step.rules.fields());
  AccountRow& account = step.rows.Edit<AccountRow>({home});
  // An event for a domain that this account claimed keeps this account's own name for its home.
  if (account.home_text.empty() || HomeOf(event.home) == home) account.home_text = event.home;
  const bool changed = MergeFields(&account.fields, FieldBlock(split.account), event.source,
                                   event.occurred_at, false, step.rules.identity);
  account.upserted = true;
  ClaimDomains(step, home, account);
  TellDirectory(step, account);
  LinkAccountTokens(step, home, account, event);
  if (!changed) return;
  BeginSweep(step, account);
  SweepPart(step, home);
}

void FillAccount(Case& c, const Event& event, FieldBlock fields) {
  const bool submitted = event.type == EventType::kLeadSubmitted;
  const bool company = c.account != nullptr || !IsAddressHome(c.person->home_text);
  if (fields.empty() && !(submitted && company)) return;
  AccountRow& account = c.EditAccount();
  if (account.home_text.empty()) account.home_text = c.person->home_text;
  if (submitted) ++account.submissions;
  const bool changed = MergeFields(&account.fields, fields, event.source, event.occurred_at, true,
                                   c.step.rules.identity);
  if (changed && account.people > 1) StartSweep(&c, c.step, c.home);
}

void StartSweep(Case* c, Step& step, HomeId home) {
  AccountRow& account = c != nullptr ? c->EditAccount() : step.rows.Edit<AccountRow>({home});
  BeginSweep(step, account);
  account.due = step.now;
}

void OnAccountDue(Step& step, HomeId home) { SweepPart(step, home); }

}  // namespace pm::account
