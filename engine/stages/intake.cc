// Intake: from a publisher's bytes to an event at the stage that must read it first. What cannot be
// understood goes to dead letters with its bytes.
#include "engine/stages/directory.h"
#include "engine/stages/step.h"
#include "model/decode/decode.h"
#include "model/messages/event.h"
#include "model/messages/identity.h"
#include "model/normalise/company.h"
#include "rules/book.h"

namespace pm {
namespace {

// Where the directory would put a person whose own home says nothing of a company.
void Hint(Step& step, Event* event) {
  if (event->home.empty() || event->home.starts_with("d:")) return;
  const FieldBlock fields(event->fields);
  const auto suggest = [&](const auto* row, std::string_view reason) {
    if (row == nullptr) return false;
    event->hint = HomeOf("d:" + row->domain);
    event->hint_reason = reason;
    return true;
  };
  const std::string website(fields.Text(Field("lead.website")));
  if (!website.empty() && suggest(step.rows.Find<DirectoryByDomain>({website}), "domain")) return;
  const std::string_view company = fields.Text(Field("lead.company"));
  if (company.empty()) return;
  suggest(step.rows.Find<DirectoryByName>({CompanyKey(company)}), "company_name");
}

void ToHome(Step& step, HomeId home, const Event& event) {
  step.Send(Stage::kAccount, HomeKey(home), MessageType::kEvent, event);
}

// The first that applies (DESIGN section 3): an id of ours; a foreign record id, unless the type
// creates; e-mail or phone; a browser.
void RoutePerson(Step& step, const Event& event, bool creates) {
  if (event.lead) return ToHome(step, {event.lead.person.home}, event);
  if (event.person) return ToHome(step, {event.person.home}, event);
  if (!creates && !event.tokens.empty()) {
    return step.Send(Stage::kIdentity, event.tokens.front(), MessageType::kEvent, event);
  }
  if (!event.anonymous.empty()) {
    return step.Send(Stage::kIdentity, "anonymous:" + event.anonymous, MessageType::kEvent, event);
  }
  if (!event.home.empty()) return ToHome(step, HomeOf(event.home), event);
  const FieldBlock fields(event.fields);
  const std::string_view domain = fields.Text(Field("account.domain"));
  if (!domain.empty() && event.type == EventType::kIntentObserved) {
    Event of_account = event;
    of_account.home = fmt::format("d:{}", domain);
    return ToHome(step, HomeOf(of_account.home), of_account);
  }
  PM_CHECK(false);  // the decoder refuses what names nobody
}

void ToDesks(Step& step, const Event& event) {
  for (const std::string& desk : step.rules.Desks()) {
    step.Send(Stage::kDesk, desk, MessageType::kEvent, event);
  }
}

void RouteRequest(Step& step, const Event& event) {
  if (event.assignment) {
    for (const std::string& desk : step.rules.Desks()) {
      if (DeskHash(desk) == event.assignment.desk) {
        return step.Send(Stage::kDesk, desk, MessageType::kEvent, event);
      }
    }
  }
  if (event.lead) return ToHome(step, {event.lead.person.home}, event);
  if (event.assignment) return ToHome(step, {event.assignment.lead.person.home}, event);
  if (!event.tokens.empty()) {
    return step.Send(Stage::kIdentity, event.tokens.front(), MessageType::kEvent, event);
  }
  if (event.type == EventType::kLeadClaim) {
    const FieldBlock fields(event.fields);
    const Pool* pool = step.rules.FindPool(fields.Text(Field("event.pool")));
    const std::string_view by = fields.Text(Field("event.by")).empty()
                                    ? fields.Text(Field("event.rep"))
                                    : fields.Text(Field("event.by"));
    const std::string desk(pool != nullptr ? std::string_view(pool->desk)
                                           : step.rules.DeskOfRep(by));
    return step.Send(Stage::kDesk, desk, MessageType::kEvent, event);
  }
  PM_CHECK(false);
}

// A person's own suppression goes to the person; all others to every account and desk partition.
void RouteWide(Step& step, const Event& event) {
  const std::string_view scope = FieldBlock(event.fields).Text(Field("event.scope"));
  if (scope == "person") return RoutePerson(step, event, false);
  step.Send(Stage::kAccount, "", MessageType::kEvent, event);
  ToDesks(step, event);
}

void ReadRaw(Step& step, const Message& message) {
  DecodeRules rules{step.rules.fields(), {}};
  rules.email.strip_plus_addressing = step.rules.identity.strip_plus;
  rules.email.strip_gmail_dots = step.rules.identity.strip_gmail_dots;
  DecodedEvent decoded = DecodeEvent(message.body, rules, step.now);
  for (const DecodeProblem& problem : decoded.problems) {
    step.DeadLetter(problem.reason, problem.detail, problem.pointer, message.body);
  }
  if (!decoded.ok()) return;
  step.mode = decoded.mode;
  Event& event = decoded.event;
  const EventTypeDecl& decl = DeclOf(event.type);
  switch (decl.subject) {
    case Subject::kPerson:
      Hint(step, &event);
      return RoutePerson(step, event, decl.creates);
    case Subject::kAccount:
      return ToHome(step, HomeOf(event.home), event);
    case Subject::kRep:
      return ToDesks(step, event);
    case Subject::kRequest:
      return RouteRequest(step, event);
    case Subject::kWide:
      return RouteWide(step, event);
  }
}

void Learn(Step& step, const Message& message) {
  DirectoryEntry entry;
  PM_CHECK(Decode(message.body, &entry));
  step.rows.Edit<DirectoryByDomain>({entry.domain}).domain = entry.domain;
  for (const std::string& domain : entry.domains) {
    step.rows.Edit<DirectoryByDomain>({domain}).domain = entry.domain;
  }
  if (!entry.name_key.empty()) {
    step.rows.Edit<DirectoryByName>({entry.name_key}).domain = entry.domain;
  }
}

}  // namespace

void RunIntake(Step& step, const Message& message) {
  if (message.type == MessageType::kDirectory) return Learn(step, message);
  PM_CHECK(message.type == MessageType::kRaw);
  ReadRaw(step, message);
}

}  // namespace pm
