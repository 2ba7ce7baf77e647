#include <gtest/gtest.h>

#include <set>

#include "base/random.h"
#include "engine/runtime/kafka/fake/fake_kafka.h"
#include "engine/runtime/kafka/state/changelog.h"
#include "engine/runtime/memory_store.h"
#include "engine/runtime/task.h"
#include "engine/stages/account/account.h"
#include "engine/stages/dedupe.h"
#include "engine/stages/desk/records/assignment_row.h"
#include "engine/stages/desk/records/enrolment.h"
#include "engine/stages/desk/records/sla_run.h"

namespace pm {
namespace {

using account::AccountRow;
using account::IdentityRow;
using account::LeadRow;
using account::PersonRow;

constexpr HomeId kHome{7};
constexpr uint32_t kDesk = 3;

// A task that writes rows at random, its changelog, and copies that follow it.
class RestoreTest : public testing::TestWithParam<uint64_t> {
 protected:
  RestoreTest() : random_(GetParam()) {
    broker_.quiet = true;
    broker_.CreateTopic({partition_.topic, 1, 1, {}});
  }

  template <class R>
  std::string Key(const typename R::Key& key) {
    return RowKey<R>(key, random_.OneIn(4) ? World::kTest : World::kLive);
  }
  Instant AnyDue() {
    return random_.OneIn(2) ? kNever : Instant{static_cast<int64_t>(random_.Below(50))};
  }
  std::string AnyName() { return fmt::format("n{}", random_.Below(3)); }
  PersonId AnyPerson() { return {7, 1 + random_.Below(uint64_t{3})}; }
  LeadId AnyLead() { return {AnyPerson(), static_cast<uint32_t>(1 + random_.Below(2))}; }

  // A row of some kind, as a step might leave it, though no step would leave such a mess.
  std::pair<std::string, std::string> AnyRow() {
    switch (random_.Below(10)) {
      case 0: {
        PersonRow row;
        for (uint64_t n = random_.Below(3); n > 0; --n) row.identities.push_back(AnyName());
        row.identity = AnyName();
        return {Key<PersonRow>({kHome, AnyPerson()}), Encoded(row)};
      }
      case 1: {
        LeadRow row;
        row.due = AnyDue();
        return {Key<LeadRow>({kHome, AnyLead()}), Encoded(row)};
      }
      case 2: {
        IdentityRow row;
        if (!random_.OneIn(4)) row.person = AnyPerson();
        return {Key<IdentityRow>({kHome, account::IdentityHash(AnyName())}), Encoded(row)};
      }
      case 3: {
        AssignmentRow row;
        if (!random_.OneIn(3)) row.rep = AnyName();
        row.due = AnyDue();
        return {Key<AssignmentRow>({kDesk, AnyLead()}), Encoded(row)};
      }
      case 4: {
        SlaRun row;
        row.due = AnyDue();
        return {Key<SlaRun>({kDesk, AnyLead()}), Encoded(row)};
      }
      case 5: {
        Enrolment row;
        row.due = AnyDue();
        return {Key<Enrolment>({kDesk, AnyLead()}), Encoded(row)};
      }
      case 6:
        return {Key<OpenEntry>({kDesk, Hash64(AnyName()), "", AnyLead()}), ""};
      case 7: {
        AccountRow row;
        row.people = random_.Below(uint64_t{9});
        row.due = AnyDue();
        return {Key<AccountRow>({kHome}), Encoded(row)};
      }
      case 8: {
        DeskDedupe row;
        row.due = AnyDue();
        return {Key<DeskDedupe>({kDesk, AnyName(), "", {}}), Encoded(row)};
      }
      default:
        return {ParkedRow::kPrefix + AnyRow().first, Encoded(ParkedRow{})};
    }
  }

  void Commit() {
    std::map<std::string, std::optional<std::string>> writes;
    for (uint64_t n = 1 + random_.Below(6); n > 0; --n) {
      auto [key, bytes] = AnyRow();
      const bool erased = random_.OneIn(3);
      writes[key] = erased ? std::nullopt : std::optional(std::move(bytes));
    }
    CommitSet set;
    set.meta = meta_;
    for (const auto& [key, value] : writes) set.rows.push_back({key, value});
    for (const auto& [key, value] : writes) {
      if (const auto old = live_.Get(key)) set.meta.digest -= RowDigest(key, *old);
      if (value) set.meta.digest += RowDigest(key, *value);
    }
    ++set.meta.position;
    MemoryStore after;
    ASSERT_TRUE(after.Commit({AllRows(live_), {}, {}, {}}).has_value());
    ASSERT_TRUE(after.Commit({set.rows, {}, {}, {}}).has_value());
    for (const DueKey& due : live_.Dues({Instant{INT64_MIN}, {}}, kNever, SIZE_MAX))
      set.dues.push_back({due, false});
    set.meta.pending = {{1, 0}};
    for (const RowWrite& row : AllRows(after)) {
      if (row.key[0] == ParkedRow::kPrefix || after.Get(ParkedRow::kPrefix + row.key)) continue;
      const Instant due = rows_.due(row.key, *row.value);
      if (due == kNever) continue;
      set.dues.push_back({{due, row.key}, true});
      ++set.meta.pending[0].rows;
    }
    std::set<std::string> keys;
    const auto publish = [&](std::string_view key,
                             std::optional<std::string_view> value) -> Result<void> {
      EXPECT_TRUE(keys.emplace(key).second) << "twice in a commit";
      FakeEntry entry;
      entry.key = key;
      if (value) entry.value = *value;
      broker_.Publish(partition_, std::move(entry));
      return {};
    };
    ASSERT_TRUE(VisitChangelog(set, live_, rows_, publish).has_value());
    meta_ = set.meta;
    ASSERT_TRUE(WriteCopy(live_, set, 0).has_value());
  }

  static std::vector<RowWrite> AllRows(const StoreView& store) {
    std::vector<RowWrite> rows;
    std::optional<std::string> key;
    for (std::string after; (key = store.NextKey("", after)); after = *key)
      rows.push_back({*key, store.Get(*key)});
    return rows;
  }

  // Reads what it has not read yet, and is then what the task is.
  void ExpectRestored(MemoryStore& store) {
    Restore restore(store, rows_);
    int64_t position = restore.from();
    for (; const FakeEntry* entry = broker_.NextCommitted(partition_, &position); ++position)
      ASSERT_TRUE(restore.Apply(RecordOf(partition_, *entry)).has_value());
    const Result<void> done = restore.Finish();
    ASSERT_TRUE(done.has_value()) << done.error().text;
    const auto texts = [](const StoreView& view) {
      std::map<std::string, std::string> rows;
      for (const RowWrite& row : AllRows(view)) rows[row.key] = *row.value;
      return rows;
    };
    EXPECT_EQ(texts(store), texts(live_));
    const DueKey first{Instant{INT64_MIN}, {}};
    EXPECT_EQ(store.Dues(first, kNever, SIZE_MAX), live_.Dues(first, kNever, SIZE_MAX));
    EXPECT_EQ(ReadTaskMeta(store), meta_);
  }

  const StateRows rows_ = RealStateRows();
  const TopicPartition partition_{"changelog", 0};
  Random random_;
  FakeBroker broker_{FakeSettings{}};
  MemoryStore live_;
  TaskMeta meta_;
};
INSTANTIATE_TEST_SUITE_P(Seeds, RestoreTest, testing::Range<uint64_t>(1, 61));

TEST_P(RestoreTest, ACopyThatFollowsIsTheTask) {
  MemoryStore copy;
  for (int i = 0; i < 120; ++i) {
    Commit();
    if (random_.OneIn(10)) broker_.Compact(partition_);
    if (random_.OneIn(7)) ExpectRestored(copy);
  }
  ExpectRestored(copy);
}

TEST_P(RestoreTest, OneFromTheStartIsTheTaskAlsoOnceTombstonesAreGone) {
  Instant now{0};
  for (int i = 0; i < 120; ++i) {
    Commit();
    if (random_.OneIn(10)) {
      now = now + Hours(25);
      broker_.Advance(now);
      broker_.Compact(partition_);
    }
    if (!random_.OneIn(20)) continue;
    MemoryStore empty;
    ExpectRestored(empty);
  }
}

}  // namespace
}  // namespace pm
