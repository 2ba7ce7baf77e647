// Intake: from a publisher's bytes to an event at the stage that must read it first. What cannot be
// understood goes to dead letters with its bytes: one letter an event, and of fields that nobody
// declared one a day.
#include "engine/stages/directory.h"
#include "engine/stages/step.h"
#include "engine/stages/told_row.h"
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

// A person's own suppression goes to the person; all others to every account and desk partition: a
// message to account that names no home goes to all of them.
void RouteWide(Step& step, const Event& event) {
  const std::string_view scope = FieldBlock(event.fields).Text(Field("event.scope"));
  if (scope == "person") return RoutePerson(step, event, false);
  step.Send(Stage::kAccount, "", MessageType::kEvent, event);
  ToDesks(step, event);
}

// Takes out the undeclared fields of which a dead letter has told within a day, and remembers the
// others.
void PassOverToldFields(Step& step, const Event& event, std::vector<DecodeProblem>* problems) {
  constexpr auto kIsUnknown = [](const DecodeProblem& p) { return p.reason == kUnknownField; };
  if (std::ranges::none_of(*problems, kIsUnknown)) return;
  const ToldRow::Key key{std::string(DeclOf(event.type).name)};
  const ToldRow* row = step.rows.Find<ToldRow>(key);
  std::vector<ToldField> told;
  if (row != nullptr) told = row->fields;
  std::erase_if(told,
                [&](const ToldField& field) { return step.now - field.at >= ToldRow::kAgain; });
  const size_t known = told.size();
  std::vector<DecodeProblem> left;
  for (DecodeProblem& problem : *problems) {
    if (kIsUnknown(problem)) {
      const uint64_t field = Hash64(problem.pointer);
      const bool is_told = std::ranges::find(told, field, &ToldField::field) != told.end();
      if (is_told || told.size() == ToldRow::kMostFields) continue;
      told.push_back({field, step.now});
      if (told.size() == ToldRow::kMostFields) {
        problem.detail += fmt::format("; it is the {}th in a day, no further ones are told of",
                                      ToldRow::kMostFields);
      }
    }
    left.push_back(std::move(problem));
  }
  *problems = std::move(left);
  if (told.size() > known) step.rows.Edit<ToldRow>(key).fields = std::move(told);
}

// One letter an event: its first problem, or the first that costs the whole event, with all the
// others in the words.
void TellOf(Step& step, const std::vector<DecodeProblem>& problems, std::string_view original) {
  if (problems.empty()) return;
  auto first = std::ranges::find(problems, true, &DecodeProblem::fatal);
  if (first == problems.end()) first = problems.begin();
  std::string detail = first->detail;
  for (auto it = problems.begin(); it != problems.end(); ++it) {
    if (it != first) detail += fmt::format("; {} {}: {}", it->pointer, it->reason, it->detail);
  }
  step.DeadLetter(first->reason, std::move(detail), first->pointer, original);
}

void ReadRaw(Step& step, const Message& message) {
  DecodeRules rules{step.rules.fields(), {}};
  rules.email.strip_plus_addressing = step.rules.identity.strip_plus;
  rules.email.strip_gmail_dots = step.rules.identity.strip_gmail_dots;
  if (step.rules.identity.free_mail) rules.email.free_mail = step.rules.identity.free_mail.get();
  DecodedEvent decoded = DecodeEvent(message.body, rules, step.now);
  step.Enter(decoded.mode);
  if (decoded.ok()) PassOverToldFields(step, decoded.event, &decoded.problems);
  // Of one that is too large the beginning: what is told of is bounded, too.
  TellOf(step, decoded.problems, std::string_view(message.body).substr(0, kMaxEventBytes));
  if (!decoded.ok()) return;
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
