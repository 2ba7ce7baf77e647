// News of a lead that is not at the desk yet.
#include "engine/stages/desk/desk.h"
#include "engine/stages/desk/shadow.h"

namespace pm {
namespace {

// Whoever tells of a lead does not say in which mode it is.
DeskLeadKey EarlyKey(const Desk& desk, LeadId lead) { return {PeopleHash(desk), lead}; }

bool EndedHere(const Desk& desk, LeadId lead, uint32_t round) {
  return std::ranges::any_of(std::array{Mode::kLive, Mode::kShadow}, [&](Mode mode) {
    const auto* gone = desk.step.rows.Find<GoneRow>(DeskFor(mode, desk).KeyOf(lead));
    return gone != nullptr && gone->desk.empty() && gone->round >= round;
  });
}

void GiveUp(Desk& desk, LeadId lead, const EarlyRow::News& news) {
  LeadNotice notice;
  // A card, like a home, says nothing that the account stage would not say again.
  if (static_cast<MessageType>(news.type) != MessageType::kLeadNotice) return;
  PM_CHECK(Decode(news.body, &notice));
  if (notice.kind == NoticeKind::kMoved) return;
  desk.step.DeadLetter(
      "unknown_lead",
      fmt::format("desk {} was told of lead {}, which never came", desk.name, ToText(lead)), "",
      notice.raw.empty() ? news.body : notice.raw);
}

}  // namespace

void KeepEarly(Desk& desk, LeadId lead, uint32_t round, MessageType type, std::string body) {
  if (EndedHere(desk, lead, round)) return;
  EarlyRow& row = desk.step.rows.Edit<EarlyRow>(EarlyKey(desk, lead));
  row.due = desk.step.now + EarlyRow::kKept;
  if (row.news.size() == EarlyRow::kMost) {
    GiveUp(desk, lead, row.news.front());
    row.news.erase(row.news.begin());
  }
  row.news.push_back({static_cast<uint8_t>(type), std::move(body)});
}

void HearEarly(Desk& desk, LeadId lead) {
  const EarlyRow* found = desk.step.rows.Find<EarlyRow>(EarlyKey(desk, lead));
  if (found == nullptr) return;
  const EarlyRow early = *found;
  desk.step.rows.Erase<EarlyRow>(EarlyKey(desk, lead));
  for (const EarlyRow::News& news : early.news) {
    OnLeadMessage(desk, static_cast<MessageType>(news.type), news.body);
  }
}

void OnEarlyDue(Desk& desk, LeadId lead) {
  const EarlyRow early = *desk.step.rows.Find<EarlyRow>(EarlyKey(desk, lead));
  desk.step.rows.Erase<EarlyRow>(EarlyKey(desk, lead));
  for (const EarlyRow::News& news : early.news) GiveUp(desk, lead, news);
}

}  // namespace pm
