#include "engine/stages/account/account.h"
#include "engine/stages/account/earned.h"

namespace pm::account {
namespace {

bool Older(const PersonRow& a, PersonId a_id, const PersonRow& b, PersonId b_id) {
  return a.created_at != b.created_at ? a.created_at < b.created_at : a_id < b_id;
}

bool IsOpen(const LeadRow* lead) { return lead != nullptr && lead->place != LeadPlace::kClosed; }

// Which of two open leads stays.
bool StaysBefore(const LeadRow& a, LeadId a_id, const LeadRow& b, LeadId b_id) {
  if (a.rep.empty() != b.rep.empty()) return !a.rep.empty();
  if (a.routed_at != b.routed_at) return a.routed_at < b.routed_at;
  if (a.created_at != b.created_at) return a.created_at < b.created_at;
  return a_id < b_id;
}

void AddMerged(PersonRow& into, PersonId person) {
  if (into.merged.size() == kMaxIdentities) into.merged.erase(into.merged.begin());
  into.merged.push_back(person);
}

// Old cycles drop off; what may be open stays.
void AddLead(PersonRow& into, LeadId lead, LeadId keep) {
  if (into.leads.size() == kMaxLeads) {
    const auto oldest = std::ranges::find_if(
        into.leads, [&](LeadId id) { return id != into.current && id != keep; });
    into.leads.erase(oldest);
  }
  into.leads.push_back(lead);
}

// All of `newest`, behind as many of `older` as there is room for: of two records in one system the
// last counts.
std::vector<std::string> JoinTokens(std::vector<std::string> older,
                                    const std::vector<std::string>& newest) {
  std::erase_if(older, [&](const std::string& token) {
    return std::ranges::find(newest, token) != newest.end();
  });
  const size_t room = kMaxTokens - std::min(newest.size(), kMaxTokens);
  if (older.size() > room) older.resize(room);
  older.insert(older.end(), newest.begin(), newest.end());
  return older;
}

void MergeRows(Step& step, HomeId home, PersonId id, PersonRow& into, const PersonRow& other) {
  MergeFields(&into.fields, other.fields, step.rules.identity);
  const std::string identity = into.identity;
  for (const std::string& text : other.identities) AddIdentity(step, home, id, into, text);
  into.identity = identity;
  JoinEarned(&into.contributions, other.contributions, step.rules.scoring, kMaxContributions);
  for (const ChannelWord& one : other.consents) TakeWord(&into.consents, one);
  for (const Reached& one : other.reached) {
    const auto it = std::ranges::find(into.reached, one.stage, &Reached::stage);
    if (it == into.reached.end()) {
      into.reached.push_back(one);
    } else {
      it->at = std::max(it->at, one.at);
    }
  }
  for (const LeadId lead : other.leads) {
    AddLead(into, lead, other.current);
    step.rows.Edit<LeadRow>({home, lead}).person = id;
  }
}

void LetGoAndClose(LeadRow* lead, Instant now) {
  if (!lead->rep.empty()) lead->previous_rep = std::move(lead->rep);
  lead->rep.clear();
  lead->place = LeadPlace::kClosed;
  lead->stage = kMerged;
  lead->end_reason = kMerged;
  lead->ended_at = now;
  lead->due = kNever;
}

// The lead ends in favour of `stays`, which takes over what it still had to do. `tokens` are those
// it came with: they name the record that ends.
void Withdraw(Step& step, HomeId home, PersonId id, LeadId lead_id, LeadId stays,
              const std::vector<std::string>& tokens) {
  Case c(step, home, id);
  c.UseLead(lead_id);
  LeadNotice notice;
  notice.kind = NoticeKind::kWithdrawn;
  notice.reason = kMerged;
  notice.occurred_at = step.now;
  Notify(c, std::move(notice));
  StopWaiting(c);
  LeadRow& lead = c.EditLead();
  LetGoAndClose(&lead, step.now);
  LeadRow& other = step.rows.Edit<LeadRow>({home, stays});
  other.hand_raise |= lead.hand_raise;
  if (!AtDesk(other) && other.pending.empty()) other.pending = lead.pending;
  if (lead.submitted_at > other.submitted_at) {
    other.submission = lead.submission;
    other.submitted_at = lead.submitted_at;
  }
  lead.pending.clear();
  LeadOutput out = LeadOutputOf(c);
  out.lead.external.tokens = tokens;
  std::erase_if(out.lead.external.tokens, IsBrowserToken);
  out.merged_into = stays;
  out.reason = "one person";
  PublishLead(c, "lead.merged", std::move(out));
}

}  // namespace

void MergePersons(Step& step, HomeId home, PersonId a, PersonId b) {
  if (a == b) return;
  const PersonRow* row_a = step.rows.Find<PersonRow>({home, a});
  const PersonRow* row_b = step.rows.Find<PersonRow>({home, b});
  PM_CHECK(row_a != nullptr);
  PM_CHECK(row_b != nullptr);
  if (!Older(*row_a, a, *row_b, b)) std::swap(a, b), std::swap(row_a, row_b);
  const PersonRow other = *row_b;
  const std::vector<std::string> tokens_a = row_a->tokens;
  step.rows.Erase<PersonRow>({home, b});
  PersonRow& into = step.rows.Edit<PersonRow>({home, a});
  MergeRows(step, home, a, into, other);
  for (const PersonId merged : other.merged) AddMerged(into, merged);
  AddMerged(into, b);
  RedirectRow& redirect = step.rows.Edit<RedirectRow>({home, b});
  redirect = {};
  redirect.to = home;
  redirect.as = a;
  redirect.reason = "merged";

  const LeadId lead_a = into.current, lead_b = other.current;
  into.tokens = JoinTokens(other.tokens, tokens_a);
  if (!lead_b) return;
  const LeadRow* of_a = lead_a ? step.rows.Find<LeadRow>({home, lead_a}) : nullptr;
  const LeadRow* of_b = step.rows.Find<LeadRow>({home, lead_b});
  PM_CHECK(of_b != nullptr);
  const bool both = IsOpen(of_a) && IsOpen(of_b);
  const bool b_stays =
      of_a == nullptr ||
      (both ? StaysBefore(*of_b, lead_b, *of_a, lead_a)
            : IsOpen(of_b) || (!IsOpen(of_a) && of_b->created_at > of_a->created_at));
  if (b_stays) {
    into.current = lead_b;
    into.tokens = JoinTokens(tokens_a, other.tokens);
  }
  if (!both) return;
  if (b_stays) return Withdraw(step, home, a, lead_a, lead_b, tokens_a);
  Withdraw(step, home, a, lead_b, lead_a, other.tokens);
}

}  // namespace pm::account
