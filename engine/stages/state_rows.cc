#include "engine/stages/state_rows.h"

#include <array>

#include "engine/stages/account/account.h"
#include "engine/stages/account/records/suppression_row.h"
#include "engine/stages/dedupe.h"
#include "engine/stages/desk/records/assignment_row.h"
#include "engine/stages/desk/records/desk_row.h"
#include "engine/stages/desk/records/enrolment.h"
#include "engine/stages/desk/records/pool_row.h"
#include "engine/stages/desk/records/rep_row.h"
#include "engine/stages/desk/records/sla_run.h"
#include "engine/stages/identity/token_row.h"

namespace pm {

namespace {

constexpr size_t kHome = 8, kPerson = 16, kDesk = 4, kLead = 20;
constexpr size_t kPersonRow = 1 + kHome + kPerson, kLeadRow = 1 + kHome + kLead;
constexpr size_t kAssignmentRow = 1 + kDesk + kLead;
constexpr size_t kOpenEntry = 1 + kDesk + 8 + kLead;
constexpr std::string_view kFirstCycle("\0\0\0\1", 4);

// Finds the number of a member of R in its Describe.
template <class R, class M>
struct NumberFinder {
  M R::* member;
  uint32_t number = 0;
  template <class N, class C>
  void Field(uint32_t n, std::string_view, N C::* other, std::string_view) {
    if constexpr (std::is_same_v<N C::*, M R::*>) {
      if (other == member) number = n;
    }
  }
};
template <class R, class M>
uint32_t NumberOf(M R::* member) {
  NumberFinder<R, M> finder{member};
  R::Describe(finder);
  PM_CHECK(finder.number != 0);
  return finder.number;
}

template <class... R>
std::array<uint32_t, 256> DueNumbers() {
  std::array<uint32_t, 256> numbers{};
  ((numbers[static_cast<uint8_t>(R::kPrefix)] = NumberOf<R>(&R::due)), ...);
  return numbers;
}

// Of each prefix: number of the field that holds the due; 0: rows of it have none.
uint32_t DueNumber(char prefix) {
  static const std::array<uint32_t, 256> kNumbers =
      DueNumbers<TokenRow, IdentityDedupe, account::AccountRow, account::LeadRow,
                 account::RedirectRow, account::SeenRow, account::SuppressionRow, DeskRow, RepRow,
                 PoolRow, AssignmentRow, GoneRow, EarlyRow, StickyRow, SlaRun, Enrolment,
                 DeskDedupe>();
  return kNumbers[static_cast<uint8_t>(prefix)];
}

// The text or id under a number; empty: it is not there.
std::string_view BytesAt(std::string_view bytes, uint32_t number) {
  for (WireReader r(bytes); r.Next();)
    if (r.number() == number && r.type() == WireType::kBytes) return r.bytes();
  return {};
}

Instant DueOf(std::string_view stored, std::string_view bytes) {
  const std::string_view key = WithoutWorld(stored);
  const uint32_t number = key.empty() ? 0 : DueNumber(key[0]);
  if (number == 0) return kNever;
  for (WireReader r(bytes); r.Next();)
    if (r.number() == number) return FromVarint<Instant>(r.varint());
  return kNever;
}

// A key of the same world.
std::string Beside(std::string_view stored, char prefix,
                   std::initializer_list<std::string_view> parts) {
  constexpr size_t kMost = 64;
  std::string key;
  key.reserve(kMost);
  key = stored.substr(0, stored.size() - WithoutWorld(stored).size());
  key += prefix;
  for (const std::string_view part : parts) key += part;
  return key;
}

bool HeadIsInBytes(std::string_view stored) {
  const std::string_view key = WithoutWorld(stored);
  return !key.empty() && key[0] == account::IdentityRow::kPrefix;
}

std::string HeadOf(std::string_view stored, std::string_view bytes) {
  const std::string_view key = WithoutWorld(stored);
  if (key.empty()) return {};
  switch (key[0]) {
    case account::PersonRow::kPrefix:
    case AssignmentRow::kPrefix:
      return key.size() == kPersonRow ? std::string(stored) : std::string();
    case account::AccountRow::kPrefix:
      return std::string(stored);
    case account::LeadRow::kPrefix:
      if (key.size() != kLeadRow || !key.ends_with(kFirstCycle)) return {};
      return Beside(stored, account::PersonRow::kPrefix, {key.substr(1, kHome + kPerson)});
    case account::IdentityRow::kPrefix: {
      static const uint32_t kNumber = NumberOf<account::IdentityRow>(&account::IdentityRow::person);
      const std::string_view person = BytesAt(bytes, kNumber);
      if (person.size() != kPerson) return {};
      return Beside(stored, account::PersonRow::kPrefix, {key.substr(1, kHome), person});
    }
    case SlaRun::kPrefix:
    case Enrolment::kPrefix:
      if (key.size() != kAssignmentRow) return {};
      return Beside(stored, AssignmentRow::kPrefix, {key.substr(1)});
    case OpenEntry::kPrefix:
      if (key.size() != kOpenEntry) return {};
      return Beside(stored, AssignmentRow::kPrefix,
                    {key.substr(1, kDesk), key.substr(kOpenEntry - kLead)});
    default:
      return {};
  }
}

std::vector<std::string> RowsOfPerson(std::string_view stored,
                                      std::optional<std::string_view> bytes) {
  static const uint32_t kIdentities = NumberOf<account::PersonRow>(&account::PersonRow::identities);
  const std::string_view key = WithoutWorld(stored);
  std::vector<std::string> rows = {
      std::string(stored), Beside(stored, account::LeadRow::kPrefix, {key.substr(1), kFirstCycle})};
  for (WireReader r(bytes.value_or("")); r.Next();) {
    if (r.number() != kIdentities || r.type() != WireType::kBytes) continue;
    std::string hash;
    EncodeId(account::IdentityHash(r.bytes()), &hash);
    std::string row = Beside(stored, account::IdentityRow::kPrefix, {key.substr(1, kHome), hash});
    if (std::ranges::find(rows, row) == rows.end()) rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<std::string> RowsOfAssignment(std::string_view stored,
                                          std::optional<std::string_view> bytes) {
  static const uint32_t kRep = NumberOf<AssignmentRow>(&AssignmentRow::rep);
  const std::string_view key = WithoutWorld(stored);
  std::vector<std::string> rows = {std::string(stored),
                                   Beside(stored, SlaRun::kPrefix, {key.substr(1)}),
                                   Beside(stored, Enrolment::kPrefix, {key.substr(1)})};
  const std::string_view rep = BytesAt(bytes.value_or(""), kRep);
  if (rep.empty()) return rows;
  std::string group;
  AppendBigEndian(&group, Hash64(rep));
  rows.push_back(
      Beside(stored, OpenEntry::kPrefix, {key.substr(1, kDesk), group, key.substr(1 + kDesk)}));
  return rows;
}

std::vector<std::string> RowsOf(std::string_view head, std::optional<std::string_view> bytes) {
  switch (WithoutWorld(head)[0]) {
    case account::PersonRow::kPrefix:
      return RowsOfPerson(head, bytes);
    case AssignmentRow::kPrefix:
      return RowsOfAssignment(head, bytes);
    default:
      return {std::string(head)};
  }
}

std::string RiderOf(std::string_view head) {
  const std::string_view key = WithoutWorld(head);
  switch (key[0]) {
    case account::PersonRow::kPrefix:
      return Beside(head, account::AccountRow::kPrefix, {key.substr(1, kHome)});
    case account::AccountRow::kPrefix:
      return std::string(head);
    default:
      return {};
  }
}

}  // namespace

StateRows RealStateRows() { return {&DueOf, &HeadOf, &HeadIsInBytes, &RowsOf, &RiderOf}; }

}  // namespace pm
