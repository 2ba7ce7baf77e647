#include <array>

#include "engine/runtime/commit_set.h"
#include "engine/runtime/record.h"
#include "engine/runtime/rocks/wal_scan.h"
#include "engine/runtime/rules_document.h"
#include "engine/runtime/rules_history.h"
#include "engine/runtime/store.h"
#include "engine/stages/account/records/account_row.h"
#include "engine/stages/account/records/identity_row.h"
#include "engine/stages/account/records/lead_row.h"
#include "engine/stages/account/records/person_row.h"
#include "engine/stages/account/records/redirect_row.h"
#include "engine/stages/account/records/seen_row.h"
#include "engine/stages/account/records/suppression_row.h"
#include "engine/stages/desk/records/assignment_row.h"
#include "engine/stages/desk/records/desk_row.h"
#include "engine/stages/desk/records/enrolment.h"
#include "engine/stages/desk/records/pool_row.h"
#include "engine/stages/desk/records/rep_row.h"
#include "engine/stages/desk/records/sla_run.h"
#include "engine/stages/desk/records/suppression.h"
#include "model/messages/event.h"
#include "model/messages/identity.h"
#include "model/messages/moving.h"
#include "model/messages/routing.h"
#include "tests/fuzz/targets.h"

namespace pm::fuzz {

namespace {

constexpr size_t kMostBlowUp = 64;  // bytes of memory that one stored byte may become, at most

// What was read is written and read again as it is.
template <class T>
void ReadAs(std::string_view bytes) {
  T object;
  if (!Decode(bytes, &object)) return;
  const std::string once = Encoded(object);
  PM_CHECK(once.size() <= kMostBlowUp * (bytes.size() + 1));
  T again;
  PM_CHECK(Decode(once, &again));
  PM_CHECK(Encoded(again) == once);
}

void ReadBlock(std::string_view bytes) {
  const FieldBlock block(bytes);
  size_t pairs = 0;
  for (BlockReader reader(block); reader.Next(); ++pairs) {
    if (reader.value().type == Type::kTextList) {
      PM_CHECK(ListItems(reader.value().text).size() <= bytes.size());
    }
  }
  PM_CHECK(pairs <= bytes.size());
  static_cast<void>(block.Get(Field("lead.email")));
  std::string merged;
  FieldBlock::Merge(block, FieldBlock(bytes.substr(bytes.size() / 2)), &merged);
  PM_CHECK(merged.size() <= 2 * bytes.size());
}

void ReadLogValue(std::string_view bytes) {
  LogEntry entry;
  if (DecodeLogValue(bytes, &entry)) PM_CHECK(entry.bytes.size() <= bytes.size());
}

void ReadRecord(std::string_view bytes) { static_cast<void>(DecodeRecord(bytes)); }
void ReadOutput(std::string_view bytes) {
  Output output;
  static_cast<void>(DecodeOutput(bytes, &output));
}
void ReadWal(std::string_view bytes) { static_cast<void>(ScanWal(bytes)); }

template <class T>
void ReadId(std::string_view bytes) {
  T id;
  static_cast<void>(DecodeId(bytes, &id));
}

using Read = void (*)(std::string_view);
constexpr auto kReads = std::to_array<Read>({ReadAs<account::AccountRow>,
                                             ReadAs<account::IdentityRow>,
                                             ReadAs<account::LeadRow>,
                                             ReadAs<account::PersonRow>,
                                             ReadAs<account::RedirectRow>,
                                             ReadAs<account::SeenRow>,
                                             ReadAs<account::SuppressionRow>,
                                             ReadAs<account::WaitingRow>,
                                             ReadAs<AssignmentRow>,
                                             ReadAs<GoneRow>,
                                             ReadAs<EarlyRow>,
                                             ReadAs<StickyRow>,
                                             ReadAs<DeskRow>,
                                             ReadAs<Enrolment>,
                                             ReadAs<PoolRow>,
                                             ReadAs<RepRow>,
                                             ReadAs<RepNameRow>,
                                             ReadAs<SlaRun>,
                                             ReadAs<SuppressionRow>,
                                             ReadAs<Event>,
                                             ReadAs<Link>,
                                             ReadAs<DirectoryEntry>,
                                             ReadAs<Adopt>,
                                             ReadAs<Redirect>,
                                             ReadAs<RouteRequest>,
                                             ReadAs<LeadCard>,
                                             ReadAs<LeadNotice>,
                                             ReadAs<AssignmentChanged>,
                                             ReadAs<Message>,
                                             ReadAs<TaskMeta>,
                                             ReadAs<RulesHistory>,
                                             ReadAs<RulesDocument>,
                                             ReadBlock,
                                             ReadLogValue,
                                             ReadRecord,
                                             ReadOutput,
                                             ReadWal,
                                             ReadId<LeadId>,
                                             ReadId<PersonId>,
                                             ReadId<AssignmentId>});

// Bytes of which much is well-formed for any struct: fields 1 to 40 as numbers, texts and structs.
std::string AnyFields(uint32_t wire) {
  std::string bytes;
  for (uint64_t number = 1; number <= 40; ++number) {
    AppendVarint(&bytes, number << 3 | wire);
    if (wire == 0) {
      AppendVarint(&bytes, number * 1000);
      continue;
    }
    const std::string inner = "\x08\x02\x12\x01x";
    AppendVarint(&bytes, inner.size());
    bytes += inner;
  }
  return bytes;
}

}  // namespace

void FeedStored(std::string_view bytes) {
  if (bytes.empty()) return;
  kReads[static_cast<unsigned char>(bytes[0]) % kReads.size()](bytes.substr(1));
}

std::vector<std::string> StoredSeeds() {
  std::vector<std::string> seeds;
  for (size_t read = 0; read < kReads.size(); ++read) {
    for (const uint32_t wire : {0u, 2u}) seeds.push_back(static_cast<char>(read) + AnyFields(wire));
  }
  return seeds;
}

}  // namespace pm::fuzz
