// The account stage's parts and what they ask of each other. A home is one sequence of steps: its
// people, leads, account, redirects and dedupe rows are its alone. docs/guide/account.md says what
// users see; the semantics that were ours to choose stand beside the functions here.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/stages/account/records/account_row.h"
#include "engine/stages/account/records/identity_row.h"
#include "engine/stages/account/records/lead_row.h"
#include "engine/stages/account/records/person_row.h"
#include "engine/stages/account/records/redirect_row.h"
#include "engine/stages/account/records/seen_row.h"
#include "engine/stages/account/records/suppression_row.h"
#include "engine/stages/step.h"
#include "model/messages/event.h"
#include "model/messages/identity.h"
#include "model/messages/moving.h"
#include "model/messages/routing.h"
#include "rules/book.h"

namespace pm::account {

// An event's fields by whose they are. Fields the rules in force do not know are left out.
struct SplitFields {
  BlockBytes lead, account, submission, event;
};
SplitFields Split(const Event& event, const FieldTable& fields);

struct Case;

// What a decision rests on, as it stood when this was made: it has its own copy of it all
// (facts.cc).
class CaseFacts {
 public:
  explicit CaseFacts(const Case& c);
  // A submission that the lead has not taken yet takes the place of its latest.
  CaseFacts(const Case& c, FieldBlock submission);
  CaseFacts(const CaseFacts&) = delete;  // the sheet borrows from it
  CaseFacts& operator=(const CaseFacts&) = delete;
  bool IsOf(const Case& c) const;  // nothing has changed since
  Facts facts() const { return sheet_.facts(); }
  // The facts as a block of at most 16 KiB, made and named once: one step takes several decisions.
  NamedBlock Bounded(const FieldTable& fields) const;
  // The fields of these numbers (sorted), for a card.
  std::string Pick(const std::vector<FieldNumber>& numbers) const;
  // Every field known of the lead, for contacts in outputs.
  std::string All() const;

 private:
  static constexpr size_t kBlocks = 6;
  // Later ones win: derived, account, person, submission, event, score.
  std::array<std::string, kBlocks> blocks_;
  FactSheet sheet_;
  mutable std::optional<std::string> bounded_;
  mutable std::string json_;  // of `bounded_`
};

// A person as one step works on them. The person is edited in place; account and lead are read
// through pointers that follow an edit.
struct Case {
  Step& step;
  HomeId home;
  PersonId id;
  PersonRow* person = nullptr;
  const AccountRow* account = nullptr;  // null: nothing is known of a company here
  LeadId lead_id;                       // the person's latest lead; none: had none
  const LeadRow* lead = nullptr;
  BlockBytes event_fields;  // `event.*` of the event at hand
  EventType event_type = EventType::kNone;
  std::optional<LeadNotice> after_card;  // told to the desk when it has the card as it is by then

  // The person must exist.
  Case(Step& s, HomeId h, PersonId p);
  // The past is told of a live lead, of which it only fills what is known.
  bool OnlyFills() const { return step.past && lead != nullptr && lead->mode == Mode::kLive; }
  LeadRow& EditLead();
  AccountRow& EditAccount();
  void UseLead(LeadId which);  // another of the person's leads; it must exist
  // As of now: kept until something of it changes. Valid until the next call.
  const CaseFacts& facts() const;

 private:
  mutable std::optional<CaseFacts> facts_;
};

// ---- dedupe.cc: (source, id) over 7 days
inline constexpr Duration kSeenWindow = Days(7);
enum class Seen { kNew, kAgain, kReused };
// kNew leaves a row behind. The window is compared on reading; the row's due only tidies up.
Seen Remember(Step& step, HomeId home, const Event& event);
// The record is sent on to another home: should it come back, it is not a duplicate.
void RememberSentOn(Step& step, HomeId home, const Event& event);

// ---- find.cc: who an event is about
struct Found {
  PersonId person;          // here; none: unknown
  LeadId lead;              // named by the event and here
  HomeId elsewhere;         // set: send it there
  bool unknown_id = false;  // an id of ours that nobody knows
  bool by_id = false;  // found by an id of ours or through identity, not by what it says of itself
};
Found Find(Step& step, HomeId home, const Event& event);
// Where a person is, as far as this home knows: here (perhaps as whom they were merged into), or
// elsewhere. Both none: unknown.
struct Whereabouts {
  PersonId here;
  HomeId elsewhere;
};
Whereabouts Locate(Step& step, HomeId home, PersonId person);
EventId IdentityHash(std::string_view identity);
// Makes the person, with identity row, and takes over what was said before they were known.
PersonId MakePerson(Step& step, HomeId home, const Event& event);
// Gives the person the home's words and counts them there, once an event says what they are: visits
// of a browser come from identity before the form that says who it was.
void SettleHome(Step& step, HomeId home, PersonRow& person, const Event& event);
void AddIdentity(Step& step, HomeId home, PersonId id, PersonRow& person, const std::string& text);
inline bool IsBrowserToken(std::string_view token) { return token.starts_with("anonymous:"); }
// Tells identity of the event's tokens and browser that are new to the person. Of more than 16 the
// oldest browser goes first. (A browser that comes back from somebody else identity rebinds
// itself.)
void LinkTokens(Case& c, const Event& event);

// ---- fields.cc: survivorship
// Merges `incoming`; true when a value changed. `filled`: an account's fields from a lead's event,
// weaker than any other. Dead-letters nothing; a block beyond 96 KiB takes no new values.
bool MergeFields(StampedFields* fields, FieldBlock incoming, std::string_view source, Instant at,
                 bool filled, const IdentityRules& rules);
// As if each of `other`'s values came as the event it came with.
bool MergeFields(StampedFields* fields, const StampedFields& other, const IdentityRules& rules);
// The survivorship class of an event source: the listed name it begins with; empty: none.
std::string SourceClass(std::string_view source, const IdentityRules& rules);

// ---- facts.cc: what a decision rests on
// A block of at most so many bytes: if it is longer, texts are cut at 512 bytes, long lists and
// what is still too much are left out.
std::string BoundBlock(std::string_view block, size_t max_bytes);
std::string AccountDomain(const Case& c);
// What CaseFacts gathers for a lead when no event is at hand: what rules would see if they were
// asked now. A block.
std::string StandingFacts(const PersonRow& person, const AccountRow* account, const LeadRow& lead);

// ---- decay.cc
// 2^-(age / half_life) in 2^-32, by table and linear interpolation; within 2e-5 of the true value.
// Zero from 32 half-lives on; 2^32 when the age is not positive.
uint64_t Decay(Duration age, Duration half_life);

// ---- scoring.cc
// Engagement points of a signal. A limit counts what the same rule gave in the time before the
// signal's own; what is beyond it is not given. Rules of account scope give to the account.
void Earn(Case& c, const Event& event);
// A signal without a known person: every rule that matches gives to the account.
void EarnForAccount(Step& step, HomeId home, const Event& event, FieldBlock about);
// Computes scores as of now; publishes `lead.scored` with its decision when one changed.
void Rescore(Case& c);

// ---- lifecycle.cc
// Everything that may follow from a change, in order: screening, points of the signal (if any),
// scores, release of a hold, thresholds, routing, card. A screened lead gets no further than
// screening.
void Consider(Case& c, const Event* signal = nullptr);
// Publishes nothing; the caller fills the lead and publishes `lead.created`.
void BeginLead(Case& c);
void OnDisposed(Case& c, const Event& event);
// A hold or a review ended.
void OnLeadDue(Step& step, HomeId home, LeadId lead);
void SetStage(Case& c, std::string_view stage, std::string_view reason);

// ---- repeat.cc
// A form, list entry or referral: a lead, or a repeat by the first rule that matches; without one
// an open lead takes it and a closed one gets a new cycle. False: the rules say to ignore it.
bool OnSubmission(Case& c, const Event& event, FieldBlock submission);

// ---- screening.cc
// True when the lead is screened now.
bool Screen(Case& c);

// ---- routing.cc, candidates.cc
// Routes the lead, or holds it first.
void RouteOrHold(Case& c, std::string_view reason);
void RouteNow(Case& c, std::string_view reason);
struct CandidateList {
  std::vector<Candidate> candidates;
  std::vector<std::string> passed_over;  // `route: reason`
};
// In rule order, up to the first that cannot fall through: a queue, also by `else`; `otherwise`.
// At most 32. Empty only when `otherwise` names no pool.
CandidateList FindCandidates(const RuleBook& rules, Facts facts);
CandidateList OnlyOtherwise(const RuleBook& rules, Facts facts);
// News from the desk about a lead of this home; older numbers are ignored, and of leads that are no
// longer at a desk all but the number. A lead that comes back routes anew.
void OnAssignmentChanged(Step& step, HomeId home, const AssignmentChanged& change);

// ---- desk.cc: what the lead's desk is told
LeadCard CardOf(const Case& c);
ContentHash CardHash(LeadCard card);  // of what would be news to the desk
void SendCardIfChanged(Case& c);
void Notify(Case& c, LeadNotice notice);  // only while the lead is at a desk
// touch.*, meeting.*, step.*, owner changes and requests about a lead.
void OnLeadEvent(Case& c, const Event& event);
void RefuseRequest(Step& step, const Event& event, std::string_view reason);

// ---- privacy.cc
// Channels that the person's own words rule out; `task` when they rule out all.
std::vector<std::string> RefusedChannels(const PersonRow& person);
// The suppressions of many that would cover the person: `all:`, `domain:acme.com`, `region:US-CA`.
std::vector<std::string> CoveragesOf(const PersonRow& person);
TextKey SuppressionKey(std::string_view coverage);
// The person, or a suppression of many, rules out every channel.
bool IsUncontactable(const Case& c);
// Takes what the event says about the person's channel and publishes it, unless a later word is
// known.
void HearConsent(Case& c, const Event& event, std::string_view channel, bool refused);
void HearForm(Case& c, const Event& event);  // consent given or refused on a form
void OnConsent(Case& c, const Event& event);
void OnConsentOfUnknown(Step& step, HomeId home, const Event& event);
// A domain, a region or everybody; kept without a home. One desk publishes it.
void OnWideSuppression(Step& step, const Event& event);
// Goes on looking at the leads that waited for the end of a suppression of many.
void OnSuppressionDue(Step& step, EventId coverage);
// True when nobody may contact the person: the lead goes to nurture, and the reason waits with it.
bool WaitsForContact(Case& c, std::string_view reason);
void StopWaiting(Case& c);  // the lead's reason is taken up, or no longer wanted
bool IsWide(const Event& event);

// ---- company.cc
void OnAccountUpserted(Step& step, HomeId home, const Event& event);
// Company fields of an event about a lead, where the account was not described otherwise.
void FillAccount(Case& c, const Event& event, FieldBlock fields);
// Brings a change of the account to its people's open leads from the next tick on, at most 100 a
// step. People without a lead are not looked at: an account never makes one.
void StartSweep(Case* c, Step& step, HomeId home);
void OnAccountDue(Step& step, HomeId home);

// ---- move.cc, merge.cc
// The person goes to `to`: rows travel as kAdopt, a redirect stays. `identity` is the new one, if
// any.
void MovePerson(Step& step, HomeId home, PersonId person, HomeId to, std::string_view to_text,
                std::string_view identity, std::string_view reason);
// Follows an event that gives a person another address, or whose hint names their company's home.
// True when they left this home: the event is to follow them to `*to`.
bool Follow(Step& step, HomeId home, const Found& found, const Event& event, HomeId* to);
void OnAdopt(Step& step, HomeId home, const Adopt& adopt);
// The simplest that can be done when OnAdopt broke an invariant: the person and their leads are
// here, as they were, and somebody is told.
void AdoptPlainly(Step& step, HomeId home, const Adopt& adopt);
void OnRedirect(Step& step, HomeId home, const Redirect& redirect);
void OnRedirectDue(Step& step, HomeId home);  // of a whole home
// Two persons at one home are one: the older one's id stays, and of two open leads the one that was
// assigned first (else routed first, else begun first).
void MergePersons(Step& step, HomeId home, PersonId a, PersonId b);
bool IsAddressHome(std::string_view home_text);  // of one address, phone or record: not a domain

// ---- publish.cc
OutLead OutLeadOf(const Case& c);
LeadOutput LeadOutputOf(const Case& c);
void PublishLead(Case& c, std::string_view type, LeadOutput output);
// Publishes the decision and keeps it with the lead, if there is one.
void Decide(Case& c, StoredDecision decision);
EventId NewDecisionId(const Step& step, std::string_view kind, LeadId lead);
void UnknownReference(Step& step, const Event& event, std::string_view reason,
                      std::string_view detail);

}  // namespace pm::account
