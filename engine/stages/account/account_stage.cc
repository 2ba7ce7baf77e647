#include "engine/stages/account/account.h"

namespace pm {
namespace account {
namespace {

constexpr auto kPlaceNames = std::to_array<std::string_view>(
    {"nurture", "screened", "held", "queued", "assigned", "closed"});

bool IsPrivacy(EventType type) {
  return type == EventType::kConsentChanged || type == EventType::kSuppressionAdded ||
         type == EventType::kSuppressionRemoved;
}

// What a lead's desk must know or answer; nothing else follows from requests and steps.
bool IsForDeskAlone(EventType type) {
  return DeclOf(type).subject == Subject::kRequest || type == EventType::kStepCompleted ||
         type == EventType::kStepFailed || type == EventType::kStepSkipped;
}

void TellStatus(Case& c, const Event& event, const std::string& before) {
  const std::string_view now = FieldBlock(c.person->fields.values).Text(Field("lead.status"));
  if (now == before || c.step.past) return;
  LeadNotice notice;
  notice.kind = NoticeKind::kStatus;
  notice.reason = now;
  notice.occurred_at = event.occurred_at;
  Notify(c, std::move(notice));
}

// An address the person is known by besides their own says who they are, not where to write to:
// only an event that names the person, or one that comes through identity, changes their address.
void LeaveOutAlias(const PersonRow& person, const Found& found, const Event& event,
                   BlockBytes* lead) {
  const bool known =
      std::ranges::find(person.identities, event.identity) != person.identities.end();
  if (found.by_id || !known || event.identity == person.identity) return;
  std::string kept;
  for (BlockReader r{FieldBlock(*lead)}; r.Next();) {
    if (r.field() != Field("lead.email")) kept += r.raw();
  }
  lead->bytes = std::move(kept);
}

// The lead the event is about, of those of the person: the named one, or the one that took over
// when that was merged. A disposal or a request means the named one alone.
LeadId Meant(Step& step, HomeId home, const PersonRow& person, LeadId named, EventType type) {
  const bool of_contact = type == EventType::kTouchRecorded || type == EventType::kMeetingBooked;
  const LeadRow* lead = of_contact ? step.rows.Find<LeadRow>({home, named}) : nullptr;
  return lead != nullptr && lead->end_reason == kMerged ? person.current : named;
}

void OnPerson(Step& step, HomeId home, PersonId person, const Found& found, const Event& event) {
  SplitFields split = Split(event, step.rules.fields());
  Case c(step, home, person);
  LeaveOutAlias(*c.person, found, event, &split.lead);
  const LeadId named = found.lead;
  c.event_fields = split.event;
  c.event_type = event.type;
  SettleHome(step, home, *c.person, event);
  c.account = step.rows.Find<AccountRow>({home});
  LinkTokens(c, event);
  if (IsForDeskAlone(event.type)) {
    if (named) c.UseLead(named);
    return OnLeadEvent(c, event);
  }
  const std::string status(FieldBlock(c.person->fields.values).Text(Field("lead.status")));
  MergeFields(&c.person->fields, FieldBlock(split.lead), event.source, event.occurred_at, false,
              step.rules.identity);
  FillAccount(c, event, FieldBlock(split.account));
  bool counts = true;
  // A submission is never one to an earlier cycle, whatever lead it names.
  if (named && event.type != EventType::kLeadSubmitted) {
    c.UseLead(Meant(step, home, *c.person, named, event.type));
  }
  if (event.type == EventType::kLeadSubmitted) {
    counts = OnSubmission(c, event, FieldBlock(split.submission));
    HearForm(c, event);
  } else if (event.type == EventType::kLeadDisposed) {
    OnDisposed(c, event);
  } else if (IsPrivacy(event.type)) {
    OnConsent(c, event);
  } else {
    OnLeadEvent(c, event);
  }
  if (c.person->current) c.UseLead(c.person->current);
  TellStatus(c, event, status);
  Consider(c, counts ? &event : nullptr);
  if (c.after_card) Notify(c, std::move(*c.after_card));
}

void OnUnknownPerson(Step& step, HomeId home, const Event& event) {
  if (event.type == EventType::kIntentObserved) {
    const SplitFields split = Split(event, step.rules.fields());
    return EarnForAccount(step, home, event, FieldBlock(split.event));
  }
  if (IsPrivacy(event.type) && !event.identity.empty())
    return OnConsentOfUnknown(step, home, event);
  const bool request = DeclOf(event.type).subject == Subject::kRequest;
  if (request) return RefuseRequest(step, event, "unknown_lead");
  UnknownReference(step, event, "unknown_reference", "nobody by that identity is known");
}

bool MakesPerson(const Step& step, const Event& event) {
  if (event.identity.empty()) return false;
  // Identity knows the browser's person from a form that follows.
  const bool by_browser = !event.anonymous.empty() && event.home.empty();
  return DeclOf(event.type).creates || by_browser ||
         (step.past && event.type == EventType::kLeadUpdated);
}

void SendOn(Step& step, HomeId home, HomeId to, const Event& event, const std::string& body) {
  RememberSentOn(step, home, event);
  step.SendBytes(Stage::kAccount, HomeKey(to), MessageType::kEvent, body);
}

// The event's home is known to be this one, or at least to have to answer for it.
void OnEventAtHome(Step& step, HomeId home, const Event& event, const std::string& body) {
  const Found found = Find(step, home, event);
  if (found.elsewhere) return SendOn(step, home, found.elsewhere, event, body);
  if (DeclOf(event.type).subject == Subject::kAccount) return OnAccountUpserted(step, home, event);
  if (found.unknown_id) {
    if (DeclOf(event.type).subject == Subject::kRequest)
      return RefuseRequest(step, event, "unknown_lead");
    return UnknownReference(
        step, event, "unknown_lead",
        fmt::format("no lead or person by that id among those of mode {}", ModeName(step.mode)));
  }
  if (found.person) {
    HomeId to;
    if (Follow(step, home, found, event, &to)) return SendOn(step, home, to, event, body);
    const PersonId person = Locate(step, home, found.person).here;
    return OnPerson(step, home, person, found, event);
  }
  if (!MakesPerson(step, event)) return OnUnknownPerson(step, home, event);
  if (event.hint && event.hint != home && IsAddressHome(event.home)) {
    step.rows.Edit<IdentityRow>({home, IdentityHash(event.identity)}).moved_to = event.hint;
    return SendOn(step, home, event.hint, event, body);
  }
  OnPerson(step, home, MakePerson(step, home, event), found, event);
}

void OnEvent(Step& step, HomeId home, const std::string& body) {
  Event event;
  PM_CHECK(Decode(body, &event));
  const bool wide = IsWide(event);
  if (wide) home = {};
  switch (Remember(step, home, event)) {
    case Seen::kAgain:
      return;
    case Seen::kReused:
      return UnknownReference(step, event, "id_reused",
                              "another event came under this source and id before");
    case Seen::kNew:
      break;
  }
  if (wide) return OnWideSuppression(step, event);
  if (home) return OnEventAtHome(step, home, event, body);
  // A suppression of one person, sent to every partition: that person's home alone acts on it, and
  // the copies are one event there.
  if (event.home.empty())
    return UnknownReference(step, event, "unknown_reference", "it says whom by no home");
  SendOn(step, home, HomeOf(event.home), event, body);
}

void OnChange(Step& step, HomeId home, const std::string& body) {
  AssignmentChanged change;
  PM_CHECK(Decode(body, &change));
  if (step.rows.Find<LeadRow>({home, change.lead}) != nullptr)
    return OnAssignmentChanged(step, home, change);
  const Whereabouts where = Locate(step, home, change.lead.person);
  const RedirectRow* whole = step.rows.Find<RedirectRow>({home, {}});
  HomeId to = where.elsewhere;
  if (!to && whole != nullptr) to = whole->to;
  if (to)
    return step.SendBytes(Stage::kAccount, HomeKey(to), MessageType::kAssignmentChanged, body);
  step.DeadLetter("unknown_lead",
                  fmt::format("desk {} has lead {}", change.desk, ToText(change.lead)), "", body);
}

void OnDue(Step& step, const std::string& key) {
  const HomeId home = HomeOfRow(key);
  switch (key[0]) {
    case SeenRow::kPrefix:
      return step.rows.Erase<SeenRow>({home, HashOfRow(key)});
    case LeadRow::kPrefix:
      return OnLeadDue(step, home, LeadOfRow(key));
    case AccountRow::kPrefix:
      return OnAccountDue(step, home);
    case SuppressionRow::kPrefix:
      return OnSuppressionDue(step, HashOfRow(key));
    case RedirectRow::kPrefix:
      return OnRedirectDue(step, home);
    default:
      PM_CHECK(false);
  }
}

}  // namespace

std::string_view PlaceName(LeadPlace place) { return kPlaceNames[static_cast<size_t>(place)]; }

}  // namespace account

void RunAccount(Step& step, const Input& input) {
  if (const auto* due = std::get_if<RowDue>(&input)) return account::OnDue(step, due->key);
  const auto& message = std::get<Message>(input);
  const HomeId home = message.key.size() == 8 ? HomeFromKey(message.key) : HomeId{};
  if (message.type == MessageType::kEvent) return account::OnEvent(step, home, message.body);
  PM_CHECK(home);
  if (message.type == MessageType::kAdopt) {
    Adopt adopt;
    PM_CHECK(Decode(message.body, &adopt));
    return account::OnAdopt(step, home, adopt);
  }
  if (message.type == MessageType::kRedirect) {
    Redirect redirect;
    PM_CHECK(Decode(message.body, &redirect));
    return account::OnRedirect(step, home, redirect);
  }
  PM_CHECK(message.type == MessageType::kAssignmentChanged);
  account::OnChange(step, home, message.body);
}

}  // namespace pm
