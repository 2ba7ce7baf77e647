// The desk stage's parts and what they ask of each other. One desk is one sequence of steps: reps,
// pools, queues, assignments, SLA runs and enrolments of its pools are its alone.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/stages/desk/records/assignment_ref.h"
#include "engine/stages/desk/records/assignment_row.h"
#include "engine/stages/desk/records/pool_row.h"
#include "engine/stages/desk/records/rep_row.h"
#include "engine/stages/step.h"
#include "model/messages/event.h"
#include "rules/book.h"

namespace pm {

// A step at one desk.
struct Desk {
  Step& step;
  std::string name;
  uint32_t hash;

  Desk(Step& s, std::string desk_name)
      : step(s), name(std::move(desk_name)), hash(DeskHash(name)) {}
  DeskLeadKey KeyOf(LeadId lead) const { return {hash, lead}; }
};
// The desk of a row that is due: keys hold its hash, the rules its name.
Desk DeskOfRow(Step& step, std::string_view row_key);

// desk.cc: what is meant for a lead that is here.
void OnLeadMessage(Desk& desk, MessageType type, std::string_view body);

// ---- reps.cc: who a rep is, and whether a lead may go there now. What is true of a rep or of a
// suppression in the live world is so in the others too; what the others say is so there alone.
inline bool IsLive(const Desk& desk) { return desk.step.rows.world() == World::kLive; }
// This world's row, or else the live one's.
template <class R>
const R* FindHereOrLive(Desk& desk, const typename R::Key& key) {
  const R* row = desk.step.rows.Find<R>(key);
  return row != nullptr || IsLive(desk) ? row : desk.step.rows.FindLive<R>(key);
}
// A rep as roster and events describe it, or nobody. Borrowed from the rules unless an event said
// something of the rep; lives no longer than the step.
class KnownRep {
 public:
  KnownRep() = default;
  explicit KnownRep(const RosterRep* roster) : rep_(roster) {}
  explicit KnownRep(RosterRep merged)
      : merged_(std::make_unique<const RosterRep>(std::move(merged))), rep_(merged_.get()) {}
  bool has_value() const { return rep_ != nullptr; }
  explicit operator bool() const { return rep_ != nullptr; }
  const RosterRep& operator*() const { return *rep_; }
  const RosterRep* operator->() const { return rep_; }

 private:
  std::unique_ptr<const RosterRep> merged_;
  const RosterRep* rep_ = nullptr;
};
// Nobody when neither knows the rep.
KnownRep FindRep(Desk& desk, std::string_view id);
// A rep's id by id, address or external token; empty when unknown.
std::string ResolveRep(Desk& desk, std::string_view text);
// The rep who supports an AE, by roster or events: the first by id who is there, else who is
// active; empty: nobody.
std::string SdrOf(Desk& desk, std::string_view ae);
bool IsActive(Desk& desk, const RosterRep& rep);
bool IsAway(Desk& desk, std::string_view rep);        // by event, or on leave now by the roster
Instant AwayUntil(Desk& desk, std::string_view rep);  // by event; now, when none says so
// The same of a rep whose row is at hand; null when there is none.
bool IsActive(const RosterRep& rep, const RepRow* row, Instant now);
bool IsAwayByEvent(const RepRow* row, Instant now);
const Calendar& HoursOf(Desk& desk, const RosterRep& rep);
OutRep OutRepOf(Desk& desk, std::string_view rep);
RepNameRow::Key RepNameKey(const Desk& desk, std::string_view text);
RepNameRow::Key SupportsKey(const Desk& desk, std::string_view ae);

// ---- rep_events.cc: what happens to reps
void OnRepEvent(Desk& desk, const Event& event);
void OnRepDue(Desk& desk, const std::string& rep);
// The rules no longer know the rep: leads are released, unless they do again by then.
void ReleaseIfDropped(Desk& desk, const std::string& rep);

// ---- rep_attributes.cc: what `rep.upserted` said
// Laid over what the roster file says.
RosterRep WithAttributes(RosterRep rep, const RepAttributes& said);
// Absent keeps, null goes back to the roster file; what the rules cannot use is a dead letter.
void TakeAttributes(Desk& desk, RepRow* row, const Event& event);

// ---- caps.cc
// The cap that stands in the way, as text (`15 per day`), or empty.
std::string CapReached(Desk& desk, const RosterRep& rep, const Pool* pool);
// The same of a rep whose row is at hand; null when there is none.
std::string CapReached(const RosterRep& rep, const RepRow* row, const Pool* pool, Instant now);
// The rep's open leads of that pool; null: no row yet.
int64_t OpenFrom(const RepRow* row, std::string_view pool);
void CountGiven(Desk& desk, const std::string& rep, std::string_view pool, LeadId lead);
// The hand-over never counted: reassigned, declined for a valid reason, withdrawn.
void TakeBackGiven(Desk& desk, const std::string& rep, LeadId lead);
// Counts the lead as open for its rep, or no longer; what waits on the prospect is not open.
void CountOpen(Desk& desk, AssignmentRow& row, bool open);
bool WaitsOnProspect(const LeadCard& card);

// ---- rotation.cc
struct Pick {
  std::string rep;
  bool tie = false;  // decided by the seeded hash
};
// Tijdeman's chairman assignment over `eligible` (RULES.md, People): accrues one lead's shares and
// picks. `eligible` is not empty.
Pick PickWeighted(PoolRow& row, const Pool& pool, const std::vector<std::string>& eligible,
                  EventId cause);
// Makes `rep` pay for a lead that went there for another reason (sticky, off hours), shares
// accrued.
void PayFor(PoolRow& row, const Pool& pool, const std::vector<std::string>& eligible,
            const std::string& rep);
// Gives the lead back: the rep is owed one again and the shares are taken back from nobody, so that
// credit only moves by accrue, pick and refund.
void Refund(PoolRow& row, const std::string& rep);
// The fewest open leads per weight; ties as in the rotation.
Pick PickLeastLoaded(Desk& desk, const PoolRow& row, const Pool& pool,
                     const std::vector<std::string>& eligible);

// ---- placement.cc: where a lead goes
// False: it was not for this desk to place it.
bool OnRouteRequest(Desk& desk, const RouteRequest& request);
// Takes the lead from its rep and places it anew: the same pool without those who had it, its
// overflow, `else`, the next routes, the fallback queue. False when nobody could take it and `keep`
// was asked for: nothing changed. The lead may be at another desk afterwards, and its rows gone.
struct Replacement {
  std::string type;  // output: assignment.reassigned, assignment.declined, ...
  std::string reason;
  bool refund = true;
  bool keep_if_nobody = false;
  bool to_queue = false;   // straight to the fallback queue
  bool by_ladder = false;  // a rung of the SLA's ladder takes it
  bool by_name = false;    // a person chose the rep
  OutActor actor;
};
bool PlaceAnew(Desk& desk, LeadId lead, const Replacement& why);
// Gives it to one rep by name, who may be of another desk: then it is placed there, and if the rep
// is away and no person chose them, where it would go without them.
void GiveTo(Desk& desk, LeadId lead, const std::string& rep, const Replacement& why);
void OnAssignmentDue(Desk& desk, LeadId lead);
// crossing.cc: sends what is meant for a lead that went to another desk after it; false when it did
// not.
bool SendAfter(Desk& desk, LeadId lead, MessageType type, std::string body);
// early.cc: what is told of a lead that has not come yet waits for it, or becomes a dead letter.
void KeepEarly(Desk& desk, LeadId lead, uint32_t round, MessageType type, std::string body);
void HearEarly(Desk& desk, LeadId lead);  // it has come
void OnEarlyDue(Desk& desk, LeadId lead);
// The same for what is to go after a lead when the chain of messages is too long: the next tick
// begins another. What comes behind it waits with it.
void KeepForTick(Desk& desk, LeadId lead, MessageType type, std::string body);
bool IsKept(Desk& desk, LeadId lead);
// stuck.cc: the simplest that can be done when OnRouteRequest broke an invariant.
void PlaceStuck(Desk& desk, const RouteRequest& request);

// ---- queue.cc
void Enqueue(Desk& desk, AssignmentRow& row, const Pool& pool);
// Holds it until somebody of the pool opens; PlaceWaiting follows at that time.
void HoldForHours(Desk& desk, AssignmentRow& row, const Pool& pool, Instant until);
// Out of its queue or its hold; nothing when it is in neither.
void Dequeue(Desk& desk, AssignmentRow& row);
// Its score or due has changed: a lead that waits takes the place it has now.
void Reorder(Desk& desk, LeadId lead);
// Whether the queue is sorted as the pool says now; if not, each lead is to be reordered.
bool IsQueuedAs(const PoolRow& state, const Pool& pool);
std::string OrderName(const Pool& pool);  // what PoolRow::order holds
void OnClaim(Desk& desk, const Event& event);

// ---- waiting.cc: what waits when there is new capacity, and what a change of rules means
// Looks again at all that waits for the pool, at most a hundred leads a step.
void LookAtWaiting(Desk& desk, const std::string& pool);
// The same for the pools that share out to this rep, who is there (again).
void LookAtWaitingFor(Desk& desk, const std::string& rep);
void OnPoolDue(Desk& desk, const std::string& pool);
// Leads of reps who are gone are released; what waits is looked at again. At each desk of the
// partition, a hundred pools and reps a step. With `propagate` its leads go over to what the rules
// say under the names of their SLAs and cadences, a hundred leads a step.
void OnRulesSwitched(Step& step, bool propagate);
void OnDeskDue(Desk& desk);

// ---- assign.cc: the one place where a rep gets or loses a lead
// `as` kAssigned, or kAccepted for what a rep claims.
void Assign(Desk& desk, AssignmentRow& row, const std::string& rep, std::string via,
            std::string_view output_type, const OutActor& actor, Place as = Place::kAssigned);
// The rep loses it; the row keeps everything else.
void Unassign(Desk& desk, AssignmentRow& row, bool refund);
// The lead is done at this desk: rows erased, SLA and cadence ended.
void Close(Desk& desk, LeadId lead, std::string_view output_type, std::string_view reason,
           bool refund);
// Where the lead is now. Its card's stage follows, so that rules and outputs here see it at once.
void SetPlace(AssignmentRow& row, Place place);
// The lead has ended in that stage; what else ends here says so.
void SetStage(AssignmentRow& row, std::string_view stage);
AssignmentRef RefOf(const Desk& desk, const AssignmentRow& row);
OutAssignment OutAssignmentOf(LeadId lead, const AssignmentRef& assignment);
AssignmentOutput OutputOf(Desk& desk, const AssignmentRow& row);
OutLead OutLeadOf(const LeadCard& card);
void TellAccount(Desk& desk, const AssignmentRow& row, std::string_view reason);
// The account stage's rows of a lead are wherever its home is now.
void RequestResult(Desk& desk, const Event& event, const AssignmentRow* row,
                   std::string_view refusal);

// ---- requests.cc, notices.cc
void OnRequest(Desk& desk, const Event& event);
void OnNotice(Desk& desk, const LeadNotice& notice);
void OnStepEvent(Desk& desk, const Event& event);  // step.completed, failed, skipped
void OnLeadCard(Desk& desk, const LeadCard& card);

// ---- sla/: the response SLA of an assignment (records/sla_run.h)
// The lead was placed for the first time (a rep or a queue): milestones `from: routed` begin.
// Called again when a rep lost it and it waits: clocks of that assignment end, assignee clocks go
// by the pool's hours. And when it is held for hours: no business time counts until these open
// (AssignmentRow::due), but for policies that name their own hours.
void SlaRouted(Desk& desk, const AssignmentRow& row);
// A rep has it (again): milestones `from: assigned` begin or restart; assignee clocks change hours.
void SlaAssigned(Desk& desk, const AssignmentRow& row);
// Evidence for a milestone; in time by `occurred_at`. A touch by the assignee implies accept. Give
// it also what a rep who had the lead before did: when that shows that a breach was none, the lead
// goes back to that rep unless the new one has accepted or touched it, so read the row anew
// afterwards.
// A person's word about the past is flagged and goes back 24 hours at most, a tool's record is not
// and does not.
// A touch before its routing by no more than this may have been after it.
inline constexpr Duration kClocksDiffer = Seconds(60);
enum class EvidenceBy : uint8_t { kPerson, kTool };
void SlaEvidence(Desk& desk, const AssignmentRow& row, Milestone milestone, Instant occurred_at,
                 const OutActor& actor, EvidenceBy by = EvidenceBy::kPerson);
// Who had the lead then, as far as its SLA or its last hand-over tells.
std::string AssigneeAt(Desk& desk, const AssignmentRow& row, Instant at);
// The card changed: pauses begin or end.
void SlaCardChanged(Desk& desk, const AssignmentRow& row);
// To the policy that bears its name now. What was used, met and missed stays, and so do milestones
// that the policy no longer has, if their due has passed; rungs that ran do not run again.
void SlaMoveOn(Desk& desk, AssignmentRow& row);
void SlaCancel(Desk& desk, const AssignmentRow& row, std::string_view reason);
// A rung took the lead from its last rep, and it has been placed anew.
void SlaTakenByLadder(Desk& desk, LeadId lead);
void OnSlaDue(Desk& desk, LeadId lead);
// The next due of a running milestone; kNever when none runs.
Instant SlaNextDue(Desk& desk, LeadId lead);

// ---- cadence/: enrolments (records/enrolment.h)
// Enrols, or goes on with a new rep. Whoever has replied or booked a meeting is not enrolled where
// that would end it.
void CadenceAssigned(Desk& desk, const AssignmentRow& row);
// The lead waits again: what its last rep was to do is recalled, and given to the next one.
void CadenceWaits(Desk& desk, const AssignmentRow& row);
// kBounced means an e-mail's: none goes out until the lead has another address.
void CadenceExit(Desk& desk, const AssignmentRow& row, ExitEvent event, std::string_view detail);
void CadenceNewAddress(Desk& desk, LeadId lead);
void CadenceEnd(Desk& desk, const AssignmentRow& row,
                std::string_view reason);  // whatever its exits
// Out of office with a stated return pauses until then; auto-replies change nothing.
void CadencePause(Desk& desk, const AssignmentRow& row, Instant until, std::string_view reason);
void CadenceCardChanged(Desk& desk, const AssignmentRow& row);  // suppression, conditions
// What a report on a step shows: the person was contacted by hand, on a channel that reaches them.
struct StepReport {
  bool contacted = false;
  std::string by;  // a rep's id; empty: nobody we know
};
StepReport CadenceStepEvent(Desk& desk, const AssignmentRow& row, const Event& event);
// To the cadence that bears its name now, which ends when there is none. It goes on with the first
// step that did not go out yet, its span counted from when the one before did.
void CadenceMoveOn(Desk& desk, AssignmentRow& row);
// Its rep is there again: what waited for that goes on.
void CadenceRepBack(Desk& desk, const AssignmentRow& row);
void OnEnrolmentDue(Desk& desk, LeadId lead);
bool IsSuppressed(Desk& desk, const LeadCard& card, std::string_view channel, std::string* why);
void OnSuppression(Desk& desk, const Event& event);  // wide: a domain, a channel, a region

}  // namespace pm
