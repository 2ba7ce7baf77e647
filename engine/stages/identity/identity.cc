// Identity: tokens to persons. A browser's visits wait, bounded, until somebody is identified there
// and then go to that person in order; events that name only a foreign record id wait up to a day
// for the record to be linked.
#include "model/messages/identity.h"

#include "engine/stages/dedupe.h"
#include "engine/stages/identity/token_row.h"
#include "engine/stages/step.h"
#include "model/messages/event.h"

namespace pm {
namespace {

constexpr size_t kMaxVisits = 50;
constexpr Duration kVisitsKept = Days(30);
constexpr size_t kMaxWaiting = 100;
constexpr Duration kWaitForLink = Hours(24);

bool IsBrowser(std::string_view token) { return token.starts_with("anonymous:"); }

void Forward(Step& step, const TokenRow& row, Event event) {
  if (event.identity.empty()) event.identity = row.identity;
  if (!event.person && !event.lead) event.person = row.person;
  step.Send(Stage::kAccount, HomeKey(row.home), MessageType::kEvent, event);
}

// What waited goes out in the order it came, under its own root and mode. It is late, so it is
// carried out now: what follows from it cannot have been before.
void HandOver(Step& step, TokenRow& row) {
  const EventId root = step.root;
  const Instant at = step.at;
  const Mode mode = step.mode;
  for (const KeptMessage& kept : row.kept) {
    Event event;
    PM_CHECK(Decode(kept.event, &event));
    step.root = kept.root;
    step.at = std::max(at, kept.at);
    step.mode = static_cast<Mode>(kept.mode);
    Forward(step, row, std::move(event));
  }
  step.root = root;
  step.at = at;
  step.mode = mode;
  row.kept.clear();
  row.due = kNever;
}

void Bind(Step& step, TokenRow& row, HomeId home, const std::string& identity, PersonId person) {
  row.home = home;
  row.identity = identity;
  row.person = person;
  HandOver(step, row);
}

void Keep(Step& step, const std::string& token, TokenRow& row, const Event& event) {
  const bool browser = IsBrowser(token);
  if (row.kept.size() == (browser ? kMaxVisits : kMaxWaiting)) {
    if (!browser) {
      return step.DeadLetter("unknown_reference",
                             fmt::format("{} events already wait for '{}'", kMaxWaiting, token),
                             "/data/external_ids", event.raw);
    }
    row.kept.erase(row.kept.begin());
    ++row.dropped;
  }
  if (row.kept.empty()) row.due = step.now + (browser ? kVisitsKept : kWaitForLink);
  row.kept.push_back({step.at, step.root, static_cast<uint8_t>(step.mode), Encoded(event)});
}

void OnEvent(Step& step, const Message& message) {
  Event event;
  PM_CHECK(Decode(message.body, &event));
  if (!FirstTime<IdentityDedupe>(step, {0, event.source, event.id, {}}, event)) return;
  TokenRow& row = step.rows.Edit<TokenRow>({message.key});
  if (!event.home.empty() && IsBrowser(message.key)) {
    // A different address on a known browser is a new person: the browser rebinds.
    const HomeId home = HomeOf(event.home);
    if (row.identity != event.identity) row.person = {};
    Bind(step, row, home, event.identity, row.person);
    return step.Send(Stage::kAccount, HomeKey(home), MessageType::kEvent, event);
  }
  if (row.home) return Forward(step, row, std::move(event));
  if (!event.home.empty()) {
    return step.Send(Stage::kAccount, HomeKey(HomeOf(event.home)), MessageType::kEvent, event);
  }
  Keep(step, message.key, row, event);
}

void OnLink(Step& step, const Message& message) {
  Link link;
  PM_CHECK(Decode(message.body, &link));
  TokenRow& row = step.rows.Edit<TokenRow>({link.token});
  // A browser that meanwhile belongs to somebody else stays there.
  const bool other = row.home && !row.identity.empty() && row.identity != link.identity &&
                     IsBrowser(link.token) && row.person != link.person;
  if (!other) Bind(step, row, link.home, link.identity, link.person);
}

void OnTokenDue(Step& step, const std::string& token) {
  TokenRow& row = step.rows.Edit<TokenRow>({token});
  if (!IsBrowser(token)) {
    for (const KeptMessage& kept : row.kept) {
      Event event;
      PM_CHECK(Decode(kept.event, &event));
      step.root = kept.root;
      step.DeadLetter("unknown_reference",
                      fmt::format("'{}' was not linked to a person within a day", token),
                      "/data/external_ids", event.raw);
    }
  }
  row.kept.clear();
  row.due = kNever;
  if (!row.home) step.rows.Erase<TokenRow>({token});
}

}  // namespace

void RunIdentity(Step& step, const Input& input) {
  if (const auto* message = std::get_if<Message>(&input)) {
    if (message->type == MessageType::kLink) return OnLink(step, *message);
    PM_CHECK(message->type == MessageType::kEvent);
    return OnEvent(step, *message);
  }
  const auto& due = std::get<RowDue>(input);
  if (due.key.front() == IdentityDedupe::kPrefix) {
    return ForgetDedupe<IdentityDedupe>(step, due.key);
  }
  OnTokenDue(step, due.key.substr(1));
}

}  // namespace pm
