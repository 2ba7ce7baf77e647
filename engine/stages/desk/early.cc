// News of a lead that is not at the desk yet.
#include "engine/stages/desk/desk.h"

namespace pm {
namespace {

bool EndedHere(const Desk& desk, LeadId lead, uint32_t round) {
  const auto* gone = desk.step.rows.Find<GoneRow>(desk.KeyOf(lead));
  return gone != nullptr && gone->desk.empty() && gone->round >= round;
}

bool IsRequest(const EarlyRow::News& news) {
  return static_cast<MessageType>(news.type) == MessageType::kRouteRequest;
}

// It is here, or it is known where it went.
bool IsKnown(const Desk& desk, LeadId lead) {
  const auto* gone = desk.step.rows.Find<GoneRow>(desk.KeyOf(lead));
  return desk.step.rows.Find<AssignmentRow>(desk.KeyOf(lead)) != nullptr ||
         (gone != nullptr && !gone->desk.empty());
}

// What is set aside of it. Nothing of a card or a home, which the account stage would say again.
std::optional<std::string> OriginalOf(const EarlyRow::News& news) {
  if (static_cast<MessageType>(news.type) == MessageType::kEvent) {
    Event event;
    PM_CHECK(Decode(news.body, &event));
    return event.raw;
  }
  if (static_cast<MessageType>(news.type) != MessageType::kLeadNotice) return std::nullopt;
  LeadNotice notice;
  PM_CHECK(Decode(news.body, &notice));
  if (notice.kind == NoticeKind::kMoved) return std::nullopt;
  return notice.raw.empty() ? news.body : notice.raw;
}

void GiveUp(Desk& desk, LeadId lead, const EarlyRow::News& news) {
  const std::optional<std::string> original = OriginalOf(news);
  if (!original.has_value()) return;
  desk.step.DeadLetter(
      "unknown_lead",
      fmt::format("desk {} was told of lead {}, which never came", desk.name, ToText(lead)), "",
      *original);
}

EarlyRow& Keep(Desk& desk, LeadId lead, MessageType type, std::string body) {
  EarlyRow& row = desk.step.rows.Edit<EarlyRow>(desk.KeyOf(lead));
  // A request to route is not given up. There is other news: each comes after an ending.
  if (row.news.size() >= EarlyRow::kMost) {
    const auto first = std::ranges::find_if_not(row.news, IsRequest);
    GiveUp(desk, lead, *first);
    row.news.erase(first);
  }
  row.news.push_back({static_cast<uint8_t>(type), std::move(body), desk.step.root,
                      static_cast<uint8_t>(desk.step.mode)});
  return row;
}

void Hear(Desk& desk, const EarlyRow::News& news) {
  desk.step.root = news.root;
  desk.step.mode = static_cast<Mode>(news.mode);
  OnLeadMessage(desk, static_cast<MessageType>(news.type), news.body);
}

}  // namespace

void KeepEarly(Desk& desk, LeadId lead, uint32_t round, MessageType type, std::string body) {
  if (EndedHere(desk, lead, round)) return;
  Keep(desk, lead, type, std::move(body)).due = desk.step.now + EarlyRow::kKept;
}

void KeepForTick(Desk& desk, LeadId lead, MessageType type, std::string body) {
  Keep(desk, lead, type, std::move(body)).due = desk.step.now;
}

bool IsKept(Desk& desk, LeadId lead) {
  return desk.step.rows.Find<EarlyRow>(desk.KeyOf(lead)) != nullptr;
}

void HearEarly(Desk& desk, LeadId lead) {
  const EarlyRow* found = desk.step.rows.Find<EarlyRow>(desk.KeyOf(lead));
  if (found == nullptr) return;
  const EarlyRow early = *found;
  desk.step.rows.Erase<EarlyRow>(desk.KeyOf(lead));
  for (const EarlyRow::News& news : early.news) Hear(desk, news);
}

void OnEarlyDue(Desk& desk, LeadId lead) {
  const EarlyRow early = *desk.step.rows.Find<EarlyRow>(desk.KeyOf(lead));
  desk.step.rows.Erase<EarlyRow>(desk.KeyOf(lead));
  for (const EarlyRow::News& news : early.news) {
    if (IsRequest(news) || IsKnown(desk, lead)) {
      Hear(desk, news);
    } else {
      GiveUp(desk, lead, news);
    }
  }
}

}  // namespace pm
