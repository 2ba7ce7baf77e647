#include "engine/runtime/kafka/state/rocks_stores.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "engine/runtime/kafka/state/changelog.h"

namespace pm {
namespace {

constexpr TaskId kDesk{Stage::kDesk, 7}, kAccount{Stage::kAccount, 0};

class RocksStoresTest : public testing::Test {
 protected:
  ~RocksStoresTest() override { std::filesystem::remove_all(folder_); }
  RocksStoresSettings Settings() {
    return {.directory = folder_.string(),
            .say = [this](std::string_view line) { lines_.emplace_back(line); }};
  }
  static void Put(Store& store, const std::string& key) {
    const std::vector<RowWrite> rows = {{key, "value"}};
    ASSERT_TRUE(store.Commit({rows, {}, {}, {}}).has_value());
  }
  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / fmt::format("rocks_stores{}", getpid());
  std::vector<std::string> lines_;
};

TEST_F(RocksStoresTest, ATaskThatComesBackFindsItsRows) {
  RocksStores stores(Settings());
  Put(*stores.Open(kDesk).value(), "a");
  Put(*stores.Open(kAccount).value(), "b");
  const std::vector<TaskId> kept = {kAccount};
  stores.CloseAllBut(kept);
  EXPECT_FALSE(stores.Open(kAccount).value()->Get("a").has_value());
  EXPECT_TRUE(stores.Open(kDesk).value()->Get("a").has_value());
  EXPECT_TRUE(std::filesystem::exists(folder_ / "desk-007"));
}

TEST_F(RocksStoresTest, WipingLeavesAnEmptyStore) {
  RocksStores stores(Settings());
  Put(*stores.Open(kDesk).value(), "a");
  EXPECT_FALSE(stores.Wipe(kDesk).value()->Get("a").has_value());
  stores.CloseAllBut({});
  EXPECT_FALSE(stores.Open(kDesk).value()->Get("a").has_value());
}

TEST_F(RocksStoresTest, ADamagedCopyIsBegunAnew) {
  RocksStores stores(Settings());
  Put(*stores.Open(kDesk).value(), "a");
  stores.CloseAllBut({});
  std::ofstream(folder_ / "desk-007" / "CURRENT") << "MANIFEST-999999\n";
  const auto opened = stores.Open(kDesk);
  ASSERT_TRUE(opened.has_value()) << opened.error().text;
  EXPECT_FALSE((*opened)->Get("a").has_value());
  EXPECT_EQ(lines_.size(), 1U);
  stores.CloseAllBut({});
  std::filesystem::remove_all(folder_ / "desk-007");
  std::ofstream(folder_ / "desk-007") << "no directory";
  EXPECT_TRUE(stores.Open(kDesk).has_value());
}

// A copy whose files know of less than its newest commits: RocksDB opens it and says nothing. What
// the copy says of itself is then true, or it says that it does not know.
TEST_F(RocksStoresTest, ACopyWithHolesDoesNotPassForWhole) {
  constexpr size_t kRowBytes = 100'000;
  const std::filesystem::path live = folder_ / "desk-007", kept = folder_ / "kept";
  {
    RocksStores stores(Settings());
    Store* store = stores.Open(kDesk).value();
    CommitSet set;
    for (int n = 0; n < 100; ++n) {  // the first are in a file, the last in the log alone
      std::string bytes(kRowBytes, '\0');
      std::ranges::generate(bytes, [state = uint64_t(n)]() mutable {
        return static_cast<char>((state = state * 6364136223846793005U + 1) >> 56);
      });
      set.rows = {{fmt::format("A{:04}", n), bytes}};
      set.meta.digest += RowDigest(set.rows[0].key, bytes);
      ASSERT_TRUE(WriteCopy(*store, set, n).has_value());
    }
    std::filesystem::copy(live, kept);  // as a kill leaves it
  }
  std::filesystem::path manifest;
  for (const auto& entry : std::filesystem::directory_iterator(kept))
    if (entry.path().filename().string().starts_with("MANIFEST-")) manifest = entry.path();
  const uintmax_t whole = std::filesystem::file_size(manifest);
  int opened = 0, unknown = 0;
  for (uintmax_t left = 0; left <= whole; left += left + 24 < whole ? 24 : 1) {
    std::filesystem::remove_all(live);
    std::filesystem::create_directory(live);
    for (const auto& entry : std::filesystem::directory_iterator(kept)) {
      const auto to = live / entry.path().filename();
      if (entry.path().extension() == ".sst")
        std::filesystem::create_hard_link(entry.path(), to);
      else
        std::filesystem::copy(entry.path(), to);
    }
    std::filesystem::resize_file(live / manifest.filename(), left);
    RocksStores stores(Settings());
    const Store* store = stores.Open(kDesk).value();
    const std::optional<CopyState> state = ReadCopyState(*store);
    if (!state) continue;
    ++opened;
    Digest digest;
    std::optional<std::string> key;
    for (std::string after; (key = store->NextKey("", after)); after = *key)
      digest += RowDigest(*key, store->Get(*key).value());
    if (state->digest_known)
      EXPECT_EQ(state->digest, digest) << left << " bytes of " << whole;
    else
      ++unknown;
  }
  EXPECT_GT(opened, 1);
  EXPECT_GT(unknown, 0);
}

TEST_F(RocksStoresTest, WhatAnotherHasOpenIsLeftAlone) {
  RocksStores stores(Settings()), others(Settings());
  Put(*stores.Open(kDesk).value(), "a");
  EXPECT_EQ(others.Open(kDesk).error().code, kStoreLocked);
  EXPECT_TRUE(stores.Open(kDesk).value()->Get("a").has_value());
}

// As what was written now will be seen after so long.
class CopiesAtRestTest : public RocksStoresTest {
 protected:
  static constexpr TaskId kIdentity{Stage::kIdentity, 12};
  void After(Duration age) { clock_.Set(SystemClock().Now() + age); }
  bool Has(const std::string& name) const { return std::filesystem::exists(folder_ / name); }
  // Until there is nothing left to remove.
  void RemoveAll(RocksStores& stores) {
    clock_.Advance(Hours(1));
    for (int n = 0; n < 10; ++n) stores.KeepHouse(clock_);
  }
  ManualClock clock_{Instant{0}};
};

TEST_F(CopiesAtRestTest, GoOnceNotWrittenForADay) {
  RocksStores stores(Settings());
  for (const TaskId task : {kDesk, kAccount, kIdentity}) Put(*stores.Open(task).value(), "a");
  const std::vector<TaskId> ours = {kAccount};
  stores.CloseAllBut(ours);
  After(kUnusedKept - Hours(2));
  RemoveAll(stores);
  EXPECT_TRUE(Has("desk-007") && Has("identity-012"));
  EXPECT_TRUE(lines_.empty());
  After(kUnusedKept);
  clock_.Advance(Minutes(1));
  stores.KeepHouse(clock_);
  EXPECT_TRUE(Has("desk-007") != Has("identity-012")) << "one at a time";
  stores.KeepHouse(clock_);
  EXPECT_FALSE(Has("desk-007") || Has("identity-012"));
  ASSERT_EQ(lines_.size(), 2U);
  std::ranges::sort(lines_);
  EXPECT_EQ(lines_[0],
            "desk/7: its local copy is removed: it is not this worker's, and was last written 24 "
            "hours ago");
  EXPECT_TRUE(stores.Open(kAccount).value()->Get("a").has_value());
  EXPECT_FALSE(stores.Open(kDesk).value()->Get("a").has_value()) << "it begins anew";
}

TEST_F(CopiesAtRestTest, WhatAKillLeftGoesToo) {
  {
    RocksStores stores(Settings());
    Put(*stores.Open(kDesk).value(), "a");
    std::filesystem::copy(folder_ / "desk-007", folder_ / "account-000");
  }
  std::filesystem::remove(folder_ / "account-000" / "CURRENT");  // in the middle of a removal
  RocksStores stores(Settings());
  After(kUnusedKept);
  stores.CloseAllBut({});
  RemoveAll(stores);
  EXPECT_FALSE(Has("desk-007") || Has("account-000"));
}

// Which copies will be wanted is not known before the group has said what is whose.
TEST_F(CopiesAtRestTest, WhatIsWantedStays) {
  RocksStores stores(Settings());
  for (const TaskId task : {kDesk, kAccount, kIdentity}) Put(*stores.Open(task).value(), "a");
  stores.CloseAllBut({});
  RocksStores next(Settings());
  After(Days(30));
  RemoveAll(next);
  EXPECT_TRUE(Has("desk-007") && Has("account-000") && Has("identity-012"));
  const std::vector<TaskId> begins_later = {kDesk};  // it is taken over, or a standby
  next.CloseAllBut(begins_later);
  Put(*next.Open(kAccount).value(), "b");
  RemoveAll(next);
  EXPECT_TRUE(Has("desk-007")) << "wanted";
  EXPECT_TRUE(Has("account-000")) << "open";
  EXPECT_FALSE(Has("identity-012"));
  EXPECT_TRUE(next.Open(kDesk).value()->Get("a").has_value());
}

TEST_F(CopiesAtRestTest, WhatIsNotOursStays) {
  const std::vector<std::string> others = {"desk",        "desk-",   "desk-7",      "desk-007.old",
                                           "intake-000",  "sales-1", "desk-0007",   "desk-+07",
                                           "my-desk-007", "007",     "desk-007-008"};
  for (const std::string& name : others) std::filesystem::create_directories(folder_ / name);
  std::ofstream(folder_ / "account-003") << "a file";
  std::filesystem::create_directory_symlink(folder_ / "desk", folder_ / "account-004");
  std::filesystem::create_directory(folder_ / "desk-005");
  std::ofstream(folder_ / "desk-005" / "notes.txt") << "somebody's";
  RocksStores stores(Settings());
  stores.CloseAllBut({});
  After(Days(30));
  RemoveAll(stores);
  for (const std::string& name : others) EXPECT_TRUE(Has(name)) << name;
  EXPECT_TRUE(Has("account-003") && Has("account-004") && Has("desk-005/notes.txt"));
  ASSERT_FALSE(lines_.empty());
  EXPECT_TRUE(lines_[0].starts_with("desk/5: its local copy cannot be removed: ")) << lines_[0];
}

TEST_F(CopiesAtRestTest, ThoseThatAreOpenArePurgedOneAfterTheOther) {
  RocksStores stores(Settings());
  const std::vector<TaskId> ours = {kDesk, kAccount};
  stores.CloseAllBut(ours);
  std::vector<RocksStore*> opened;
  for (const TaskId task : ours)
    opened.push_back(dynamic_cast<RocksStore*>(stores.Open(task).value()));
  const auto noted = [&] {
    std::vector<std::optional<std::string>> times;
    for (const RocksStore* store : opened) times.push_back(store->Meta("purged"));
    return times;
  };
  clock_.Set(SystemClock().Now());
  stores.KeepHouse(clock_);
  const auto first = noted();
  ASSERT_TRUE(first[0] && first[1]);
  clock_.Advance(kPurgeEvery);
  stores.KeepHouse(clock_);
  EXPECT_LE(std::ranges::count_if(opened, &RocksStore::is_purging), 1);
  for (size_t n = 0; n < opened.size(); ++n) {
    for (RocksStore* store : opened) store->AwaitPurge();
    stores.KeepHouse(clock_);
  }
  for (RocksStore* store : opened) store->AwaitPurge();
  const auto second = noted();
  EXPECT_TRUE(second[0] != first[0] && second[1] != first[1]);
}

TEST_F(CopiesAtRestTest, WhatAnotherProcessHasOpenStays) {
  RocksStores others(Settings()), stores(Settings());
  Put(*others.Open(kDesk).value(), "a");
  stores.CloseAllBut({});
  After(Days(30));
  RemoveAll(stores);
  EXPECT_TRUE(others.Open(kDesk).value()->Get("a").has_value());
  others.CloseAllBut({});
  EXPECT_TRUE(others.Open(kDesk).value()->Get("a").has_value()) << "all of its files are there";
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_TRUE(lines_[0].contains("cannot be removed")) << lines_[0];
}

TEST_F(RocksStoresTest, WhereNothingCanBeWrittenIsSaid) {
  std::ofstream(folder_) << "no directory";
  RocksStores stores(Settings());
  EXPECT_EQ(stores.Open(kDesk).error().code, kStorageError);
}

}  // namespace
}  // namespace pm
