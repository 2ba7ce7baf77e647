// Every type of event that comes in, where it goes and how its data keys become fields.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "model/fields.h"

namespace pm {

// Stored: never renumber.
enum class EventType : uint8_t {
  kNone = 0,
  kLeadSubmitted = 1,
  kLeadUpdated = 2,
  kPersonIdentified = 3,
  kLeadDisposed = 4,
  kLeadOwnerChanged = 5,
  kSiteVisited = 10,
  kIntentObserved = 11,
  kProductUsed = 12,
  kTouchRecorded = 20,
  kTouchMachine = 21,
  kMeetingBooked = 30,
  kStepCompleted = 40,
  kStepFailed = 41,
  kStepSkipped = 42,
  kAccountUpserted = 50,
  kRepUpserted = 60,
  kRepAway = 61,
  kRepBack = 62,
  kRepDeactivated = 63,
  kConsentChanged = 70,
  kSuppressionAdded = 71,
  kSuppressionRemoved = 72,
  kLeadClaim = 80,
  kLeadAccept = 81,
  kLeadDecline = 82,
};

// Whom an event is about, and so which stage reads it first.
enum class Subject : uint8_t {
  kPerson,   // account stage, by home; through identity when only a token names the person
  kAccount,  // account stage, by the account's first domain
  kRep,      // every desk
  kRequest,  // the desk of the assignment, or the lead's home
  kWide,     // every account and desk partition (a suppression of a domain, channel or region)
};

struct EventTypeDecl {
  EventType type;
  std::string_view name;
  Subject subject;
  bool creates;      // e-mail, phone or record id may begin a person or an account
  Entity plain;      // where a data key without a prefix belongs, if that entity knows it ...
  Entity otherwise;  // ... and where else it is looked up
  std::string_view meaning;
};

inline constexpr auto kEventTypes = std::to_array<EventTypeDecl>({
    {EventType::kLeadSubmitted, "lead.submitted", Subject::kPerson, true, Entity::kSubmission,
     Entity::kLead, "A form, list entry or referral."},
    {EventType::kLeadUpdated, "lead.updated", Subject::kPerson, false, Entity::kLead,
     Entity::kAccount, "Fields of a person changed."},
    {EventType::kPersonIdentified, "person.identified", Subject::kPerson, true, Entity::kLead,
     Entity::kAccount, "A browser or record is this person; never a lead by itself."},
    {EventType::kLeadDisposed, "lead.disposed", Subject::kPerson, false, Entity::kEvent,
     Entity::kLead, "A person closed the lead: disqualified, recycled, nurture, converted."},
    {EventType::kLeadOwnerChanged, "lead.owner_changed", Subject::kPerson, false, Entity::kEvent,
     Entity::kLead, "Someone changed the owner in the CRM; wins over rules."},
    {EventType::kSiteVisited, "site.visited", Subject::kPerson, false, Entity::kEvent,
     Entity::kLead, "A page was visited."},
    {EventType::kIntentObserved, "intent.observed", Subject::kPerson, false, Entity::kEvent,
     Entity::kAccount, "Intent of a person or an account; without a person it raises the account."},
    {EventType::kProductUsed, "product.used", Subject::kPerson, false, Entity::kEvent,
     Entity::kLead, "The product was used."},
    {EventType::kTouchRecorded, "touch.recorded", Subject::kPerson, false, Entity::kEvent,
     Entity::kLead, "A touch of or by the person."},
    {EventType::kTouchMachine, "touch.machine", Subject::kPerson, false, Entity::kEvent,
     Entity::kLead, "An open or click made by a machine; worth nothing."},
    {EventType::kMeetingBooked, "meeting.booked", Subject::kPerson, false, Entity::kEvent,
     Entity::kLead, "A meeting was booked."},
    {EventType::kStepCompleted, "step.completed", Subject::kPerson, false, Entity::kEvent,
     Entity::kLead, "A cadence step was carried out."},
    {EventType::kStepFailed, "step.failed", Subject::kPerson, false, Entity::kEvent, Entity::kLead,
     "A cadence step could not be carried out."},
    {EventType::kStepSkipped, "step.skipped", Subject::kPerson, false, Entity::kEvent,
     Entity::kLead, "A rep skipped a cadence step."},
    {EventType::kAccountUpserted, "account.upserted", Subject::kAccount, true, Entity::kAccount,
     Entity::kAccount, "A company as the CRM or enrichment knows it."},
    {EventType::kRepUpserted, "rep.upserted", Subject::kRep, false, Entity::kRep, Entity::kEvent,
     "A rep as the roster's source knows them."},
    {EventType::kRepAway, "rep.away", Subject::kRep, false, Entity::kEvent, Entity::kEvent,
     "A rep is away, until a time or until back."},
    {EventType::kRepBack, "rep.back", Subject::kRep, false, Entity::kEvent, Entity::kEvent,
     "A rep is back."},
    {EventType::kRepDeactivated, "rep.deactivated", Subject::kRep, false, Entity::kEvent,
     Entity::kEvent, "A rep left."},
    {EventType::kConsentChanged, "consent.changed", Subject::kPerson, false, Entity::kEvent,
     Entity::kLead, "A channel was allowed or refused by the person."},
    {EventType::kSuppressionAdded, "suppression.added", Subject::kWide, false, Entity::kEvent,
     Entity::kLead, "No more contact: a person, an e-mail domain, a channel, a region."},
    {EventType::kSuppressionRemoved, "suppression.removed", Subject::kWide, false, Entity::kEvent,
     Entity::kLead, "A suppression ended."},
    {EventType::kLeadClaim, "lead.claim", Subject::kRequest, false, Entity::kEvent, Entity::kEvent,
     "A rep asks for the next lead of a queue, or for one lead."},
    {EventType::kLeadAccept, "lead.accept", Subject::kRequest, false, Entity::kEvent,
     Entity::kEvent, "A rep takes the lead; evidence for the accept milestone."},
    {EventType::kLeadDecline, "lead.decline", Subject::kRequest, false, Entity::kEvent,
     Entity::kEvent, "A rep gives the lead back, with a reason."},
});

const EventTypeDecl* FindEventType(std::string_view name);  // null when unknown or not built yet
const EventTypeDecl& DeclOf(EventType type);

}  // namespace pm
