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

TEST_F(RocksStoresTest, WhereNothingCanBeWrittenIsSaid) {
  std::ofstream(folder_) << "no directory";
  RocksStores stores(Settings());
  EXPECT_EQ(stores.Open(kDesk).error().code, kStorageError);
}

}  // namespace
}  // namespace pm
