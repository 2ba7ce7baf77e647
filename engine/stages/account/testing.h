// Tests only: events and a home to send them to, with the account stage alone; what it tells other
// stages is kept.
#pragma once
#include <gtest/gtest.h>

#include "engine/stages/account/account.h"
#include "engine/stages/testing.h"
#include "rules/book_builder.h"

namespace pm::account {

inline constexpr Instant kStart{1'700'000'000'000};

struct EventBuilder {
  Event event;
  BlockBuilder fields;

  EventBuilder(EventType type, std::string id) {
    event.type = type;
    event.id = std::move(id);
    event.source = "form";
  }
  EventBuilder& Of(std::string_view email) {
    event.identity = fmt::format("e:{}", email);
    const std::string_view domain = email.substr(email.find('@') + 1);
    event.home = domain == "gmail.com" ? event.identity : fmt::format("d:{}", domain);
    return Text("lead.email", email);
  }
  EventBuilder& Text(std::string_view field, std::string_view text) {
    return Set(field, Value::Text(text));
  }
  EventBuilder& Int(std::string_view field, int64_t n) { return Set(field, Value::Int(n)); }
  EventBuilder& Set(std::string_view field, const Value& value) {
    static const FieldTable kTable;
    const FieldDecl* decl = kTable.Find(field);
    PM_CHECK(decl != nullptr);
    fields.Set({decl->number}, value);
    return *this;
  }
  EventBuilder& HandRaise() { return Set("submission.hand_raise", Value::Bool(true)); }
  EventBuilder& From(std::string source) {
    event.source = std::move(source);
    return *this;
  }
  EventBuilder& Token(std::string token) {
    event.tokens.push_back(std::move(token));
    return *this;
  }
  EventBuilder& About(LeadId lead) {
    event.lead = lead;
    return *this;
  }
  EventBuilder& About(PersonId person) {
    event.person = person;
    return *this;
  }
  EventBuilder& Hint(std::string_view home) {
    event.hint = HomeOf(home);
    return *this;
  }
  EventBuilder& OccurredAt(Instant at) {
    event.occurred_at = at;
    return *this;
  }
};

inline EventBuilder Submitted(std::string id, std::string_view email) {
  EventBuilder b(EventType::kLeadSubmitted, std::move(id));
  return b.Of(email);
}
inline EventBuilder Make(EventType type, std::string id) { return {type, std::move(id)}; }

class AccountTest : public testing::Test {
 protected:
  AccountTest() {
    rules->pools.push_back({.name = "house", .strategy = PoolStrategy::kQueue});
    rules->pools.push_back({.name = "team"});
    rules->routing.otherwise.name = "otherwise";
    rules->routing.otherwise.to.name = "house";
  }

  // Rules are taken at the first event.
  StageHarness& stage() {
    if (book == nullptr) {
      book = rules.Build();
      harness = std::make_unique<StageHarness>(*book, std::set{Stage::kAccount});
    }
    return *harness;
  }
  // Sends the event to the home it names, or to `home`.
  void Send(EventBuilder builder, Instant at = kStart, std::string_view home = {},
            Mode mode = Mode::kLive) {
    Event& event = builder.event;
    event.fields.bytes = builder.fields.Build();
    if (event.occurred_at == Instant{}) event.occurred_at = at;
    event.raw = event.id;
    event.payload = HashContent(Encoded(event));
    const std::string text(home.empty() ? std::string_view(event.home) : home);
    stage().Send(Stage::kAccount, HomeKey(HomeOf(text)), MessageType::kEvent, event, at, mode);
  }
  void Change(LeadId lead, uint32_t seq, Place place, std::string rep, Instant at = kStart,
              std::string_view home = "d:acme.com") {
    const LeadRow* row = stage().Row<LeadRow>({HomeOf(home), lead});
    ChangeOfRound(row == nullptr ? 0 : row->round, lead, seq, place, std::move(rep), at, home);
  }
  void ChangeOfRound(uint32_t round, LeadId lead, uint32_t seq, Place place, std::string rep,
                     Instant at = kStart, std::string_view home = "d:acme.com") {
    AssignmentChanged change{.lead = lead, .desk = "main", .seq = seq, .place = place, .rep = rep};
    change.round = round;
    stage().Send(Stage::kAccount, HomeKey(HomeOf(home)), MessageType::kAssignmentChanged, change,
                 at);
  }
  PersonId PersonOf(std::string_view email, std::string_view home = "d:acme.com") {
    const auto* row =
        stage().Row<IdentityRow>({HomeOf(home), IdentityHash(fmt::format("e:{}", email))});
    return row == nullptr ? PersonId{} : row->person;
  }
  const PersonRow* Person(std::string_view email, std::string_view home = "d:acme.com") {
    return stage().Row<PersonRow>({HomeOf(home), PersonOf(email, home)});
  }
  LeadId LeadOf(std::string_view email, std::string_view home = "d:acme.com") {
    const PersonRow* person = Person(email, home);
    return person == nullptr ? LeadId{} : person->current;
  }
  const LeadRow* Lead(std::string_view email, std::string_view home = "d:acme.com") {
    return stage().Row<LeadRow>({HomeOf(home), LeadOf(email, home)});
  }
  std::vector<RouteRequest> Requests() {
    return stage().Kept<RouteRequest>(MessageType::kRouteRequest);
  }
  std::vector<LeadNotice> Notices() { return stage().Kept<LeadNotice>(MessageType::kLeadNotice); }
  std::vector<LeadCard> Cards() { return stage().Kept<LeadCard>(MessageType::kLeadCard); }
  size_t Count(std::string_view type) { return stage().Outputs(type).size(); }
  std::string Last(std::string_view type) {
    const auto all = stage().Outputs(type);
    return all.empty() ? std::string() : all.back();
  }

  RuleBookBuilder rules;
  std::shared_ptr<const RuleBook> book;
  std::unique_ptr<StageHarness> harness;
};

}  // namespace pm::account
